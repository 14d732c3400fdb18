package dev.offshoot.mql;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;

/** All values from one to another, in the order of {@link BsonOrder} across types. */
public record Interval(Value lo, boolean loInclusive, Value hi, boolean hiInclusive) {
    /** Exactly this value. */
    public static Interval point(Value value) {
        return new Interval(value, true, value, true);
    }

    /** Whether it holds one value only. */
    public boolean isPoint() {
        return loInclusive && hiInclusive && BsonOrder.compare(lo, hi) == 0;
    }

    boolean isEmpty() {
        int order = BsonOrder.compare(lo, hi);
        return order > 0 || (order == 0 && !(loInclusive && hiInclusive));
    }
}
