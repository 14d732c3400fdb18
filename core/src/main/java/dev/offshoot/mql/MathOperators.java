package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.bson.types.Decimal128;

/** Rounding, roots, powers, logarithms and trigonometry. */
final class MathOperators {
    private static final int PLACES_MIN = -20;
    private static final int PLACES_MAX = 100;

    private MathOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$abs", unary(MathOperators::abs));
        all.put("$ceil", unary(v -> rounded(v, 0, RoundingMode.CEILING)));
        all.put("$floor", unary(v -> rounded(v, 0, RoundingMode.FLOOR)));
        all.put("$round", Call.between(1, 2, o -> toPlace(o, RoundingMode.HALF_EVEN)));
        all.put("$trunc", Call.between(1, 2, o -> toPlace(o, RoundingMode.DOWN)));
        all.put("$sqrt", unary(MathOperators::sqrt));
        all.put("$exp", unary(v -> approximate(v, Math::exp)));
        all.put("$ln", unary(v -> approximate(positive(v, 28766, "$ln"), Math::log)));
        all.put("$log10", unary(v -> approximate(positive(v, 28761, "$log10"), Math::log10)));
        all.put("$log", Call.exactly(2, MathOperators::log));
        all.put("$pow", Call.exactly(2, Powers::pow));
        all.put("$sin", unary(v -> approximate(v, Math::sin)));
        all.put("$cos", unary(v -> approximate(v, Math::cos)));
        all.put("$tan", unary(v -> approximate(v, Math::tan)));
        all.put("$asin", unary(v -> approximate(v, Math::asin)));
        all.put("$acos", unary(v -> approximate(v, Math::acos)));
        all.put("$atan", unary(v -> approximate(v, Math::atan)));
        all.put("$sinh", unary(v -> approximate(v, Math::sinh)));
        all.put("$cosh", unary(v -> approximate(v, Math::cosh)));
        all.put("$tanh", unary(v -> approximate(v, Math::tanh)));
        all.put("$degreesToRadians", unary(v -> approximate(v, Math::toRadians)));
        all.put("$radiansToDegrees", unary(v -> approximate(v, Math::toDegrees)));
        return all;
    }

    /** A function of one number, null for null. */
    private interface Unary {
        Value apply(Value number);
    }

    private static Operator unary(Unary function) {
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
            default -> Value.of(v.asDecimal().isNegative() ? Decimals.negate(v.asDecimal()) : v.asDecimal());
        };
    }

    /** Through a double; a decimal stays one. */
    private static Value approximate(Value v, DoubleUnaryOperator function) {
        double result = function.applyAsDouble(v.toDouble());
        return v.type() == Bson.DECIMAL128 ? Value.of(Numbers.decimal(Value.of(result))) : Value.of(result);
    }

    private static Value positive(Value v, int errorNumber, String name) {
        if (v.toDouble() <= 0) {
            throw Operands.error(
                    errorNumber, name + "'s argument must be a positive number, but is " + ShellText.of(v));
        }
        return v;
    }

    private static Value sqrt(Value v) {
        if (v.toDouble() < 0) {
            throw Operands.error(28714, "$sqrt's argument must be greater than or equal to 0");
        }
        if (v.type() == Bson.DECIMAL128 && Decimals.isFinite(v.asDecimal())) {
            return Value.of(Decimals.of(Decimals.exact(v.asDecimal()).sqrt(Decimals.PRECISION)));
        }
        return approximate(v, Math::sqrt);
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
        positive(argument, 28758, "$log");
        if (base.toDouble() <= 0 || base.toDouble() == 1) {
            throw Operands.error(
                    28759, "$log's base must be a positive number not equal to 1, but is " + ShellText.of(base));
        }
        double result = Math.log(argument.toDouble()) / Math.log(base.toDouble());
        boolean decimal = Numbers.widest(argument.type(), base.type()) == Bson.DECIMAL128;
        return decimal ? Value.of(Numbers.decimal(Value.of(result))) : Value.of(result);
    }

    private static Value toPlace(Operands operands, RoundingMode mode) {
        if (operands.isNullish(0) || (operands.size() > 1 && operands.isNullish(1))) {
            return Value.NULL;
        }
        if (!operands.at(0).isNumber()) {
            throw Operands.error(51081, operands.name() + " only supports numeric types, not " + operands.typeName(0));
        }
        return rounded(operands.at(0), operands.size() == 1 ? 0 : places(operands), mode);
    }

    private static int places(Operands operands) {
        Value places = operands.at(1);
        if (!Numbers.isWhole(places)) {
            throw Operands.error(51082, "precision argument to  " + operands.name() + " must be a integral value");
        }
        if (places.toLong() < PLACES_MIN || places.toLong() > PLACES_MAX) {
            throw Operands.error(
                    51083,
                    "cannot apply " + operands.name() + " with precision value " + places.toLong()
                            + " value must be in [-20, 100]");
        }
        return (int) places.toLong();
    }

    private static Value rounded(Value v, int places, RoundingMode mode) {
        return switch (v.type()) {
            case Bson.INT32, Bson.INT64 -> places >= 0 ? v : roundedLong(v, places, mode);
            case Bson.DOUBLE -> Value.of(rounded(v.asDouble(), places, mode));
            default -> Value.of(rounded(v.asDecimal(), places, mode));
        };
    }

    private static Value roundedLong(Value v, int places, RoundingMode mode) {
        BigInteger result =
                BigDecimal.valueOf(v.toLong()).setScale(places, mode).toBigInteger();
        if (result.bitLength() > 63) {
            throw Operands.error(51080, "invalid conversion from Decimal128 result in $round resulting from arguments");
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

    private static Decimal128 rounded(Decimal128 v, int places, RoundingMode mode) {
        if (!Decimals.isFinite(v)) {
            return v;
        }
        BigDecimal exact = Decimals.exact(v);
        return exact.scale() <= places ? v : Decimals.of(exact.setScale(places, mode));
    }

    /** {@code $pow}. */
    private static final class Powers {
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
            if (base.toDouble() == 0 && exponent.toDouble() < 0) {
                throw Operands.error(28764, "$pow cannot take a base of 0 and a negative exponent");
            }
            double approximate = Math.pow(base.toDouble(), exponent.toDouble());
            return switch (Numbers.widest(base.type(), exponent.type())) {
                case Bson.DOUBLE -> Value.of(approximate);
                case Bson.DECIMAL128 -> decimal(base, exponent, approximate);
                default -> whole(base, exponent, approximate);
            };
        }

        private static Value decimal(Value base, Value exponent, double approximate) {
            Decimal128 b = Numbers.decimal(base);
            boolean exact = Decimals.isFinite(b) && Numbers.isWhole(exponent) && Math.abs(exponent.toLong()) < 1000;
            return Value.of(
                    exact
                            ? Decimals.of(Decimals.exact(b).pow((int) exponent.toLong(), Decimals.PRECISION))
                            : Numbers.decimal(Value.of(approximate)));
        }

        private static Value whole(Value base, Value exponent, double approximate) {
            long b = base.toLong();
            long e = exponent.toLong();
            boolean unit = b == 1 || b == -1 || b == 0;
            if (e < 0 && !unit) {
                return Value.of(approximate);
            }
            if (!unit && Math.abs(approximate) > 0x1p63) {
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
