package dev.offshoot.bson;

/**
 * Checks bytes that come from outside before anything walks them: lengths, types, depth, closing NULs, booleans. Text is
 * not checked to be UTF-8 and array names not to count up: MongoDB stores both as they come. Reads nothing outside the
 * limit, whatever the bytes say, and allocates nothing.
 */
public final class BsonCheck {
    /** How deep documents and arrays may nest. */
    public static final int DEPTH_MAX = 200;

    private static final int DOCUMENT_BYTES_MIN = 5;

    private BsonCheck() {}

    /**
     * Checks the document that starts at {@code offset} and must end at or before {@code limit}; returns where it ends.
     *
     * @throws BsonFormatException where the bytes are not a document
     */
    public static int check(byte[] bytes, int offset, int limit) {
        if (offset < 0 || limit > bytes.length) {
            throw new IllegalArgumentException(offset + " to " + limit + " is outside of " + bytes.length + " bytes");
        }
        return document(bytes, offset, limit, 1);
    }

    private static int document(byte[] bytes, int offset, int limit, int depth) {
        if (depth > DEPTH_MAX) {
            throw new BsonFormatException(offset, "at most " + DEPTH_MAX + " levels of nesting", "more");
        }
        int length = length(bytes, offset, limit, DOCUMENT_BYTES_MIN, 0);
        int end = offset + length - 1;
        if (bytes[end] != 0) {
            throw new BsonFormatException(end, "the closing NUL of a document", found(bytes[end]));
        }
        int at = offset + 4;
        while (at < end) {
            int type = bytes[at] & 0xFF;
            int start = cString(bytes, at + 1, end);
            at = value(type, bytes, start, end, depth, at);
        }
        return end + 1;
    }

    /** Checks one value and returns where it ends. */
    private static int value(int type, byte[] bytes, int at, int end, int depth, int typeAt) {
        return switch (type) {
            case Bson.INT32 -> fixed(4, at, end);
            case Bson.DOUBLE, Bson.INT64, Bson.DATE, Bson.TIMESTAMP -> fixed(8, at, end);
            case Bson.STRING, Bson.CODE, Bson.SYMBOL -> string(bytes, at, end);
            case Bson.DOCUMENT, Bson.ARRAY -> document(bytes, at, end, depth + 1);
            case Bson.OBJECT_ID -> fixed(12, at, end);
            case Bson.BOOLEAN -> bool(bytes, at, end);
            case Bson.NULL, Bson.UNDEFINED, Bson.MIN_KEY, Bson.MAX_KEY -> at;
            case Bson.DECIMAL128 -> fixed(16, at, end);
            case Bson.BINARY -> at + 5 + length(bytes, at, end, 0, 5);
            case Bson.REGEX -> cString(bytes, cString(bytes, at, end), end);
            case Bson.DB_POINTER -> fixed(12, string(bytes, at, end), end);
            case Bson.CODE_WITH_SCOPE -> codeWithScope(bytes, at, end, depth);
            default -> throw new BsonFormatException(typeAt, "a type of BSON", found(type));
        };
    }

    /** Reads a length and checks that {@code header} bytes and that many more fit. */
    private static int length(byte[] bytes, int at, int end, int min, int header) {
        fixed(4, at, end);
        int length = Bson.int32(bytes, at);
        if (length < min || length > end - at - header) {
            throw new BsonFormatException(
                    at, "a length of " + min + " to " + Math.max(min, end - at - header), Integer.toString(length));
        }
        return length;
    }

    private static int fixed(int size, int at, int end) {
        if (end - at < size) {
            throw new BsonFormatException(at, size + " bytes", Math.max(0, end - at) + " before the document ends");
        }
        return at + size;
    }

    private static int string(byte[] bytes, int at, int end) {
        int after = at + 4 + length(bytes, at, end, 1, 4);
        if (bytes[after - 1] != 0) {
            throw new BsonFormatException(after - 1, "the closing NUL of a string", found(bytes[after - 1]));
        }
        return after;
    }

    private static int bool(byte[] bytes, int at, int end) {
        fixed(1, at, end);
        if ((bytes[at] & 0xFE) != 0) {
            throw new BsonFormatException(at, "a boolean, 0 or 1", found(bytes[at]));
        }
        return at + 1;
    }

    private static int codeWithScope(byte[] bytes, int at, int end, int depth) {
        int after = at + length(bytes, at, end, 14, 0);
        int scope = string(bytes, at + 4, after);
        if (document(bytes, scope, after, depth + 1) != after) {
            throw new BsonFormatException(at, "code and scope to fill the value", "bytes left over");
        }
        return after;
    }

    /** The offset after the NUL that ends the text at {@code at}. */
    private static int cString(byte[] bytes, int at, int end) {
        int nul = Bson.nul(bytes, Math.min(at, end));
        if (nul >= end) {
            throw new BsonFormatException(at, "a name or text closed by a NUL", "the end of the document");
        }
        return nul + 1;
    }

    private static String found(int value) {
        return "0x" + Integer.toHexString(value & 0xFF);
    }
}
