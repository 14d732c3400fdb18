package dev.offshoot.bson;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link KeyWriter} wrote: where a value ends, and the value itself where the bytes and its type say it exactly. Bytes
 * alone do not tell 1 from 1.0; {@link #typeOf} is what has to be kept beside them.
 */
public final class KeyReader {
    /** The type that {@link #value} assumes by itself. */
    public static final byte PLAIN = 0;

    /** There is no value: the field was missing and null stands for it. */
    public static final byte MISSING = 0x7D;

    /** The value cannot be read from its bytes. */
    public static final byte OPAQUE = 0x7E;

    private static final double TWO_TO_63 = 0x1p63;

    private final byte[] key;
    private int at;
    private int mask;

    private KeyReader(byte[] key, int at, boolean descending) {
        this.key = key;
        this.at = at;
        this.mask = descending ? 0xFF : 0;
    }

    /** Where the value that begins at an offset ends. */
    public static int end(byte[] key, int at, boolean descending) {
        KeyReader reader = new KeyReader(key, at, descending);
        reader.skip();
        return reader.at;
    }

    /** What has to be known beside its bytes to read a value again. */
    public static byte typeOf(int type, byte[] bytes, int offset) {
        return switch (type) {
            case Bson.INT32,
                    Bson.STRING,
                    Bson.BOOLEAN,
                    Bson.NULL,
                    Bson.OBJECT_ID,
                    Bson.DATE,
                    Bson.TIMESTAMP,
                    Bson.BINARY,
                    Bson.UNDEFINED,
                    Bson.MIN_KEY,
                    Bson.MAX_KEY -> PLAIN;
            case Bson.INT64 -> {
                long value = Bson.int64(bytes, offset);
                yield value == (int) value ? Bson.INT64 : value == Long.MIN_VALUE ? OPAQUE : PLAIN;
            }
            case Bson.DOUBLE -> typeOf(Bson.float64(bytes, offset));
            default -> OPAQUE;
        };
    }

    private static byte typeOf(double value) {
        if (value == 0 && 1 / value < 0) {
            return OPAQUE;
        }
        boolean whole = value == Math.rint(value) && Math.abs(value) < TWO_TO_63;
        return whole ? Bson.DOUBLE : PLAIN;
    }

    /**
     * The value at an offset, or null where it cannot be read.
     *
     * @param type what {@link #typeOf} said of it; not {@link #MISSING}
     */
    public static @Nullable Value value(byte[] key, int at, boolean descending, byte type) {
        return type == OPAQUE ? null : new KeyReader(key, at, descending).value(type);
    }

    private @Nullable Value value(byte type) {
        int tag = next();
        int step = tag - KeyWriter.TAG_ZERO;
        if (step >= -KeyWriter.LARGE && step <= KeyWriter.LARGE) {
            return number(step, type);
        }
        return switch (tag) {
            case KeyWriter.TAG_MIN_KEY -> Value.view(Bson.MIN_KEY, new byte[0], 0);
            case KeyWriter.TAG_UNDEFINED -> Value.view(Bson.UNDEFINED, new byte[0], 0);
            case KeyWriter.TAG_NULL -> Value.NULL;
            case KeyWriter.TAG_NAN -> Value.of(Double.NaN);
            case KeyWriter.TAG_STRING -> text();
            case KeyWriter.TAG_OBJECT_ID -> Value.view(Bson.OBJECT_ID, raw(12), 0);
            case KeyWriter.TAG_FALSE -> Value.FALSE;
            case KeyWriter.TAG_TRUE -> Value.TRUE;
            case KeyWriter.TAG_DATE -> Value.date(eight() ^ Long.MIN_VALUE);
            case KeyWriter.TAG_TIMESTAMP -> Value.timestamp(eight());
            case KeyWriter.TAG_BINARY -> binary();
            case KeyWriter.TAG_MAX_KEY -> Value.view(Bson.MAX_KEY, new byte[0], 0);
            default -> null;
        };
    }

    private Value number(int step, byte type) {
        boolean negative = step < 0;
        int size = Math.abs(step) - 1;
        if (step == 0) {
            return whole(0, type);
        }
        mask ^= negative ? 0xFF : 0;
        if (size == 0 || size + 1 == KeyWriter.LARGE) {
            double magnitude = Double.longBitsToDouble(eight());
            return Value.of(negative ? -magnitude : magnitude);
        }
        long payload = 0;
        for (int i = 0; i < size; i++) {
            payload = payload << 8 | next();
        }
        if ((payload & 1) != 0) {
            double magnitude = Double.longBitsToDouble(eight());
            return Value.of(negative ? -magnitude : magnitude);
        }
        long magnitude = payload >>> 1;
        return whole(negative ? -magnitude : magnitude, type);
    }

    private static Value whole(long value, byte type) {
        if (type == Bson.DOUBLE) {
            return Value.of((double) value);
        }
        return type == Bson.INT64 || value != (int) value ? Value.of(value) : Value.of((int) value);
    }

    private Value text() {
        int from = at;
        skipText();
        byte[] bytes = new byte[at - from + 4];
        int length = 4;
        at = from;
        for (int b = next(); b != 0; b = next()) {
            bytes[length++] = (byte) (b == 1 ? next() - 1 : b);
        }
        Bson.putInt32(bytes, 0, length - 3);
        return Value.view(Bson.STRING, Arrays.copyOf(bytes, length + 1), 0);
    }

    private Value binary() {
        int size = binarySize();
        byte[] bytes = new byte[size + 5];
        Bson.putInt32(bytes, 0, size);
        System.arraycopy(raw(size + 1), 0, bytes, 4, size + 1);
        return Value.view(Bson.BINARY, bytes, 0);
    }

    private int binarySize() {
        int size = next();
        return size < 0xFF ? size : four();
    }

    private byte[] raw(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) next();
        }
        return bytes;
    }

    private int next() {
        return (key[at++] ^ mask) & 0xFF;
    }

    private int four() {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | next();
        }
        return value;
    }

    private long eight() {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | next();
        }
        return value;
    }

    private void skip() {
        int tag = next();
        int step = tag - KeyWriter.TAG_ZERO;
        if (step >= -KeyWriter.LARGE && step <= KeyWriter.LARGE) {
            skipNumber(step);
            return;
        }
        switch (tag) {
            case KeyWriter.TAG_STRING, KeyWriter.TAG_CODE -> skipText();
            case KeyWriter.TAG_DOCUMENT -> skipFields();
            case KeyWriter.TAG_ARRAY -> skipElements();
            case KeyWriter.TAG_BINARY -> pass(binarySize() + 1);
            case KeyWriter.TAG_OBJECT_ID -> at += 12;
            case KeyWriter.TAG_DATE, KeyWriter.TAG_TIMESTAMP -> at += 8;
            case KeyWriter.TAG_REGEX -> {
                skipText();
                skipText();
            }
            case KeyWriter.TAG_DB_POINTER -> pass(four() + 12);
            case KeyWriter.TAG_CODE_WITH_SCOPE -> {
                skipText();
                skipFields();
            }
            default -> {}
        }
    }

    /** Goes on by so many bytes from where it is once the number is known: {@code at +=} would go on from where it was before. */
    private void pass(int count) {
        at += count;
    }

    private void skipNumber(int step) {
        if (step == 0) {
            return;
        }
        int outer = mask;
        mask ^= step < 0 ? 0xFF : 0;
        int size = Math.abs(step) - 1;
        boolean approached = size == 0 || size + 1 == KeyWriter.LARGE;
        if (!approached) {
            at += size - 1;
            approached = (next() & 1) != 0;
        }
        if (approached) {
            at += 8;
            pass(next() == 0 ? 0 : 2 + KeyWriter.DIGITS_BYTES);
        }
        mask = outer;
    }

    /** To behind the next zero; text, patterns and names have no other. */
    private void skipText() {
        while (next() != 0) {
            // on
        }
    }

    private void skipFields() {
        while (next() != 0) {
            skipText();
            skip();
        }
    }

    private void skipElements() {
        while (((key[at] ^ mask) & 0xFF) != 0) {
            skip();
        }
        at++;
    }
}
