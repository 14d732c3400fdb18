package dev.offshoot.bson;

/** Bytes that are not BSON: where, what was expected there and what was found. Cheap: it has no stack trace. */
public final class BsonFormatException extends RuntimeException {
    public BsonFormatException(int offset, String expected, String found) {
        super("not BSON at byte " + offset + ": expected " + expected + ", found " + found, null, false, false);
    }
}
