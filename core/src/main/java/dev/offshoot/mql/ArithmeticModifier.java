package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** {@code $inc} and {@code $mul}. */
record ArithmeticModifier(boolean multiplies, Value operand) implements Modifier {
    static ArithmeticModifier inc(String path, Value argument) {
        return new ArithmeticModifier(false, number(path, argument, "increment"));
    }

    static ArithmeticModifier mul(String path, Value argument) {
        return new ArithmeticModifier(true, number(path, argument, "multiply"));
    }

    private static Value number(String path, Value argument, String verb) {
        if (!argument.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "Cannot " + verb + " with non-numeric argument: {" + ShellText.field(path, argument) + "}");
        }
        return argument;
    }

    @Override
    public Value apply(@Nullable Value current, Place place) {
        if (current == null) {
            return multiplies ? result(Numbers.ZERO, place) : operand;
        }
        if (!current.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "Cannot apply " + name() + " to a value of non-numeric type. {" + ShellText.id(place.before())
                            + "} has the field '" + place.fieldName() + "' of non-numeric type "
                            + Bson.typeName(current.type()));
        }
        Value result = result(current, place);
        boolean same = result.type() == current.type() && BsonOrder.compare(result, current) == 0;
        return same ? current : result; // -0.0 and 0.0 are, and 1.0 and 1.00
    }

    private Value result(Value current, Place place) {
        Value result = multiplies ? Numbers.multiplyExact(current, operand) : Numbers.addExact(current, operand);
        if (result == null) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "Failed to apply " + name() + " operations to current value (("
                            + (current.type() == Bson.INT32 ? "NumberInt)" : "NumberLong)") + current.toLong()
                            + ") for document {" + ShellText.id(place.before()) + "}");
        }
        return result;
    }

    private String name() {
        return multiplies ? "$mul" : "$inc";
    }
}
