package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.GroupCommit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.Pending;
import dev.offshoot.wal.RetryKey;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The writes on a project's branches, and the way they take (decision 4). Thread safe.
 *
 * <p>A write, from top to bottom: it takes its branch's turn; evaluates its statement against the newest pending state; submits the
 * commit, which reserves its LSNs and queues it; folds it into the pending state; gives the turn back; and waits for the outcome.
 * Readers see acknowledged states only. A reply waits until the state it was evaluated on is acknowledged, also when the statement
 * changed nothing or failed. When pending state became void, statements whose outcome is LOST run again on the new tip, in order.
 */
final class BranchWrites {
    private static final long COMMIT_BYTES_MAX = 900L << 20;

    private final AcknowledgedState acknowledged;
    private final GroupCommit commits;
    private final History history;
    private final ProjectCheckpoints checkpoints;
    private final ProjectStorage storage;

    BranchWrites(
            AcknowledgedState acknowledged,
            GroupCommit commits,
            History history,
            ProjectCheckpoints checkpoints,
            ProjectStorage storage) {
        this.acknowledged = acknowledged;
        this.commits = commits;
        this.history = history;
        this.checkpoints = checkpoints;
        this.storage = storage;
    }

    <R> List<Result<R>> write(
            Branch branch,
            Origin origin,
            List<? extends Statement<R>> statements,
            boolean stopAtError,
            Runnable patience) {
        try {
            return writeAll(branch, origin, statements, stopAtError, patience);
        } catch (StoreException e) {
            throw acknowledged.isDropped() ? acknowledged.droppedException() : e;
        } finally {
            history.references().tell();
        }
    }

    private <R> List<Result<R>> writeAll(
            Branch branch,
            Origin origin,
            List<? extends Statement<R>> statements,
            boolean stopAtError,
            Runnable patience) {
        checkpoints.unsaved().awaitRoom();
        List<Attempt<R>> attempts = new ArrayList<>();
        int settled = 0;
        boolean newest = false;
        while (true) {
            int before = settled;
            long epoch = commits.epoch();
            boolean stopped = false;
            while (attempts.size() < statements.size() && !stopped) {
                Attempt<R> attempt;
                try {
                    attempt = attempt(branch, origin, statements.get(attempts.size()), epoch, patience);
                } catch (RuntimeException | Error e) {
                    attempts.forEach(this::holds); // an error reply, too, waits for what was done before it
                    throw e;
                }
                if (attempt == null) {
                    break; // the epoch is over: see what became of the statements before, then go on in the new one
                }
                attempts.add(attempt);
                stopped = stopAtError && attempt.result().error() != null;
            }
            while (settled < attempts.size() && holds(attempts.get(settled))) {
                newest |= attempts.get(settled).own(); // the append found nothing of others in between
                settled++;
            }
            if (!newest && settled > before) {
                settled = isNewest(epoch) ? settled : before;
                newest = true;
            }
            if (settled == attempts.size() && (stopped || settled == statements.size())) {
                return attempts.stream().map(Attempt::result).toList();
            }
            attempts.subList(settled, attempts.size()).clear();
        }
    }

    /**
     * Reads what other processes appended: whoever found nothing to do, or a reason not to, must not have looked at an old state. Whoever
     * evaluates again after this looks at one that is new enough.
     *
     * @return whether what was evaluated in an epoch holds
     */
    boolean isNewest(long epoch) {
        if (!storage.shared()) {
            return true;
        }
        commits.follow();
        return commits.epoch() == epoch;
    }

    /**
     * What statements come to where there is no project: their results, or null when one of them would change something.
     *
     * @param stopAtError whether a statement that fails is the last one
     */
    static <R> @Nullable List<Result<R>> onNothing(List<? extends Statement<R>> statements, boolean stopAtError) {
        List<Result<R>> results = new ArrayList<>();
        for (Statement<R> statement : statements) {
            try {
                Statement.Draft<R> draft = statement.evaluate(new Turn(null, Snapshot.EMPTY, Snapshot.EMPTY, null));
                if (!draft.isUnchanged()) {
                    return null;
                }
                results.add(Result.of(draft.result()));
            } catch (CommandException e) {
                results.add(Result.failed(e));
                if (stopAtError) {
                    return results;
                }
            }
        }
        return results;
    }

    /** One statement on its branch's turn; null when the epoch is over. */
    private <R> @Nullable Attempt<R> attempt(
            Branch branch, Origin origin, Statement<R> statement, long epoch, Runnable patience) {
        Head head = acknowledged.heads().get(branch.id());
        if (head == null) {
            return Attempt.failed(acknowledged.gone(branch.name()), null);
        }
        head.takeTurn(commits.yielding(), patience);
        try {
            acknowledged.checkWhole();
            if (acknowledged.catalog().ended()) {
                return Attempt.failed(acknowledged.droppedException(), null);
            }
            if (commits.epoch() != epoch) {
                return null;
            }
            head.enter(epoch);
            if (head.dropped()) {
                return Attempt.failed(acknowledged.gone(branch.name()), head.last());
            }
            Turn turn = new Turn(this, head.seen(head.pending()), head.pending(), head.last());
            Statement.Draft<R> draft;
            try {
                draft = statement.evaluate(turn);
            } catch (CommandException e) {
                return Attempt.failed(e, turn.dependsOn());
            }
            if (draft.isUnchanged()) {
                return new Attempt<>(Result.of(draft.result()), turn.dependsOn(), false);
            }
            List<Commit> made = draft.commits(branch.id(), origin);
            checkSize(made);
            Folded foreseen;
            try {
                foreseen = tried(head, branch, Commit.at(made, commits.nextLsn()), draft.past());
            } catch (CommandException e) {
                return Attempt.failed(e, turn.dependsOn());
            }
            List<Snapshot> sources = draft.past().states();
            if (sources.isEmpty() || !refersToAny(made)) {
                return submit(head, epoch, made, draft, foreseen);
            }
            return history.references()
                    .commit(
                            use -> sources.forEach(state -> requireStored(use, state)),
                            turn.dependsOn(),
                            () -> submit(head, epoch, made, draft, foreseen));
        } finally {
            head.turn.unlock();
        }
    }

    private <R> @Nullable Attempt<R> submit(
            Head head, long epoch, List<Commit> made, Statement.Draft<R> draft, Folded foreseen) {
        Pending pending = commits.submit(epoch, made);
        if (pending == null) {
            return null;
        }
        advance(head, pending, draft.past(), foreseen);
        return new Attempt<>(Result.of(draft.result(), pending.lastLsn()), pending, true);
    }

    /** Whether commits can be read again only where the states that they refer to are there. */
    private static boolean refersToAny(List<Commit> made) {
        return made.stream()
                .flatMap(commit -> commit.changes().stream())
                .anyMatch(change -> change instanceof Change.Reset || change instanceof Change.RestoreCollection);
    }

    private void requireStored(References.Use use, Snapshot state) {
        requireStored(use, acknowledged.catalog().existing(state.branch()), state.lsn());
    }

    /**
     * Looks whether a position that is referred to is a head, or can be had from what is stored.
     *
     * @throws CommandException BadValue for one that is no longer kept
     */
    void requireStored(References.Use use, Branch branch, long lsn) {
        Snapshot head = acknowledged.stored(branch.id());
        if (head == null || lsn < head.lsn()) {
            use.refer(lsn);
            history.requireStored(acknowledged.catalog(), branch, lsn);
        }
    }

    /**
     * A state that commits make.
     *
     * @param firstLsn where the commits were folded at
     */
    private record Folded(long firstLsn, Snapshot state, FoldPages.Window window) {}

    /** Folds commits before they are submitted, where they will most likely come to be: what does not fit must not get into the log. */
    private Folded tried(Head head, Branch branch, List<Commit> made, Statement.Referred past) {
        try {
            FoldPages.Window window = checkpoints.folds().window();
            past.states().forEach(state -> window.refer(history.sources(state)));
            Snapshot state = BranchFold.tried(head.pending(), made, window, within(past));
            made.forEach(this::checkLineage);
            return new Folded(made.get(0).firstLsn(), state, window);
        } catch (CommandException | StoreException e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            if (!storage.pages().damaged().isEmpty()) {
                throw e; // what it does not fit was not read as it was written
            }
            throw new AssertionError(
                    "the changes of '" + made.get(0).origin().command() + "' do not fit branch '" + branch.name()
                            + "' of project '" + acknowledged.project() + "' behind LSN "
                            + head.pending().lsn() + ", and nothing was written: " + e.getMessage(),
                    e);
        }
    }

    private void checkLineage(Commit commit) {
        if (!Catalog.concerns(commit)) {
            return;
        }
        Catalog known = acknowledged.catalog();
        known.apply(commit, acknowledged.lastMillis());
        for (Change change : commit.changes()) {
            if (change instanceof Change.Merge merge) {
                known.existing(merge.from());
            }
        }
    }

    /** What a commit refers to, as the fold gets it. */
    private Past within(Statement.Referred referred) {
        return new Past() {
            @Override
            public Snapshot at(long branch, long lsn) {
                return referred.at(branch, lsn);
            }

            @Override
            public Snapshot target(long branch, Change.Reset reset) {
                return Scope.restrict(
                        at(reset.from(), reset.lsn()), acknowledged.catalog().crossing(reset.from(), branch));
            }
        };
    }

    /**
     * Makes a submitted commit part of the pending state. It was seen to fit, so nothing here may fail; if it does, nothing is published any
     * more. Where others reserved LSNs meanwhile it is folded again, as ids are made of them.
     */
    private void advance(Head head, Pending pending, Statement.Referred past, Folded foreseen) {
        Runnable publication = this::publishNothing;
        try {
            Snapshot next = pending.commit().firstLsn() == foreseen.firstLsn()
                    ? foreseen.state()
                    : BranchFold.apply(head.pending(), pending.commits(), foreseen.window(), within(past));
            head.advance(next, pending);
            publication = () -> {
                pending.commits().forEach(acknowledged::follow);
                acknowledged.publish(head, next);
                foreseen.window().publish();
            };
        } catch (RuntimeException | Error e) {
            throw stopped(e);
        } finally {
            pending.applied(publication);
        }
    }

    /** Publishes nothing any more, since the pending state cannot follow what is on its way to the log; what its writer is told. */
    IndeterminateException stopped(Throwable cause) {
        acknowledged.breakDown(cause);
        return indeterminate(cause);
    }

    private IndeterminateException indeterminate(Throwable cause) {
        return new IndeterminateException(
                "project '" + acknowledged.project() + "' stopped behind a write, which may be stored: "
                        + cause.getMessage() + ". Retry it if it is retryable, else read first",
                cause);
    }

    private void publishNothing() {}

    /** Waits for the outcome of a commit. */
    boolean isAcknowledged(Pending pending) {
        return commits.await(pending) == Pending.Outcome.ACKNOWLEDGED;
    }

    /** Whether an attempt's answer may be given; false when it has to run again. */
    boolean holds(Attempt<?> attempt) {
        Pending pending = attempt.pending();
        if (pending == null) {
            return true;
        }
        Pending.Outcome outcome = commits.await(pending);
        return switch (outcome) {
            case ACKNOWLEDGED -> {
                Throwable cause = acknowledged.broken();
                if (cause != null && attempt.own()) {
                    throw indeterminate(cause);
                }
                acknowledged.checkWhole();
                yield true;
            }
            case LOST -> false;
            case FAILED -> {
                if (attempt.own()) {
                    throw pending.failure();
                }
                yield false;
            }
            case UNKNOWN ->
                throw new IndeterminateException("the store of project '" + acknowledged.project()
                        + "' did not say whether the write was stored; it may show later. Retry it if it is retryable,"
                        + " else read first");
        };
    }

    private void checkSize(List<Commit> made) {
        if (made.size() > 1 && !GroupCommit.isOneRecord(made)) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    made.size() + " commits have too many different authors and messages to be kept apart in one step;"
                            + " make one commit of them with squash: true");
        }
        if (made.stream().mapToLong(Commit::approximateBytes).sum() > COMMIT_BYTES_MAX) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    "one statement would change more than " + (COMMIT_BYTES_MAX >> 20)
                            + " MiB at once; split it, for instance by ranges of _id");
        }
    }

    /** For a state that is about to become that of a branch, which the window is published with. */
    FoldPages.Window windowFor(@Nullable Snapshot state) {
        FoldPages.Window window = checkpoints.folds().window();
        if (state != null) {
            window.refer(history.sources(state));
        }
        return window;
    }

    // ---- what a turn asks

    /** The newest transaction number of a session, of those that are pending too. */
    long newestTransaction(UUID session) {
        long pending = commits.newestPending(session);
        return Math.max(pending, acknowledged.newestTransaction(session));
    }

    @Nullable
    Pending pendingResult(RetryKey key) {
        return commits.pendingResult(key);
    }

    byte @Nullable [] acknowledgedResult(RetryKey key) {
        return acknowledged.result(key);
    }

    /** Whether the catalog knows all that the pending state of a branch came from; asked by who has its turn. */
    boolean isPastAcknowledged(long branch) {
        Head head = acknowledged.heads().get(branch);
        return head != null && head.isPastAcknowledged();
    }
}
