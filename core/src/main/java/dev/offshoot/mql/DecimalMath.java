package dev.offshoot.mql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * Elementary functions of finite decimals to more digits than decimal128 has, so that rounding them gives its nearest number.
 * Each takes its argument into a small range by an identity, and there sums the function's power series.
 */
final class DecimalMath {
    static final BigDecimal PI = new BigDecimal(
            "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803482534211706798");
    private static final BigDecimal LN_10 = new BigDecimal(
            "2.30258509299404568401799145468436420760110148862877297603332790096757260967735248023599720508959829834");

    /** Guard digits for what identities cancel. */
    private static final MathContext MC = new MathContext(80, RoundingMode.HALF_EVEN);

    private static final BigDecimal TINY = new BigDecimal("1e-12");
    private static final BigDecimal TENTH = new BigDecimal("0.1");
    private static final BigDecimal TWO = BigDecimal.valueOf(2);
    private static final int SERIES_MAX = 200;

    /** Exponents beyond which the result is no finite decimal128, or none but zero. */
    private static final int EXP_MAX = 14200;

    private static final int POW_EXACT_MAX = 999_999;

    private DecimalMath() {}

    /** e to the power of x; null where that is too large, zero where it is too small. */
    static @Nullable BigDecimal exp(BigDecimal x) {
        if (x.compareTo(BigDecimal.valueOf(EXP_MAX)) > 0) {
            return null;
        }
        if (x.compareTo(BigDecimal.valueOf(-EXP_MAX)) < 0) {
            return BigDecimal.ZERO;
        }
        int tens = x.divide(LN_10, MC).setScale(0, RoundingMode.HALF_EVEN).intValueExact();
        BigDecimal rest = x.subtract(LN_10.multiply(BigDecimal.valueOf(tens)), MC);
        return expOfSmall(rest).scaleByPowerOfTen(tens);
    }

    private static BigDecimal expOfSmall(BigDecimal x) {
        int halvings = 8;
        BigDecimal r = x.divide(BigDecimal.valueOf(1L << halvings), MC);
        BigDecimal sum = BigDecimal.ONE;
        BigDecimal term = BigDecimal.ONE;
        for (int i = 1; i < SERIES_MAX && isSignificant(term, sum); i++) {
            term = term.multiply(r, MC).divide(BigDecimal.valueOf(i), MC);
            sum = sum.add(term, MC);
        }
        for (int i = 0; i < halvings; i++) {
            sum = sum.multiply(sum, MC);
        }
        return sum;
    }

    private static boolean isSignificant(BigDecimal term, BigDecimal sum) {
        return term.signum() != 0
                && term.precision() - term.scale() > sum.precision() - sum.scale() - MC.getPrecision();
    }

    /** The natural logarithm of a positive number. */
    static BigDecimal ln(BigDecimal x) {
        if (x.compareTo(BigDecimal.ONE) == 0) {
            return BigDecimal.ZERO;
        }
        int exponent = x.precision() - x.scale() - 1;
        BigDecimal mantissa = x.scaleByPowerOfTen(-exponent);
        BigDecimal y = new BigDecimal(Math.log(mantissa.doubleValue()));
        for (int i = 0; i < 2; i++) {
            BigDecimal e = expOfSmall(y);
            y = y.add(TWO.multiply(mantissa.subtract(e)).divide(mantissa.add(e), MC), MC);
        }
        return y.add(LN_10.multiply(BigDecimal.valueOf(exponent)), MC);
    }

    static BigDecimal log(BigDecimal x, BigDecimal base) {
        return ln(x).divide(ln(base), MC);
    }

    /** A positive base, or a whole exponent; null where the result is too large. */
    static @Nullable BigDecimal pow(BigDecimal base, BigDecimal exponent) {
        BigDecimal plain = exponent.stripTrailingZeros();
        boolean whole = plain.scale() <= 0;
        if (whole && plain.precision() - plain.scale() <= 6) {
            int n = plain.intValueExact();
            return Math.abs(n) <= POW_EXACT_MAX ? wholePower(base, n) : null;
        }
        BigDecimal result = exp(exponent.multiply(ln(base.abs()), MC));
        boolean odd = whole && plain.toBigInteger().testBit(0);
        return result == null || !odd || base.signum() > 0 ? result : result.negate();
    }

    private static @Nullable BigDecimal wholePower(BigDecimal base, int n) {
        double magnitude = n * (base.precision() - base.scale() + 0.0);
        if (Math.abs(magnitude) > 1_000_000) {
            return (magnitude > 0) ? null : BigDecimal.ZERO;
        }
        BigDecimal power = base.pow(Math.abs(n), MC);
        return n >= 0 ? power : BigDecimal.ONE.divide(power, MC);
    }

    /** Sine and cosine. */
    record Angle(BigDecimal sin, BigDecimal cos) {
        static Angle of(BigDecimal x) {
            int digits = Math.max(0, x.precision() - x.scale());
            BigDecimal quarter = (digits < 15 ? PI : pi(digits + MC.getPrecision())).divide(TWO);
            BigInteger turns = x.divide(quarter, new MathContext(digits + 20, RoundingMode.HALF_EVEN))
                    .setScale(0, RoundingMode.HALF_EVEN)
                    .toBigInteger();
            BigDecimal rest =
                    x.subtract(quarter.multiply(new BigDecimal(turns))).round(MC);
            BigDecimal sin = series(rest, rest, 1, -1);
            BigDecimal cos = series(rest, BigDecimal.ONE, 0, -1);
            return switch (turns.mod(BigInteger.valueOf(4)).intValue()) {
                case 0 -> new Angle(sin, cos);
                case 1 -> new Angle(cos, sin.negate());
                case 2 -> new Angle(sin.negate(), cos.negate());
                default -> new Angle(cos.negate(), sin);
            };
        }
    }

    /** The odd or even terms of the exponential series, with alternating signs where {@code sign} is -1. */
    private static BigDecimal series(BigDecimal x, BigDecimal first, int start, int sign) {
        BigDecimal square = x.multiply(x, MC).multiply(BigDecimal.valueOf(sign));
        BigDecimal sum = first;
        BigDecimal term = first;
        for (int n = start; n < SERIES_MAX && isSignificant(term, sum); n += 2) {
            term = term.multiply(square, MC).divide(BigDecimal.valueOf((n + 1L) * (n + 2L)), MC);
            sum = sum.add(term, MC);
        }
        return sum;
    }

    /** Pi by Machin's formula. */
    private static BigDecimal pi(int digits) {
        MathContext mc = new MathContext(digits + 10, RoundingMode.HALF_EVEN);
        return BigDecimal.valueOf(16)
                .multiply(arctanOfInverse(5, mc))
                .subtract(BigDecimal.valueOf(4).multiply(arctanOfInverse(239, mc)), mc);
    }

    private static BigDecimal arctanOfInverse(int n, MathContext mc) {
        BigInteger unit = BigInteger.TEN.pow(mc.getPrecision() + 5);
        BigInteger square = BigInteger.valueOf((long) n * n);
        BigInteger power = unit.divide(BigInteger.valueOf(n));
        BigInteger sum = power;
        for (long i = 3; power.signum() != 0; i += 2) {
            power = power.divide(square).negate();
            sum = sum.add(power.divide(BigInteger.valueOf(i)));
        }
        return new BigDecimal(sum, mc.getPrecision() + 5);
    }

    static BigDecimal atan(BigDecimal x) {
        if (x.abs().compareTo(BigDecimal.ONE) > 0) {
            BigDecimal rest = atan(BigDecimal.ONE.divide(x, MC));
            BigDecimal quarter = PI.divide(TWO);
            return (x.signum() > 0 ? quarter : quarter.negate()).subtract(rest, MC);
        }
        BigDecimal near = new BigDecimal(Math.atan(x.doubleValue()));
        Angle angle = Angle.of(near);
        BigDecimal tan = x.multiply(angle.cos).subtract(angle.sin).divide(angle.cos.add(x.multiply(angle.sin)), MC);
        return near.add(arc(tan, -1), MC);
    }

    /** The first terms of the series of atan (sign -1) or atanh (sign 1), enough below 1e-12. */
    private static BigDecimal arc(BigDecimal x, int sign) {
        BigDecimal square = x.multiply(x, MC);
        BigDecimal third = square.divide(BigDecimal.valueOf(3L * sign), MC);
        BigDecimal fifth = square.multiply(square, MC).divide(BigDecimal.valueOf(5), MC);
        return x.multiply(BigDecimal.ONE.add(third).add(fifth), MC);
    }

    /** The angle of the point (x, y), of which one coordinate is not zero. */
    static BigDecimal atan2(BigDecimal y, BigDecimal x) {
        if (x.signum() == 0) {
            BigDecimal quarter = PI.divide(TWO);
            return y.signum() > 0 ? quarter : quarter.negate();
        }
        BigDecimal angle = atan(y.divide(x, MC));
        return x.signum() > 0 ? angle : y.signum() >= 0 ? angle.add(PI, MC) : angle.subtract(PI, MC);
    }

    static BigDecimal asin(BigDecimal x) {
        return atan2(x, BigDecimal.ONE.subtract(x.multiply(x)).sqrt(MC));
    }

    static BigDecimal acos(BigDecimal x) {
        return TWO.multiply(
                atan2(BigDecimal.ONE.subtract(x).sqrt(MC), BigDecimal.ONE.add(x).sqrt(MC)));
    }

    /** Null where the result is too large. */
    static @Nullable BigDecimal sinh(BigDecimal x) {
        if (x.abs().compareTo(TENTH) < 0) {
            return series(x, x, 1, 1);
        }
        BigDecimal up = exp(x.abs());
        if (up == null) {
            return null;
        }
        BigDecimal result = up.subtract(BigDecimal.ONE.divide(up, MC), MC).divide(TWO);
        return x.signum() > 0 ? result : result.negate();
    }

    /** Null where the result is too large. */
    static @Nullable BigDecimal cosh(BigDecimal x) {
        BigDecimal up = exp(x.abs());
        return up == null ? null : up.add(BigDecimal.ONE.divide(up, MC), MC).divide(TWO);
    }

    static BigDecimal tanh(BigDecimal x) {
        BigDecimal sinh = sinh(x);
        BigDecimal cosh = cosh(x);
        return sinh == null || cosh == null ? BigDecimal.valueOf(x.signum()) : sinh.divide(cosh, MC);
    }

    static BigDecimal asinh(BigDecimal x) {
        if (x.abs().compareTo(TINY) < 0) {
            return x.subtract(x.pow(3, MC).divide(BigDecimal.valueOf(6), MC), MC);
        }
        BigDecimal size = x.abs();
        BigDecimal result = ln(size.add(size.multiply(size).add(BigDecimal.ONE).sqrt(MC), MC));
        return x.signum() > 0 ? result : result.negate();
    }

    static BigDecimal acosh(BigDecimal x) {
        return ln(x.add(x.multiply(x).subtract(BigDecimal.ONE).sqrt(MC), MC));
    }

    /** Of a number between -1 and 1, both excluded. */
    static BigDecimal atanh(BigDecimal x) {
        if (x.abs().compareTo(TINY) < 0) {
            return arc(x, 1);
        }
        return ln(BigDecimal.ONE.add(x).divide(BigDecimal.ONE.subtract(x), MC)).divide(TWO);
    }
}
