package dev.offshoot.tree;

import java.util.ArrayList;
import java.util.List;

/** Writes nodes. See {@link Tree#store}. */
@FunctionalInterface
public interface NodeSink<V> {
    /**
     * Writes one node and answers its address: an immutable value with {@code equals}, where equal addresses mean equal
     * content. All children of the node have been written before. From the return on, the source must be able to
     * load the node, because the tree may let go of it at once.
     */
    Object write(Node<V> node);

    /**
     * Writes nodes that are neighbours: children of one node, in order, though others that were written before may be between them. A
     * sink that puts several nodes into a page puts these together.
     *
     * @param siblings at least one
     * @return an address for each
     */
    default List<Object> writeAll(List<Node<V>> siblings) {
        List<Object> addresses = new ArrayList<>(siblings.size());
        for (Node<V> node : siblings) {
            addresses.add(write(node));
        }
        return addresses;
    }
}
