package dev.offshoot.store.file;

import dev.offshoot.store.PageId;

/**
 * A page in a pack.
 *
 * @param offset where its frame begins
 * @param length of its bytes, without the frame's head
 */
record PackEntry(PageId id, long offset, int length) {
    PageLocation in(Pack pack) {
        return new PageLocation(pack.number(), (int) offset, length);
    }

    long frameBytes() {
        return PackFormat.frameBytes(length);
    }
}
