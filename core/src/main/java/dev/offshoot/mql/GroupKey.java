package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** A value as a key of a map: equal where MongoDB's order says so, so that 1 and 1.0 are one key. */
final class GroupKey {
    private final Value value;
    private final @Nullable Value collated;
    private final int hash;

    GroupKey(Value value) {
        this(value, null, hash(value));
    }

    private GroupKey(Value value, @Nullable Value collated, int hash) {
        this.value = value;
        this.collated = collated;
        this.hash = hash;
    }

    /** The same where strings are equal that a collation takes for equal. */
    static GroupKey of(Value value, Collation collation) {
        if (!collation.concerns(value.type())) {
            return new GroupKey(value);
        }
        Value key = collation.key(value);
        return new GroupKey(value, key, hash(key));
    }

    Value value() {
        return value;
    }

    /** What it compares by. */
    private Value key() {
        return collated == null ? value : collated;
    }

    /** The same key, which keeps nothing alive but its own value. */
    GroupKey owned() {
        return new GroupKey(Accumulators.owned(value), collated, hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GroupKey that && hash == that.hash && BsonOrder.compare(key(), that.key()) == 0;
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
