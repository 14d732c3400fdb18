package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one fold: a snapshot and commits make the next snapshot. Live writes, restart, other processes' records and time travel all
 * come through here. A collection is opened when a change first names it, so a commit costs what it touches. Not thread safe.
 */
final class BranchFold {
    private final long branch;
    private final boolean many;
    private final boolean strict;
    private final Keeper keeper;
    private final Past past;
    private final Map<Long, CollectionFold> open = new HashMap<>();

    /** Whether changes of documents are kept for later. */
    private final boolean isLate;

    /** Those of which only such changes came. */
    private final Map<Long, LateChanges.Fold> late = new HashMap<>();

    private Tree<Long> byName;
    private Tree<CollectionSnapshot> collections;
    private long lsn;

    private BranchFold(Snapshot from, boolean many, boolean strict, boolean isLate, Keeper keeper, Past past) {
        this.isLate = isLate;
        this.strict = strict;
        this.keeper = keeper;
        this.past = past;
        this.branch = from.branch();
        this.lsn = from.lsn();
        this.byName = from.byName();
        this.collections = from.collections();
        this.many = many;
    }

    /** A fold of many commits. */
    static BranchFold from(Snapshot snapshot, Keeper keeper, Past past) {
        return new BranchFold(snapshot, true, false, false, keeper, past);
    }

    /** The same for a position of which perhaps only a few documents will be read ({@link LateChanges}). */
    static BranchFold late(Snapshot snapshot, Past past) {
        return new BranchFold(snapshot, true, false, true, Keeper.NONE, past);
    }

    /** The state after commits that go together. */
    static Snapshot apply(Snapshot before, List<Commit> commits, Keeper keeper, Past past) {
        return apply(before, commits, false, keeper, past);
    }

    /** The state after one commit. */
    static Snapshot apply(Snapshot before, Commit commit, Keeper keeper, Past past) {
        return apply(before, List.of(commit), false, keeper, past);
    }

    /**
     * The state after commits that are not in the log yet. Fails for one that must not get there: also for what a fold would take without a
     * word, such as a second document of one {@code _id}, or a delta that makes something else than the document it stands for.
     *
     * @throws IllegalStateException which change does not fit
     * @throws CorruptionException the same for a delta
     */
    static Snapshot tried(Snapshot before, List<Commit> commits, Keeper keeper, Past past) {
        return apply(before, commits, true, keeper, past);
    }

    private static Snapshot apply(Snapshot before, List<Commit> commits, boolean strict, Keeper keeper, Past past) {
        boolean many = commits.size() > 1 || commits.get(0).changes().size() > 4;
        BranchFold fold = new BranchFold(before, many, strict, false, keeper, past);
        commits.forEach(fold::apply);
        return fold.snapshot();
    }

    void apply(Commit commit) {
        lsn = commit.lastLsn(); // first: a change of the commit may ask for the state before it, which this is no
        // longer
        long at = commit.firstLsn();
        for (Change change : commit.changes()) {
            if (strict) {
                check(change, at == commit.firstLsn());
            }
            apply(change, at++);
        }
    }

    /** The newest change folded in. */
    long lsn() {
        return lsn;
    }

    /** The state now; the fold may go on. */
    Snapshot snapshot() {
        open.forEach((id, fold) -> reopen(fold.snapshot()));
        late.forEach((id, fold) -> reopen(fold.snapshot()));
        late.clear();
        return new Snapshot(branch, lsn, byName, collections);
    }

    /** Refuses what the fold does not notice. */
    private void check(Change change, boolean first) {
        if (change instanceof Change.Put put) {
            require(
                    put.recordId() > 0 && put.recordId() <= lsn,
                    "record id " + put.recordId() + " is no LSN up to " + lsn);
        } else if (change instanceof Change.CreateCollection create) {
            requireFree(create.name(), 0);
        } else if (change instanceof Change.RenameCollection rename) {
            requireFree(rename.name(), rename.collection());
        } else if (change instanceof Change.RestoreCollection restore) {
            requireFree(restore.name(), 0);
            require(
                    collections.get(RecordId.key(restore.collection())) == null,
                    "collection " + restore.collection() + " is there already");
        } else if (change instanceof Change.Reset || change instanceof Change.Merge) {
            require(first, "a " + change.kind() + " is not the first change of its commit");
        }
    }

    private void requireFree(String name, long except) {
        Long holder = byName.get(Snapshot.nameKey(name));
        require(holder == null || holder == except, "collection " + holder + " has the name '" + name + "'");
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }

    private void apply(Change change, long at) {
        switch (change.kind()) {
            case PUT, PATCH, DELETE -> apply((Change.OfDocument) change, at);
            case CREATE_COLLECTION -> create((Change.CreateCollection) change, at);
            case DROP_COLLECTION -> drop(((Change.DropCollection) change).collection());
            case CREATE_INDEX -> {
                Change.CreateIndex create = (Change.CreateIndex) change;
                collection(create.collection()).createIndex(at, Doc.of(create.spec()));
            }
            case DROP_INDEX -> {
                Change.DropIndex drop = (Change.DropIndex) change;
                collection(drop.collection()).dropIndex(drop.index());
            }
            case RENAME_COLLECTION -> rename((Change.RenameCollection) change);
            case ALTER_COLLECTION -> {
                Change.AlterCollection alter = (Change.AlterCollection) change;
                reopen(close(alter.collection()).altered(Doc.of(alter.options())));
            }
            case ALTER_INDEX -> {
                Change.AlterIndex alter = (Change.AlterIndex) change;
                collection(alter.collection()).alterIndex(alter.index(), Doc.of(alter.spec()));
            }
            case RESET -> become(past.target(branch, (Change.Reset) change));
            case RESTORE_COLLECTION -> restore((Change.RestoreCollection) change);
            case MERGE, MARK, PICK -> {}
            default -> throw new IllegalStateException("a " + change.kind() + " does not belong to a branch");
        }
    }

    private void apply(Change.OfDocument change, long at) {
        long id = change.collection();
        if (isLate && !open.containsKey(id)) {
            late.computeIfAbsent(id, missing -> new LateChanges.Fold(existing(missing)))
                    .add(change, at);
        } else {
            collection(id).apply(change, at);
        }
    }

    private void become(@Nullable Snapshot target) {
        if (target != null) {
            open.clear();
            late.clear();
            byName = target.byName();
            collections = target.collections();
        }
    }

    private void restore(Change.RestoreCollection change) {
        byte[] key = RecordId.key(change.collection());
        CollectionSnapshot found =
                past.at(change.from(), change.lsn()).collections().get(key);
        if (found == null) {
            throw new IllegalStateException(
                    "collection " + change.collection() + " is not on branch " + change.from() + " at " + change.lsn());
        }
        collections = collections.put(key, found.renamed(change.name()));
        byName = byName.put(Snapshot.nameKey(change.name()), change.collection());
    }

    private void create(Change.CreateCollection change, long id) {
        collections = collections.put(
                RecordId.key(id), CollectionSnapshot.create(id, change.name(), Doc.of(change.options())));
        byName = byName.put(Snapshot.nameKey(change.name()), id);
    }

    private void rename(Change.RenameCollection change) {
        CollectionSnapshot before = close(change.collection());
        byName = byName.remove(Snapshot.nameKey(before.name())).put(Snapshot.nameKey(change.name()), before.id());
        reopen(before.renamed(change.name()));
    }

    /** The collection as it is now, no longer being folded. */
    private CollectionSnapshot close(long id) {
        LateChanges.Fold waiting = late.remove(id);
        if (waiting != null) {
            return waiting.snapshot();
        }
        CollectionFold fold = open.remove(id);
        return fold == null ? existing(id) : fold.snapshot();
    }

    private void reopen(CollectionSnapshot collection) {
        collections = collections.put(RecordId.key(collection.id()), collection);
    }

    private void drop(long id) {
        CollectionSnapshot dropped = close(id);
        collections = collections.remove(RecordId.key(id));
        byName = byName.remove(Snapshot.nameKey(dropped.name()));
    }

    private CollectionFold collection(long id) {
        CollectionFold fold = open.get(id);
        if (fold == null) {
            LateChanges.Fold waiting = late.remove(id);
            fold = new CollectionFold(waiting == null ? existing(id) : waiting.snapshot(), many, strict, keeper);
            open.put(id, fold);
        }
        return fold;
    }

    private CollectionSnapshot existing(long id) {
        CollectionSnapshot found = collections.get(RecordId.key(id));
        if (found == null) {
            throw new IllegalStateException("collection " + id + " is not on branch " + branch);
        }
        return found;
    }
}
