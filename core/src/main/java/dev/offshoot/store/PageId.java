package dev.offshoot.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The address of a page: the SHA-256 of its uncompressed bytes, as four big-endian numbers. Equal ids mean equal content. */
public record PageId(long first, long second, long third, long fourth) implements Comparable<PageId> {
    /** The length of an id in bytes. */
    public static final int BYTES = 32;

    /** The id of a page with this content. */
    public static PageId ofContent(byte[] content) {
        try {
            return of(MessageDigest.getInstance("SHA-256").digest(content), 0);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }

    /** Reads the 32 bytes of an id. */
    public static PageId of(byte[] bytes, int offset) {
        ByteBuffer from = ByteBuffer.wrap(bytes, offset, BYTES);
        return new PageId(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    /**
     * Reads an id in hexadecimal.
     *
     * @throws IllegalArgumentException unless there are 64 digits
     */
    public static PageId parse(String hex) {
        if (hex.length() != 2 * BYTES) {
            throw new IllegalArgumentException(
                    "a page id has " + 2 * BYTES + " hexadecimal digits, not " + hex.length());
        }
        return of(HexFormat.of().parseHex(hex), 0);
    }

    /** The 32 bytes of this id. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
                .putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .array();
    }

    @Override
    public int compareTo(PageId other) {
        int order = Long.compareUnsigned(first, other.first);
        order = order != 0 ? order : Long.compareUnsigned(second, other.second);
        order = order != 0 ? order : Long.compareUnsigned(third, other.third);
        return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
    }

    /** 64 hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(toBytes());
    }
}
