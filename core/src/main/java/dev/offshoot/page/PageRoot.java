package dev.offshoot.page;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import java.nio.ByteBuffer;

/**
 * A stored tree: where its root is, and what {@link dev.offshoot.tree.Tree#stored} needs besides.
 *
 * @param slot the root's place among the nodes of its page
 * @param spread whether the root names further pages
 * @param height levels above the leaves
 * @param size the number of entries
 */
public record PageRoot(PageId id, int slot, boolean spread, int height, long size) {
    /** The length of the encoded form. */
    public static final int BYTES = PageId.BYTES + 3 + Long.BYTES;

    static PageRoot of(Object address, int height, long size) {
        PageAddress page = (PageAddress) address;
        return new PageRoot(page.id(), page.slot(), page.spread(), height, size);
    }

    PageAddress address() {
        return new PageAddress(id, slot, spread);
    }

    /** The id, the slot as a byte, a byte that is 1 for a spread root, the height as a byte, the size as eight bytes, high ones first. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .put(id.toBytes())
                .put((byte) slot)
                .put((byte) (spread ? 1 : 0))
                .put((byte) height)
                .putLong(size)
                .array();
    }

    /**
     * Reads what {@link #toBytes} gave.
     *
     * @throws CorruptionException for other bytes
     */
    public static PageRoot of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new CorruptionException("the root of a tree: expected " + BYTES + " bytes, found " + bytes.length);
        }
        ByteBuffer rest = ByteBuffer.wrap(bytes, PageId.BYTES, BYTES - PageId.BYTES);
        return new PageRoot(PageId.of(bytes, 0), rest.get() & 0xFF, rest.get() == 1, rest.get(), rest.getLong());
    }
}
