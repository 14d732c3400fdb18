package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic on numbers of mixed types as MongoDB does it: the wider type wins (int32, int64, double, decimal128), an int32
 * result that does not fit becomes an int64.
 */
final class Numbers {
    static final Value ZERO = Value.of(0);

    private static final MathContext FIFTEEN_DIGITS = new MathContext(15, RoundingMode.HALF_EVEN);

    private Numbers() {}

    /** The type of a result of two operands. */
    static int widest(int a, int b) {
        return rank(a) >= rank(b) ? a : b;
    }

    private static int rank(int type) {
        return switch (type) {
            case Bson.INT32 -> 0;
            case Bson.INT64 -> 1;
            case Bson.DOUBLE -> 2;
            default -> 3;
        };
    }

    /** The sum, or null where an int64 overflows. */
    static @Nullable Value addExact(Value a, Value b) {
        return switch (widest(a.type(), b.type())) {
            case Bson.INT32 -> narrow(a.toLong() + b.toLong());
            case Bson.INT64 -> addExact(a.toLong(), b.toLong());
            case Bson.DOUBLE -> Value.of(a.toDouble() + b.toDouble());
            default -> Value.of(Decimals.add(decimal(a), decimal(b)));
        };
    }

    private static @Nullable Value addExact(long a, long b) {
        long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 ? null : Value.of(sum);
    }

    /** The product, or null where an int64 overflows. */
    static @Nullable Value multiplyExact(Value a, Value b) {
        return switch (widest(a.type(), b.type())) {
            case Bson.INT32 -> narrow(a.toLong() * b.toLong());
            case Bson.INT64 -> multiplyExact(a.toLong(), b.toLong());
            case Bson.DOUBLE -> Value.of(a.toDouble() * b.toDouble());
            default -> Value.of(Decimals.multiply(decimal(a), decimal(b)));
        };
    }

    private static @Nullable Value multiplyExact(long a, long b) {
        long low = a * b;
        return Math.multiplyHigh(a, b) == low >> 63 ? Value.of(low) : null;
    }

    /** An int32 where it fits, else an int64. */
    static Value narrow(long value) {
        return value == (int) value ? Value.of((int) value) : Value.of(value);
    }

    /** Any number as a decimal; a double has exactly 15 significant digits then, as in MongoDB's arithmetic. */
    static Decimal128 decimal(Value value) {
        return switch (value.type()) {
            case Bson.DECIMAL128 -> value.asDecimal();
            case Bson.DOUBLE -> decimal(value.asDouble());
            default -> new Decimal128(value.toLong());
        };
    }

    private static Decimal128 decimal(double value) {
        if (Double.isNaN(value)) {
            return Decimal128.NaN;
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? Decimal128.POSITIVE_INFINITY : Decimal128.NEGATIVE_INFINITY;
        }
        if (value == 0) {
            return 1 / value < 0 ? Decimal128.NEGATIVE_ZERO : Decimal128.POSITIVE_ZERO;
        }
        BigDecimal rounded = new BigDecimal(value).round(FIFTEEN_DIGITS);
        return Decimals.of(rounded.setScale(rounded.scale() + FIFTEEN_DIGITS.getPrecision() - rounded.precision()));
    }

    static boolean isZero(Value number) {
        return number.type() == Bson.DECIMAL128 ? Decimals.isZero(number.asDecimal()) : number.toDouble() == 0;
    }

    /** Whether a number is whole and fits an int32. */
    static boolean isInt(@Nullable Value value) {
        return value != null && isWhole(value) && value.toLong() == (int) value.toLong();
    }

    static boolean isFinite(Value value) {
        return value.type() == Bson.DECIMAL128
                ? Decimals.isFinite(value.asDecimal())
                : Double.isFinite(value.toDouble());
    }

    static boolean isNaN(Value value) {
        return switch (value.type()) {
            case Bson.DOUBLE -> Double.isNaN(value.asDouble());
            case Bson.DECIMAL128 -> value.asDecimal().isNaN();
            default -> false;
        };
    }

    /** Whether a number is whole and fits an int64, as counts, limits and positions must be. */
    static boolean isWhole(Value value) {
        return switch (value.type()) {
            case Bson.INT32, Bson.INT64 -> true;
            case Bson.DOUBLE -> {
                double d = value.asDouble();
                yield d == Math.rint(d) && Math.abs(d) < 0x1p63;
            }
            case Bson.DECIMAL128 -> Decimals.isWholeLong(value.asDecimal());
            default -> false;
        };
    }
}
