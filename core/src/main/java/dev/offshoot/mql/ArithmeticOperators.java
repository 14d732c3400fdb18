package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.Map;
import org.bson.types.Decimal128;

/** {@code $add}, {@code $subtract}, {@code $multiply}, {@code $divide} and {@code $mod}. */
final class ArithmeticOperators {
    private ArithmeticOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$add", Call.any(ArithmeticOperators::add),
                "$subtract", Call.exactly(2, ArithmeticOperators::subtract),
                "$multiply", Call.any(ArithmeticOperators::multiply),
                "$divide", Call.exactly(2, ArithmeticOperators::divide),
                "$mod", Call.exactly(2, ArithmeticOperators::mod));
    }

    private static CommandException type(String message) {
        return new CommandException(ErrorCode.TYPE_MISMATCH, message);
    }

    private static Value add(Operands operands) {
        NumberSum sum = new NumberSum();
        Value date = null;
        boolean nullish = false;
        for (int i = 0; i < operands.size(); i++) {
            Value value = operands.get(i);
            if (Operands.isNullish(value)) {
                nullish = true;
            } else if (operands.at(i).type() == Bson.DATE) {
                if (date != null) {
                    throw Operands.error(16612, "only one date allowed in an $add expression");
                }
                date = value;
            } else if (operands.at(i).isNumber()) {
                sum.add(value);
            } else {
                throw type("$add only supports numeric or date types, not " + operands.typeName(i));
            }
        }
        if (nullish) {
            return Value.NULL;
        }
        return date == null ? sum.result() : later(date, sum.result());
    }

    private static Value later(Value date, Value millis) {
        long rounded = millis.type() == Bson.DOUBLE ? Math.round(millis.asDouble()) : millis.toLong();
        return Value.date(date.asInt64() + rounded);
    }

    private static Value subtract(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        Value a = operands.at(0);
        Value b = operands.at(1);
        if (a.type() == Bson.DATE && b.type() == Bson.DATE) {
            return Value.of(a.asInt64() - b.asInt64());
        }
        if (a.type() == Bson.DATE && b.isNumber()) {
            return Value.date(a.asInt64() - (b.type() == Bson.DOUBLE ? Math.round(b.asDouble()) : b.toLong()));
        }
        if (!a.isNumber() || !b.isNumber()) {
            throw type("can't $subtract " + operands.typeName(1) + " from " + operands.typeName(0));
        }
        return difference(a, b);
    }

    private static Value difference(Value a, Value b) {
        return switch (Numbers.widest(a.type(), b.type())) {
            case Bson.INT32 -> Numbers.narrow(a.toLong() - b.toLong());
            case Bson.INT64 -> difference(a.toLong(), b.toLong());
            case Bson.DOUBLE -> Value.of(a.toDouble() - b.toDouble());
            default -> Value.of(Decimals.add(Numbers.decimal(a), Decimals.negate(Numbers.decimal(b))));
        };
    }

    private static Value difference(long a, long b) {
        long exact = a - b;
        return ((a ^ b) & (a ^ exact)) < 0 ? Value.of((double) a - (double) b) : Value.of(exact);
    }

    private static Value multiply(Operands operands) {
        Value product = Value.of(1);
        boolean nullish = false;
        for (int i = 0; i < operands.size(); i++) {
            if (operands.isNullish(i)) {
                nullish = true;
            } else if (!operands.at(i).isNumber()) {
                throw type("$multiply only supports numeric types, not " + operands.typeName(i));
            } else {
                Value exact = Numbers.multiplyExact(product, operands.at(i));
                product = exact == null
                        ? Value.of(product.toDouble() * operands.at(i).toDouble())
                        : exact;
            }
        }
        return nullish ? Value.NULL : product;
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
        if (b.toDouble() == 0) {
            throw new CommandException(ErrorCode.BAD_VALUE, "can't $divide by zero");
        }
        if (Numbers.widest(a.type(), b.type()) == Bson.DECIMAL128) {
            return Value.of(Decimals.divide(Numbers.decimal(a), Numbers.decimal(b)));
        }
        return Value.of(a.toDouble() / b.toDouble());
    }

    private static Value mod(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        Value a = operands.at(0);
        Value b = operands.at(1);
        if (!a.isNumber() || !b.isNumber()) {
            throw Operands.error(
                    16611,
                    "$mod only supports numeric types, not " + operands.typeName(0) + " and " + operands.typeName(1));
        }
        if (b.toDouble() == 0) {
            throw Operands.error(16610, "can't $mod by zero");
        }
        return switch (Numbers.widest(a.type(), b.type())) {
            case Bson.INT32 -> Value.of((int) (a.toLong() % b.toLong()));
            case Bson.INT64 -> Value.of(a.toLong() % b.toLong());
            case Bson.DOUBLE -> Value.of(a.toDouble() % b.toDouble());
            default -> remainder(Numbers.decimal(a), Numbers.decimal(b));
        };
    }

    private static Value remainder(Decimal128 a, Decimal128 b) {
        return Value.of(Decimals.remainder(a, b));
    }
}
