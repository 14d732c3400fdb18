package dev.offshoot.tree;

import org.jspecify.annotations.Nullable;

/** A reference to a stored node. All fields are final, so that it may replace a node in a slot that others read. */
final class Stored<V> extends Child<V> {
    private final Object address;
    private final long size;
    private final NodeSource<V> source;

    Stored(Object address, long size, NodeSource<V> source) {
        this.address = address;
        this.size = size;
        this.source = source;
    }

    @Override
    Node<V> node() {
        Node<V> node = source.load(address);
        if (node.size() != size) {
            throw new AssertionError(
                    "node at " + address + " holds " + node.size() + " entries, its parent says " + size);
        }
        node.storedAt(address);
        return node;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public @Nullable Object address() {
        return address;
    }
}
