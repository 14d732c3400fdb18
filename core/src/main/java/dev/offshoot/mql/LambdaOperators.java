package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators that bind variables: {@code $let}, {@code $map}, {@code $filter} and {@code $reduce}. */
final class LambdaOperators {
    /** MongoDB's limit for the results of {@code $map} and {@code $reduce}, in bytes. */
    private static final long BYTES_MAX = PipelineContext.MEMORY_BYTES_MAX;

    private static final String ONLY_OBJECT = "OP only supports an object as its argument";
    private static final String UNKNOWN = "Unrecognized parameter to OP: ARG";
    private static final Named LET = new Named("vars in", 16874, ONLY_OBJECT, 16875, UNKNOWN);
    private static final Named MAP = new Named("input as in", 16878, ONLY_OBJECT, 16879, UNKNOWN);
    private static final Named FILTER = new Named("input as cond limit", 28646, ONLY_OBJECT, 28647, UNKNOWN);
    private static final Named REDUCE = new Named(
            "input initialValue in",
            40075,
            "OP requires an object as an argument, found: TYPE",
            40076,
            "OP found an unknown argument: ARG");

    private LambdaOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$let", LambdaOperators::let,
                "$map", LambdaOperators::map,
                "$filter", LambdaOperators::filter,
                "$reduce", LambdaOperators::reduce);
    }

    private static Expression let(String name, Value argument, ExpressionParser parser) {
        Named.Given given = LET.read(name, argument)
                .require("vars", 16876, "Missing 'vars' parameter to OP")
                .require("in", 16877, "Missing 'in' parameter to OP");
        if (!given.get("vars").isDocument() && !given.get("vars").isArray()) {
            throw Operands.error(10065, "invalid parameter: expected an object (vars)");
        }
        Map<String, Expression> variables = new LinkedHashMap<>();
        ExpressionParser inner = parser;
        for (Doc.Field field : given.get("vars").asDoc()) {
            ExpressionParser.checkVariable(field.name());
            variables.put(field.name(), parser.parse(field.value()));
            inner = inner.with(field.name());
        }
        Expression body = inner.parse(given.get("in"));
        return scope -> {
            Scope bound = scope;
            for (Map.Entry<String, Expression> variable : variables.entrySet()) {
                bound = bound.with(variable.getKey(), variable.getValue().evaluate(scope));
            }
            return body.evaluate(bound);
        };
    }

    /** The name in {@code as}, {@code this} where there is none. */
    private static String as(Named.Given given) {
        Value as = given.optional("as");
        String name = as == null ? "this" : as.isString() ? as.asString() : "";
        ExpressionParser.checkVariable(name);
        return name;
    }

    private static @Nullable List<Value> elements(Expression input, Scope scope, int errorNumber, String message) {
        Value value = input.evaluate(scope);
        if (value == null || Operands.isNullish(value)) {
            return null;
        }
        if (!value.isArray()) {
            throw Operands.error(errorNumber, message + Operands.typeName(value));
        }
        return BsonArrays.elements(value);
    }

    private static Expression map(String name, Value argument, ExpressionParser parser) {
        Named.Given given = MAP.read(name, argument)
                .require("input", 16880, "Missing 'input' parameter to OP")
                .require("in", 16882, "Missing 'in' parameter to OP");
        Expression input = given.expression("input", parser);
        String variable = as(given);
        Expression body = parser.with(variable).parse(given.get("in"));
        return scope -> {
            List<Value> elements = elements(input, scope, 16883, "input to $map must be an array not ");
            return elements == null ? Value.NULL : BsonArrays.of(mapped(elements, body, variable, scope));
        };
    }

    private static List<Value> mapped(List<Value> elements, Expression body, String variable, Scope scope) {
        List<Value> mapped = new ArrayList<>(elements.size());
        long bytes = 0;
        for (Value element : elements) {
            Value result = body.evaluate(scope.with(variable, element));
            mapped.add(result == null ? Value.NULL : result);
            bytes += result == null ? 0 : result.length();
            if (bytes > BYTES_MAX) {
                throw tooLarge("$map");
            }
        }
        return mapped;
    }

    private static CommandException tooLarge(String name) {
        return new CommandException(
                ErrorCode.EXCEEDED_MEMORY_LIMIT, name + " would use too much memory and cannot spill");
    }

    private static Expression filter(String name, Value argument, ExpressionParser parser) {
        Named.Given given = FILTER.read(name, argument)
                .require("input", 28648, "Missing 'input' parameter to OP")
                .require("cond", 28650, "Missing 'cond' parameter to OP");
        Expression input = given.expression("input", parser);
        String variable = as(given);
        Expression condition = parser.with(variable).parse(given.get("cond"));
        Expression limit = given.expression("limit", parser);
        return scope -> {
            List<Value> elements = elements(input, scope, 28651, "input to $filter must be an array not ");
            if (elements == null) {
                return Value.NULL;
            }
            long wanted = elements.isEmpty() ? 0 : limit(limit.evaluate(scope));
            List<Value> kept = new ArrayList<>();
            for (Value element : elements) {
                if (kept.size() < wanted && LogicOperators.isTrue(condition.evaluate(scope.with(variable, element)))) {
                    kept.add(element);
                }
            }
            return BsonArrays.of(kept);
        };
    }

    private static long limit(@Nullable Value limit) {
        if (limit == null || Operands.isNullish(limit)) {
            return Long.MAX_VALUE;
        }
        if (!Numbers.isInt(limit)) {
            throw Operands.error(
                    327391, "$filter: limit must be represented as a 32-bit integral value: " + ValueText.of(limit));
        }
        if (limit.toLong() <= 0) {
            throw Operands.error(327392, "$filter: limit must be greater than 0: " + ValueText.of(limit));
        }
        return limit.toLong();
    }

    private static Expression reduce(String name, Value argument, ExpressionParser parser) {
        Named.Given given = REDUCE.read(name, argument)
                .require("input", 40077, "OP requires 'input' to be specified")
                .require("initialValue", 40078, "OP requires 'initialValue' to be specified")
                .require("in", 40079, "OP requires 'in' to be specified");
        Expression input = given.expression("input", parser);
        Expression initial = given.expression("initialValue", parser);
        Expression body = parser.with("this").with("value").parse(given.get("in"));
        return scope -> {
            Value array = input.evaluate(scope);
            if (array == null || Operands.isNullish(array)) {
                return Value.NULL;
            }
            if (!array.isArray()) {
                throw Operands.error(40080, "$reduce requires that 'input' be an array, found: " + ValueText.of(array));
            }
            return reduced(BsonArrays.elements(array), initial.evaluate(scope), body, scope);
        };
    }

    private static @Nullable Value reduced(
            List<Value> elements, @Nullable Value initial, Expression body, Scope scope) {
        Value value = initial;
        for (Value element : elements) {
            value = body.evaluate(scope.with("this", element).with("value", value));
            if (value != null && value.length() > BYTES_MAX) {
                throw tooLarge("$reduce");
            }
        }
        return value;
    }
}
