package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/**
 * The sum of numbers of all types. Integers are added exactly; where a double comes out, all integers and doubles have been added
 * as MongoDB does it, with their rounding errors carried to the next one and those of the last one left out, so that it has the same
 * last digit. What is no number is ignored.
 */
final class NumberSum {
    private static final long HALF = 1L << 32;

    /** Up to here a double is every whole number. */
    private static final double EXACT_MAX = 0x1p53;

    private int type = Bson.INT32;
    private long count;
    private long longs;
    private long low;
    private BigInteger high = BigInteger.ZERO;
    private double sum;
    private double rest;

    /** Without the errors: they make NaN of what is infinite. */
    private double plain;

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
                addWhole(value.type(), value.toLong());
            }
        }
    }

    /**
     * Takes back a number that was added, exactly.
     *
     * @return false where that is not possible: rounding errors of doubles, decimals and large integers stay
     */
    boolean remove(@Nullable Value value) {
        if (value == null || !value.isNumber()) {
            return true;
        }
        boolean whole = type == Bson.INT32 || type == Bson.INT64;
        if (!whole || rest != 0 || Math.abs(sum) > EXACT_MAX || Math.abs(value.toDouble()) > EXACT_MAX) {
            return false;
        }
        count--;
        addWhole(value.type(), -value.toLong());
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

    private void addWhole(int integer, long value) {
        addLong(value);
        if (integer == Bson.INT32) {
            addDouble((double) value);
        } else {
            long high = value / HALF * HALF;
            addDouble((double) (value - high));
            addDouble((double) high);
        }
    }

    private void addDouble(double value) {
        plain += value;
        double corrected = value + rest;
        rest -= corrected - value;
        double next = sum + corrected;
        double before = next - corrected;
        double back = next - before;
        double error = (sum - before) + (corrected - back);
        sum = next;
        rest += error;
    }

    private BigInteger integers() {
        return high.add(BigInteger.valueOf(low));
    }

    /** An int32 or int64 where only integers came and it fits, else a double, or a decimal where one came. */
    Value result() {
        if (type == Bson.DECIMAL128) {
            return Value.of(decimal());
        }
        if (!isLong()) {
            return Value.of(total());
        }
        long whole = integers().longValue();
        return type == Bson.INT32 ? Numbers.narrow(whole) : Value.of(whole);
    }

    /** Whether only integers came, and their sum is an int64. */
    private boolean isLong() {
        return type != Bson.DOUBLE && type != Bson.DECIMAL128 && integers().bitLength() <= 63;
    }

    private double total() {
        return Double.isNaN(sum) ? plain : sum;
    }

    private Decimal128 decimal() {
        if (!Double.isFinite(total())) {
            return Decimals.add(decimals, Numbers.decimal(Value.of(total())));
        }
        return Decimals.add(decimals, Decimals.of(new BigDecimal(sum).add(new BigDecimal(rest))));
    }

    /** The mean as a double, or as a decimal where one came; null where no number came. */
    Value average() {
        if (count == 0) {
            return Value.NULL;
        }
        if (type == Bson.DECIMAL128) {
            return Value.of(Decimals.divide(decimal(), new Decimal128(count)));
        }
        double whole = isLong() ? integers().longValue() : total();
        return Value.of(whole / count);
    }
}
