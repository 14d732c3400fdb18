package dev.offshoot.tree;

/**
 * Reads nodes back from where a {@link NodeSink} put them. A tree asks again each time it passes a stored node and keeps
 * nothing of the answer, so a source decides by its cache how much of a tree stays in memory. Must be thread safe.
 */
@FunctionalInterface
public interface NodeSource<V> {
    /**
     * The node at an address, made by {@link Node#leaf} or {@link Node#inner}, or the very node that was written there.
     * What goes wrong while reading is thrown through the tree's method that needed the node.
     */
    Node<V> load(Object address);
}
