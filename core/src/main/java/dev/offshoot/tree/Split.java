package dev.offshoot.tree;

import org.jspecify.annotations.Nullable;

/** Two neighbours and the key between them, where one node or another two were before. */
record Split<V>(Node<V> left, byte[] separator, Node<V> right) {
    /** Divides a node, that may be longer than permitted, before position i. */
    static <V> Split<V> of(Node<V> node, int i, @Nullable Object token) {
        return new Split<>(node.slice(0, i, token), node.separatorAt(i), node.slice(i, node.length, token));
    }
}
