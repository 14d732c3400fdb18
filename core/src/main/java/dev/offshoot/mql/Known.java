package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import java.util.Arrays;

/** Bytes that are known beforehand, such as a name, and looked for at places in others: eight at a time. Immutable. */
final class Known {
    private final byte[] bytes;
    private final long head;
    private final long headMask;
    private final long tail;

    Known(byte[] bytes) {
        this.bytes = bytes;
        int length = bytes.length;
        head = Bson.int64(Arrays.copyOf(bytes, Math.max(Long.BYTES, length)), 0);
        headMask = length >= Long.BYTES ? -1L : (1L << (Byte.SIZE * length)) - 1;
        tail = length < Long.BYTES ? 0 : Bson.int64(bytes, length - Long.BYTES);
    }

    int length() {
        return bytes.length;
    }

    byte first() {
        return bytes[0];
    }

    /** Whether they stand at {@code at}. */
    boolean isAt(byte[] in, int at) {
        return at + Long.BYTES <= in.length
                ? isAt(in, at, Bson.int64(in, at))
                : at + bytes.length <= in.length && Arrays.equals(in, at, at + bytes.length, bytes, 0, bytes.length);
    }

    /** The same where the eight bytes at {@code at} have been read. */
    boolean isAt(byte[] in, int at, long word) {
        return (word & headMask) == head && (bytes.length <= Long.BYTES || endsAt(in, at + bytes.length));
    }

    private boolean endsAt(byte[] in, int end) {
        return end <= in.length
                && Bson.int64(in, end - Long.BYTES) == tail
                && (bytes.length <= 2 * Long.BYTES || hasMiddle(in, end - bytes.length));
    }

    private boolean hasMiddle(byte[] in, int at) {
        int to = bytes.length - Long.BYTES;
        return Arrays.equals(in, at + Long.BYTES, at + to, bytes, Long.BYTES, to);
    }
}
