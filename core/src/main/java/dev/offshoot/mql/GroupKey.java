package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** A value as a key of a map: equal where MongoDB's order says so, so that 1 and 1.0 are one key. */
final class GroupKey {
    private final Value value;
    private final int hash;

    GroupKey(Value value) {
        this(value, hash(value));
    }

    private GroupKey(Value value, int hash) {
        this.value = value;
        this.hash = hash;
    }

    Value value() {
        return value;
    }

    /** The same key, which keeps nothing alive but its own value. */
    GroupKey owned() {
        return new GroupKey(Accumulators.owned(value), hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GroupKey that && hash == that.hash && BsonOrder.compare(value, that.value) == 0;
    }

    @Override
    public int hashCode() {
        return hash;
    }

    private static int hash(Value value) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 -> Double.hashCode(value.toDouble() + 0.0);
            case Bson.DOCUMENT, Bson.ARRAY -> hash(value.asDoc());
            default -> hash(value.bytes(), value.offset(), value.length());
        };
    }

    private static int hash(byte[] bytes, int offset, int length) {
        int h = 1;
        for (int i = offset; i < offset + length; i++) {
            h = 31 * h + bytes[i];
        }
        return h;
    }

    private static int hash(Doc doc) {
        int h = 1;
        for (Doc.Fields f = doc.fields(); f.next(); ) {
            h = 31 * h + hash(f.value());
        }
        return h;
    }
}
