package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.Map;
import java.util.function.LongBinaryOperator;

/** Operators on the bits of int32 and int64. */
final class BitwiseOperators {
    private BitwiseOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$bitAnd", combined(-1, (a, b) -> a & b),
                "$bitOr", combined(0, (a, b) -> a | b),
                "$bitXor", combined(0, (a, b) -> a ^ b),
                "$bitNot", MathOperators.unary(BitwiseOperators::not));
    }

    private static boolean isInteger(Value value) {
        return value.type() == Bson.INT32 || value.type() == Bson.INT64;
    }

    /** An int64 where one operand is. */
    private static Operator combined(int identity, LongBinaryOperator operator) {
        return Call.any(o -> {
            long bits = identity;
            boolean isLong = false;
            for (int i = 0; i < o.size(); i++) {
                if (o.isNullish(i)) {
                    return Value.NULL;
                }
                if (!isInteger(o.at(i))) {
                    throw new CommandException(
                            ErrorCode.TYPE_MISMATCH, o.name() + " only supports int and long operands.");
                }
                isLong |= o.at(i).type() == Bson.INT64;
                bits = operator.applyAsLong(bits, o.at(i).toLong());
            }
            return isLong ? Value.of(bits) : Value.of((int) bits);
        });
    }

    private static Value not(Value value) {
        if (!isInteger(value)) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "$bitNot only supports int and long, not: " + Bson.typeName(value.type()) + ".");
        }
        return value.type() == Bson.INT64 ? Value.of(~value.toLong()) : Value.of(~value.asInt32());
    }
}
