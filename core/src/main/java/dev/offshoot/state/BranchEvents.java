package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.GroupCommit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.Pending;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The events of a project's branches: made, removed, renamed, and the end of the project itself. An event is a change in the
 * log like any other and takes the same way as a write, on a turn of its own and against a pending catalog. Thread safe.
 *
 * <p>The turn is taken before that of a branch. Like a branch's pending state, the pending catalog counts only in the epoch it
 * was made in.
 */
final class BranchEvents {
    private final AcknowledgedState acknowledged;
    private final GroupCommit commits;
    private final BranchWrites writes;
    private final History history;

    private final ReentrantLock turn = new ReentrantLock();
    private long epoch = -1;
    private Catalog pendingCatalog = Catalog.empty();
    private @Nullable Pending lastEvent;

    BranchEvents(AcknowledgedState acknowledged, GroupCommit commits, BranchWrites writes, History history) {
        this.history = history;
        this.acknowledged = acknowledged;
        this.commits = commits;
        this.writes = writes;
    }

    /**
     * @param past the state to begin with; null for the parent's head
     * @param scope what of it the branch shows; null for all of it
     */
    Branch create(
            String branchName, Branch parent, @Nullable Snapshot past, @Nullable ScopeRequest scope, Origin origin) {
        return event(current -> {
            if (pendingCatalog.isTaken(branchName)) {
                return Attempt.failed(taken(branchName), lastEvent);
            }
            return past != null
                    ? referring(parent, past.lsn(), () -> fork(branchName, parent, past, scope, origin, current))
                    : forkHead(branchName, parent, scope, origin, current);
        });
    }

    /** Attempts an event that refers to a position. */
    private <R> @Nullable Attempt<R> referring(Branch branch, long lsn, Supplier<@Nullable Attempt<R>> attempt) {
        return history.references().commit(use -> writes.requireStored(use, branch, lsn), lastEvent, attempt);
    }

    /**
     * @param branch as it was when its state was read
     * @param lsn where it was read
     * @param properties what it has from now on
     * @param state what it shows: the branch comes back without the state that it was made from, as in a replay
     */
    Branch restore(Branch branch, String branchName, Doc properties, long lsn, Snapshot state, Origin origin) {
        return event(current -> {
            Branch found = pendingCatalog.existing(branch.id());
            if (!found.dropped()) {
                return Attempt.failed(
                        new CommandException(
                                ErrorCode.NAMESPACE_EXISTS,
                                "branch '" + found.name() + "' of project '" + acknowledged.project()
                                        + "' is there already"),
                        lastEvent);
            }
            if (found.droppedLsn() != branch.droppedLsn()) {
                return Attempt.failed(
                        new CommandException(
                                ErrorCode.WRITE_CONFLICT,
                                "branch '" + found.name() + "' of project '" + acknowledged.project()
                                        + "' was brought back and dropped again meanwhile; nothing was changed. Ask again"),
                        lastEvent);
            }
            if (pendingCatalog.isTaken(branchName)) {
                return Attempt.failed(taken(branchName), lastEvent);
            }
            FoldPages.Window window = writes.windowFor(state);
            return referring(
                    branch,
                    lsn,
                    () -> submitEvent(
                            current,
                            origin,
                            restoring(found, branchName, properties),
                            id -> found.restored(branchName).altered(properties),
                            id -> {
                                acknowledged.heads().put(found.id(), new Head(state, null, found.mask()));
                                window.publish();
                                acknowledged.moved(found.id());
                            }));
        });
    }

    private static List<Change> restoring(Branch branch, String branchName, Doc properties) {
        Change restore = new Change.RestoreBranch(branch.id(), branchName);
        return properties.equals(branch.properties())
                ? List.of(restore)
                : List.of(restore, new Change.AlterBranch(branch.id(), properties.toBytes()));
    }

    Branch alter(Branch branch, UnaryOperator<Doc> change, Origin origin) {
        return event(current -> {
            Branch found = pendingCatalog.branch(branch.id());
            if (found == null || found.dropped()) {
                return Attempt.failed(acknowledged.gone(branch.name()), lastEvent);
            }
            Doc properties;
            try {
                properties = change.apply(found.properties());
            } catch (CommandException e) {
                return Attempt.failed(e, lastEvent);
            }
            if (properties.equals(found.properties())) {
                return new Attempt<>(Result.of(found), lastEvent, false);
            }
            return submitEvent(
                    current,
                    origin,
                    new Change.AlterBranch(found.id(), properties.toBytes()),
                    lsn -> found.altered(properties),
                    lsn -> acknowledged.moved(found.id()));
        });
    }

    Doc alter(UnaryOperator<Doc> change, Origin origin) {
        return event(current -> {
            Doc properties;
            try {
                properties = change.apply(pendingCatalog.properties());
            } catch (CommandException e) {
                return Attempt.failed(e, lastEvent);
            }
            if (properties.equals(pendingCatalog.properties())) {
                return new Attempt<>(Result.of(properties), lastEvent, false);
            }
            return submitEvent(
                    current, origin, new Change.AlterProject(properties.toBytes()), lsn -> properties, lsn -> {});
        });
    }

    Tag createTag(String tagName, Branch branch, long lsn, Origin origin) {
        return event(current -> {
            if (pendingCatalog.isTaken(tagName)) {
                return Attempt.failed(taken(tagName), lastEvent);
            }
            return referring(
                    branch,
                    lsn,
                    () -> submitEvent(
                            current,
                            origin,
                            new Change.CreateTag(tagName, branch.id(), lsn),
                            id -> new Tag(id, tagName, branch.id(), lsn, acknowledged.lastMillis()),
                            id -> {}));
        });
    }

    Tag dropTag(Tag tag, Origin origin) {
        return event(current -> {
            Tag found = pendingCatalog.tag(tag.name());
            if (found == null || found.id() != tag.id()) {
                return Attempt.failed(
                        new CommandException(
                                ErrorCode.NAMESPACE_NOT_FOUND,
                                "tag '" + tag.name() + "' of project '" + acknowledged.project()
                                        + "' was dropped meanwhile"),
                        lastEvent);
            }
            return submitEvent(current, origin, new Change.DropTag(tag.id()), id -> found, id -> {});
        });
    }

    Branch drop(Branch branch, BranchGuard guard, Origin origin) {
        return event(current -> {
            Branch found = pendingCatalog.branch(branch.id());
            if (found == null || found.dropped()) {
                return Attempt.failed(acknowledged.gone(branch.name()), lastEvent);
            }
            if (found.parent() == 0) {
                return Attempt.failed(
                        new CommandException(
                                ErrorCode.ILLEGAL_OPERATION,
                                "branch '" + found.name() + "' is the first of project '" + acknowledged.project()
                                        + "' and stays as long as the project; use dropProject to remove both"),
                        lastEvent);
            }
            CommandException refusal = refusal(guard, found);
            return refusal == null ? drop(found, origin, current) : Attempt.failed(refusal, lastEvent);
        });
    }

    private @Nullable CommandException refusal(BranchGuard guard, Branch branch) {
        try {
            guard.check(pendingCatalog, branch);
            return null;
        } catch (CommandException e) {
            return e;
        }
    }

    Branch rename(Branch branch, String to, BranchGuard guard, Origin origin) {
        return event(current -> {
            Branch found = pendingCatalog.branch(branch.id());
            if (found == null || found.dropped()) {
                return Attempt.failed(acknowledged.gone(branch.name()), lastEvent);
            }
            CommandException refusal = refusal(guard, found);
            if (refusal != null) {
                return Attempt.failed(refusal, lastEvent);
            }
            Branch holder = pendingCatalog.branch(to);
            if ((holder != null && holder.id() != found.id()) || pendingCatalog.tag(to) != null) {
                return Attempt.failed(taken(to), lastEvent);
            }
            return submitEvent(
                    current,
                    origin,
                    new Change.RenameBranch(found.id(), to),
                    id -> found.renamed(to),
                    lsn -> acknowledged.moved(found.id()));
        });
    }

    void end(long project, Origin origin) {
        try {
            event(current -> submitEvent(current, origin, new Change.DropProject(project), lsn -> true, lsn -> {}));
        } catch (CommandException e) {
            if (!acknowledged.catalog().ended()) {
                throw e;
            }
        }
    }

    private <R> R event(LongFunction<@Nullable Attempt<R>> event) {
        try {
            boolean newest = false;
            while (true) {
                long current = commits.epoch();
                Attempt<R> attempt = attemptEvent(event);
                if (attempt != null && writes.holds(attempt)) {
                    newest |= attempt.own() || writes.isNewest(current);
                    if (newest) {
                        return attempt.result().get();
                    }
                    newest = true;
                }
            }
        } catch (StoreException e) {
            throw acknowledged.isDropped() ? acknowledged.droppedException() : e;
        } finally {
            history.references().tell();
        }
    }

    private <R> @Nullable Attempt<R> attemptEvent(LongFunction<@Nullable Attempt<R>> event) {
        turn.lock();
        try {
            acknowledged.checkWhole();
            long current = commits.epoch();
            if (epoch != current) {
                epoch = current;
                pendingCatalog = acknowledged.catalog();
                lastEvent = null;
            }
            return pendingCatalog.ended()
                    ? Attempt.failed(acknowledged.droppedException(), lastEvent)
                    : event.apply(current);
        } finally {
            turn.unlock();
        }
    }

    private @Nullable Attempt<Branch> forkHead(
            String branchName, Branch parent, @Nullable ScopeRequest scope, Origin origin, long current) {
        Head head = acknowledged.heads().get(parent.id());
        if (head == null) {
            return Attempt.failed(acknowledged.gone(parent.name()), lastEvent);
        }
        head.turn.lock();
        try {
            head.enter(current);
            if (head.dropped()) {
                return Attempt.failed(acknowledged.gone(parent.name()), head.last());
            }
            return fork(branchName, parent, head.pending(), scope, origin, current);
        } finally {
            head.turn.unlock();
        }
    }

    private @Nullable Attempt<Branch> fork(
            String branchName,
            Branch parent,
            Snapshot state,
            @Nullable ScopeRequest asked,
            Origin origin,
            long current) {
        Scope own;
        try {
            own = asked == null ? null : asked.of(state);
        } catch (CommandException e) {
            return Attempt.failed(e, lastEvent);
        }
        Snapshot from = own == null ? state : own.restrict(state);
        Scope scope = Scope.inherited(parent.scope(), own);
        Change.CreateBranch create = new Change.CreateBranch(
                branchName,
                parent.id(),
                from.lsn(),
                own == null ? null : own.source().toBytes());
        FoldPages.Window window = writes.windowFor(state);
        return submitEvent(
                current,
                origin,
                create,
                id -> new Branch(id, branchName, parent.id(), from.lsn(), 0).scoped(scope),
                branchId -> {
                    acknowledged
                            .heads()
                            .put(branchId, new Head(from.fork(branchId), from, scope == null ? null : scope.mask()));
                    window.publish();
                    acknowledged.moved(branchId);
                });
    }

    private @Nullable Attempt<Branch> drop(Branch branch, Origin origin, long current) {
        Head head = acknowledged.heads().get(branch.id());
        if (head == null) {
            return Attempt.failed(acknowledged.gone(branch.name()), lastEvent);
        }
        head.turn.lock();
        try {
            head.enter(current);
            Attempt<Branch> attempt =
                    submitEvent(current, origin, new Change.DropBranch(branch.id()), branch::asDropped, commit -> {
                        acknowledged.heads().remove(branch.id());
                        acknowledged.moved(branch.id());
                    });
            if (attempt != null && attempt.pending() != null) {
                head.drop(attempt.pending());
            }
            return attempt;
        } finally {
            head.turn.unlock();
        }
    }

    /** Submits a branch event; its publication moves the catalog and then does what the event needs besides. */
    private <R> @Nullable Attempt<R> submitEvent(
            long current, Origin origin, Change change, LongFunction<R> result, LongConsumer publication) {
        return submitEvent(current, origin, List.of(change), result, publication);
    }

    /** The same for several changes; both functions get the LSN of the first. */
    private <R> @Nullable Attempt<R> submitEvent(
            long current, Origin origin, List<Change> changes, LongFunction<R> result, LongConsumer publication) {
        Commit commit = Commit.draft(Commit.PROJECT, origin, changes, List.of());
        long expected = commits.nextLsn();
        Catalog foreseen = tried(commit.at(expected));
        Pending pending = commits.submit(current, commit);
        if (pending == null) {
            return null;
        }
        long lsn = pending.commit().firstLsn();
        try {
            pendingCatalog = lsn == expected ? foreseen : pendingCatalog.apply(pending.commit(), 0);
            lastEvent = pending;
        } catch (RuntimeException | Error e) {
            throw writes.stopped(e);
        } finally {
            pending.applied(() -> {
                publication.accept(lsn);
                acknowledged.publish(
                        acknowledged.catalog().apply(pending.commit(), acknowledged.lastMillis()),
                        pending.commit().lastLsn());
            });
        }
        return new Attempt<>(Result.of(result.apply(lsn)), pending, true);
    }

    /** What does not fit must not get into the log. */
    private Catalog tried(Commit commit) {
        try {
            return pendingCatalog.apply(commit, 0);
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "an event of '" + commit.origin().command() + "' does not fit the branches of project '"
                            + acknowledged.project() + "', and nothing was written: " + e.getMessage(),
                    e);
        }
    }

    /** Makes {@code main} in a log that has nothing yet, unless somebody just did. */
    void createFirst() {
        createRoot(Branch.MAIN, new Origin("offshoot", "createProject", Branch.MAIN, acknowledged.project()));
    }

    /** Makes the branch for what is no user's data, unless somebody just did. */
    Branch createInternal(Origin origin) {
        return createRoot(Branch.INTERNAL, origin);
    }

    private Branch createRoot(String branchName, Origin origin) {
        return event(current -> {
            Branch found = pendingCatalog.branch(branchName);
            if (found != null) {
                return new Attempt<>(Result.of(found), lastEvent, false);
            }
            return submitEvent(
                    current,
                    origin,
                    new Change.CreateBranch(branchName, 0, 0),
                    id -> new Branch(id, branchName, 0, 0, 0),
                    branchId -> acknowledged.heads().put(branchId, new Head(Snapshot.empty(branchId), null, null)));
        });
    }

    private CommandException taken(String branchName) {
        return new CommandException(
                ErrorCode.NAMESPACE_EXISTS,
                (pendingCatalog.tag(branchName) == null ? "branch '" : "tag '") + branchName + "' already exists in '"
                        + acknowledged.project()
                        + "' (names are compared without regard to case); choose another name or drop it first");
    }
}
