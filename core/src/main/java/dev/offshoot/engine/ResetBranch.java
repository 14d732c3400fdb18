package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Lineage;
import dev.offshoot.state.Project;
import dev.offshoot.state.Result;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.Change;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * <code>{resetBranch: NAME, to: POSITION, expect: LSN}</code>: makes a branch show the state at a position, by one commit like any other.
 * What it showed before stays in its history, and the reply says where. An LSN or a time without a branch is a position of the branch
 * itself. With {@code expect} it is refused where the branch's head is another one.
 */
final class ResetBranch implements Command {
    @Override
    public String name() {
        return "resetBranch";
    }

    @Override
    public String help() {
        return "makes a branch show what is at a position: {resetBranch: NAME, to: branch, tag, LSN or time};"
                + " discards nothing";
    }

    @Override
    public Set<String> fields() {
        return Set.of("to", "expect");
    }

    @Override
    public boolean retryable() {
        return true;
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        Project project = Branches.project(call);
        Branch branch = Moves.branch(call, project);
        Once once = Once.of(call, project, name());
        Doc before = once.before(branch, call);
        if (before != null) {
            Outcome outcome = Outcome.of(before);
            describe(branch, outcome, once.commitLsn(branch, outcome.oldHead), reply);
            return;
        }
        Target to = to(call, branch);
        Reset reset = new Reset(
                project, branch, call.snapshot(to), to.text(), to.at() == null, call.number("expect", -1), once);
        Target target = new Target(call.database(), project, branch, null);
        Result<Outcome> result = call.write(target, "", List.of(reset), true).get(0);
        Outcome outcome = result.get();
        boolean again = outcome.changed && result.lsn() == 0;
        describe(branch, outcome, again ? once.commitLsn(branch, outcome.oldHead) : result.lsn(), reply);
    }

    private static void describe(Branch branch, Outcome outcome, long made, DocBuilder reply) {
        reply.append("name", branch.name())
                .append("to", outcome.to)
                .append("changed", outcome.changed)
                .append("old_head_lsn", outcome.oldHead)
                .append("head_lsn", outcome.changed ? made : outcome.oldHead);
        if (outcome.changed) {
            reply.append("before", branch.name() + "~" + outcome.oldHead);
        }
    }

    private static Target to(Invocation call, Branch branch) {
        if (!call.has("to")) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field 'resetBranch.to' is missing but a required field");
        }
        return Positions.of(call.on(DatabaseReference.parse(call.database().project() + "~" + branch.name())), "to");
    }

    private record Outcome(boolean changed, long oldHead, String to) {
        Doc toDoc() {
            return new DocBuilder().append("oldHead", oldHead).append("to", to).buildDoc();
        }

        static Outcome of(Doc doc) {
            return new Outcome(
                    true,
                    Objects.requireNonNull(doc.get("oldHead")).asInt64(),
                    Objects.requireNonNull(doc.get("to")).asString());
        }
    }

    /**
     * @param to the position as it was asked for
     * @param atHead whether the position is the head of its branch, whichever that is
     * @param expected the head that the branch must have; -1 for any
     */
    private record Reset(
            Project project, Branch branch, Snapshot target, String to, boolean atHead, long expected, Once once)
            implements Statement<Outcome> {
        @Override
        public Draft<Outcome> evaluate(Turn turn) {
            Doc before = once.executed(turn);
            if (before != null) {
                return Draft.unchanged(Outcome.of(before));
            }
            Protection.check(project.catalog(), project.catalog().existing(branch.id()));
            long head = turn.snapshot().lsn();
            if (expected >= 0 && expected != head) {
                throw new CommandException(
                        ErrorCode.WRITE_CONFLICT,
                        "the head of branch '" + branch.name() + "' is " + head + ", not " + expected
                                + "; nothing was changed. Look at what came since, and ask again with expect: " + head);
            }
            if (isThere(head)) {
                return Draft.unchanged(new Outcome(false, head, to));
            }
            Masked.checkNames(branch.mask(), turn.stored(), target.stored());
            Outcome outcome = new Outcome(true, head, to);
            return new Draft<>(
                    outcome,
                    List.of(new Change.Reset(target.branch(), target.lsn())),
                    once.results(outcome.toDoc()),
                    new Referred(List.of(target)));
        }

        private boolean isThere(long head) {
            boolean own = target.branch() == branch.id();
            return (own && atHead) || isSame(branch, head) || isThatReset(head);
        }

        /** Whether the newest that happened on the branch was a reset to the same: part of it, where the branch is partial. */
        private boolean isThatReset(long head) {
            Lineage reset = project.catalog().newestReset(branch.id(), head);
            return reset != null
                    && reset.lsn() == head
                    && isSame(project.catalog().existing(reset.from()), reset.fromLsn());
        }

        private boolean isSame(Branch other, long lsn) {
            Catalog catalog = project.catalog();
            return catalog.isSame(other, lsn, catalog.existing(target.branch()), target.lsn());
        }
    }
}
