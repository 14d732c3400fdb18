package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Editor;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One branch at one LSN: immutable, safe to share. A fork of it is a copy of its pointers.
 *
 * @param branch the branch's id
 * @param lsn the newest change of the branch's own that it holds, or the fork point
 * @param byName ids of collections and views
 * @param collections and views by the 8 bytes of their id
 */
public record Snapshot(long branch, long lsn, Tree<Long> byName, Tree<CollectionSnapshot> collections) {
    /** What a database that does not exist reads as. */
    public static final Snapshot EMPTY = empty(0);

    /** Above all LSNs of a log. */
    private static final long FORESEEN_LSN = 1L << 62;

    static Snapshot empty(long branch) {
        return new Snapshot(branch, 0, Tree.empty(), Tree.empty());
    }

    /**
     * The state that changes would make of this one. Nothing is logged; what they make has ids that no log has.
     *
     * @param changes that fit this state
     * @param past the states that the changes refer to
     */
    public Snapshot with(List<Change> changes, Statement.Referred past) {
        return with(changes, past, 0);
    }

    /**
     * The same as one of several steps: what different steps make has different ids.
     *
     * @param step from 0
     */
    public Snapshot with(List<Change> changes, Statement.Referred past, int step) {
        if (changes.isEmpty()) {
            return this;
        }
        long foreseen = FORESEEN_LSN + ((long) step << Integer.SIZE);
        List<Change> bound = new ArrayList<>(changes.size());
        for (Change change : changes) {
            bound.add(change.bind(foreseen));
        }
        Commit commit = new Commit(foreseen, branch, new Origin("", "", "", ""), bound, List.of());
        Snapshot after = BranchFold.apply(this, commit, Keeper.NONE, past::at);
        return new Snapshot(branch, lsn, after.byName, after.collections);
    }

    /** The same position with other collections; of two that have one name, one is found by it. */
    public Snapshot with(Tree<CollectionSnapshot> others) {
        Editor<Long> names = Tree.<Long>empty().edit();
        Cursor<CollectionSnapshot> cursor = others.ascending(null, null);
        while (cursor.next()) {
            names.put(nameKey(cursor.value().name()), cursor.value().id());
        }
        return new Snapshot(branch, lsn, names.build(), others);
    }

    /**
     * The same as one of several commits that go together: what the changes make has ids that tell the place of the change among those of all
     * the commits, so that {@link #placed} can name it by that.
     *
     * @param changes with places counted from the first change of the first commit
     * @param place that of the first of the changes, from 0
     */
    public Snapshot foreseen(List<Change> changes, Statement.Referred past, int place) {
        if (changes.isEmpty()) {
            return this;
        }
        List<Change> bound = new ArrayList<>(changes.size());
        for (Change change : changes) {
            bound.add(change.bind(FORESEEN_LSN));
        }
        Commit commit = new Commit(FORESEEN_LSN + place, branch, new Origin("", "", "", ""), bound, List.of());
        Snapshot after = BranchFold.apply(this, commit, Keeper.NONE, past::at);
        return new Snapshot(branch, lsn, after.byName, after.collections);
    }

    /** A change of a state that was foreseen: what is not logged yet is named by its place ({@link Change#made}). */
    public static Change placed(Change change) {
        return change.unbind(FORESEEN_LSN);
    }

    /** The state as it is stored, without the branch's mask: for what is changed, merged or compared, and never shown. */
    public Snapshot stored() {
        Tree<CollectionSnapshot> stored = collections.viewed();
        return stored == collections ? this : new Snapshot(branch, lsn, byName, stored);
    }

    /**
     * This, once all that waits to be folded is ({@link LateChanges}). What a branch begins with, or is reset to, goes through this before
     * that is logged: it can be read then, and holds no part of the log. O(collections).
     *
     * @throws CorruptionException where a page or the log is damaged
     */
    Snapshot folded() {
        Cursor<CollectionSnapshot> cursor = collections.ascending(null, null);
        while (cursor.next()) {
            cursor.value().fold();
        }
        return this;
    }

    /** The same state as the start of another branch. */
    Snapshot fork(long other) {
        return new Snapshot(other, lsn, byName, collections);
    }

    /**
     * The collection of this name, or null.
     *
     * @throws CommandException CommandNotSupportedOnView for a view: who can read one asks {@link #entry}
     */
    public @Nullable CollectionSnapshot collection(String name) {
        CollectionSnapshot found = entry(name);
        if (found != null && found.isView()) {
            throw isView(name);
        }
        return found;
    }

    /** The collection or the view of this name, or null. */
    public @Nullable CollectionSnapshot entry(String name) {
        Long id = byName.get(nameKey(name));
        return id == null ? null : collections.get(RecordId.key(id));
    }

    /** MongoDB's error for a view where a collection is needed. */
    public static CommandException isView(String namespace) {
        return new CommandException(
                ErrorCode.COMMAND_NOT_SUPPORTED_ON_VIEW, "Namespace " + namespace + " is a view, not a collection");
    }

    /** All collections and views, ordered by name. */
    public List<CollectionSnapshot> all() {
        List<CollectionSnapshot> all = new ArrayList<>();
        Cursor<Long> cursor = byName.ascending(null, null);
        while (cursor.next()) {
            CollectionSnapshot collection = collections.get(RecordId.key(cursor.value()));
            if (collection != null) {
                all.add(collection);
            }
        }
        return all;
    }

    static byte[] nameKey(String name) {
        return name.getBytes(StandardCharsets.UTF_8);
    }
}
