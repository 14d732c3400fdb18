package dev.offshoot.tree;

/** Writes nodes. See {@link Tree#store}. */
@FunctionalInterface
public interface NodeSink<V> {
    /**
     * Writes one node and answers its address: an immutable value with {@code equals}, where equal addresses mean equal
     * content. All children of the node have been written before. From the return on, the source must be able to
     * load the node, because the tree may let go of it at once.
     */
    Object write(Node<V> node);
}
