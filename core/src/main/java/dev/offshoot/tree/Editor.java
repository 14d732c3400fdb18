package dev.offshoot.tree;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tree that is being changed. It copies a node before the first change and then changes its own copy in place, so that
 * many changes cost little more than in a mutable tree. {@link #build} freezes what there is in O(1): the editor only
 * takes a new token, no longer owns any node, and copies again what it changes next.
 *
 * <p>Not thread safe. Frozen trees never change, whatever the editor does later. When a node cannot be loaded, the exception
 * leaves the editor as it was, or, in the middle of a removal, unusable: it refuses to go on. How insertion and removal keep the
 * nodes' invariants is told in {@link Tree}.
 */
public final class Editor<V> {
    private final int fanOut;
    private @Nullable Object token;
    private Child<V> root;
    private int height;

    // The operation under way, and what it answers besides the changed node.
    private @Nullable V previous;
    private @Nullable Split<V> split;
    /** Whether an entry is gone from its leaf while the nodes above do not know yet. */
    private boolean halfRemoved;

    private Editor(Tree<V> tree, @Nullable Object token) {
        this.fanOut = tree.fanOut;
        this.root = tree.root;
        this.height = tree.height;
        this.token = token;
    }

    static <V> Editor<V> of(Tree<V> tree) {
        return new Editor<>(tree, new Object());
    }

    /** For one change: owns nothing, and leaves arrays of exactly the length they need. */
    static <V> Editor<V> once(Tree<V> tree) {
        return new Editor<>(tree, null);
    }

    public long size() {
        return root.size();
    }

    public @Nullable V get(byte[] key) {
        return Tree.get(root, height, key);
    }

    /**
     * Puts a value and answers the one it replaces, or null. The key and the value are kept as they are and must not be
     * changed afterwards; where the key is present, the tree keeps the array it has.
     */
    public @Nullable V put(byte[] key, V value) {
        Objects.requireNonNull(value);
        requireWhole();
        previous = null;
        Node<V> top = put(root, height, key, value, true);
        Split<V> divided = split;
        if (divided == null) {
            root = top;
        } else {
            root = Inner.of(divided.left(), divided.separator(), divided.right(), token);
            height++;
            split = null;
        }
        return previous;
    }

    /** Removes a key and answers its value, or null when it is absent, and then nothing changes. */
    public @Nullable V remove(byte[] key) {
        requireWhole();
        previous = null;
        Node<V> top = remove(root, height, key, true);
        if (previous != null) {
            root = top;
            while (height > 0 && top.length == 1) {
                root = ((Inner<V>) top).children[0];
                height--;
                top = root.node();
            }
            halfRemoved = false;
        }
        return previous;
    }

    /** As {@link Tree#ascending}. The cursor ends with the next change of this editor. */
    public Cursor<V> ascending(byte @Nullable [] fromInclusive, byte @Nullable [] toExclusive) {
        return new Cursor<>(root, height, fromInclusive, toExclusive, true);
    }

    /** As {@link Tree#descending}. The cursor ends with the next change of this editor. */
    public Cursor<V> descending(byte @Nullable [] fromInclusive, byte @Nullable [] toExclusive) {
        return new Cursor<>(root, height, fromInclusive, toExclusive, false);
    }

    /** What there is now, as a tree, in O(1). The editor may go on. */
    public Tree<V> build() {
        requireWhole();
        token = new Object();
        return tree();
    }

    private void requireWhole() {
        if (halfRemoved) {
            throw new IllegalStateException("a removal failed half way for want of a node; edit the last tree again");
        }
    }

    Tree<V> tree() {
        return new Tree<>(fanOut, root, height);
    }

    /**
     * Puts into a subtree, and answers the node that takes its place; the same node when nothing changed or all changes
     * were made in place. When it became two, {@link #split} holds them and the answer means nothing.
     *
     * @param last whether the subtree is on the right edge of the tree
     */
    private Node<V> put(Child<V> at, int level, byte[] key, V value, boolean last) {
        if (level == 0) {
            return put((Leaf<V>) at.node(), key, value, last);
        }
        Inner<V> inner = (Inner<V>) at.node();
        int i = inner.indexOf(key);
        boolean end = i == inner.length - 1;
        Node<V> child = put(inner.children[i], level - 1, key, value, last && end);
        int grown = previous == null ? 1 : 0;
        Split<V> divided = split;
        if (divided == null) {
            return grown == 0 && child == inner.children[i] ? inner : inner.replace(i, child, grown, token);
        }
        split = null;
        if (inner.length < fanOut) {
            return inner.replace(i, divided, grown, fanOut, token);
        }
        if (last && end) {
            long moved = divided.right().size();
            Inner<V> left = inner.replace(i, divided.left(), grown - moved, token);
            split = new Split<>(left, divided.separator(), Inner.of(divided.right(), token));
            return left;
        }
        Inner<V> wide = inner.replace(i, divided, grown, fanOut + 1, null);
        split = Split.of(wide, wide.length / 2, token);
        return wide;
    }

    private Leaf<V> put(Leaf<V> leaf, byte[] key, V value, boolean last) {
        int i = leaf.find(key);
        if (i >= 0) {
            previous = leaf.values[i];
            return previous == value ? leaf : leaf.replace(i, value, token);
        }
        if (leaf.length < fanOut) {
            return leaf.insert(~i, key, value, fanOut, token);
        }
        if (last && ~i == leaf.length) {
            split = new Split<>(leaf, key, Leaf.of(key, value, token));
            return leaf;
        }
        Leaf<V> wide = leaf.insert(~i, key, value, fanOut + 1, null);
        split = Split.of(wide, wide.length / 2, token);
        return wide;
    }

    /** Removes from a subtree, and answers the node that takes its place; it may have too few entries, or none. */
    private Node<V> remove(Child<V> at, int level, byte[] key, boolean last) {
        if (level == 0) {
            Leaf<V> leaf = (Leaf<V>) at.node();
            int found = leaf.find(key);
            if (found < 0) {
                return leaf;
            }
            previous = leaf.values[found];
            halfRemoved = true;
            return leaf.without(found, token);
        }
        Inner<V> inner = (Inner<V>) at.node();
        int i = inner.indexOf(key);
        boolean edge = last && i == inner.length - 1;
        Node<V> child = remove(inner.children[i], level - 1, key, edge);
        if (previous == null) {
            return inner;
        }
        Inner<V> changed = inner.replace(i, child, -1, token);
        if (child.length >= (edge ? 1 : fanOut / 2)) {
            return changed;
        }
        return child.length == 0 ? changed.without(i, token) : refill(changed, i);
    }

    /** Child i has too few entries: makes one node of it and a neighbour, or divides what both have evenly. */
    private Inner<V> refill(Inner<V> parent, int i) {
        int left = Math.max(0, i - 1);
        byte[] separator = parent.keys[left];
        Node<V> one = parent.children[left].node();
        Node<V> other = parent.children[left + 1].node();
        if (one.length + other.length <= fanOut) {
            return parent.replace(left, one.join(separator, other, token), 0, token)
                    .without(left + 1, token);
        }
        Node<V> wide = one.join(separator, other, null);
        return parent.replace(left, Split.of(wide, wide.length / 2, token), token);
    }
}
