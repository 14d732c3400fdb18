package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
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
final class Replay implements Past {
    /** Gives the state of a branch at a past position, which changes may refer to. */
    interface Positions {
        Snapshot at(Catalog catalog, Branch branch, long lsn);
    }

    private final LongFunction<@Nullable Snapshot> heads;
    private final Positions positions;
    private final Keeper keeper;
    private final Map<Long, BranchFold> folds = new HashMap<>();
    private final Map<Long, Snapshot> bases = new HashMap<>();

    /** The same by position: the log need not lead to them. */
    private final Map<KeptPositions.Position, Snapshot> beginnings = new HashMap<>();

    private final Set<Long> dropped = new HashSet<>();
    private Catalog catalog;

    /** Goes on from a catalog and heads; {@code heads} answers null for a branch it does not have. */
    Replay(Catalog catalog, LongFunction<@Nullable Snapshot> heads, Positions positions, Keeper keeper) {
        this.keeper = keeper;
        this.catalog = catalog;
        this.heads = heads;
        this.positions = positions;
    }

    void apply(WalRecord record) {
        for (Commit commit : record.commits()) {
            if (commit.branch() == Commit.PROJECT) {
                applyEvents(commit, record.millis());
            } else {
                fold(commit.branch()).apply(commit);
                catalog = catalog.apply(commit, record.millis());
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
            } else if (change instanceof Change.RestoreBranch restore) {
                restart(restore.branch(), lsn);
            }
            lsn++;
        }
    }

    private void start(Catalog before, Change.CreateBranch create, long id) {
        if (before.branch(create.parent()) == null) {
            folds.put(id, from(Snapshot.empty(id)));
            return;
        }
        Branch made = catalog.existing(id);
        Snapshot base = Scope.restrict(at(create.parent(), create.base()), made.entry());
        bases.put(id, base);
        beginnings.put(KeptPositions.beginning(catalog, made), base);
        folds.put(id, from(base.fork(id)));
    }

    private void restart(long id, long lsn) {
        Branch branch = catalog.existing(id);
        dropped.remove(id);
        folds.put(id, from(positions.at(catalog, branch, lsn)));
    }

    private BranchFold from(Snapshot state) {
        return BranchFold.from(state, keeper, this);
    }

    @Override
    public Snapshot target(long branch, Change.Reset reset) {
        return Scope.restrict(at(reset.from(), reset.lsn()), catalog.crossing(reset.from(), branch));
    }

    @Override
    public Snapshot at(long id, long lsn) {
        Branch branch = catalog.existing(id);
        if (!branch.dropped() && (folds.containsKey(id) || heads.apply(id) != null)) {
            BranchFold fold = fold(id);
            if (fold.lsn() == lsn) {
                return fold.snapshot();
            }
        }
        Snapshot made = beginnings.get(KeptPositions.Position.of(catalog, id, lsn));
        if (made != null) {
            return made;
        }
        try {
            return positions.at(catalog, branch, lsn);
        } catch (CommandException e) { // not kept; what it was before scopes took something away may be
            PastPosition position = new PastPosition(catalog, branch, lsn);
            PastPosition whole = position.whole();
            if (whole == null) {
                throw e;
            }
            return Scope.restrict(at(whole.branch().id(), whole.lsn()), position.lessens());
        }
    }

    private BranchFold fold(long branch) {
        return folds.computeIfAbsent(branch, id -> {
            Snapshot head = heads.apply(id);
            if (head == null) {
                throw new IllegalStateException("branch " + id + " has no head");
            }
            return from(head);
        });
    }
}
