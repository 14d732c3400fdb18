package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import org.bson.types.Decimal128;

/** Rounding, roots, powers and logarithms. */
final class MathOperators {
    private static final int PLACES_MIN = -20;
    private static final int PLACES_MAX = 100;

    private MathOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$abs", unary(MathOperators::abs));
        all.put("$ceil", unary(v -> whole(v, Math::ceil, RoundingMode.CEILING)));
        all.put("$floor", unary(v -> whole(v, Math::floor, RoundingMode.FLOOR)));
        all.put("$round", Call.between(1, 2, o -> toPlace(o, RoundingMode.HALF_EVEN)));
        all.put("$trunc", Call.between(1, 2, o -> toPlace(o, RoundingMode.DOWN)));
        all.put("$sqrt", unary(MathOperators::sqrt));
        all.put("$exp", unary(MathOperators::exp));
        all.put("$ln", unary(v -> logarithm(v, 28766, "$ln", Math::log, DecimalMath::ln)));
        all.put("$log10", unary(v -> logarithm(v, 28761, "$log10", Math::log10, MathOperators::log10)));
        all.put("$log", Call.exactly(2, MathOperators::log));
        all.put("$pow", Call.exactly(2, Powers::pow));
        return all;
    }

    /** A function of one number, null for null. */
    interface Unary {
        Value apply(Value number);
    }

    static Operator unary(Unary function) {
        return Call.exactly(1, operands -> {
            if (operands.isNullish(0)) {
                return Value.NULL;
            }
            if (!operands.at(0).isNumber()) {
                throw Operands.error(
                        28765, operands.name() + " only supports numeric types, not " + operands.typeName(0));
            }
            return function.apply(operands.at(0));
        });
    }

    private static Value abs(Value v) {
        return switch (v.type()) {
            case Bson.INT32 -> Numbers.narrow(Math.abs(v.toLong()));
            case Bson.INT64 -> {
                if (v.toLong() == Long.MIN_VALUE) {
                    throw Operands.error(28680, "can't take $abs of long long min");
                }
                yield Value.of(Math.abs(v.toLong()));
            }
            case Bson.DOUBLE -> Value.of(Math.abs(v.asDouble()));
            default -> Value.of(Decimals.abs(v.asDecimal()));
        };
    }

    private static Value whole(Value v, DoubleUnaryOperator doubles, RoundingMode mode) {
        return switch (v.type()) {
            case Bson.DOUBLE -> Value.of(doubles.applyAsDouble(v.asDouble()));
            case Bson.DECIMAL128 -> Value.of(whole(v.asDecimal(), mode));
            default -> v;
        };
    }

    /** NaN for what is infinite, as MongoDB answers for decimals alone. */
    private static Decimal128 whole(Decimal128 d, RoundingMode mode) {
        return d.isInfinite() ? Decimal128.NaN : Decimals.quantize(d, 0, mode);
    }

    private static Value exp(Value v) {
        if (v.type() != Bson.DECIMAL128) {
            return Value.of(Math.exp(v.toDouble()));
        }
        Decimal128 d = v.asDecimal();
        if (d.isInfinite()) {
            return Value.of(d.isNegative() ? Decimal128.POSITIVE_ZERO : d);
        }
        return Value.of(d.isNaN() ? d : exp(Decimals.exact(d)));
    }

    /** Where it is next to 0 a plain 1, and where there is too little left of it a zero with the least exponent. */
    private static Decimal128 exp(BigDecimal x) {
        if (x.signum() == 0 || x.precision() - x.scale() < -Decimals.PRECISION.getPrecision()) {
            return new Decimal128(1);
        }
        BigDecimal power = DecimalMath.exp(x);
        return power != null && power.signum() == 0 ? Decimals.LEAST_ZERO : Decimals.orInfinity(power, false);
    }

    private static Value logarithm(
            Value v, int number, String name, DoubleUnaryOperator doubles, UnaryOperator<BigDecimal> decimals) {
        if (!Numbers.isNaN(v) && !isPositive(v)) {
            throw Operands.error(
                    number,
                    name + "'s argument must be a positive number, but is " + NumberText.of(v.toDouble(), false));
        }
        if (v.type() != Bson.DECIMAL128 || v.asDecimal().isNaN()) {
            return Value.of(doubles.applyAsDouble(v.toDouble()));
        }
        Decimal128 d = v.asDecimal();
        return Value.of(d.isInfinite() ? d : Decimals.of(decimals.apply(Decimals.exact(d))));
    }

    private static boolean isPositive(Value v) {
        return v.type() == Bson.DECIMAL128
                ? !v.asDecimal().isNegative() && !Decimals.isZero(v.asDecimal())
                : v.toDouble() > 0;
    }

    private static BigDecimal log10(BigDecimal x) {
        return Decimals.tidy(DecimalMath.log(x, BigDecimal.TEN));
    }

    private static Value sqrt(Value v) {
        boolean decimal = v.type() == Bson.DECIMAL128;
        if (decimal ? v.asDecimal().isNegative() && !Numbers.isNaN(v) && !Numbers.isZero(v) : v.toDouble() < 0) {
            throw Operands.error(28714, "$sqrt's argument must be greater than or equal to 0");
        }
        if (!decimal) {
            return Value.of(Math.sqrt(v.toDouble()));
        }
        Decimal128 d = v.asDecimal();
        return Value.of(Decimals.isFinite(d) ? Decimals.sqrt(d) : d);
    }

    private static Value log(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        Value argument = operands.at(0);
        Value base = operands.at(1);
        if (!argument.isNumber()) {
            throw Operands.error(28756, "$log's argument must be numeric, not " + operands.typeName(0));
        }
        if (!base.isNumber()) {
            throw Operands.error(28757, "$log's base must be numeric, not " + operands.typeName(1));
        }
        double a = argument.toDouble();
        double b = base.toDouble();
        if (!Numbers.isNaN(argument) && !isPositive(argument)) {
            throw Operands.error(28758, "$log's argument must be a positive number, but is " + NumberText.of(a, false));
        }
        if (!Numbers.isNaN(base) && (!isPositive(base) || isOne(base))) {
            throw Operands.error(
                    28759, "$log's base must be a positive number not equal to 1, but is " + NumberText.of(b, false));
        }
        boolean decimal = Numbers.widest(argument.type(), base.type()) == Bson.DECIMAL128;
        return decimal && !Numbers.isNaN(argument) && !Numbers.isNaN(base)
                ? Value.of(Decimals.divide(ln(Numbers.decimal(argument)), ln(Numbers.decimal(base))))
                : Value.of(Math.log(a) / Math.log(b));
    }

    private static boolean isOne(Value number) {
        return LogicOperators.compare(number, Value.of(1), Collation.SIMPLE) == 0;
    }

    /** Of a positive number. */
    private static Decimal128 ln(Decimal128 d) {
        return d.isInfinite() ? d : Decimals.of(DecimalMath.ln(Decimals.exact(d)));
    }

    private static Value toPlace(Operands operands, RoundingMode mode) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        if (!operands.at(0).isNumber()) {
            throw Operands.error(51081, operands.name() + " only supports numeric types, not " + operands.typeName(0));
        }
        if (operands.size() == 1) {
            return rounded(operands, 0, mode);
        }
        return operands.isNullish(1) ? Value.NULL : rounded(operands, places(operands), mode);
    }

    private static int places(Operands operands) {
        long n = operands.toLong(1);
        if (!Numbers.isInt(operands.at(1))) {
            throw Operands.error(51082, "precision argument to  " + operands.name() + " must be a integral value");
        }
        if (n < PLACES_MIN || n > PLACES_MAX) {
            throw Operands.error(
                    51083,
                    "cannot apply " + operands.name() + " with precision value " + n + " value must be in [-20, 100]");
        }
        return (int) n;
    }

    private static Value rounded(Operands operands, int places, RoundingMode mode) {
        Value v = operands.at(0);
        return switch (v.type()) {
            case Bson.INT32, Bson.INT64 -> places >= 0 ? v : roundedLong(operands, places, mode);
            case Bson.DOUBLE -> Value.of(rounded(v.asDouble(), places, mode));
            default -> Value.of(Decimals.round(v.asDecimal(), places, mode));
        };
    }

    private static Value roundedLong(Operands operands, int places, RoundingMode mode) {
        Value v = operands.at(0);
        BigInteger result =
                BigDecimal.valueOf(v.toLong()).setScale(places, mode).toBigInteger();
        if (result.bitLength() > 63) {
            throw Operands.error(
                    51080,
                    "invalid conversion from Decimal128 result in " + operands.name() + " resulting from arguments: ["
                            + v.toLong() + ", " + places + "]");
        }
        return v.type() == Bson.INT32 ? Numbers.narrow(result.longValue()) : Value.of(result.longValue());
    }

    private static double rounded(double v, int places, RoundingMode mode) {
        if (!Double.isFinite(v) || v == 0) {
            return v;
        }
        double result = new BigDecimal(v).setScale(places, mode).doubleValue();
        return result == 0 ? Math.copySign(0, v) : result;
    }

    /** {@code $pow}. */
    private static final class Powers {
        private static final int DIGITS = 34;

        private Powers() {}

        static Value pow(Operands operands) {
            if (operands.anyNullish()) {
                return Value.NULL;
            }
            Value base = operands.at(0);
            Value exponent = operands.at(1);
            if (!base.isNumber()) {
                throw Operands.error(28762, "$pow's base must be numeric, not " + operands.typeName(0));
            }
            if (!exponent.isNumber()) {
                throw Operands.error(28763, "$pow's exponent must be numeric, not " + operands.typeName(1));
            }
            if (Numbers.isZero(base) && exponent.toDouble() < 0) {
                throw Operands.error(28764, "$pow cannot take a base of 0 and a negative exponent");
            }
            double approximate = power(base.toDouble(), exponent.toDouble());
            return switch (Numbers.widest(base.type(), exponent.type())) {
                case Bson.DOUBLE -> Value.of(approximate);
                case Bson.DECIMAL128 ->
                    Value.of(decimal(Numbers.decimal(base), Numbers.decimal(exponent), approximate));
                default -> whole(base, exponent, approximate);
            };
        }

        /** As in C: 1 to whatever it is, NaN too, and -1 to what is infinite are 1. */
        private static double power(double base, double exponent) {
            return base == 1 || (base == -1 && Double.isInfinite(exponent)) ? 1 : Math.pow(base, exponent);
        }

        /** With all 34 digits, as MongoDB's powers of decimals are. */
        private static Decimal128 decimal(Decimal128 base, Decimal128 exponent, double approximate) {
            boolean finite = Decimals.isFinite(base) && Decimals.isFinite(exponent);
            BigDecimal e = finite ? Decimals.exact(exponent) : BigDecimal.ZERO;
            boolean whole = e.stripTrailingZeros().scale() <= 0;
            if (!finite || (base.isNegative() && !Decimals.isZero(base) && !whole)) {
                return approximate == 0 ? Decimals.LEAST_ZERO : Numbers.decimal(Value.of(approximate));
            }
            BigDecimal b = Decimals.exact(base);
            if (b.signum() == 0) {
                return e.signum() == 0 ? full(BigDecimal.ONE) : Decimals.LEAST_ZERO;
            }
            BigDecimal power = DecimalMath.pow(b, e);
            if (power == null) {
                return Decimals.orInfinity(null, approximate < 0);
            }
            return power.signum() == 0 ? Decimals.LEAST_ZERO : full(power);
        }

        private static Decimal128 full(BigDecimal value) {
            BigDecimal rounded = value.round(Decimals.PRECISION);
            return Decimals.of(rounded.setScale(rounded.scale() + DIGITS - rounded.precision()));
        }

        private static Value whole(Value base, Value exponent, double approximate) {
            long b = base.toLong();
            long e = exponent.toLong();
            boolean unit = b == 1 || b == -1 || b == 0;
            if (!unit && (e < 0 || Math.abs(approximate) > 0x1p63)) {
                return Value.of(approximate);
            }
            BigInteger exact = unit
                    ? BigInteger.valueOf(unit(b, e))
                    : BigInteger.valueOf(b).pow((int) e);
            if (exact.bitLength() > 63) {
                return Value.of(approximate);
            }
            boolean ints = base.type() == Bson.INT32 && exponent.type() == Bson.INT32;
            return ints ? Numbers.narrow(exact.longValue()) : Value.of(exact.longValue());
        }

        private static long unit(long base, long exponent) {
            return exponent == 0 ? 1 : base == -1 && exponent % 2 == 0 ? 1 : base;
        }
    }
}
