package dev.offshoot.mql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/** Arithmetic on decimal128 with its infinities, NaN and limits (IEEE 754-2008, 34 digits, round half even). */
final class Decimals {
    static final MathContext PRECISION = MathContext.DECIMAL128;

    /** What MongoDB's powers are that are too small, and those of zero. */
    static final Decimal128 LEAST_ZERO = Decimal128.parse("0E-6176");

    private static final int EXPONENT_MAX = 6111;
    private static final int EXPONENT_MIN = -6176;
    private static final int DIGITS_MAX = 34;

    private Decimals() {}

    /** The nearest decimal128; infinity or zero where it is too large or too small. */
    static Decimal128 of(BigDecimal value) {
        BigDecimal v = value.round(PRECISION);
        if (-v.scale() > EXPONENT_MAX) {
            int digits = v.precision() + (-v.scale() - EXPONENT_MAX);
            if (v.signum() != 0 && digits > DIGITS_MAX) {
                return v.signum() > 0 ? Decimal128.POSITIVE_INFINITY : Decimal128.NEGATIVE_INFINITY;
            }
            v = v.setScale(-EXPONENT_MAX);
        } else if (-v.scale() < EXPONENT_MIN) {
            v = v.setScale(-EXPONENT_MIN, RoundingMode.HALF_EVEN);
        }
        return new Decimal128(v);
    }

    /** A finite decimal's value; negative zero is zero. */
    static BigDecimal exact(Decimal128 value) {
        if (isZero(value)) {
            return BigDecimal.ZERO;
        }
        return value.bigDecimalValue();
    }

    static Decimal128 add(Decimal128 a, Decimal128 b) {
        if (a.isNaN() || b.isNaN()) {
            return a.isNaN() ? a : b;
        }
        if (a.isInfinite() || b.isInfinite()) {
            boolean opposite = a.isInfinite() && b.isInfinite() && a.isNegative() != b.isNegative();
            return opposite ? Decimal128.NaN : a.isInfinite() ? a : b;
        }
        return of(scaled(a).add(scaled(b)));
    }

    /** NaN keeps its sign. */
    static Decimal128 subtract(Decimal128 a, Decimal128 b) {
        return add(a, b.isNaN() ? b : negate(b));
    }

    static Decimal128 negate(Decimal128 value) {
        return Decimal128.fromIEEE754BIDEncoding(value.getHigh() ^ Long.MIN_VALUE, value.getLow());
    }

    static Decimal128 multiply(Decimal128 a, Decimal128 b) {
        if (a.isNaN() || b.isNaN()) {
            return Decimal128.NaN;
        }
        if (a.isInfinite() || b.isInfinite()) {
            return isZero(a) || isZero(b) ? Decimal128.NaN : infinity(a.isNegative() != b.isNegative());
        }
        return signed(of(scaled(a).multiply(scaled(b))), a.isNegative() != b.isNegative());
    }

    /** The quotient; callers have refused division by zero. */
    static Decimal128 divide(Decimal128 a, Decimal128 b) {
        if (a.isNaN() || b.isNaN() || (a.isInfinite() && b.isInfinite())) {
            return Decimal128.NaN;
        }
        if (a.isInfinite()) {
            return infinity(a.isNegative() != b.isNegative());
        }
        boolean negative = a.isNegative() != b.isNegative();
        return signed(b.isInfinite() ? Decimal128.POSITIVE_ZERO : of(scaled(a).divide(scaled(b), PRECISION)), negative);
    }

    /** The remainder with the dividend's sign; callers have refused division by zero. */
    static Decimal128 remainder(Decimal128 a, Decimal128 b) {
        if (a.isNaN() || b.isNaN() || a.isInfinite()) {
            return Decimal128.NaN;
        }
        if (b.isInfinite()) {
            return a;
        }
        BigDecimal dividend = scaled(a);
        BigDecimal divisor = scaled(b);
        BigDecimal rest = dividend.remainder(divisor).setScale(Math.max(dividend.scale(), divisor.scale()));
        return signed(of(rest), a.isNegative());
    }

    /** Of a finite number: where it is exact with half of the exponent, else with all digits. */
    static Decimal128 sqrt(Decimal128 value) {
        BigDecimal v = scaled(value);
        int scale = -Math.floorDiv(-v.scale(), 2);
        if (v.signum() == 0) {
            return signed(of(new BigDecimal(BigInteger.ZERO, scale)), value.isNegative());
        }
        BigDecimal root = v.sqrt(PRECISION);
        boolean isExact = root.multiply(root).compareTo(v) == 0;
        return of(root.setScale(isExact ? scale : root.scale() + DIGITS_MAX - root.precision()));
    }

    static boolean isZero(Decimal128 value) {
        return !value.isNaN() && !value.isInfinite() && unsigned(value).signum() == 0;
    }

    static boolean isFinite(Decimal128 value) {
        return !value.isNaN() && !value.isInfinite();
    }

    /** Whether it is a whole number that fits an int64. */
    static boolean isWholeLong(Decimal128 value) {
        if (!isFinite(value)) {
            return false;
        }
        BigDecimal v = exact(value).stripTrailingZeros();
        return v.scale() <= 0
                && v.precision() - v.scale() <= 19
                && v.toBigInteger().bitLength() < 64;
    }

    /** The whole number it is rounded to, or null where that does not fit an int64. */
    static @Nullable Long toLong(Decimal128 value, RoundingMode mode) {
        if (!isFinite(value)) {
            return null;
        }
        BigDecimal exact = exact(value);
        if (exact.precision() - exact.scale() > 20) {
            return null;
        }
        BigInteger whole = exact.setScale(0, mode).toBigInteger();
        return whole.bitLength() > 63 ? null : whole.longValue();
    }

    /** Rounded to so many places behind the point, or before it; NaN where that takes more than 34 digits. */
    static Decimal128 quantize(Decimal128 value, int places, RoundingMode mode) {
        if (!isFinite(value)) {
            return value;
        }
        BigDecimal v = scaled(value);
        if (v.signum() != 0 && v.precision() - v.scale() + places > DIGITS_MAX) {
            return Decimal128.NaN;
        }
        BigDecimal rounded = v.setScale(places, mode);
        if (rounded.precision() > DIGITS_MAX) {
            return Decimal128.NaN;
        }
        return signed(of(rounded), value.isNegative());
    }

    /** The decimal, negative where it is a zero that came from a negative number. */
    private static Decimal128 signed(Decimal128 value, boolean negative) {
        return negative && !value.isNegative() ? negate(value) : value;
    }

    /** {@code $round} and {@code $trunc}: a number that is too large to have such places stays, with all its digits. */
    static Decimal128 round(Decimal128 value, int places, RoundingMode mode) {
        Decimal128 rounded = quantize(value, places, mode);
        if (!rounded.isNaN() || value.isNaN()) {
            return rounded;
        }
        BigDecimal v = exact(value);
        return of(v.setScale(v.scale() + DIGITS_MAX - v.precision()));
    }

    /** The nearest decimal128; null stands for what is too large. */
    static Decimal128 orInfinity(@Nullable BigDecimal value, boolean negative) {
        return value == null ? infinity(negative) : of(value);
    }

    /** Without the digits behind a whole number that guard digits left. */
    static BigDecimal tidy(BigDecimal value) {
        BigDecimal rounded = value.round(PRECISION);
        BigDecimal plain = rounded.stripTrailingZeros();
        return plain.scale() <= 0 ? plain.setScale(0) : rounded;
    }

    static Decimal128 abs(Decimal128 value) {
        return value.isNegative() ? negate(value) : value;
    }

    private static Decimal128 infinity(boolean negative) {
        return negative ? Decimal128.NEGATIVE_INFINITY : Decimal128.POSITIVE_INFINITY;
    }

    private static BigDecimal unsigned(Decimal128 value) {
        return value.isNegative() ? negate(value).bigDecimalValue() : value.bigDecimalValue();
    }

    /** With its exponent, which decides how many digits a sum shows. */
    static BigDecimal scaled(Decimal128 value) {
        BigDecimal v = unsigned(value);
        return v.signum() == 0 ? new BigDecimal(BigInteger.ZERO, v.scale()) : value.isNegative() ? v.negate() : v;
    }
}
