package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.engine.MergeOutcome.Status;
import dev.offshoot.engine.MergePlanning.Planned;
import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.Position;
import dev.offshoot.merge.Resolutions;
import dev.offshoot.merge.Sides;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Project;
import dev.offshoot.state.Result;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.state.Turn;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Runs {@link MergeTask}s: plans a merge outside of the target's turn, and in the turn commits it if the target's head is still the one it
 * was planned for. Where it has conflicts it is kept until they are resolved, and then planned anew. Used for one command, by one thread.
 *
 * <p>A merge that waits is planned again with the heads there are when it goes on, so the target may be written to meanwhile. What was said
 * of a conflict counts as long as the three things it is between are the same; else the conflict is back, open. What comes in stays
 * the position it was.
 *
 * <p>What a commit came to is kept with it ({@link Once}) under the transaction number of its command, so that a command that is sent again
 * commits nothing twice. That of a merge that waited has a name of its own too: whoever stops between the commit and forgetting the merge
 * finds it by that.
 */
final class Merging {
    /** How often a merge is planned outside of the turn before the branch has to wait for one. */
    private static final int ATTEMPTS_MAX = 5;

    private final Invocation call;
    private final Project project;
    private final MergePlanning planning;
    private final PendingMerges pending;

    /** By the number that the command was sent with. */
    private final Once asked;

    /** By all names that its commit has. */
    private final Once once;

    Merging(Invocation call, Project project) {
        this(call, project, List.of());
    }

    /** @param own names that a commit has besides the number that the command was sent with */
    Merging(Invocation call, Project project, List<RetryKey> own) {
        this.call = call;
        this.project = project;
        this.planning = new MergePlanning(call, project);
        this.asked = Once.of(call, project, call.name());
        this.once = asked.with(own);
        this.pending = new PendingMerges(project, call.origin("", "", ""));
        if (call.engine().isShared()) {
            project.follow(); // what others merged, or left waiting
        }
    }

    PendingMerges pending() {
        return pending;
    }

    /** What this command came to when it was sent before; null where it was not. */
    @Nullable
    MergeOutcome before(Branch target) {
        Doc kept = once.before(target, call);
        return kept == null ? null : again(kept, once);
    }

    private MergeOutcome again(Doc kept, Once made) {
        return MergeOutcome.of(
                kept, (target, above) -> made.commitLsn(project.catalog().existing(target), above));
    }

    Project project() {
        return project;
    }

    /**
     * Does what a task says, or only looks what that would come to.
     *
     * @param expected the {@code plan} of an earlier outcome, to do exactly that; null for whatever it comes to now
     * @throws CommandException ConflictingOperationInProgress where a merge waits on the target; WriteConflict where what was planned is no
     *     longer what would be done
     */
    MergeOutcome run(MergeTask task, @Nullable String expected, boolean dryRun) {
        Branch target = planning.target(task);
        PendingMerges.Pending waiting = pending.find(task.target());
        if (waiting != null && !dryRun) {
            throw new CommandException(
                    ErrorCode.CONFLICTING_OPERATION_IN_PROGRESS, PendingMerges.inProgress(project, waiting));
        }
        for (int attempt = 0; ; attempt++) {
            Planned planned = planning.plan(task, project.storedHead(target), Resolutions.NONE);
            checkExpected(planned, expected);
            if (dryRun) {
                return planned.outcome(planned.ours.lsn());
            }
            if (planned.status == Status.UP_TO_DATE) {
                MergeOutcome meanwhile = before(target); // the same command may be the one that did it
                return meanwhile == null ? planned.outcome(planned.ours.lsn()) : meanwhile;
            }
            if (planned.status == Status.CONFLICTS) {
                PendingMerges.Pending unused = pending.keep(
                        planned.pending(UUID.randomUUID()), null, planned.conflicts(), List.of(), planned.kept(asked));
                return planned.outcome(planned.ours.lsn());
            }
            MergeOutcome outcome = commit(target, planned, new Commit(task, Resolutions.NONE, once, attempt));
            if (outcome != null) {
                return outcome;
            }
        }
    }

    /**
     * Goes on with the merge that waits on a branch.
     *
     * @throws CommandException NoSuchKey where there is none, IllegalOperation where what comes in is gone
     */
    MergeOutcome resume(Branch target, @Nullable String expected) {
        PendingMerges.Pending waiting = goesOn(target);
        MergeTask task = waiting.task();
        Once names = once.with(List.of(new RetryKey(waiting.session(), 1, 0))).with(MergeRequests.names(task));
        for (int attempt = 0; ; attempt++) {
            MergeOutcome done = done(target, names);
            if (done != null) {
                pending.forget(waiting);
                return done;
            }
            checkSource(task);
            Said said = new Said(pending.conflicts(task.target()));
            Planned planned = planning.plan(task, project.storedHead(target), said);
            checkExpected(planned, expected);
            if (planned.status == Status.CONFLICTS) {
                waiting = pending.keep(
                        planned.pending(waiting.session()),
                        waiting.session(),
                        planned.conflicts(),
                        said.used(),
                        planned.kept(asked));
                return planned.outcome(planned.ours.lsn());
            }
            MergeOutcome outcome = planned.status == Status.UP_TO_DATE
                    ? planned.outcome(planned.ours.lsn())
                    : commit(target, planned, new Commit(task, said, names, attempt));
            if (outcome != null) {
                pending.forget(waiting);
                return outcome;
            }
        }
    }

    /**
     * What a task would come to.
     *
     * @param state what the target would store; null where conflicts are open
     */
    record Foreseen(MergeOutcome outcome, @Nullable Snapshot state) {}

    /** What a task would come to now; nothing changes. */
    Foreseen foresee(MergeTask task) {
        return foreseen(planning.plan(task, project.storedHead(planning.target(task)), Resolutions.NONE));
    }

    /** What the merge that waits on a branch would come to now, with what was said of its conflicts. */
    Foreseen foreseeWaiting(Branch target) {
        MergeTask task = goesOn(target).task();
        return foreseen(planning.plan(task, project.storedHead(target), new Said(pending.conflicts(task.target()))));
    }

    private Foreseen foreseen(Planned planned) {
        return new Foreseen(planned.outcome(planned.ours.lsn()), planned.after());
    }

    private PendingMerges.Pending goesOn(Branch target) {
        PendingMerges.Pending waiting = waiting(target);
        planning.goesOn(waiting);
        return waiting;
    }

    /** Forgets the merge that waits on a branch, which stays as it is, and says so. */
    void abort(Branch target, MergeTask.@Nullable Kind expected, DocBuilder reply) {
        Once aborting = new Once(project, asked.what() + " abort", asked.keys());
        Doc done = aborting.before(target, call);
        if (done == null) {
            PendingMerges.Pending waiting = waiting(target, expected);
            done = new DocBuilder()
                    .append("status", "aborted")
                    .append("kind", waiting.task().kind().word())
                    .append("into", target.name())
                    .buildDoc();
            pending.forget(waiting, aborting.results(done));
        }
        reply.appendAll(done);
    }

    /** The merge that waits on a branch, which has to be of a kind; null for any. */
    PendingMerges.Pending waiting(Branch target, MergeTask.@Nullable Kind expected) {
        PendingMerges.Pending waiting = pending.find(target.id());
        if (waiting == null) {
            throw nothingWaits(target, expected == null ? MergeTask.Kind.MERGE : expected);
        }
        MergeTask.Kind there = waiting.task().kind();
        if (expected != null && there != expected) {
            throw new CommandException(
                    ErrorCode.CONFLICTING_OPERATION_IN_PROGRESS,
                    "what waits on branch '" + target.name() + "' is " + there.some() + ", not " + expected.some()
                            + "; {mergeBranch: 1, into: '" + target.name()
                            + "', continue: true} goes on with it, and abort: true ends it");
        }
        return waiting;
    }

    /**
     * The merge that waits on a branch.
     *
     * @throws CommandException NoSuchKey where there is none
     */
    PendingMerges.Pending waiting(Branch target) {
        return waiting(target, null);
    }

    private CommandException nothingWaits(Branch target, MergeTask.Kind kind) {
        String into = "into: '" + target.name() + "'}";
        String begin = switch (kind) {
            case UNDO -> "{undoChanges: 1, lsn: LSN, " + into;
            case REVERT -> "{revertMerge: LSN, " + into;
            case CHERRY_PICK -> "{cherryPick: 'SOURCE~LSN', " + into;
            case REBASE -> "{rebaseBranch: '" + target.name() + "', onto: POSITION}";
            default -> "{mergeBranch: SOURCE, " + into;
        };
        return new CommandException(
                ErrorCode.NO_SUCH_KEY,
                "no " + kind.word() + " waits on branch '" + target.name() + "' of '" + project.name()
                        + "' for conflicts to be resolved; begin one with " + begin);
    }

    /** The three states that the conflicts of a waiting merge were found between. */
    Sides<Snapshot> states(PendingMerges.Pending waiting) {
        return planning.states(
                waiting, () -> new Said(pending.conflicts(waiting.task().target())));
    }

    // ---- committing

    /**
     * How a plan is committed.
     *
     * @param once the names under which its commit can be found again
     * @param attempt from 0; the last one plans in the turn
     */
    private record Commit(MergeTask task, Resolutions resolutions, Once once, int attempt) {}

    /**
     * What came of trying to commit a plan; of neither where it has to be made anew.
     *
     * @param made what was committed now
     * @param before what the same command came to before
     */
    private record Committed(
            @Nullable Planned made, @Nullable Doc before) {
        static final Committed NOT = new Committed(null, null);
    }

    /** Null where the target's head has moved. */
    private @Nullable MergeOutcome commit(Branch target, Planned planned, Commit commit) {
        MergeTask task = commit.task();
        Result<Committed> result = project.write(
                        target,
                        call.origin(target.name(), "", task.message()),
                        List.of((Statement<Committed>) turn -> evaluate(turn, planned, commit)),
                        true,
                        call.deadline()::checkNow)
                .get(0);
        Committed done = result.get();
        if (done.before != null) {
            return again(done.before, commit.once());
        }
        return done.made == null ? null : done.made.outcome(result.lsn() == 0 ? done.made.ours.lsn() : result.lsn());
    }

    /** The plan that was committed, or none where it has to be made anew. */
    private Statement.Draft<Committed> evaluate(Turn turn, Planned planned, Commit commit) {
        Doc before = commit.once().executed(turn);
        if (before != null) {
            return Statement.Draft.unchanged(new Committed(null, before));
        }
        if (commit.task().kind() != MergeTask.Kind.MERGE) {
            Catalog catalog = project.catalog();
            Protection.check(catalog, catalog.existing(commit.task().target()));
        }
        Planned fresh = planned;
        if (turn.stored().lsn() != planned.head.lsn()) {
            if (commit.attempt() < ATTEMPTS_MAX || !turn.isPastAcknowledged()) {
                return Statement.Draft.unchanged(Committed.NOT);
            }
            if (commit.task().isApart() && !turn.settle()) {
                return Statement.Draft.unchanged(Committed.NOT);
            }
            fresh = planning.plan(commit.task(), turn.stored(), commit.resolutions());
            if (fresh.status == Status.CONFLICTS || fresh.status == Status.UP_TO_DATE) {
                return Statement.Draft.unchanged(Committed.NOT);
            }
        }
        return draft(fresh, fresh.kept(commit.once()));
    }

    private static Statement.Draft<Committed> draft(Planned planned, List<RetryResult> retries) {
        Committed done = new Committed(planned, null);
        Picks.Planned picks = planned.picks;
        return picks == null
                ? new Statement.Draft<>(done, planned.changes(), retries, planned.referred())
                : new Statement.Draft<>(done, List.of(), retries, planned.referred(), picks.parts());
    }

    private @Nullable MergeOutcome done(Branch target, Once names) {
        Doc kept = names.before(target, call);
        return kept == null ? null : again(kept, names);
    }

    // ---- checks

    /** What comes in by a merge has to be something that its branch still has. */
    private void checkSource(MergeTask task) {
        Position theirs = task.theirs();
        if (task.kind() != MergeTask.Kind.MERGE || theirs == null) {
            return;
        }
        Catalog catalog = project.catalog();
        Branch source = catalog.existing(theirs.branch());
        String trouble = source.dropped()
                ? "was dropped"
                : MergeBase.isContained(catalog, theirs, Position.of(project.head(source)))
                        ? null
                        : "was reset to what does not have position " + theirs.lsn() + " any more";
        if (trouble != null) {
            throw new CommandException(
                    ErrorCode.ILLEGAL_OPERATION,
                    "branch '" + source.name() + "', which is being merged, " + trouble
                            + "; abort the merge with {mergeBranch: 1, into: '"
                            + planning.target(task).name()
                            + "', abort: true}");
        }
    }

    private void checkExpected(Planned planned, @Nullable String expected) {
        if (expected == null) {
            return;
        }
        checkExpected(planned.digest(), expected);
    }

    /** Refuses a plan that is not the one there is now. */
    void checkExpected(PlanDigest now, String expected) {
        String moved = PlanDigest.parse(expected).moved(now, project.catalog());
        if (moved != null) {
            throw new CommandException(
                    ErrorCode.WRITE_CONFLICT,
                    "the plan is stale: " + moved + "; nothing was changed. Make a new one with dryRun: true");
        }
    }
}
