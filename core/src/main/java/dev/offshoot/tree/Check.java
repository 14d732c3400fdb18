package dev.offshoot.tree;

import org.jspecify.annotations.Nullable;

/** Looks at every node of a tree and throws an {@link AssertionError} that says where an invariant is broken. */
final class Check<V> {
    private final int fanOut;
    private byte @Nullable [] last;

    Check(int fanOut) {
        this.fanOut = fanOut;
    }

    void run(Tree<V> tree) {
        Node<V> root = tree.root.node();
        // Invariant: the root is a leaf, empty or not, or an inner node with at least two children.
        require(tree.height == 0 || root.length >= 2, "the root has one child");
        node(root, tree.height, null, null, root.length == 0 ? 0 : 1, true);
    }

    private void node(
            Node<V> node, int level, byte @Nullable [] low, byte @Nullable [] high, int lengthMin, boolean edge) {
        // Invariant: all leaves are on level 0.
        require(node.isLeaf() == (level == 0), "a node of the wrong kind on level " + level);
        // Invariant: at most fan-out entries or children everywhere; at least half of it off the right edge, one on it.
        require(
                node.length >= lengthMin && node.length <= fanOut,
                "a node with " + node.length + " on level " + level + ", permitted " + lengthMin + " to " + fanOut);
        if (node instanceof Leaf<V> leaf) {
            leaf(leaf, low, high);
            return;
        }
        Inner<V> inner = (Inner<V>) node;
        long size = 0;
        for (int i = 0; i < inner.length; i++) {
            Child<V> child = inner.children[i];
            Node<V> below = child.node();
            // Invariant: a stored node's reference and the node agree on its size; a node's size is its children's sum.
            require(child.size() == below.size(), "a wrong size in a reference to level " + (level - 1));
            size += child.size();
            boolean childOnEdge = edge && i == inner.length - 1;
            byte[] childLow = i == 0 ? low : inner.keys[i - 1];
            byte[] childHigh = i == inner.length - 1 ? high : inner.keys[i];
            node(below, level - 1, childLow, childHigh, childOnEdge ? 1 : fanOut / 2, childOnEdge);
        }
        require(size == inner.size(), "a wrong size on level " + level);
    }

    private void leaf(Leaf<V> leaf, byte @Nullable [] low, byte @Nullable [] high) {
        for (int i = 0; i < leaf.length; i++) {
            byte[] key = leaf.keys[i];
            // Invariant: keys ascend strictly through the whole tree, and lie between the separators above them.
            require(last == null || Keys.compare(last, key) < 0, "keys that do not ascend");
            require(low == null || Keys.compare(low, key) <= 0, "a key below the separator on its left");
            require(high == null || Keys.compare(key, high) < 0, "a key not below the separator on its right");
            last = key;
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("tree is damaged: " + otherwise);
        }
    }
}
