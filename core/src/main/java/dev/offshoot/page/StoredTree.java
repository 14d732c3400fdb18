package dev.offshoot.page;

/** A tree in pages: its root and how its values are to be read. */
public record StoredTree<V>(PageRoot root, ValueFormat<V> format) {}
