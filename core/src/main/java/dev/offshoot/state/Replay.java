package dev.offshoot.state;

import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.WalRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Folds records into the state of a whole project, from an empty log or from a state that is there: the catalog and the heads of
 * all branches that a record touches. Not thread safe.
 */
final class Replay {
    /** Gives the state of a branch at a past position, which a fork may start from. */
    interface Past {
        Snapshot at(Catalog catalog, Branch branch, long lsn);
    }

    private final LongFunction<@Nullable Snapshot> heads;
    private final Past past;
    private final Keeper keeper;
    private final Map<Long, BranchFold> folds = new HashMap<>();
    private final Map<Long, Snapshot> bases = new HashMap<>();
    private final Set<Long> dropped = new HashSet<>();
    private Catalog catalog;

    /** Goes on from a catalog and heads; {@code heads} answers null for a branch it does not have. */
    Replay(Catalog catalog, LongFunction<@Nullable Snapshot> heads, Past past, Keeper keeper) {
        this.keeper = keeper;
        this.catalog = catalog;
        this.heads = heads;
        this.past = past;
    }

    void apply(WalRecord record) {
        for (Commit commit : record.commits()) {
            if (commit.branch() == Commit.PROJECT) {
                applyEvents(commit, record.millis());
            } else {
                fold(commit.branch()).apply(commit);
            }
        }
    }

    Catalog catalog() {
        return catalog;
    }

    /** The heads of the branches that were touched and are still there; with what a branch was made from if it is new. */
    void forEachHead(Consumer<BranchState> head) {
        folds.forEach((id, fold) -> head.accept(new BranchState(fold.snapshot(), bases.get(id))));
    }

    /** The branches that were removed on the way. */
    Set<Long> dropped() {
        return dropped;
    }

    private void applyEvents(Commit commit, long millis) {
        Catalog before = catalog;
        catalog = catalog.apply(commit, millis);
        long lsn = commit.firstLsn();
        for (Change change : commit.changes()) {
            if (change instanceof Change.CreateBranch create) {
                start(before, create, lsn);
            } else if (change instanceof Change.DropBranch drop) {
                folds.remove(drop.branch());
                dropped.add(drop.branch());
            }
            lsn++;
        }
    }

    private void start(Catalog before, Change.CreateBranch create, long id) {
        Branch parent = before.branch(create.parent());
        if (parent == null) {
            folds.put(id, BranchFold.from(Snapshot.empty(id), keeper));
            return;
        }
        Snapshot base = base(before, parent, create);
        bases.put(id, base);
        folds.put(id, BranchFold.from(base.fork(id), keeper));
    }

    private Snapshot base(Catalog before, Branch parent, Change.CreateBranch create) {
        if (!parent.dropped()) {
            BranchFold fold = fold(parent.id());
            if (fold.lsn() == create.base()) {
                return fold.snapshot();
            }
        }
        return past.at(before, parent, create.base());
    }

    private BranchFold fold(long branch) {
        return folds.computeIfAbsent(branch, id -> {
            Snapshot head = heads.apply(id);
            if (head == null) {
                throw new IllegalStateException("branch " + id + " has no head");
            }
            return BranchFold.from(head, keeper);
        });
    }
}
