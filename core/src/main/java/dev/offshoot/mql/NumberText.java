package dev.offshoot.mql;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** Doubles as MongoDB writes them: the fewest digits that give the same double; {@code 1e+16} from there on, {@code 1e-05} below 0.0001. */
final class NumberText {
    private static final int EXPONENT_MAX = 15;
    private static final int EXPONENT_MIN = -4;
    private static final MathContext SIX_DIGITS = new MathContext(6, RoundingMode.HALF_EVEN);

    private NumberText() {}

    /** With {@code point}, whole numbers have {@code .0}. */
    static String of(double value, boolean point) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == 0) {
            return (1 / value < 0 ? "-0" : "0") + (point ? ".0" : "");
        }
        BigDecimal digits = shortest(value);
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent > EXPONENT_MAX || exponent < EXPONENT_MIN) {
            return scientific(digits, exponent);
        }
        String plain = digits.scale() <= 0 ? digits.setScale(0).toPlainString() : digits.toPlainString();
        return digits.scale() <= 0 && point ? plain + ".0" : plain;
    }

    /** With six digits, as C's {@code %g}: what MongoDB makes of a double where an operator wants a string. */
    static String sixDigits(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return of(value, false);
        }
        BigDecimal digits = new BigDecimal(value).round(SIX_DIGITS).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale() - 1;
        return exponent >= SIX_DIGITS.getPrecision() || exponent < EXPONENT_MIN
                ? scientific(digits, exponent)
                : digits.toPlainString();
    }

    /** Java before 19 sometimes writes more digits than it must, as in {@code 4.9E-324}. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        while (digits.precision() > 1) {
            BigDecimal shorter = exact.round(new MathContext(digits.precision() - 1));
            if (shorter.doubleValue() != value) {
                return digits;
            }
            digits = shorter.stripTrailingZeros();
        }
        return digits;
    }

    private static String scientific(BigDecimal digits, int exponent) {
        String mantissa = digits.movePointLeft(exponent).stripTrailingZeros().toPlainString();
        int size = Math.abs(exponent);
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (size < 10 ? "0" : "") + size;
    }
}
