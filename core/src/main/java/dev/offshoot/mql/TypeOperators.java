package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Types of values, and conversions between them. */
final class TypeOperators {
    private TypeOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$type", Call.exactly(1, o -> Value.of(o.typeName(0))));
        all.put(
                "$isNumber",
                Call.exactly(1, o -> Value.of(o.get(0) != null && o.at(0).isNumber())));
        all.put("$toString", to(Bson.STRING));
        all.put("$toInt", to(Bson.INT32));
        all.put("$toLong", to(Bson.INT64));
        all.put("$toDouble", to(Bson.DOUBLE));
        all.put("$toDecimal", to(Bson.DECIMAL128));
        all.put("$toBool", to(Bson.BOOLEAN));
        all.put("$toDate", to(Bson.DATE));
        all.put("$toObjectId", to(Bson.OBJECT_ID));
        all.put("$convert", TypeOperators::parseConvert);
        return all;
    }

    private static Operator to(int type) {
        return Call.exactly(1, o -> {
            Value value = o.get(0);
            return value == null || Operands.isNullish(value) ? Value.NULL : Conversions.convert(value, type);
        });
    }

    private static Expression parseConvert(String name, Value argument, ExpressionParser parser) {
        NamedArguments arguments = NamedArguments.of(
                name,
                argument,
                ErrorCode.FAILED_TO_PARSE.number(),
                ErrorCode.FAILED_TO_PARSE.number(),
                "input",
                "to",
                "onError",
                "onNull",
                "format",
                "byteOrder");
        if (arguments.optional("format") != null || arguments.optional("byteOrder") != null) {
            throw new CommandException(
                    ErrorCode.NOT_IMPLEMENTED, "$convert to and from binary data is not supported yet");
        }
        Expression input = parser.parse(arguments.required("input", ErrorCode.FAILED_TO_PARSE.number()));
        Expression to = parser.parse(arguments.required("to", ErrorCode.FAILED_TO_PARSE.number()));
        Expression onError = arguments.optional("onError") == null ? null : arguments.expression("onError", parser);
        Expression onNull = arguments.optional("onNull") == null ? null : arguments.expression("onNull", parser);
        return scope -> {
            Value target = to.evaluate(scope);
            Value value = input.evaluate(scope);
            if (value == null || Operands.isNullish(value)) {
                return onNull == null ? Value.NULL : onNull.evaluate(scope);
            }
            return target == null || Operands.isNullish(target)
                    ? Value.NULL
                    : converted(value, target(target), onError, scope);
        };
    }

    private static @Nullable Value converted(Value value, int type, @Nullable Expression onError, Scope scope) {
        try {
            return Conversions.convert(value, type);
        } catch (CommandException e) {
            if (onError == null || !e.code().equals(ErrorCode.CONVERSION_FAILURE)) {
                throw e;
            }
            return onError.evaluate(scope);
        }
    }

    private static int target(Value to) {
        if (Numbers.isWhole(to)) {
            return (int) to.toLong();
        }
        return switch (to.isString() ? to.asString() : "") {
            case "double" -> Bson.DOUBLE;
            case "string" -> Bson.STRING;
            case "objectId" -> Bson.OBJECT_ID;
            case "bool" -> Bson.BOOLEAN;
            case "date" -> Bson.DATE;
            case "int" -> Bson.INT32;
            case "long" -> Bson.INT64;
            case "decimal" -> Bson.DECIMAL128;
            default -> throw new CommandException(ErrorCode.BAD_VALUE, "Unknown type name: " + ShellText.of(to));
        };
    }
}
