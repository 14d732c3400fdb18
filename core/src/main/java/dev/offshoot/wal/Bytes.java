package dev.offshoot.wal;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/** Growing bytes with variable-length numbers: 7 bits a byte, low ones first, the high bit set on all but the last (LEB128). */
final class Bytes {
    private byte[] bytes;
    private int length;

    Bytes(int capacity) {
        bytes = new byte[capacity];
    }

    Bytes number(long value) {
        room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    Bytes raw(byte[] data) {
        return raw(data, 0, data.length);
    }

    Bytes raw(byte[] data, int from, int to) {
        room(to - from);
        System.arraycopy(data, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    Bytes sized(byte[] data) {
        return number(data.length).raw(data);
    }

    Bytes text(String value) {
        return sized(value.getBytes(StandardCharsets.UTF_8));
    }

    Bytes uuid(UUID value) {
        room(16);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value.getMostSignificantBits() >>> shift);
        }
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (value.getLeastSignificantBits() >>> shift);
        }
        return this;
    }

    int length() {
        return length;
    }

    byte[] array() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }

    /** Reads what {@link Bytes} wrote. Reading past the end throws {@link IndexOutOfBoundsException}. */
    static final class Reader {
        private final byte[] bytes;
        private int at;

        Reader(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        long number() {
            long value = 0;
            for (int shift = 0; shift < 64; shift += 7) {
                byte b = bytes[at++];
                value |= (b & 0x7FL) << shift;
                if (b >= 0) {
                    return value;
                }
            }
            throw new IllegalArgumentException("number of more than 10 bytes at " + at);
        }

        int size() {
            long value = number();
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("size " + value + " at " + at);
            }
            return (int) value;
        }

        byte[] sized() {
            return raw(size());
        }

        byte[] raw(int size) {
            if (size > bytes.length - at) {
                throw new IndexOutOfBoundsException(size + " bytes wanted at " + at + " of " + bytes.length);
            }
            byte[] data = Arrays.copyOfRange(bytes, at, at + size);
            at += size;
            return data;
        }

        /** Puts so many bytes into an array, and answers how many. */
        int raw(byte[] into, int offset, int size) {
            System.arraycopy(bytes, at, into, offset, size);
            at += size;
            return size;
        }

        String text() {
            return new String(sized(), StandardCharsets.UTF_8);
        }

        UUID uuid() {
            return new UUID(eight(), eight());
        }

        /** A BSON document, which says its own length. */
        byte[] document() {
            int size = Bson.int32(bytes, at);
            if (size < Doc.EMPTY.length()) {
                throw new IllegalArgumentException("document of " + size + " bytes at " + at);
            }
            return raw(size);
        }

        int position() {
            return at;
        }

        boolean atEnd() {
            return at == bytes.length;
        }

        private long eight() {
            long value = 0;
            for (int i = 0; i < 8; i++) {
                value = (value << 8) | (bytes[at++] & 0xFF);
            }
            return value;
        }
    }
}
