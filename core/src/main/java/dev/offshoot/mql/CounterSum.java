package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/**
 * A counter that was changed in two places: what it was, and what both did to it. The types are those of {@code $inc}: the widest of the
 * three wins, an int32 that does not fit becomes an int64. It is rounded once, at the end, so it is the same whichever side comes first.
 */
public final class CounterSum {
    private CounterSum() {}

    /**
     * {@code before + (one - before) + (other - before)}.
     *
     * @return null where one of them is no finite number, or the sum does not fit its type
     */
    public static @Nullable Value of(Value before, Value one, Value other) {
        if (!isFinite(before) || !isFinite(one) || !isFinite(other)) {
            return null;
        }
        int type = Numbers.widest(before.type(), Numbers.widest(one.type(), other.type()));
        BigDecimal sum = exact(one, type).add(exact(other, type)).subtract(exact(before, type));
        return switch (type) {
            case Bson.INT32 -> Numbers.narrow(sum.longValueExact());
            case Bson.INT64 -> sum.toBigInteger().bitLength() > 63 ? null : Value.of(sum.longValueExact());
            case Bson.DOUBLE -> Double.isInfinite(sum.doubleValue()) ? null : Value.of(sum.doubleValue());
            default -> finite(Decimals.of(sum));
        };
    }

    private static boolean isFinite(Value value) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64 -> true;
            case Bson.DOUBLE -> Double.isFinite(value.asDouble());
            case Bson.DECIMAL128 -> Decimals.isFinite(value.asDecimal());
            default -> false;
        };
    }

    private static BigDecimal exact(Value value, int type) {
        if (type == Bson.DECIMAL128) {
            return Decimals.scaled(Numbers.decimal(value));
        }
        return value.type() == Bson.DOUBLE ? new BigDecimal(value.asDouble()) : BigDecimal.valueOf(value.toLong());
    }

    private static @Nullable Value finite(Decimal128 sum) {
        return Decimals.isFinite(sum) ? Value.of(sum) : null;
    }
}
