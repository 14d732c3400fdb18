package dev.offshoot.store.file;

/**
 * Where a page lies.
 *
 * @param pack the number of the pack, from 1
 * @param offset where its frame begins
 * @param length of its bytes, without the frame's head
 */
record PageLocation(int pack, int offset, int length) {}
