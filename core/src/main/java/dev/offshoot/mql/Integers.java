package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Operands that have to be whole numbers: of $size, $mod and the $bits operators. */
final class Integers {
    private Integers() {}

    /** A whole number of any type; {@code name} is the operator it belongs to. */
    static long require(Value value, String name) {
        String where = name + ": " + value;
        if (!value.isNumber()) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, "Expected a number in: " + where);
        }
        if (BsonOrder.isNaN(value.type(), value.bytes(), value.offset())) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, "Expected an integer, but found NaN in: " + where);
        }
        if (!ValueTests.isLong(value.type(), value.bytes(), value.offset(), false)) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, "Cannot represent as a 64-bit integer: " + where);
        }
        if (!ValueTests.isLong(value.type(), value.bytes(), value.offset(), true)) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, "Expected an integer: " + where);
        }
        return ValueTests.toLong(value.type(), value.bytes(), value.offset());
    }

    private static long requireNotNegative(Value value, String name) {
        long number = require(value, name);
        if (number < 0) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "Expected a non-negative number in: " + name + ": " + value);
        }
        return number;
    }

    static long size(Value value) {
        try {
            long size = requireNotNegative(value, "$size");
            if (size > Integer.MAX_VALUE) {
                throw new CommandException(ErrorCode.FAILED_TO_PARSE, "Cannot represent in an int: $size: " + value);
            }
            return size;
        } catch (CommandException e) {
            throw FilterParser.bad("Failed to parse $size. " + e.message());
        }
    }

    static ElementTest mod(Value value) {
        if (!value.isArray()) {
            throw FilterParser.bad("malformed mod, needs to be an array");
        }
        List<Value> numbers = new ArrayList<>();
        value.asDoc().forEach(field -> numbers.add(field.value()));
        if (numbers.isEmpty()) {
            throw FilterParser.bad("malformed mod, not enough elements");
        }
        long divisor = modPart(numbers.get(0), "divisor");
        if (numbers.size() == 1) {
            throw FilterParser.bad("malformed mod, not enough elements");
        }
        long remainder = modPart(numbers.get(1), "remainder");
        if (numbers.size() > 2) {
            throw FilterParser.bad("malformed mod, too many elements");
        }
        if (divisor == 0) {
            throw FilterParser.bad("divisor cannot be 0");
        }
        return new ValueTests.Mod(divisor, remainder);
    }

    private static long modPart(Value value, String part) {
        if (!value.isNumber()) {
            throw FilterParser.bad("malformed mod, " + part + " not a number");
        }
        if (!ValueTests.isLong(value.type(), value.bytes(), value.offset(), false)) {
            double number = value.toDouble();
            String why = Double.isNaN(number) || Double.isInfinite(number)
                    ? "Unable to coerce NaN/Inf to integral type"
                    : "Out of bounds coercing to integral value";
            throw FilterParser.bad("malformed mod, " + part + " value is invalid :: caused by :: " + why);
        }
        return ValueTests.toLong(value.type(), value.bytes(), value.offset());
    }

    static ElementTest bits(String name, Value value) {
        boolean set = name.endsWith("Set");
        boolean every = name.startsWith("$bitsAll");
        return new ValueTests.Bits(positions(name, value), set, every);
    }

    private static int[] positions(String name, Value value) {
        if (value.isArray()) {
            List<Integer> positions = new ArrayList<>();
            value.asDoc().forEach(field -> positions.add(position(field)));
            return positions.stream().mapToInt(Integer::intValue).toArray();
        }
        if (value.type() == Bson.BINARY) {
            byte[] mask = value.asBinary();
            return IntStream.range(0, mask.length * 8)
                    .filter(i -> (mask[i >>> 3] >>> (i & 7) & 1) != 0)
                    .toArray();
        }
        if (!value.isNumber()) {
            throw FilterParser.bad(
                    name + " takes an Array, a number, or a BinData but received: " + name + ": " + value);
        }
        long mask = requireNotNegative(value, name);
        return IntStream.range(0, 64).filter(i -> (mask >>> i & 1) != 0).toArray();
    }

    private static int position(Doc.Field field) {
        Value value = field.value();
        String where = field.name() + ": " + value;
        if (!value.isNumber() || !ValueTests.isLong(value.type(), value.bytes(), value.offset(), true)) {
            throw FilterParser.bad("bit positions must be an integer but got: " + where);
        }
        long position = ValueTests.toLong(value.type(), value.bytes(), value.offset());
        if (position != (int) position) {
            throw FilterParser.bad("bit positions cannot be represented as a 32-bit signed integer: " + where);
        }
        if (position < 0) {
            throw FilterParser.bad("bit positions must be >= 0 but got: " + where);
        }
        return (int) position;
    }
}
