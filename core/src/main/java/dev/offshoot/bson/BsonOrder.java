package dev.offshoot.bson;

import java.util.Arrays;

/**
 * MongoDB's order of values across all types: MinKey, undefined, null, numbers, strings and symbols, documents, arrays,
 * binary, ObjectId, boolean, date, timestamp, regular expression, DBPointer, code, code with scope, MaxKey. It is also
 * MongoDB's equality: 1, 1.0 and NumberDecimal("1.00") are equal. Strings compare by their UTF-8 bytes, documents field by
 * field (kind of type, then name, then value), binary by length, subtype, bytes. Allocates only for decimal128.
 */
public final class BsonOrder {
    private BsonOrder() {}

    /** Negative, zero or positive; numbers of different types compare by their exact value. */
    public static int compare(Value a, Value b) {
        return compare(a.type(), a.bytes(), a.offset(), b.type(), b.bytes(), b.offset());
    }

    /** The same on values given by their place. */
    public static int compare(int typeA, byte[] a, int offsetA, int typeB, byte[] b, int offsetB) {
        int bracket = bracket(typeA);
        int bracketB = bracket(typeB);
        if (bracket != bracketB) {
            return Integer.compare(bracket, bracketB);
        }
        return compareInBracket(typeA, a, offsetA, typeB, b, offsetB);
    }

    /** Field by field: a document that is the beginning of the other comes first. */
    public static int compareDocs(Doc a, Doc b) {
        return compareFields(a.bytes(), a.offset(), b.bytes(), b.offset(), true);
    }

    /**
     * The place of a type in the order, 0 to 127. Types of one bracket compare by value: all numbers, string with symbol. A
     * comparison operator of a query only ever matches within the bracket of its operand.
     */
    public static int bracket(int type) {
        return switch (type) {
            case Bson.MIN_KEY -> 0;
            case Bson.UNDEFINED -> 1;
            case Bson.NULL -> 5;
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 -> 10;
            case Bson.STRING, Bson.SYMBOL -> 15;
            case Bson.DOCUMENT -> 20;
            case Bson.ARRAY -> 25;
            case Bson.BINARY -> 30;
            case Bson.OBJECT_ID -> 35;
            case Bson.BOOLEAN -> 40;
            case Bson.DATE -> 45;
            case Bson.TIMESTAMP -> 47;
            case Bson.REGEX -> 50;
            case Bson.DB_POINTER -> 55;
            case Bson.CODE -> 60;
            case Bson.CODE_WITH_SCOPE -> 65;
            case Bson.MAX_KEY -> 127;
            default -> throw new IllegalArgumentException("unknown BSON type " + type);
        };
    }

    /** Whether a number is not a number. False for every other type. */
    public static boolean isNaN(int type, byte[] bytes, int offset) {
        return Numbers.isNaN(type, bytes, offset);
    }

    private static int compareInBracket(int typeA, byte[] a, int offsetA, int typeB, byte[] b, int offsetB) {
        return switch (typeA) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 ->
                Numbers.compare(typeA, a, offsetA, typeB, b, offsetB);
            case Bson.STRING, Bson.SYMBOL, Bson.CODE -> compareStrings(a, offsetA, b, offsetB);
            case Bson.DOCUMENT -> compareFields(a, offsetA, b, offsetB, true);
            case Bson.ARRAY -> compareFields(a, offsetA, b, offsetB, false);
            case Bson.BINARY -> compareBinaries(a, offsetA, b, offsetB);
            case Bson.OBJECT_ID -> Arrays.compareUnsigned(a, offsetA, offsetA + 12, b, offsetB, offsetB + 12);
            case Bson.BOOLEAN -> Integer.compare(a[offsetA], b[offsetB]);
            case Bson.DATE -> Long.compare(Bson.int64(a, offsetA), Bson.int64(b, offsetB));
            case Bson.TIMESTAMP -> Long.compareUnsigned(Bson.int64(a, offsetA), Bson.int64(b, offsetB));
            case Bson.REGEX -> compareRegexes(a, offsetA, b, offsetB);
            case Bson.DB_POINTER -> compareDbPointers(a, offsetA, b, offsetB);
            case Bson.CODE_WITH_SCOPE -> compareScopes(a, offsetA, b, offsetB);
            default -> 0;
        };
    }

    private static int compareStrings(byte[] a, int offsetA, byte[] b, int offsetB) {
        int endA = offsetA + 3 + Bson.int32(a, offsetA);
        int endB = offsetB + 3 + Bson.int32(b, offsetB);
        return Arrays.compareUnsigned(a, offsetA + 4, endA, b, offsetB + 4, endB);
    }

    private static int compareFields(byte[] a, int offsetA, byte[] b, int offsetB, boolean names) {
        int endA = offsetA + Bson.int32(a, offsetA) - 1;
        int endB = offsetB + Bson.int32(b, offsetB) - 1;
        int atA = offsetA + 4;
        int atB = offsetB + 4;
        while (atA < endA && atB < endB) {
            int typeA = a[atA] & 0xFF;
            int typeB = b[atB] & 0xFF;
            int brackets = bracket(typeA) - bracket(typeB);
            if (brackets != 0) {
                return brackets;
            }
            int nulA = Bson.nul(a, atA + 1);
            int nulB = Bson.nul(b, atB + 1);
            int order = names ? Arrays.compareUnsigned(a, atA + 1, nulA, b, atB + 1, nulB) : 0;
            if (order == 0) {
                order = compareInBracket(typeA, a, nulA + 1, typeB, b, nulB + 1);
            }
            if (order != 0) {
                return order;
            }
            atA = nulA + 1 + Bson.sizeOf(typeA, a, nulA + 1);
            atB = nulB + 1 + Bson.sizeOf(typeB, b, nulB + 1);
        }
        return Boolean.compare(atA < endA, atB < endB);
    }

    private static int compareBinaries(byte[] a, int offsetA, byte[] b, int offsetB) {
        int length = Bson.int32(a, offsetA);
        int order = Integer.compare(length, Bson.int32(b, offsetB));
        return order != 0
                ? order
                : Arrays.compareUnsigned(a, offsetA + 4, offsetA + 5 + length, b, offsetB + 4, offsetB + 5 + length);
    }

    private static int compareRegexes(byte[] a, int offsetA, byte[] b, int offsetB) {
        int nulA = Bson.nul(a, offsetA);
        int nulB = Bson.nul(b, offsetB);
        int order = Arrays.compareUnsigned(a, offsetA, nulA, b, offsetB, nulB);
        return order != 0
                ? order
                : Arrays.compareUnsigned(a, nulA + 1, Bson.nul(a, nulA + 1), b, nulB + 1, Bson.nul(b, nulB + 1));
    }

    private static int compareDbPointers(byte[] a, int offsetA, byte[] b, int offsetB) {
        int size = Bson.sizeOf(Bson.DB_POINTER, a, offsetA);
        int order = Integer.compare(size, Bson.sizeOf(Bson.DB_POINTER, b, offsetB));
        return order != 0
                ? order
                : Arrays.compareUnsigned(a, offsetA + 4, offsetA + size, b, offsetB + 4, offsetB + size);
    }

    private static int compareScopes(byte[] a, int offsetA, byte[] b, int offsetB) {
        int order = compareStrings(a, offsetA + 4, b, offsetB + 4);
        if (order != 0) {
            return order;
        }
        int scopeA = offsetA + 8 + Bson.int32(a, offsetA + 4);
        int scopeB = offsetB + 8 + Bson.int32(b, offsetB + 4);
        return compareFields(a, scopeA, b, scopeB, true);
    }
}
