package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.Position;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Mask;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The merge that a merge request is about, as it would come out now: with which plan, whether its checks pass on the state that the target
 * would have, and who approved exactly this plan. Used for one command, by one thread.
 */
final class ReviewedMerge {
    /** Of a check that does not pass, so many documents are shown. */
    private static final int SHOWN_MAX = 5;

    private final Invocation call;
    private final MergeRequests.Entry request;
    private final Merging merging;
    private final Branch target;
    private final MergeTask task;
    private final @Nullable Mask mask;
    private final boolean waits;
    private final Merging.Foreseen foreseen;

    ReviewedMerge(Invocation call, Project project, MergeRequests.Entry request) {
        this.call = call;
        this.request = request;
        this.merging = merging(call, project, request);
        this.target = branch(project, request.target());
        Branch source = branch(project, request.source());
        this.mask = Mask.both(Mask.both(target.mask(), source.mask()), Masked.here(call));
        this.task = request.task(Position.of(project.head(source)));
        PendingMerges.Pending waiting = merging.pending().find(target.id());
        this.waits = waiting != null && request.isOf(waiting.task());
        this.foreseen = waits ? merging.foreseeWaiting(target) : merging.foresee(task);
    }

    /**
     * Merges under the request's own name too, as long as it does not say that it was merged: so it is merged once, also by who stops between
     * the commit and saying so.
     */
    private static Merging merging(Invocation call, Project project, MergeRequests.Entry request) {
        boolean open = request.status() == MergeRequests.Status.OPEN;
        return new Merging(call, project, open ? List.of(MergeRequests.name(request.id())) : List.of());
    }

    /** What merging it came to before, as long as the log keeps that; null where it was not merged. */
    static @Nullable MergeOutcome before(Invocation call, Project project, MergeRequests.Entry request) {
        Branch target = project.catalog().existing(request.target());
        return target.dropped() ? null : merging(call, project, request).before(target);
    }

    private static Branch branch(Project project, long id) {
        Branch branch = project.catalog().existing(id);
        if (branch.dropped()) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "branch '" + branch.name() + "' of '" + project.name() + "' was dropped; {undrop: '" + branch.name()
                            + "'} brings it back, or close the merge request");
        }
        return branch;
    }

    /** What merging now would come to. */
    MergeOutcome outcome() {
        return foreseen.outcome();
    }

    /** Whether its conflicts are being resolved. */
    boolean waits() {
        return waits;
    }

    /** Who approved the plan as it is now; what was approved before a head moved does not count. */
    Set<String> approvers() {
        Set<String> approvers = new LinkedHashSet<>();
        for (MergeRequests.Approval approval : request.approvals()) {
            if (approval.plan().equals(outcome().plan())) {
                approvers.add(approval.by());
            }
        }
        return approvers;
    }

    /**
     * What a check found: documents that should not be there.
     *
     * @param found the first of them; none where the check passes
     */
    record Checked(String name, List<Doc> found) {
        boolean passes() {
            return found.isEmpty();
        }

        void appendTo(DocBuilder out) {
            out.append("name", name).append("passes", passes()).startArray("found");
            found.forEach(out::add);
            out.end();
        }
    }

    /** Runs the checks on the state that the target would have; none where conflicts are open, as there is no such state. */
    List<Checked> checks() {
        Snapshot state = foreseen.state() == null ? null : Masked.view(mask, foreseen.state());
        List<Checked> checked = new ArrayList<>();
        if (state != null) {
            for (MergeRequests.Check check : request.checks()) {
                checked.add(new Checked(check.name(), run(check, state)));
            }
        }
        return checked;
    }

    private List<Doc> run(MergeRequests.Check check, Snapshot state) {
        Views.checkReads(state, check.pipeline(), Collation.SIMPLE, call::namespace);
        Iterator<Doc> documents = Aggregation.on(state, check.collection(), check.pipeline(), CompileContext.NONE)
                .run(call);
        List<Doc> found = new ArrayList<>();
        while (documents.hasNext() && found.size() < SHOWN_MAX) {
            found.add(Doc.of(documents.next().toBytes()));
        }
        return found;
    }

    /**
     * Merges if it may be. Conflicts are kept to be resolved, as {@link MergeBranch} does.
     *
     * @param expected the plan to merge; null for what it is now
     * @throws CommandException IllegalOperation where an approval is missing or a check does not pass
     */
    MergeOutcome merge(@Nullable String expected) {
        String plan = outcome().plan(); // and no other, as this is what was approved and checked
        if (expected != null) {
            merging.checkExpected(PlanDigest.parse(plan), expected);
        }
        MergeOutcome.Status status = outcome().status();
        if (status == MergeOutcome.Status.UP_TO_DATE && !waits) {
            return outcome();
        }
        if (status != MergeOutcome.Status.CONFLICTS) {
            requireApprovals();
            requireChecks();
        }
        return waits ? merging.resume(target, plan) : merging.run(task, plan, false);
    }

    private void requireApprovals() {
        Set<String> approvers = approvers();
        if (approvers.size() < request.approvalsNeeded()) {
            throw refused("it needs " + request.approvalsNeeded() + " approvals of the plan as it is now and has "
                    + approvers.size() + "; {mergeRequest: 'approve', id: " + request.id() + "} gives one");
        }
    }

    private void requireChecks() {
        for (Checked checked : checks()) {
            if (!checked.passes()) {
                throw refused("check '" + checked.name() + "' finds documents that should not be there after the merge,"
                        + " such as " + checked.found().get(0) + "; {mergeRequest: 'check', id: " + request.id()
                        + "} shows more");
            }
        }
    }

    private CommandException refused(String why) {
        return new CommandException(
                ErrorCode.ILLEGAL_OPERATION, "merge request " + request.id() + " cannot be merged: " + why);
    }

    /** The number that a request is asked for by. */
    static Value id(Invocation call) {
        Value id = call.get("id");
        if (id == null || !id.isNumber()) {
            throw call.mismatch("id", id == null ? Value.NULL : id, "the number of a merge request");
        }
        if (id.toDouble() != Math.rint(id.toDouble())) {
            throw new CommandException(ErrorCode.BAD_VALUE, "merge requests have whole numbers, not " + id);
        }
        return Value.of(id.toLong());
    }
}
