package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/** Trigonometry. Decimals are computed as decimals, all other numbers as doubles. */
final class TrigonometryOperators {
    private static final Decimal128 RADIANS_OF_DEGREE = Decimal128.parse("0.01745329251994329576923690768488613");
    private static final Decimal128 DEGREES_OF_RADIAN = Decimal128.parse("57.29577951308232087679815481410517");

    private TrigonometryOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put(
                "$sin",
                bounded(Range.FINITE, Math::sin, x -> DecimalMath.Angle.of(x).sin()));
        all.put(
                "$cos",
                bounded(Range.FINITE, Math::cos, x -> DecimalMath.Angle.of(x).cos()));
        all.put("$tan", bounded(Range.FINITE, Math::tan, TrigonometryOperators::tan));
        all.put("$asin", bounded(Range.UNIT, Math::asin, DecimalMath::asin));
        all.put("$acos", bounded(Range.UNIT, Math::acos, DecimalMath::acos));
        all.put("$atan", MathOperators.unary(TrigonometryOperators::atan));
        all.put("$atan2", Call.exactly(2, TrigonometryOperators::atan2));
        all.put("$sinh", MathOperators.unary(TrigonometryOperators::sinh));
        all.put("$cosh", MathOperators.unary(TrigonometryOperators::cosh));
        all.put("$tanh", MathOperators.unary(TrigonometryOperators::tanh));
        all.put("$asinh", MathOperators.unary(TrigonometryOperators::asinh));
        all.put("$acosh", bounded(Range.FROM_ONE, TrigonometryOperators::acosh, DecimalMath::acosh));
        all.put("$atanh", bounded(Range.UNIT, TrigonometryOperators::atanh, TrigonometryOperators::atanh));
        all.put("$degreesToRadians", MathOperators.unary(v -> scaled(v, Math.PI / 180.0, RADIANS_OF_DEGREE)));
        all.put("$radiansToDegrees", MathOperators.unary(v -> scaled(v, 180.0 / Math.PI, DEGREES_OF_RADIAN)));
        return all;
    }

    /** What an operator is defined for, as MongoDB writes it. */
    private enum Range {
        FINITE("(-inf,inf)") {
            @Override
            boolean has(double v) {
                return !Double.isInfinite(v);
            }
        },
        UNIT("[-1,1]") {
            @Override
            boolean has(double v) {
                return v >= -1 && v <= 1;
            }
        },
        FROM_ONE("[1,inf]") {
            @Override
            boolean has(double v) {
                return v >= 1;
            }
        };

        private final String text;

        Range(String text) {
            this.text = text;
        }

        abstract boolean has(double v);
    }

    private static Operator bounded(
            Range range, DoubleUnaryOperator doubles, Function<BigDecimal, @Nullable BigDecimal> decimals) {
        return (name, argument, parser) -> MathOperators.unary(v -> {
                    if (Numbers.isNaN(v)) {
                        return v;
                    }
                    if (!range.has(bound(v))) {
                        throw Operands.error(
                                50989, "cannot apply " + name + " to " + text(v) + ", value must be in " + range.text);
                    }
                    return v.type() == Bson.DECIMAL128
                            ? Value.of(decimal(v.asDecimal(), decimals))
                            : Value.of(doubles.applyAsDouble(v.toDouble()));
                })
                .parse(name, argument, parser);
    }

    /** The number as a double on its own side of 1 and -1. */
    private static double bound(Value v) {
        if (v.type() != Bson.DECIMAL128 || !Decimals.isFinite(v.asDecimal())) {
            return v.toDouble();
        }
        BigDecimal exact = Decimals.exact(v.asDecimal());
        int one = exact.abs().compareTo(BigDecimal.ONE);
        return one == 0 || Math.abs(v.toDouble()) != 1 ? v.toDouble() : v.toDouble() * (one > 0 ? 1.5 : 0.5);
    }

    private static String text(Value v) {
        if (v.type() == Bson.DECIMAL128) {
            return v.asDecimal().toString();
        }
        double d = v.toDouble();
        return Double.isInfinite(d) ? (d > 0 ? "inf" : "-inf") : NumberText.of(d, false);
    }

    private static Decimal128 decimal(Decimal128 v, Function<BigDecimal, @Nullable BigDecimal> function) {
        return Decimals.isFinite(v) ? Decimals.orInfinity(function.apply(Decimals.exact(v)), v.isNegative()) : v;
    }

    private static Value scaled(Value v, double factor, Decimal128 decimalFactor) {
        return v.type() == Bson.DECIMAL128
                ? Value.of(Decimals.multiply(v.asDecimal(), decimalFactor))
                : Value.of(v.toDouble() * factor);
    }

    private static BigDecimal tan(BigDecimal x) {
        DecimalMath.Angle angle = DecimalMath.Angle.of(x);
        return angle.sin().divide(angle.cos(), Decimals.PRECISION);
    }

    private static Value atan(Value v) {
        if (v.type() != Bson.DECIMAL128) {
            return Value.of(Math.atan(v.toDouble()));
        }
        Decimal128 d = v.asDecimal();
        if (d.isInfinite()) {
            BigDecimal quarter = DecimalMath.PI.divide(BigDecimal.valueOf(2));
            return Value.of(Decimals.of(d.isNegative() ? quarter.negate() : quarter));
        }
        return Value.of(decimal(d, DecimalMath::atan));
    }

    private static Value atan2(Operands operands) {
        for (int i = 0; i < 2; i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            if (!operands.at(i).isNumber()) {
                throw Operands.error(51044 + i, "$atan2 only supports numeric types, not " + operands.typeName(i));
            }
        }
        Value y = operands.at(0);
        Value x = operands.at(1);
        double approximate = Math.atan2(y.toDouble(), x.toDouble());
        if (Numbers.widest(y.type(), x.type()) != Bson.DECIMAL128) {
            return Value.of(approximate);
        }
        Decimal128 dy = Numbers.decimal(y);
        Decimal128 dx = Numbers.decimal(x);
        boolean plain = Decimals.isFinite(dy) && Decimals.isFinite(dx) && !Decimals.isZero(dy);
        return Value.of(
                plain ? Decimals.of(DecimalMath.atan2(Decimals.exact(dy), Decimals.exact(dx))) : eighths(approximate));
    }

    /** A multiple of an eighth of a turn to all digits; NaN and zero as they are. */
    private static Decimal128 eighths(double angle) {
        long eighths = Math.round(angle / (Math.PI / 4));
        return Double.isNaN(angle) || eighths == 0
                ? Numbers.decimal(Value.of(angle))
                : Decimals.of(
                        DecimalMath.PI.multiply(BigDecimal.valueOf(eighths)).divide(BigDecimal.valueOf(4)));
    }

    private static Value sinh(Value v) {
        return v.type() == Bson.DECIMAL128
                ? Value.of(decimal(v.asDecimal(), DecimalMath::sinh))
                : Value.of(Math.sinh(v.toDouble()));
    }

    private static Value cosh(Value v) {
        return v.type() == Bson.DECIMAL128
                ? Value.of(decimal(Decimals.abs(v.asDecimal()), DecimalMath::cosh))
                : Value.of(Math.cosh(v.toDouble()));
    }

    private static Value tanh(Value v) {
        if (v.type() != Bson.DECIMAL128) {
            return Value.of(Math.tanh(v.toDouble()));
        }
        Decimal128 d = v.asDecimal();
        return Value.of(d.isInfinite() ? new Decimal128(d.isNegative() ? -1 : 1) : decimal(d, DecimalMath::tanh));
    }

    private static Value asinh(Value v) {
        if (v.type() == Bson.DECIMAL128) {
            return Value.of(decimal(v.asDecimal(), DecimalMath::asinh));
        }
        double x = v.toDouble();
        double size = Math.abs(x);
        double result = size > 1e150
                ? Math.log(size) + Math.log(2)
                : Math.log1p(size + size * size / (1 + Math.sqrt(size * size + 1)));
        return Value.of(Math.copySign(result, x));
    }

    private static double acosh(double x) {
        double t = x - 1;
        return x > 1e150 ? Math.log(x) + Math.log(2) : Math.log1p(t + Math.sqrt(2 * t + t * t));
    }

    private static double atanh(double x) {
        return Math.copySign(0.5 * Math.log1p(2 * Math.abs(x) / (1 - Math.abs(x))), x);
    }

    private static @Nullable BigDecimal atanh(BigDecimal x) {
        return x.abs().compareTo(BigDecimal.ONE) == 0 ? null : DecimalMath.atanh(x);
    }
}
