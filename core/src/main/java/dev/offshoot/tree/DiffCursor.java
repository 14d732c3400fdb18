package dev.offshoot.tree;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Walks two trees side by side and stops where they differ, past what they share. Begins before the first difference; the differences
 * come in the order of their keys. A key that only the tree before has was removed, one that only the tree after has was added; where
 * both have it with values that are not the same, it was changed. Values are the same when they are the same object, equal, or arrays of
 * equal content. The keys and values it hands out are the stored ones and must not be changed. Not thread safe; both trees are
 * immutable, so it may be kept as long as one likes. After {@link #next} has thrown it is of no more use.
 *
 * <h2>How it works</h2>
 *
 * Each side stands before an item: a
 * whole subtree that it has not looked into, or one entry of a leaf. Of a subtree it knows the separator on its left, at
 * or above which all its keys are; that is enough to order items without opening them:
 *
 * <ul>
 *   <li>Both stand before the same node: both step over it.
 *   <li>One stands before an entry that is below the separator of the other's subtree: the other side does not have it.
 *   <li>Otherwise the subtree that begins earlier is opened, or the taller one, or both when they begin alike and are of
 *       one height: their nodes differ, so one of their children does.
 *   <li>Two entries are merged by key.
 * </ul>
 *
 * So a subtree stays closed until the other side has come to where it begins, and there the other side closes what it has
 * finished and stands before the largest subtree that begins at this place. That puts both in step again at the next
 * border of leaves after a difference, however nodes were split, merged or moved between parents, and whatever the
 * heights of the trees. Each difference opens at most the nodes on the ways to it and their neighbours.
 */
public final class DiffCursor<V> {
    private final Side<V> before;
    private final Side<V> after;
    private final Runnable eachNode;
    private byte[] key = {};
    private @Nullable V old;
    private @Nullable V young;

    DiffCursor(Tree<V> before, Tree<V> after, Runnable eachNode) {
        this.before = new Side<>(before);
        this.after = new Side<>(after);
        this.eachNode = eachNode;
    }

    /** Moves to the next difference; false at the end, and from then on. */
    public boolean next() {
        while (!before.done && !after.done) {
            boolean atEntries = before.atEntry() && after.atEntry();
            if (atEntries ? merge() : step()) {
                return true;
            }
        }
        while (!before.done) {
            if (stepBefore()) {
                return true;
            }
        }
        while (!after.done) {
            if (stepAfter()) {
                return true;
            }
        }
        return false;
    }

    /** The key where the trees differ. Only after {@link #next} answered true. */
    public byte[] key() {
        return key;
    }

    /** The value of the key in the tree before; null when the key was added. Only after {@link #next} answered true. */
    public @Nullable V before() {
        return old;
    }

    /** The value of the key in the tree after; null when the key was removed. Only after {@link #next} answered true. */
    public @Nullable V after() {
        return young;
    }

    private boolean merge() {
        byte[] one = before.key();
        byte[] other = after.key();
        int order = one == other ? 0 : Keys.compare(one, other);
        if (order < 0) {
            return stepBefore();
        }
        if (order > 0) {
            return stepAfter();
        }
        V left = before.value();
        V right = after.value();
        before.advance();
        after.advance();
        return left != right && !Objects.deepEquals(left, right) && found(other, left, right);
    }

    /** Where one side at least stands before a subtree: steps over what is the same, or opens, or finds an entry that one side has alone. */
    private boolean step() {
        if (!before.atEntry() && !after.atEntry() && Child.same(before.subtree(), after.subtree())) {
            before.advance();
            after.advance();
            return false;
        }
        int order = compareStarts();
        if (order == 0) {
            order = Integer.compare(after.level, before.level);
        }
        if (order < 0) {
            return stepBefore();
        }
        if (order > 0) {
            return stepAfter();
        }
        open(before); // both are subtrees: two entries are merged
        open(after);
        return false;
    }

    private boolean stepBefore() {
        if (!before.atEntry()) {
            open(before);
            return false;
        }
        byte[] removed = before.key();
        V value = before.value();
        before.advance();
        return found(removed, value, null);
    }

    private boolean stepAfter() {
        if (!after.atEntry()) {
            open(after);
            return false;
        }
        byte[] added = after.key();
        V value = after.value();
        after.advance();
        return found(added, null, value);
    }

    private void open(Side<V> side) {
        eachNode.run();
        side.open();
    }

    private boolean found(byte[] where, @Nullable V left, @Nullable V right) {
        key = where;
        old = left;
        young = right;
        return true;
    }

    /** Below no key is the left edge of a tree, which has no separator. */
    private int compareStarts() {
        byte[] one = before.start();
        byte[] other = after.start();
        if (one == null || other == null) {
            return one == other ? 0 : one == null ? -1 : 1;
        }
        return one == other ? 0 : Keys.compare(one, other);
    }

    /** Where one side stands. */
    private static final class Side<V> {
        boolean done;
        /** The level of the item: 0 for a leaf not opened yet, -1 for an entry. */
        int level;

        private final Child<V> root;
        private final int height;
        /** The opened nodes above the item, by level, and the place in each. */
        private final Node<V>[] path;

        private final int[] index;
        private byte @Nullable [] separator;

        @SuppressWarnings({"unchecked", "rawtypes"}) // a generic array cannot be made otherwise
        Side(Tree<V> tree) {
            this.root = tree.root;
            this.height = tree.height;
            this.level = height;
            this.path = new Node[height + 1];
            this.index = new int[height + 1];
        }

        boolean atEntry() {
            return level < 0;
        }

        byte[] key() {
            return path[0].key(index[0]);
        }

        V value() {
            return path[0].value(index[0]);
        }

        Child<V> subtree() {
            return level == height ? root : ((Inner<V>) path[level + 1]).children[index[level + 1]];
        }

        /** The key of the entry, or the separator before the subtree. */
        byte @Nullable [] start() {
            return atEntry() ? key() : separator;
        }

        /** Goes on with the first item of the subtree; the separator stays. */
        void open() {
            Node<V> node = subtree().node();
            path[level] = node;
            index[level] = 0;
            level--;
            done = node.length == 0;
        }

        /** Steps over the item, to the largest one that begins behind it. */
        void advance() {
            for (int above = level + 1; above <= height; above++) {
                int i = ++index[above];
                if (i < path[above].length) {
                    level = above - 1;
                    separator = above == 0 ? null : path[above].key(i - 1);
                    return;
                }
            }
            done = true;
        }
    }
}
