package dev.offshoot.tree;

/** A key and its value, as {@link Tree#bulkLoad} takes them. The arrays are used as they are, not copied. */
public record Entry<V>(byte[] key, V value) {}
