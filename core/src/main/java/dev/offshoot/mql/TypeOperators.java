package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Types of values, and conversions between them. */
final class TypeOperators {
    private static final int FAILED_TO_PARSE = ErrorCode.FAILED_TO_PARSE.number();
    private static final Named CONVERT = new Named(
            "input to format byteOrder onError onNull",
            FAILED_TO_PARSE,
            "OP expects an object of named arguments but found: TYPE",
            FAILED_TO_PARSE,
            "OP found an unknown argument: ARG");
    private static final int UUID_SUBTYPE = 4;

    private TypeOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$type", Call.exactly(1, o -> Value.of(o.typeName(0))));
        all.put(
                "$isNumber",
                Call.exactly(1, o -> Value.of(o.get(0) != null && o.at(0).isNumber())));
        all.put("$toString", to(new Conversions.Target(Bson.STRING, 0, "auto", false)));
        all.put("$toInt", to(Conversions.Target.of(Bson.INT32)));
        all.put("$toLong", to(Conversions.Target.of(Bson.INT64)));
        all.put("$toDouble", to(Conversions.Target.of(Bson.DOUBLE)));
        all.put("$toDecimal", to(Conversions.Target.of(Bson.DECIMAL128)));
        all.put("$toBool", to(Conversions.Target.of(Bson.BOOLEAN)));
        all.put("$toDate", to(Conversions.Target.of(Bson.DATE)));
        all.put("$toObjectId", to(Conversions.Target.of(Bson.OBJECT_ID)));
        all.put("$toUUID", to(new Conversions.Target(Bson.BINARY, UUID_SUBTYPE, "uuid", false)));
        all.put("$convert", TypeOperators::parseConvert);
        all.put("$toHashedIndexKey", TypeOperators::parseHash);
        return all;
    }

    private static Expression parseHash(String name, Value argument, ExpressionParser parser) {
        return Call.of(name, List.of(parser.parse(argument)), o -> {
            Value value = o.get(0);
            return Value.of(HashedValue.of(value == null ? Value.NULL : value));
        });
    }

    private static Operator to(Conversions.Target target) {
        return (name, argument, parser) -> {
            List<Expression> operands = parser.operands(argument);
            if (operands.size() != 1) {
                throw Operands.error(50723, name + " requires a single argument, got " + operands.size());
            }
            return Call.of(name, operands, o -> o.isNullish(0) ? Value.NULL : Conversions.convert(o.at(0), target));
        };
    }

    private static Expression parseConvert(String name, Value argument, ExpressionParser parser) {
        Named.Given given = CONVERT.read(name, argument)
                .require("input", FAILED_TO_PARSE, "Missing 'input' parameter to OP")
                .require("to", FAILED_TO_PARSE, "Missing 'to' parameter to OP");
        boolean onNull = given.has("onNull");
        boolean onError = given.has("onError");
        List<Expression> operands = given.operands(parser, "input", "to", "format", "byteOrder", "onNull", "onError");
        return Call.of(name, operands, o -> converted(o, onNull, onError));
    }

    private static @Nullable Value converted(Operands operands, boolean onNull, boolean onError) {
        Value to = operands.get(1);
        Value type = type(to);
        int code = type == null ? 0 : typeCode(type);
        if (operands.isNullish(0)) {
            return onNull ? operands.get(4) : Value.NULL;
        }
        if (to == null || type == null) {
            return Value.NULL;
        }
        Value subtype = to.isDocument() ? to.asDoc().get("subtype") : null;
        String format = format(operands);
        boolean big = isBigEndian(operands);
        try {
            return Conversions.convert(operands.at(0), code, subtype, format, big);
        } catch (CommandException e) {
            if (!onError || !e.code().equals(ErrorCode.CONVERSION_FAILURE)) {
                throw e;
            }
            return operands.get(5);
        }
    }

    /** The type in {@code to}, which may be a document of type and subtype; null where {@code to} is null or missing. */
    private static @Nullable Value type(@Nullable Value to) {
        if (to == null || Operands.isNullish(to)) {
            return null;
        }
        Value type = to.isDocument() ? to.asDoc().get("type") : to;
        if (type == null) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "$convert's 'to' argument must be a string or number, but is missing");
        }
        return type;
    }

    private static int typeCode(Value type) {
        if (type.isString()) {
            return Conversions.typeNamed(type.asString());
        }
        if (!type.isNumber()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "$convert's 'to' argument must be a string or number, but is " + Operands.typeName(type));
        }
        if (!Numbers.isInt(type)) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "In $convert, numeric 'to' argument is not an integer");
        }
        int code = (int) type.toLong();
        if (code == -1) {
            return Bson.MIN_KEY;
        }
        if (code != Conversions.MISSING && code != Bson.MAX_KEY && !(code > 0 && code <= Bson.DECIMAL128)) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "In $convert, numeric value for 'to' does not correspond to a BSON type: " + code);
        }
        return code;
    }

    private static @Nullable String format(Operands operands) {
        if (operands.isNullish(2)) {
            return null;
        }
        String format = text(operands, 2, 4341114, "format");
        if (!List.of("auto", "base64", "base64url", "hex", "utf8", "uuid").contains(format)) {
            throw Operands.error(4341125, "Invalid 'format' argument for $convert: " + format);
        }
        return format;
    }

    private static boolean isBigEndian(Operands operands) {
        if (operands.isNullish(3)) {
            return false;
        }
        String order = text(operands, 3, 9130001, "byteOrder");
        if (!order.equals("big") && !order.equals("little")) {
            throw Operands.error(9130002, "Invalid 'byteOrder' argument for $convert: " + order);
        }
        return order.equals("big");
    }

    private static String text(Operands operands, int i, int notString, String what) {
        if (!operands.at(i).isString()) {
            throw Operands.error(
                    notString,
                    "$convert requires that '" + what + "' be a string, found: " + operands.typeName(i) + " with value "
                            + operands.text(i));
        }
        return operands.at(i).asString();
    }
}
