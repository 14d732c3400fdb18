package dev.offshoot.page;

import dev.offshoot.tree.Node;

/** What things take on the heap, in bytes, where a reference takes four: within a tenth or so. */
final class HeapBytes {
    /** An entry of the cache besides what it holds: its key with the id, its places in the map and in the order. */
    static final int ENTRY = 216;

    private static final int REFERENCE = 4;
    private static final int ARRAY = 16;

    /** The node, its two arrays, its address. */
    private static final int NODE = 40 + 2 * ARRAY + 24;

    /** A reference to a stored node, its address, and a share of the id of its page. */
    private static final int CHILD = 32 + 24 + 8;

    /** A value that is no bytes: a branch, a tag, a number. They are few, and what is large in them is trees, which are not in memory. */
    private static final int OBJECT = 512;

    private HeapBytes() {}

    static long of(byte[] bytes) {
        return ARRAY + bytes.length + 7L & -8;
    }

    static long of(Node<?> node) {
        long bytes = NODE + 2L * REFERENCE * node.length();
        for (int i = 0; i < node.length(); i++) {
            bytes += node.isLeaf() ? of(node.key(i)) + value(node.value(i)) : CHILD + separator(node, i);
        }
        return bytes;
    }

    private static long value(Object value) {
        return value instanceof byte[] bytes ? of(bytes) : OBJECT;
    }

    private static long separator(Node<?> node, int child) {
        return child == 0 ? 0 : of(node.key(child - 1));
    }
}
