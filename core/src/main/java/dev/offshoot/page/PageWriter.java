package dev.offshoot.page;

import java.util.Arrays;

/** Bytes of a page while they are put together. */
final class PageWriter {
    private static final int FIRST_BYTES = 4 << 10;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    void put(byte value) {
        room(1);
        bytes[length++] = value;
    }

    void put(byte[] from, int offset, int count) {
        room(count);
        System.arraycopy(from, offset, bytes, length, count);
        length += count;
    }

    /** A number from 0 as a varint. */
    void number(long value) {
        long rest = value;
        while (rest >>> 7 != 0) {
            put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        put((byte) rest);
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(length, count), 2 * bytes.length));
        }
    }
}
