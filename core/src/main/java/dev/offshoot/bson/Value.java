package dev.offshoot.bson;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.jspecify.annotations.Nullable;

/**
 * A view of one BSON value inside an array of bytes: type, offset and length; nothing is decoded until asked for.
 * Immutable as long as nobody changes the bytes, which nobody may. {@code equals} compares type and bytes exactly; for
 * MongoDB's order and equality see {@link BsonOrder}.
 */
public final class Value {
    private static final byte[] NOTHING = {};
    private static final int LONG_DIGITS_MAX = 19;
    public static final Value NULL = new Value(Bson.NULL, NOTHING, 0, 0);
    public static final Value MIN_KEY = new Value(Bson.MIN_KEY, NOTHING, 0, 0);
    public static final Value MAX_KEY = new Value(Bson.MAX_KEY, NOTHING, 0, 0);
    public static final Value TRUE = new Value(Bson.BOOLEAN, new byte[] {1}, 0, 1);
    public static final Value FALSE = new Value(Bson.BOOLEAN, new byte[] {0}, 0, 1);

    private final int type;
    private final byte[] bytes;
    private final int offset;
    private final int length;

    private Value(int type, byte[] bytes, int offset, int length) {
        this.type = type;
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
    }

    /** The value of this type at this offset. */
    public static Value view(int type, byte[] bytes, int offset) {
        return new Value(type, bytes, offset, Bson.sizeOf(type, bytes, offset));
    }

    public static Value of(int value) {
        byte[] b = new byte[4];
        Bson.putInt32(b, 0, value);
        return new Value(Bson.INT32, b, 0, 4);
    }

    public static Value of(long value) {
        return eight(Bson.INT64, value);
    }

    public static Value of(double value) {
        byte[] b = new byte[8];
        Bson.putFloat64(b, 0, value);
        return new Value(Bson.DOUBLE, b, 0, 8);
    }

    public static Value of(boolean value) {
        return value ? TRUE : FALSE;
    }

    public static Value of(String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        byte[] b = new byte[text.length + 5];
        Bson.putInt32(b, 0, text.length + 1);
        System.arraycopy(text, 0, b, 4, text.length);
        return new Value(Bson.STRING, b, 0, b.length);
    }

    public static Value of(Decimal128 value) {
        byte[] b = new byte[16];
        Bson.putInt64(b, 0, value.getLow());
        Bson.putInt64(b, 8, value.getHigh());
        return new Value(Bson.DECIMAL128, b, 0, 16);
    }

    public static Value of(ObjectId value) {
        return new Value(Bson.OBJECT_ID, value.toByteArray(), 0, 12);
    }

    public static Value document(Doc value) {
        return new Value(Bson.DOCUMENT, value.bytes(), value.offset(), value.length());
    }

    public static Value array(Doc value) {
        return new Value(Bson.ARRAY, value.bytes(), value.offset(), value.length());
    }

    /** A point in time, in milliseconds since 1970-01-01T00:00:00Z. */
    public static Value date(long millis) {
        return eight(Bson.DATE, millis);
    }

    /** A BSON timestamp: seconds in the high 32 bits, increment in the low ones. */
    public static Value timestamp(long timestamp) {
        return eight(Bson.TIMESTAMP, timestamp);
    }

    /** Binary of subtype 0 (generic). */
    public static Value binary(byte[] data) {
        return binary(0, data);
    }

    public static Value binary(int subtype, byte[] data) {
        byte[] b = new byte[data.length + 5];
        Bson.putInt32(b, 0, data.length);
        b[4] = (byte) subtype;
        System.arraycopy(data, 0, b, 5, data.length);
        return new Value(Bson.BINARY, b, 0, b.length);
    }

    private static Value eight(int type, long value) {
        byte[] b = new byte[8];
        Bson.putInt64(b, 0, value);
        return new Value(type, b, 0, 8);
    }

    public int type() {
        return type;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    public boolean isNumber() {
        return Bson.isNumber(type);
    }

    public boolean isDocument() {
        return type == Bson.DOCUMENT;
    }

    public boolean isArray() {
        return type == Bson.ARRAY;
    }

    public boolean isString() {
        return type == Bson.STRING;
    }

    /** The embedded document or array. */
    public Doc asDoc() {
        require(type == Bson.DOCUMENT || type == Bson.ARRAY);
        return Doc.view(bytes, offset);
    }

    /** The text of a string, symbol or code. */
    public String asString() {
        require(type == Bson.STRING || type == Bson.SYMBOL || type == Bson.CODE);
        return new String(bytes, offset + 4, length - 5, StandardCharsets.UTF_8);
    }

    public boolean asBoolean() {
        require(type == Bson.BOOLEAN);
        return bytes[offset] != 0;
    }

    public int asInt32() {
        require(type == Bson.INT32);
        return Bson.int32(bytes, offset);
    }

    /** The 8 bytes of an int64, date (millis) or timestamp. */
    public long asInt64() {
        require(type == Bson.INT64 || type == Bson.DATE || type == Bson.TIMESTAMP);
        return Bson.int64(bytes, offset);
    }

    public double asDouble() {
        require(type == Bson.DOUBLE);
        return Bson.float64(bytes, offset);
    }

    public Decimal128 asDecimal() {
        require(type == Bson.DECIMAL128);
        return Decimal128.fromIEEE754BIDEncoding(Bson.int64(bytes, offset + 8), Bson.int64(bytes, offset));
    }

    public ObjectId asObjectId() {
        require(type == Bson.OBJECT_ID);
        return new ObjectId(Arrays.copyOfRange(bytes, offset, offset + 12));
    }

    /** The data of a binary value, without length and subtype. */
    public byte[] asBinary() {
        require(type == Bson.BINARY);
        return Arrays.copyOfRange(bytes, offset + 5, offset + length);
    }

    public int binarySubtype() {
        require(type == Bson.BINARY);
        return bytes[offset + 4] & 0xFF;
    }

    /** Any number as a double, rounded where it has to be. */
    public double toDouble() {
        return switch (type) {
            case Bson.INT32 -> Bson.int32(bytes, offset);
            case Bson.INT64 -> Bson.int64(bytes, offset);
            case Bson.DOUBLE -> Bson.float64(bytes, offset);
            case Bson.DECIMAL128 ->
                asDecimal().isNaN()
                        ? Double.NaN
                        : asDecimal().isInfinite()
                                ? (asDecimal().isNegative() ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY)
                                : Double.parseDouble(asDecimal().toString());
            default -> throw new IllegalArgumentException("not a number: " + this);
        };
    }

    /** Any number as a long, truncated towards zero and clamped to the range of a long; NaN is 0. */
    public long toLong() {
        return switch (type) {
            case Bson.INT32 -> Bson.int32(bytes, offset);
            case Bson.INT64 -> Bson.int64(bytes, offset);
            case Bson.DECIMAL128 -> isFinite() ? clamped(exact()) : (long) toDouble();
            default -> (long) toDouble();
        };
    }

    /** The same as MongoDB reads a number where it wants a whole one: a decimal is rounded, half to even, and a double cut off. */
    public long toRoundedLong() {
        if (type != Bson.DECIMAL128 || !isFinite()) {
            return toLong();
        }
        BigDecimal exact = exact();
        return clamped(exact.scale() > 0 ? exact.setScale(0, RoundingMode.HALF_EVEN) : exact);
    }

    private static long clamped(BigDecimal number) {
        if (number.precision() - number.scale() > LONG_DIGITS_MAX) {
            return number.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        BigInteger whole = number.toBigInteger();
        return whole.bitLength() < Long.SIZE ? whole.longValue() : whole.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    private boolean isFinite() {
        return !Numbers.isNaN(type, bytes, offset) && Numbers.infinity(type, bytes, offset) == 0;
    }

    private BigDecimal exact() {
        return Numbers.exact(type, bytes, offset);
    }

    /** MongoDB's truth: false, null, undefined and any zero are false, everything else is true. */
    public boolean isTruthy() {
        return switch (type) {
            case Bson.BOOLEAN -> asBoolean();
            case Bson.NULL, Bson.UNDEFINED -> false;
            case Bson.INT32, Bson.INT64 -> toLong() != 0;
            case Bson.DOUBLE -> asDouble() != 0;
            case Bson.DECIMAL128 -> !isFinite() || exact().signum() != 0;
            default -> true;
        };
    }

    private void require(boolean right) {
        if (!right) {
            throw new IllegalArgumentException("value is a " + Bson.typeName(type));
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Value that
                && type == that.type
                && Arrays.equals(bytes, offset, offset + length, that.bytes, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int h = type;
        for (int i = offset; i < offset + length; i++) {
            h = 31 * h + bytes[i];
        }
        return h;
    }

    /** Relaxed extended JSON, for messages. */
    @Override
    public String toString() {
        String json = new DocBuilder().append("", this).buildDoc().toString();
        return json.substring(json.indexOf(':') + 1, json.length() - 1).trim();
    }
}
