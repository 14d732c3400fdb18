package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A value as a key of a map: equal where MongoDB's order says so, so that 1 and 1.0 are one key. */
record GroupKey(Value value) {
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GroupKey that && BsonOrder.compare(value, that.value) == 0;
    }

    @Override
    public int hashCode() {
        return hash(value);
    }

    private static int hash(Value value) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 -> Double.hashCode(value.toDouble() + 0.0);
            case Bson.STRING, Bson.SYMBOL -> value.asString().hashCode();
            case Bson.DOCUMENT, Bson.ARRAY -> hash(value.asDoc());
            default ->
                Arrays.hashCode(Arrays.copyOfRange(value.bytes(), value.offset(), value.offset() + value.length()));
        };
    }

    private static int hash(Doc doc) {
        int h = 1;
        for (Doc.Fields f = doc.fields(); f.next(); ) {
            h = 31 * h + hash(f.value());
        }
        return h;
    }
}
