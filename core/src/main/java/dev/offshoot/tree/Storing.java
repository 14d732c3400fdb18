package dev.offshoot.tree;

/** Writes what has no address yet, children before parents, and lets go of it. See {@link Tree#store}. */
record Storing<V>(NodeSink<V> sink, NodeSource<V> source) {
    Stored<V> store(Child<V> child) {
        if (child instanceof Stored<V> stored) {
            return stored;
        }
        Node<V> node = child.node();
        if (node instanceof Inner<V> inner) {
            for (int i = 0; i < inner.length; i++) {
                inner.unload(i, store(inner.children[i]));
            }
        }
        Object address = node.address();
        if (address == null) {
            address = sink.write(node);
            node.storedAt(address);
        }
        return new Stored<>(address, node.size(), source);
    }
}
