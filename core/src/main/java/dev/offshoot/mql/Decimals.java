package dev.offshoot.mql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.bson.types.Decimal128;

/** Arithmetic on decimal128 with its infinities, NaN and limits (IEEE 754-2008, 34 digits, round half even). */
final class Decimals {
    static final MathContext PRECISION = MathContext.DECIMAL128;

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
            return Decimal128.NaN;
        }
        if (a.isInfinite() || b.isInfinite()) {
            boolean opposite = a.isInfinite() && b.isInfinite() && a.isNegative() != b.isNegative();
            return opposite ? Decimal128.NaN : a.isInfinite() ? a : b;
        }
        return of(scaled(a).add(scaled(b)));
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
        return of(scaled(a).multiply(scaled(b)));
    }

    /** The quotient; callers have refused division by zero. */
    static Decimal128 divide(Decimal128 a, Decimal128 b) {
        if (a.isNaN() || b.isNaN() || (a.isInfinite() && b.isInfinite())) {
            return Decimal128.NaN;
        }
        if (a.isInfinite()) {
            return infinity(a.isNegative() != b.isNegative());
        }
        return b.isInfinite() ? Decimal128.POSITIVE_ZERO : of(scaled(a).divide(exact(b), PRECISION));
    }

    /** The remainder with the dividend's sign; callers have refused division by zero. */
    static Decimal128 remainder(Decimal128 a, Decimal128 b) {
        if (a.isNaN() || b.isNaN() || a.isInfinite()) {
            return Decimal128.NaN;
        }
        return b.isInfinite() ? a : of(exact(a).remainder(exact(b)));
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

    private static Decimal128 infinity(boolean negative) {
        return negative ? Decimal128.NEGATIVE_INFINITY : Decimal128.POSITIVE_INFINITY;
    }

    private static BigDecimal unsigned(Decimal128 value) {
        return value.isNegative() ? negate(value).bigDecimalValue() : value.bigDecimalValue();
    }

    /** With its exponent, which decides how many digits a sum shows. */
    private static BigDecimal scaled(Decimal128 value) {
        BigDecimal v = unsigned(value);
        return v.signum() == 0 ? new BigDecimal(BigInteger.ZERO, v.scale()) : value.isNegative() ? v.negate() : v;
    }
}
