package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.GroupCommit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.Pending;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The events of a project's branches: made, removed, renamed, and the end of the project itself. An event is a change in the
 * log like any other and takes the same way as a write, on a turn of its own and against a pending catalog. Thread safe.
 *
 * <p>The turn is taken before that of a branch. Like a branch's pending state, the pending catalog counts only in the epoch it
 * was made in.
 */
final class BranchEvents {
    private final Project project;
    private final GroupCommit commits;
    private final Map<Long, Head> heads;

    private final ReentrantLock turn = new ReentrantLock();
    private long epoch = -1;
    private Catalog pendingCatalog = Catalog.EMPTY;
    private @Nullable Pending lastEvent;

    BranchEvents(Project project, GroupCommit commits, Map<Long, Head> heads) {
        this.project = project;
        this.commits = commits;
        this.heads = heads;
    }

    /** @param past the state to begin with; null for the parent's head */
    Branch create(String branchName, Branch parent, @Nullable Snapshot past, Origin origin) {
        return event(current -> {
            if (pendingCatalog.branch(branchName) != null) {
                return Attempt.failed(taken(branchName), lastEvent);
            }
            return past != null
                    ? fork(branchName, parent, past, origin, current)
                    : forkHead(branchName, parent, origin, current);
        });
    }

    Branch drop(Branch branch, Origin origin) {
        return event(current -> {
            Branch found = pendingCatalog.branch(branch.id());
            if (found == null || found.dropped()) {
                return Attempt.failed(project.gone(branch.name()), lastEvent);
            }
            if (found.parent() == 0) {
                return Attempt.failed(
                        new CommandException(
                                ErrorCode.ILLEGAL_OPERATION,
                                "branch '" + found.name() + "' is the first of project '" + project.name()
                                        + "' and stays as long as the project; use dropProject to remove both"),
                        lastEvent);
            }
            return drop(found, origin, current);
        });
    }

    Branch rename(Branch branch, String to, Origin origin) {
        return event(current -> {
            Branch found = pendingCatalog.branch(branch.id());
            if (found == null || found.dropped()) {
                return Attempt.failed(project.gone(branch.name()), lastEvent);
            }
            Branch holder = pendingCatalog.branch(to);
            if (holder != null && holder.id() != found.id()) {
                return Attempt.failed(taken(to), lastEvent);
            }
            return submitEvent(
                    current,
                    origin,
                    new Change.RenameBranch(found.id(), to),
                    id -> found.renamed(to),
                    lsn -> project.moved(found.id()));
        });
    }

    void end(Origin origin) {
        try {
            event(current ->
                    submitEvent(current, origin, new Change.DropProject(project.id()), lsn -> true, lsn -> {}));
        } catch (CommandException e) {
            if (!project.isEnded()) {
                throw e;
            }
        }
    }

    private <R> R event(LongFunction<@Nullable Attempt<R>> event) {
        try {
            while (true) {
                Attempt<R> attempt = attemptEvent(event);
                if (attempt != null && project.holds(attempt)) {
                    return attempt.result().get();
                }
            }
        } catch (StoreException e) {
            throw project.isDropped() ? project.droppedException() : e;
        }
    }

    private <R> @Nullable Attempt<R> attemptEvent(LongFunction<@Nullable Attempt<R>> event) {
        turn.lock();
        try {
            project.checkWhole();
            long current = commits.epoch();
            if (epoch != current) {
                epoch = current;
                pendingCatalog = project.catalog();
                lastEvent = null;
            }
            return pendingCatalog.ended()
                    ? Attempt.failed(project.droppedException(), lastEvent)
                    : event.apply(current);
        } finally {
            turn.unlock();
        }
    }

    private @Nullable Attempt<Branch> forkHead(String branchName, Branch parent, Origin origin, long current) {
        Head head = heads.get(parent.id());
        if (head == null) {
            return Attempt.failed(project.gone(parent.name()), lastEvent);
        }
        head.turn.lock();
        try {
            head.enter(current);
            if (head.dropped()) {
                return Attempt.failed(project.gone(parent.name()), head.last());
            }
            return fork(branchName, parent, head.pending(), origin, current);
        } finally {
            head.turn.unlock();
        }
    }

    private @Nullable Attempt<Branch> fork(
            String branchName, Branch parent, Snapshot from, Origin origin, long current) {
        Change.CreateBranch create = new Change.CreateBranch(branchName, parent.id(), from.lsn());
        return submitEvent(
                current,
                origin,
                create,
                id -> new Branch(id, branchName, parent.id(), from.lsn(), 0, false),
                branchId -> {
                    heads.put(branchId, new Head(from.fork(branchId), from));
                    project.moved(branchId);
                });
    }

    private @Nullable Attempt<Branch> drop(Branch branch, Origin origin, long current) {
        Head head = heads.get(branch.id());
        if (head == null) {
            return Attempt.failed(project.gone(branch.name()), lastEvent);
        }
        head.turn.lock();
        try {
            head.enter(current);
            Attempt<Branch> attempt = submitEvent(
                    current, origin, new Change.DropBranch(branch.id()), id -> branch.asDropped(), commit -> {
                        heads.remove(branch.id());
                        project.moved(branch.id());
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
        Pending pending = commits.submit(current, Commit.draft(Commit.PROJECT, origin, List.of(change), List.of()));
        if (pending == null) {
            return null;
        }
        long lsn = pending.commit().firstLsn();
        try {
            pendingCatalog = pendingCatalog.apply(pending.commit(), 0);
            lastEvent = pending;
        } catch (RuntimeException | Error e) {
            project.breakDown(e);
            throw e;
        } finally {
            pending.applied(() -> {
                publication.accept(lsn);
                project.publish(project.catalog().apply(pending.commit(), project.lastMillis()), lsn);
            });
        }
        return new Attempt<>(Result.of(result.apply(lsn)), pending, true);
    }

    /** Makes {@code main} in a log that has nothing yet, unless somebody just did. */
    void createFirst() {
        Origin origin = new Origin("offshoot", "createProject", Branch.MAIN, project.name());
        event(current -> {
            if (pendingCatalog.branch(Branch.MAIN) != null) {
                return new Attempt<>(Result.of(true), lastEvent, false);
            }
            return submitEvent(
                    current,
                    origin,
                    new Change.CreateBranch(Branch.MAIN, 0, 0),
                    id -> true,
                    branchId -> heads.put(branchId, new Head(Snapshot.empty(branchId), null)));
        });
    }

    private CommandException taken(String branchName) {
        return new CommandException(
                ErrorCode.NAMESPACE_EXISTS,
                "branch '" + branchName + "' already exists in '" + project.name()
                        + "' (names are compared without regard to case); choose another name or drop it first");
    }
}
