package dev.offshoot.bson;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The BSON format: type codes and the arithmetic of walking raw bytes. All offsets are indexes into the array; a value's
 * offset is that of its first byte after the name. The bytes are trusted: {@link BsonCheck} has seen them before.
 */
public final class Bson {
    public static final int DOUBLE = 0x01;
    public static final int STRING = 0x02;
    public static final int DOCUMENT = 0x03;
    public static final int ARRAY = 0x04;
    public static final int BINARY = 0x05;
    public static final int UNDEFINED = 0x06;
    public static final int OBJECT_ID = 0x07;
    public static final int BOOLEAN = 0x08;
    public static final int DATE = 0x09;
    public static final int NULL = 0x0A;
    public static final int REGEX = 0x0B;
    public static final int DB_POINTER = 0x0C;
    public static final int CODE = 0x0D;
    public static final int SYMBOL = 0x0E;
    public static final int CODE_WITH_SCOPE = 0x0F;
    public static final int INT32 = 0x10;
    public static final int TIMESTAMP = 0x11;
    public static final int INT64 = 0x12;
    public static final int DECIMAL128 = 0x13;
    public static final int MIN_KEY = 0xFF;
    public static final int MAX_KEY = 0x7F;

    /** The largest document a user may store, in bytes. */
    public static final int DOCUMENT_BYTES_MAX = 16 * 1024 * 1024;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle DOUBLES =
            MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private Bson() {}

    public static int int32(byte[] bytes, int offset) {
        return (int) INTS.get(bytes, offset);
    }

    public static long int64(byte[] bytes, int offset) {
        return (long) LONGS.get(bytes, offset);
    }

    public static double float64(byte[] bytes, int offset) {
        return (double) DOUBLES.get(bytes, offset);
    }

    public static void putInt32(byte[] bytes, int offset, int value) {
        INTS.set(bytes, offset, value);
    }

    public static void putInt64(byte[] bytes, int offset, long value) {
        LONGS.set(bytes, offset, value);
    }

    public static void putFloat64(byte[] bytes, int offset, double value) {
        DOUBLES.set(bytes, offset, value);
    }

    /** The index of the first NUL at or after {@code offset}: the end of a name or C string. Eight bytes a step. */
    public static int nul(byte[] bytes, int offset) {
        int o = offset;
        int last = bytes.length - Long.BYTES;
        while (o <= last) {
            long word = int64(bytes, o);
            long zeros = (word - ONES) & ~word & HIGH_BITS;
            if (zeros != 0) {
                return o + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
            o += Long.BYTES;
        }
        while (bytes[o] != 0) {
            o++;
        }
        return o;
    }

    /** How many bytes the value of this type at this offset takes. */
    public static int sizeOf(int type, byte[] bytes, int offset) {
        return switch (type) {
            case DOUBLE, DATE, TIMESTAMP, INT64 -> 8;
            case STRING, CODE, SYMBOL -> 4 + int32(bytes, offset);
            case DOCUMENT, ARRAY, CODE_WITH_SCOPE -> int32(bytes, offset);
            case BINARY -> 5 + int32(bytes, offset);
            case OBJECT_ID -> 12;
            case BOOLEAN -> 1;
            case INT32 -> 4;
            case DECIMAL128 -> 16;
            case DB_POINTER -> 4 + int32(bytes, offset) + 12;
            case REGEX -> nul(bytes, nul(bytes, offset) + 1) + 1 - offset;
            case NULL, UNDEFINED, MIN_KEY, MAX_KEY -> 0;
            default -> throw new IllegalArgumentException("unknown BSON type " + type + " at offset " + offset);
        };
    }

    /** Whether a type is a number: int32, int64, double or decimal128. */
    public static boolean isNumber(int type) {
        return type == INT32 || type == INT64 || type == DOUBLE || type == DECIMAL128;
    }

    /** MongoDB's name of a type, as in {@code $type} and in error messages: {@code int}, {@code objectId}, ... */
    public static String typeName(int type) {
        return switch (type) {
            case DOUBLE -> "double";
            case STRING -> "string";
            case DOCUMENT -> "object";
            case ARRAY -> "array";
            case BINARY -> "binData";
            case UNDEFINED -> "undefined";
            case OBJECT_ID -> "objectId";
            case BOOLEAN -> "bool";
            case DATE -> "date";
            case NULL -> "null";
            case REGEX -> "regex";
            case DB_POINTER -> "dbPointer";
            case CODE -> "javascript";
            case SYMBOL -> "symbol";
            case CODE_WITH_SCOPE -> "javascriptWithScope";
            case INT32 -> "int";
            case TIMESTAMP -> "timestamp";
            case INT64 -> "long";
            case DECIMAL128 -> "decimal";
            case MIN_KEY -> "minKey";
            case MAX_KEY -> "maxKey";
            default -> throw new IllegalArgumentException("unknown BSON type " + type);
        };
    }
}
