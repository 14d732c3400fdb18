package dev.offshoot.tree;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Walks two trees side by side and reports where they differ, past what they share. Each side stands before an item: a
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
final class Diff<V> {
    private final Side<V> before;
    private final Side<V> after;
    private final DiffSink<V> sink;

    Diff(Tree<V> before, Tree<V> after, DiffSink<V> sink) {
        this.before = new Side<>(before);
        this.after = new Side<>(after);
        this.sink = sink;
    }

    void run() {
        while (!before.done && !after.done) {
            if (before.atEntry() && after.atEntry()) {
                merge();
            } else if (!before.atEntry() && !after.atEntry() && Child.same(before.subtree(), after.subtree())) {
                before.advance();
                after.advance();
            } else {
                openOrEmit();
            }
        }
        while (!before.done) {
            before.emitOrOpen(sink, true);
        }
        while (!after.done) {
            after.emitOrOpen(sink, false);
        }
    }

    private void merge() {
        byte[] one = before.key();
        byte[] other = after.key();
        int order = one == other ? 0 : Keys.compare(one, other);
        if (order < 0) {
            before.emitOrOpen(sink, true);
        } else if (order > 0) {
            after.emitOrOpen(sink, false);
        } else {
            V old = before.value();
            V young = after.value();
            if (old != young && !Objects.deepEquals(old, young)) {
                sink.accept(other, old, young);
            }
            before.advance();
            after.advance();
        }
    }

    private void openOrEmit() {
        int order = compareStarts();
        if (order == 0) {
            order = Integer.compare(after.level, before.level);
        }
        if (order <= 0) {
            before.emitOrOpen(sink, true);
        }
        if (order >= 0) {
            after.emitOrOpen(sink, false);
        }
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

        void emitOrOpen(DiffSink<V> sink, boolean removed) {
            if (!atEntry()) {
                open();
                return;
            }
            V value = value();
            sink.accept(key(), removed ? value : null, removed ? null : value);
            advance();
        }

        /** Goes on with the first item of the subtree; the separator stays. */
        private void open() {
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
