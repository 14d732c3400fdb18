package dev.offshoot.merge;

import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.DiffCursor;
import dev.offshoot.tree.Tree;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The difference of two snapshots of a project: any two, of one branch or of two, related or not. What both share is passed over, by identity
 * in memory and by address in pages: whole collections, and parts of collections.
 *
 * <p>Which collection is which: one that has the same id on both sides is the same, so another name is a rename. Of the others, those of one name
 * and kind (collection or view) are the same one dropped and made again. What is left was created or dropped.
 */
public final class SnapshotDiff {
    private SnapshotDiff() {}

    /** As {@link #collections(Snapshot, Snapshot, Runnable)}, not to be ended. */
    public static List<CollectionDiff> collections(Snapshot before, Snapshot after) {
        return collections(before, after, () -> {});
    }

    /**
     * The collections and views that may differ, by name. Looks at no document: where both sides have trees of documents that are not one tree,
     * a collection is among them.
     *
     * @param eachNode is called before the walk looks into a node of a tree of collections; what it throws ends the walk
     */
    public static List<CollectionDiff> collections(Snapshot before, Snapshot after, Runnable eachNode) {
        List<CollectionDiff> found = new ArrayList<>();
        Map<String, CollectionSnapshot> dropped = new TreeMap<>();
        List<CollectionSnapshot> created = new ArrayList<>();
        DiffCursor<CollectionSnapshot> cursor = Tree.diff(before.collections(), after.collections(), eachNode);
        while (cursor.next()) {
            CollectionSnapshot old = cursor.before();
            CollectionSnapshot young = cursor.after();
            if (old != null && young != null) {
                found.add(new CollectionDiff(old, young));
            } else if (old != null) {
                dropped.put(old.name(), old);
            } else if (young != null) {
                created.add(young);
            }
        }
        for (CollectionSnapshot young : created) {
            found.add(new CollectionDiff(replaced(dropped, young), young));
        }
        dropped.values().forEach(old -> found.add(new CollectionDiff(old, null)));
        found.removeIf(CollectionDiff::isEmpty);
        found.sort(Comparator.comparing(CollectionDiff::name).thenComparing(CollectionDiff::isCreated));
        return found;
    }

    private static @Nullable CollectionSnapshot replaced(
            Map<String, CollectionSnapshot> dropped, CollectionSnapshot young) {
        CollectionSnapshot old = dropped.get(young.name());
        return old != null && old.isView() == young.isView() ? dropped.remove(young.name()) : null;
    }
}
