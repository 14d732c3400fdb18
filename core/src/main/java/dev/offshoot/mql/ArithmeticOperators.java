package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.math.RoundingMode;
import java.util.Map;

/** {@code $add}, {@code $subtract}, {@code $multiply}, {@code $divide} and {@code $mod}. */
final class ArithmeticOperators {
    private ArithmeticOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$add", Call.leftToRight(ArithmeticOperators::add),
                "$subtract", Call.exactly(2, ArithmeticOperators::subtract),
                "$multiply", Call.leftToRight(ArithmeticOperators::multiply),
                "$divide", Call.exactly(2, ArithmeticOperators::divide),
                "$mod", Call.exactly(2, ArithmeticOperators::mod));
    }

    private static CommandException type(String message) {
        return new CommandException(ErrorCode.TYPE_MISMATCH, message);
    }

    private static CommandException overflow() {
        return new CommandException(ErrorCode.OVERFLOW, "date overflow");
    }

    /** From left to right, up to the first null; an int64 that overflows goes on as a double. */
    private static Value add(Operands operands) {
        Value sum = Numbers.ZERO;
        for (int i = 0; i < operands.size(); i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            Value value = operands.at(i);
            if (!value.isNumber() && value.type() != Bson.DATE) {
                throw type("$add only supports numeric or date types, not " + operands.typeName(i));
            }
            sum = sum(sum, value);
        }
        return sum;
    }

    private static Value sum(Value a, Value b) {
        if (a.type() == Bson.DATE && b.type() == Bson.DATE) {
            throw Operands.error(16612, "only one date allowed in an $add expression");
        }
        if (a.type() == Bson.DATE) {
            return later(a, b, 1);
        }
        if (b.type() == Bson.DATE) {
            return later(b, a, 1);
        }
        Value exact = Numbers.addExact(a, b);
        return exact == null ? Value.of(a.toDouble() + b.toDouble()) : exact;
    }

    /** A date and so many milliseconds, of any type of number; halves are rounded away from zero, of decimals to even. */
    private static Value later(Value date, Value millis, int sign) {
        long more = switch (millis.type()) {
            case Bson.DOUBLE -> rounded(millis.asDouble());
            case Bson.DECIMAL128 -> rounded(millis);
            default -> millis.toLong();
        };
        try {
            long start = date.asInt64();
            return Value.date(sign > 0 ? Math.addExact(start, more) : Math.subtractExact(start, more));
        } catch (ArithmeticException e) {
            throw overflow();
        }
    }

    private static long rounded(double millis) {
        if (!(millis >= -0x1p63 && millis < 0x1p63)) {
            throw overflow();
        }
        return Math.abs(millis) >= 0x1p52
                ? (long) millis
                : (long) Math.copySign(Math.floor(Math.abs(millis) + 0.5), millis);
    }

    private static long rounded(Value millis) {
        Long whole = Decimals.toLong(millis.asDecimal(), RoundingMode.HALF_EVEN);
        if (whole == null) {
            throw overflow();
        }
        return whole;
    }

    private static Value subtract(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        Value a = operands.at(0);
        Value b = operands.at(1);
        if (a.isNumber() && b.isNumber()) {
            return difference(a, b);
        }
        if (a.type() == Bson.DATE && b.type() == Bson.DATE) {
            return Value.of(a.asInt64() - b.asInt64());
        }
        if (a.type() == Bson.DATE && b.isNumber()) {
            return later(a, b, -1);
        }
        throw type("can't $subtract " + operands.typeName(1) + " from "
                + (a.type() == Bson.DATE ? "Date" : operands.typeName(0)));
    }

    private static Value difference(Value a, Value b) {
        return switch (Numbers.widest(a.type(), b.type())) {
            case Bson.INT32 -> Numbers.narrow(a.toLong() - b.toLong());
            case Bson.INT64 -> difference(a.toLong(), b.toLong());
            case Bson.DOUBLE -> Value.of(a.toDouble() - b.toDouble());
            default -> Value.of(Decimals.subtract(Numbers.decimal(a), Numbers.decimal(b)));
        };
    }

    private static Value difference(long a, long b) {
        long exact = a - b;
        return ((a ^ b) & (a ^ exact)) < 0 ? Value.of((double) a - (double) b) : Value.of(exact);
    }

    private static Value multiply(Operands operands) {
        Value product = Value.of(1);
        for (int i = 0; i < operands.size(); i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            Value value = operands.at(i);
            if (!value.isNumber()) {
                throw type("$multiply only supports numeric types, not " + operands.typeName(i));
            }
            Value exact = Numbers.multiplyExact(product, value);
            product = exact == null ? Value.of(product.toDouble() * value.toDouble()) : exact;
        }
        return product;
    }

    private static Value divide(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        Value a = operands.at(0);
        Value b = operands.at(1);
        if (!a.isNumber() || !b.isNumber()) {
            throw type("$divide only supports numeric types, not " + operands.typeName(0) + " and "
                    + operands.typeName(1));
        }
        if (Numbers.isZero(b)) {
            throw new CommandException(ErrorCode.BAD_VALUE, "can't $divide by zero");
        }
        if (Numbers.widest(a.type(), b.type()) == Bson.DECIMAL128) {
            return Value.of(Decimals.divide(Numbers.decimal(a), Numbers.decimal(b)));
        }
        return Value.of(a.toDouble() / b.toDouble());
    }

    private static Value mod(Operands operands) {
        boolean nullish = operands.anyNullish();
        if (nullish) {
            return Value.NULL;
        }
        Value a = operands.at(0);
        Value b = operands.at(1);
        if (!a.isNumber() || !b.isNumber()) {
            throw Operands.error(
                    16611,
                    "$mod only supports numeric types, not " + operands.typeName(0) + " and " + operands.typeName(1));
        }
        int type = Numbers.widest(a.type(), b.type());
        if (Numbers.isZero(b)) {
            throw Operands.error(type == Bson.DECIMAL128 ? 5733415 : 16610, "can't $mod by zero");
        }
        return switch (type) {
            case Bson.INT32 -> Value.of((int) (a.toLong() % b.toLong()));
            case Bson.INT64 -> Value.of(a.toLong() % b.toLong());
            case Bson.DOUBLE -> Value.of(a.toDouble() % b.toDouble());
            default -> Value.of(Decimals.remainder(Numbers.decimal(a), Numbers.decimal(b)));
        };
    }
}
