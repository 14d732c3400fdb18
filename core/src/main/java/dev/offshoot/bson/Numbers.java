package dev.offshoot.bson;

import java.math.BigDecimal;
import java.math.BigInteger;

/** The exact arithmetic of comparing BSON's four number types, on raw bytes. Only a decimal128 allocates. */
final class Numbers {
    private static final double TWO_TO_63 = 0x1p63;
    private static final BigInteger COEFFICIENT_MAX = BigInteger.TEN.pow(34).subtract(BigInteger.ONE);
    private static final int EXPONENT_BIAS = 6176;
    private static final long NEGATIVE = 0x8000000000000000L;
    private static final long INFINITY = 0x7800000000000000L;
    private static final long NAN = 0x7C00000000000000L;

    private Numbers() {}

    /** Negative, zero or positive. NaN equals NaN and is below everything else; negative zero is zero. */
    static int compare(int typeA, byte[] a, int offsetA, int typeB, byte[] b, int offsetB) {
        if (isIntegral(typeA) && isIntegral(typeB)) {
            return Long.compare(integral(typeA, a, offsetA), integral(typeB, b, offsetB));
        }
        if (typeA == Bson.DECIMAL128 || typeB == Bson.DECIMAL128) {
            return compareDecimals(typeA, a, offsetA, typeB, b, offsetB);
        }
        if (isIntegral(typeA)) {
            return compare(integral(typeA, a, offsetA), Bson.float64(b, offsetB));
        }
        if (isIntegral(typeB)) {
            return -compare(integral(typeB, b, offsetB), Bson.float64(a, offsetA));
        }
        return compare(Bson.float64(a, offsetA), Bson.float64(b, offsetB));
    }

    static int compare(double a, double b) {
        if (a < b) {
            return -1;
        }
        if (a > b) {
            return 1;
        }
        if (a == b) {
            return 0;
        }
        return Boolean.compare(!Double.isNaN(a), !Double.isNaN(b));
    }

    /** Without rounding: 2^53 + 1 as a long is more than 2^53 as a double. */
    static int compare(long a, double b) {
        if (Double.isNaN(b) || b < -TWO_TO_63) {
            return 1;
        }
        if (b >= TWO_TO_63) {
            return -1;
        }
        long whole = (long) b;
        if (a != whole) {
            return a < whole ? -1 : 1;
        }
        double fraction = b - whole;
        return fraction > 0 ? -1 : fraction < 0 ? 1 : 0;
    }

    static boolean isIntegral(int type) {
        return type == Bson.INT32 || type == Bson.INT64;
    }

    static long integral(int type, byte[] bytes, int offset) {
        return type == Bson.INT32 ? Bson.int32(bytes, offset) : Bson.int64(bytes, offset);
    }

    static boolean isNaN(int type, byte[] bytes, int offset) {
        return type == Bson.DOUBLE
                ? Double.isNaN(Bson.float64(bytes, offset))
                : type == Bson.DECIMAL128 && (Bson.int64(bytes, offset + 8) & NAN) == NAN;
    }

    /** -1 or 1 for the infinities, else 0. */
    static int infinity(int type, byte[] bytes, int offset) {
        if (type == Bson.DOUBLE) {
            double value = Bson.float64(bytes, offset);
            return Double.isInfinite(value) ? (value > 0 ? 1 : -1) : 0;
        }
        if (type != Bson.DECIMAL128) {
            return 0;
        }
        long high = Bson.int64(bytes, offset + 8);
        return (high & NAN) == INFINITY ? ((high & NEGATIVE) == 0 ? 1 : -1) : 0;
    }

    /** The exact value of a number that is neither NaN nor infinite. */
    static BigDecimal exact(int type, byte[] bytes, int offset) {
        return switch (type) {
            case Bson.INT32, Bson.INT64 -> BigDecimal.valueOf(integral(type, bytes, offset));
            case Bson.DOUBLE -> new BigDecimal(Bson.float64(bytes, offset));
            default -> decimal(Bson.int64(bytes, offset + 8), Bson.int64(bytes, offset));
        };
    }

    /** IEEE 754-2008 binary integer decimal; a coefficient of more than 34 digits means zero, as the standard says. */
    private static BigDecimal decimal(long high, long low) {
        boolean large = (high & 0x6000000000000000L) == 0x6000000000000000L;
        if (large) {
            return BigDecimal.ZERO;
        }
        int exponent = (int) ((high >>> 49) & 0x3FFF) - EXPONENT_BIAS;
        long top = high & 0x1FFFFFFFFFFFFL;
        BigInteger coefficient = top == 0 && low >= 0
                ? BigInteger.valueOf(low)
                : BigInteger.valueOf(top).shiftLeft(64).add(unsigned(low));
        if (coefficient.compareTo(COEFFICIENT_MAX) > 0 || coefficient.signum() == 0) {
            return BigDecimal.ZERO;
        }
        return new BigDecimal((high & NEGATIVE) == 0 ? coefficient : coefficient.negate(), -exponent);
    }

    private static BigInteger unsigned(long value) {
        BigInteger signed = BigInteger.valueOf(value);
        return value >= 0 ? signed : signed.add(BigInteger.ONE.shiftLeft(64));
    }

    private static int compareDecimals(int typeA, byte[] a, int offsetA, int typeB, byte[] b, int offsetB) {
        boolean nanA = isNaN(typeA, a, offsetA);
        boolean nanB = isNaN(typeB, b, offsetB);
        if (nanA || nanB) {
            return Boolean.compare(!nanA, !nanB);
        }
        int infinityA = infinity(typeA, a, offsetA);
        int infinityB = infinity(typeB, b, offsetB);
        if (infinityA != 0 || infinityB != 0) {
            return Integer.compare(infinityA, infinityB);
        }
        return exact(typeA, a, offsetA).compareTo(exact(typeB, b, offsetB));
    }
}
