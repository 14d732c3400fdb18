package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/**
 * The sum of numbers of all types. Integers are added exactly, doubles with their rounding errors kept (a sum of two
 * doubles, as in MongoDB), so that the order of the input hardly matters. What is no number is ignored.
 */
final class NumberSum {
    private int type = Bson.INT32;
    private long count;
    private long longs;
    private long low;
    private BigInteger high = BigInteger.ZERO;
    private double sum;
    private double rest;
    private Decimal128 decimals = Decimal128.POSITIVE_ZERO;

    void add(@Nullable Value value) {
        if (value == null || !value.isNumber()) {
            return;
        }
        count++;
        type = Numbers.widest(type, value.type());
        switch (value.type()) {
            case Bson.DOUBLE -> addDouble(value.asDouble());
            case Bson.DECIMAL128 -> decimals = Decimals.add(decimals, value.asDecimal());
            default -> {
                longs += value.type() == Bson.INT64 ? 1 : 0;
                addLong(value.toLong());
            }
        }
    }

    /**
     * Takes back a number that was added, exactly.
     *
     * @return false where that is not possible: rounding errors of doubles and decimals stay
     */
    boolean remove(@Nullable Value value) {
        if (value == null || !value.isNumber()) {
            return true;
        }
        boolean whole = value.type() == Bson.INT32 || value.type() == Bson.INT64;
        if (!whole || value.toLong() == Long.MIN_VALUE) {
            return false;
        }
        count--;
        addLong(-value.toLong());
        if (value.type() == Bson.INT64) {
            longs--;
            type = longs == 0 && type == Bson.INT64 ? Bson.INT32 : type;
        }
        return true;
    }

    long count() {
        return count;
    }

    private void addLong(long value) {
        long next = low + value;
        if (((low ^ next) & (value ^ next)) < 0) {
            high = high.add(BigInteger.valueOf(low));
            next = value;
        }
        low = next;
    }

    private void addDouble(double value) {
        double next = sum + value;
        double back = next - sum;
        double error = (sum - (next - back)) + (value - back);
        sum = next;
        rest += Double.isNaN(error) ? 0 : error;
    }

    private BigInteger integers() {
        return high.add(BigInteger.valueOf(low));
    }

    /** An int32 or int64 where only integers came and it fits, else a double, or a decimal where one came. */
    Value result() {
        BigInteger whole = integers();
        if (type == Bson.DECIMAL128) {
            return Value.of(decimal());
        }
        if (type == Bson.DOUBLE) {
            return Value.of(total());
        }
        if (whole.bitLength() > 63) {
            return Value.of(whole.doubleValue());
        }
        return type == Bson.INT32 ? Numbers.narrow(whole.longValue()) : Value.of(whole.longValue());
    }

    private double total() {
        BigInteger whole = integers();
        double plain = sum + rest;
        if (whole.signum() == 0 || !Double.isFinite(plain)) {
            return plain;
        }
        return new BigDecimal(whole)
                .add(new BigDecimal(sum))
                .add(new BigDecimal(rest))
                .doubleValue();
    }

    private Decimal128 decimal() {
        Decimal128 result = Decimals.add(decimals, Decimals.of(new BigDecimal(integers())));
        if (sum == 0 && rest == 0) {
            return result;
        }
        return Decimals.add(
                result,
                Double.isFinite(sum + rest)
                        ? Decimals.of(new BigDecimal(sum).add(new BigDecimal(rest)))
                        : Numbers.decimal(Value.of(sum + rest)));
    }

    /** The mean as a double, or as a decimal where one came; null where no number came. */
    Value average() {
        if (count == 0) {
            return Value.NULL;
        }
        return type == Bson.DECIMAL128
                ? Value.of(Decimals.divide(decimal(), new Decimal128(count)))
                : Value.of(total() / count);
    }
}
