package dev.offshoot.mql;

import java.math.BigDecimal;

/** Doubles as MongoDB writes them: shortest digits that give the same double, {@code 1e+20} from 1e17 on. */
final class NumberText {
    private static final double PLAIN_MAX = 1e17;

    private NumberText() {}

    /** With {@code point}, whole numbers have {@code .0}. */
    static String of(double value, boolean point) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "Infinity" : "-Infinity";
        }
        if (value == Math.rint(value) && Math.abs(value) < PLAIN_MAX) {
            String sign = value == 0 && 1 / value < 0 ? "-" : "";
            return sign + (long) value + (point ? ".0" : "");
        }
        return scientific(Double.toString(value));
    }

    private static String scientific(String java) {
        int e = java.indexOf('E');
        if (e < 0) {
            return java;
        }
        String digits = java.substring(0, e);
        int exponent = Integer.parseInt(java.substring(e + 1));
        if (exponent < 0 && exponent >= -5) {
            return new BigDecimal(java).toPlainString();
        }
        String mantissa = digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits;
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
