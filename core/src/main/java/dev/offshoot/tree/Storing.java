package dev.offshoot.tree;

import java.util.ArrayList;
import java.util.List;

/** Writes what has no address yet, children before parents and siblings together, and lets go of it. See {@link Tree#store}. */
record Storing<V>(NodeSink<V> sink, NodeSource<V> source) {
    Stored<V> store(Child<V> child) {
        if (child instanceof Stored<V> stored) {
            return stored;
        }
        Node<V> node = child.node();
        storeChildren(node);
        if (node.address() == null) {
            node.storedAt(sink.write(node));
        }
        return reference(node);
    }

    private void storeChildren(Node<V> node) {
        if (!(node instanceof Inner<V> inner)) {
            return;
        }
        List<Node<V>> fresh = new ArrayList<>();
        for (int i = 0; i < inner.length; i++) {
            if (inner.children[i] instanceof Node<V> child) {
                storeChildren(child);
                if (child.address() == null) {
                    fresh.add(child);
                }
            }
        }
        if (!fresh.isEmpty()) {
            List<Object> addresses = sink.writeAll(fresh);
            for (int i = 0; i < fresh.size(); i++) {
                fresh.get(i).storedAt(addresses.get(i));
            }
        }
        for (int i = 0; i < inner.length; i++) {
            if (inner.children[i] instanceof Node<V> child) {
                inner.unload(i, reference(child));
            }
        }
    }

    private Stored<V> reference(Node<V> node) {
        Object address = node.address();
        if (address == null) {
            throw new AssertionError("a node that was written has an address");
        }
        return new Stored<>(address, node.size(), source);
    }
}
