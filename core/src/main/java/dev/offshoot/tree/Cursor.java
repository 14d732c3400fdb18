package dev.offshoot.tree;

import org.jspecify.annotations.Nullable;

/**
 * Walks the entries of a range in one direction. Begins before the first entry, and steps without allocating. The keys
 * and values it hands out are the stored ones and must not be changed. Not thread safe. After {@link #next} has thrown it is of no more use.
 */
public final class Cursor<V> {
    private final boolean ascending;
    /** Where the walk ends: exclusive when ascending, inclusive when descending. */
    private final byte @Nullable [] bound;
    /** The way from the root to the leaf, and which child was taken. */
    private final Inner<V>[] path;

    private final int[] index;
    private Leaf<V> leaf = Leaf.empty();
    private int at;
    /** The first place of the leaf, in the direction of the walk, that is not in the range. */
    private int end;
    /** Whether the range may go on after the leaf. */
    private boolean more;

    @SuppressWarnings({"unchecked", "rawtypes"}) // a generic array cannot be made otherwise
    Cursor(Child<V> root, int height, byte @Nullable [] from, byte @Nullable [] to, boolean ascending) {
        this.ascending = ascending;
        this.bound = ascending ? to : from;
        this.path = new Inner[height];
        this.index = new int[height];
        if (from == null || to == null || Keys.compare(from, to) < 0) {
            enter(root, 0, ascending ? from : to);
        }
    }

    /** Moves to the next entry; false at the end, and from then on. */
    public boolean next() {
        if (ascending) {
            return ++at < end || enterNextLeaf();
        }
        return --at > end || enterNextLeaf();
    }

    /** The key of the entry. Only after {@link #next} answered true. */
    public byte[] key() {
        return leaf.keys[at];
    }

    /** The value of the entry. Only after {@link #next} answered true. */
    public V value() {
        return leaf.value(at);
    }

    private boolean enterNextLeaf() {
        for (int depth = path.length - 1; more && depth >= 0; depth--) {
            Inner<V> inner = path[depth];
            int i = index[depth] + (ascending ? 1 : -1);
            if (i < 0 || i >= inner.length) {
                continue;
            }
            if (isPastBound(inner.keys[ascending ? i - 1 : i])) {
                break;
            }
            index[depth] = i;
            enter(inner.children[i], depth + 1, null);
            return next();
        }
        more = false;
        at = end;
        return false;
    }

    /** Whether the key, and so every one behind it in the direction of the walk, is outside the range or its last. */
    private boolean isPastBound(byte[] separator) {
        if (bound == null) {
            return false;
        }
        int order = Keys.compare(separator, bound);
        return ascending ? order >= 0 : order <= 0;
    }

    /** Goes down to the leaf where the walk begins below a node, and stops before its first entry of the range. */
    private void enter(Child<V> top, int depth, byte @Nullable [] start) {
        Child<V> child = top;
        for (int d = depth; d < path.length; d++) {
            Inner<V> inner = (Inner<V>) child.node();
            path[d] = inner;
            index[d] = childAt(inner, start);
            child = inner.children[index[d]];
        }
        leaf = (Leaf<V>) child.node();
        int first = start != null ? leaf.lowerBound(start) : ascending ? 0 : leaf.length;
        at = ascending ? first - 1 : first;
        more = leaf.length == 0 || !isPastBound(leaf.keys[ascending ? leaf.length - 1 : 0]);
        int past = bound != null && !more ? leaf.lowerBound(bound) : ascending ? leaf.length : 0;
        end = ascending ? past : past - 1;
    }

    private int childAt(Inner<V> inner, byte @Nullable [] start) {
        if (start == null) {
            return ascending ? 0 : inner.length - 1;
        }
        return ascending ? inner.indexOf(start) : Keys.lowerBound(inner.keys, inner.length - 1, start);
    }
}
