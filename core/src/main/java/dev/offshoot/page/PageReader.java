package dev.offshoot.page;

import java.util.Arrays;

/** Reads the bytes of a page from front to back. All methods throw {@link IndexOutOfBoundsException} behind the end. */
final class PageReader {
    private static final int VARINT_BITS_MAX = 63;

    private final byte[] bytes;
    private int at;

    PageReader(byte[] bytes) {
        this.bytes = bytes;
    }

    byte next() {
        return bytes[at++];
    }

    /** How many bytes are read. */
    int at() {
        return at;
    }

    void skip(int count) {
        if (count > bytes.length - at) {
            throw new IndexOutOfBoundsException(count + " bytes where " + (bytes.length - at) + " are left");
        }
        at += count;
    }

    /** A varint. */
    long number() {
        long value = 0;
        for (int shift = 0; shift < VARINT_BITS_MAX; shift += 7) {
            byte next = next();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number that does not end");
    }

    /** A number of things that are still to come. */
    int count() {
        long count = number();
        if (count > bytes.length - at) {
            throw new IllegalArgumentException(count + " things in " + (bytes.length - at) + " bytes");
        }
        return (int) count;
    }

    byte[] bytes(int count) {
        skip(count);
        return Arrays.copyOfRange(bytes, at - count, at);
    }

    /** A key that may begin as the one before it. */
    byte[] key(byte[] before) {
        int shared = Math.toIntExact(number());
        int rest = count();
        if (shared > before.length) {
            throw new IllegalArgumentException("a key that shares " + shared + " bytes with one of " + before.length);
        }
        byte[] key = Arrays.copyOf(before, shared + rest);
        System.arraycopy(bytes, at, key, shared, rest);
        at += rest;
        return key;
    }

    /** So many bytes, of which the first may be as in those before. */
    byte[] sharing(byte[] before, int length) {
        int shared = Math.toIntExact(number());
        if (shared > Math.min(before.length, length)) {
            throw new IllegalArgumentException(
                    "a value of " + length + " that shares " + shared + " bytes with one of " + before.length);
        }
        byte[] value = Arrays.copyOf(before, length);
        System.arraycopy(bytes, at, value, shared, length - shared);
        at += length - shared;
        return value;
    }

    void requireEnd() {
        if (at != bytes.length) {
            throw new IllegalArgumentException((bytes.length - at) + " bytes behind the end");
        }
    }
}
