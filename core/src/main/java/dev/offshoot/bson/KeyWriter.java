package dev.offshoot.bson;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as bytes whose unsigned order is the order of {@link BsonOrder}; equal values, such as 1 and 1.0, give the
 * same bytes. No key is the beginning of another one, so keys can be put one after the other (compound keys) and anything
 * can follow them. A value written as descending has all its bytes inverted. Reusable; not thread safe.
 *
 * <p>A value is one tag byte, in the order of types, and a payload. An integral number below 2^63 takes one to eight bytes of
 * magnitude, shifted left by one; the lowest bit says that a fraction follows. A fraction, and everything of 2^63 and more,
 * is the largest double that is not above the number's magnitude, and, where that is not the number itself, its 34 digits.
 * Magnitudes of negative numbers are inverted. Text ends with a 0; bytes 0 and 1 in it become 1 1 and 1 2.
 */
public final class KeyWriter {
    private static final int END = 0x00;
    static final int TAG_MIN_KEY = 0x0A;
    static final int TAG_UNDEFINED = 0x0F;
    static final int TAG_NULL = 0x14;
    static final int TAG_NAN = 0x1E;
    /** Zero; n bytes of whole magnitude are n + 1 above it or below it, a fraction alone 1, 2^63 and more 10. */
    static final int TAG_ZERO = 0x2A;

    static final int TAG_STRING = 0x3C;
    static final int TAG_DOCUMENT = 0x46;
    static final int TAG_ARRAY = 0x50;
    static final int TAG_BINARY = 0x5A;
    static final int TAG_OBJECT_ID = 0x64;
    static final int TAG_FALSE = 0x6E;
    static final int TAG_TRUE = 0x6F;
    static final int TAG_DATE = 0x78;
    static final int TAG_TIMESTAMP = 0x7D;
    static final int TAG_REGEX = 0x82;
    static final int TAG_DB_POINTER = 0x8C;
    static final int TAG_CODE = 0x96;
    static final int TAG_CODE_WITH_SCOPE = 0xA0;
    static final int TAG_MAX_KEY = 0xF0;

    private static final int SMALL = 1;
    static final int LARGE = 10;
    private static final double TWO_TO_63 = 0x1p63;
    private static final BigDecimal TWO_TO_63_EXACT = new BigDecimal(TWO_TO_63);
    private static final int DIGITS = 34;
    static final int DIGITS_BYTES = 15;
    private static final int EXPONENT_BIAS = 0x4000;

    private byte[] bytes;
    private int length;

    public KeyWriter() {
        this(64);
    }

    public KeyWriter(int capacity) {
        bytes = new byte[Math.max(16, capacity)];
    }

    /** Forgets what was written. */
    public KeyWriter reset() {
        length = 0;
        return this;
    }

    /** Forgets what was written after the first {@code size} bytes. */
    public KeyWriter truncate(int size) {
        length = Math.min(length, size);
        return this;
    }

    /** Bytes written so far. */
    public int size() {
        return length;
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, length);
    }

    public KeyWriter append(Value value, boolean descending) {
        return append(value.type(), value.bytes(), value.offset(), descending);
    }

    /** Appends the value of this type at this offset. */
    public KeyWriter append(int type, byte[] from, int offset, boolean descending) {
        int start = length;
        value(type, from, offset);
        if (descending) {
            invert(start);
        }
        return this;
    }

    /** Appends bytes as they are. */
    public KeyWriter appendRaw(byte[] from) {
        copy(from, 0, from.length);
        return this;
    }

    private void value(int type, byte[] from, int offset) {
        switch (type) {
            case Bson.INT32 -> whole(Bson.int32(from, offset));
            case Bson.INT64 -> whole(Bson.int64(from, offset));
            case Bson.DOUBLE -> float64(Bson.float64(from, offset));
            case Bson.DECIMAL128 -> decimal(from, offset);
            case Bson.STRING, Bson.SYMBOL -> tag(TAG_STRING).text(from, offset);
            case Bson.OBJECT_ID -> tag(TAG_OBJECT_ID).copy(from, offset, 12);
            case Bson.BOOLEAN -> tag(from[offset] == 0 ? TAG_FALSE : TAG_TRUE);
            case Bson.DATE -> tag(TAG_DATE).eight(Bson.int64(from, offset) ^ Long.MIN_VALUE);
            case Bson.TIMESTAMP -> tag(TAG_TIMESTAMP).eight(Bson.int64(from, offset));
            case Bson.DOCUMENT -> tag(TAG_DOCUMENT).fields(from, offset);
            case Bson.ARRAY -> tag(TAG_ARRAY).elements(from, offset);
            case Bson.BINARY -> tag(TAG_BINARY).binary(from, offset);
            case Bson.NULL -> tag(TAG_NULL);
            case Bson.UNDEFINED -> tag(TAG_UNDEFINED);
            case Bson.MIN_KEY -> tag(TAG_MIN_KEY);
            case Bson.MAX_KEY -> tag(TAG_MAX_KEY);
            case Bson.REGEX -> tag(TAG_REGEX).copy(from, offset, Bson.sizeOf(Bson.REGEX, from, offset));
            case Bson.DB_POINTER -> tag(TAG_DB_POINTER).dbPointer(from, offset);
            case Bson.CODE -> tag(TAG_CODE).text(from, offset);
            case Bson.CODE_WITH_SCOPE -> tag(TAG_CODE_WITH_SCOPE).codeWithScope(from, offset);
            default -> throw new IllegalArgumentException("unknown BSON type " + type);
        }
    }

    private void whole(long value) {
        if (value == 0) {
            tag(TAG_ZERO);
        } else if (value == Long.MIN_VALUE) {
            magnitude(LARGE, TWO_TO_63, null, true);
        } else {
            wholeMagnitude(Math.abs(value), false, value < 0);
        }
    }

    private void float64(double value) {
        double magnitude = Math.abs(value);
        if (value == 0) {
            tag(TAG_ZERO);
        } else if (Double.isNaN(value)) {
            tag(TAG_NAN);
        } else if (magnitude >= TWO_TO_63) {
            magnitude(LARGE, magnitude, null, value < 0);
        } else if (magnitude < 1) {
            magnitude(SMALL, magnitude, null, value < 0);
        } else {
            long whole = (long) magnitude;
            boolean fraction = whole != magnitude;
            int start = wholeMagnitude(whole, fraction, value < 0);
            if (fraction) {
                approach(magnitude, null);
                invertIf(value < 0, start);
            }
        }
    }

    private void decimal(byte[] from, int offset) {
        if (Numbers.isNaN(Bson.DECIMAL128, from, offset)) {
            tag(TAG_NAN);
            return;
        }
        int infinity = Numbers.infinity(Bson.DECIMAL128, from, offset);
        if (infinity != 0) {
            float64(infinity * Double.POSITIVE_INFINITY);
            return;
        }
        BigDecimal value = Numbers.exact(Bson.DECIMAL128, from, offset);
        if (value.signum() == 0) {
            tag(TAG_ZERO);
            return;
        }
        boolean negative = value.signum() < 0;
        BigDecimal magnitude = value.abs();
        double below = doubleBelow(magnitude);
        BigDecimal digits = new BigDecimal(below).compareTo(magnitude) == 0 ? null : magnitude;
        if (magnitude.compareTo(TWO_TO_63_EXACT) >= 0) {
            magnitude(LARGE, below, digits, negative);
        } else if (magnitude.compareTo(BigDecimal.ONE) < 0) {
            magnitude(SMALL, below, digits, negative);
        } else {
            BigDecimal whole = magnitude.setScale(0, RoundingMode.DOWN);
            boolean fraction = whole.compareTo(magnitude) != 0;
            int start = wholeMagnitude(whole.longValueExact(), fraction, negative);
            if (fraction) {
                approach(below, digits);
                invertIf(negative, start);
            }
        }
    }

    /** The largest finite double that is not above a positive number. */
    private static double doubleBelow(BigDecimal magnitude) {
        double nearest = Math.min(magnitude.doubleValue(), Double.MAX_VALUE);
        return new BigDecimal(nearest).compareTo(magnitude) > 0 ? Math.nextDown(nearest) : nearest;
    }

    /** A whole magnitude of 1 to 2^63 - 1; the caller adds and inverts the fraction, from the offset returned. */
    private int wholeMagnitude(long whole, boolean fraction, boolean negative) {
        int size = (64 - Long.numberOfLeadingZeros(whole) + 8) >>> 3;
        tag(TAG_ZERO + (negative ? -(size + 1) : size + 1));
        long payload = whole << 1 | (fraction ? 1 : 0);
        payload = negative ? ~payload : payload;
        room(size);
        for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) {
            bytes[length++] = (byte) (payload >>> shift);
        }
        return length;
    }

    private void magnitude(int step, double below, @Nullable BigDecimal digits, boolean negative) {
        tag(TAG_ZERO + (negative ? -step : step));
        int start = length;
        approach(below, digits);
        invertIf(negative, start);
    }

    /** The double below a number, and the number's digits where that is not all of it. */
    private void approach(double below, @Nullable BigDecimal digits) {
        eight(Double.doubleToRawLongBits(below));
        tag(digits == null ? 0 : 1);
        if (digits == null) {
            return;
        }
        int exponent = digits.precision() - digits.scale() + EXPONENT_BIAS;
        tag(exponent >>> 8).tag(exponent);
        BigInteger coefficient = digits.unscaledValue().multiply(BigInteger.TEN.pow(DIGITS - digits.precision()));
        byte[] data = coefficient.toByteArray();
        for (int i = data.length; i < DIGITS_BYTES; i++) {
            tag(0);
        }
        copy(data, 0, data.length);
    }

    private void fields(byte[] from, int offset) {
        int end = offset + Bson.int32(from, offset) - 1;
        int at = offset + 4;
        while (at < end) {
            int type = from[at] & 0xFF;
            int nul = Bson.nul(from, at + 1);
            tag(BsonOrder.bracket(type) + 1);
            copy(from, at + 1, nul - at);
            value(type, from, nul + 1);
            at = nul + 1 + Bson.sizeOf(type, from, nul + 1);
        }
        tag(END);
    }

    private void elements(byte[] from, int offset) {
        int end = offset + Bson.int32(from, offset) - 1;
        int at = offset + 4;
        while (at < end) {
            int type = from[at] & 0xFF;
            int value = Bson.nul(from, at + 1) + 1;
            value(type, from, value);
            at = value + Bson.sizeOf(type, from, value);
        }
        tag(END);
    }

    private void text(byte[] from, int offset) {
        int size = Bson.int32(from, offset) - 1;
        room(2 * size + 1);
        for (int i = offset + 4; i < offset + 4 + size; i++) {
            byte b = from[i];
            if ((b & 0xFE) == 0) {
                bytes[length++] = 1;
                b++;
            }
            bytes[length++] = b;
        }
        bytes[length++] = END;
    }

    private void binary(byte[] from, int offset) {
        int size = Bson.int32(from, offset);
        if (size < 0xFF) {
            tag(size);
        } else {
            tag(0xFF);
            four(size);
        }
        copy(from, offset + 4, size + 1);
    }

    private void dbPointer(byte[] from, int offset) {
        int size = Bson.int32(from, offset);
        four(size);
        copy(from, offset + 4, size + 12);
    }

    private void codeWithScope(byte[] from, int offset) {
        text(from, offset + 4);
        fields(from, offset + 8 + Bson.int32(from, offset + 4));
    }

    private KeyWriter tag(int tag) {
        room(1);
        bytes[length++] = (byte) tag;
        return this;
    }

    private void four(int value) {
        room(4);
        Bson.putInt32(bytes, length, Integer.reverseBytes(value));
        length += 4;
    }

    private void eight(long value) {
        room(8);
        Bson.putInt64(bytes, length, Long.reverseBytes(value));
        length += 8;
    }

    private void copy(byte[] from, int offset, int size) {
        room(size);
        System.arraycopy(from, offset, bytes, length, size);
        length += size;
    }

    private void invertIf(boolean negative, int start) {
        if (negative) {
            invert(start);
        }
    }

    private void invert(int start) {
        for (int i = start; i < length; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
