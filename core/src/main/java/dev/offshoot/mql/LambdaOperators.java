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
    private LambdaOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$let", LambdaOperators::let,
                "$map", LambdaOperators::map,
                "$filter", LambdaOperators::filter,
                "$reduce", LambdaOperators::reduce);
    }

    private static Expression let(String name, Value argument, ExpressionParser parser) {
        NamedArguments arguments = NamedArguments.of(name, argument, 16874, 16875, "vars", "in");
        Value vars = arguments.required("vars", 16876);
        Value in = arguments.required("in", 16877);
        if (!vars.isDocument()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "invalid parameter: expected an object (vars)");
        }
        Map<String, Expression> variables = new LinkedHashMap<>();
        ExpressionParser inner = parser;
        for (Doc.Field field : vars.asDoc()) {
            variables.put(variable(field.name()), parser.parse(field.value()));
            inner = inner.with(field.name());
        }
        Expression body = inner.parse(in);
        return scope -> {
            Scope bound = scope;
            for (Map.Entry<String, Expression> variable : variables.entrySet()) {
                bound = bound.with(variable.getKey(), variable.getValue().evaluate(scope));
            }
            return body.evaluate(bound);
        };
    }

    private static String variable(String name) {
        if (name.equals("CURRENT")) {
            throw new CommandException(ErrorCode.NOT_IMPLEMENTED, "binding $$CURRENT is not supported yet");
        }
        ExpressionParser.checkVariable(name);
        return name;
    }

    /** The name in {@code as}, {@code this} where there is none. */
    private static String as(NamedArguments arguments) {
        Value as = arguments.optional("as");
        return as == null ? "this" : variable(as.isString() ? as.asString() : "");
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
        NamedArguments arguments = NamedArguments.of(name, argument, 16878, 16879, "input", "as", "in");
        Expression input = parser.parse(arguments.required("input", 16880));
        String variable = as(arguments);
        Expression body = parser.with(variable).parse(arguments.required("in", 16882));
        return scope -> {
            List<Value> elements = elements(input, scope, 16883, "input to $map must be an array not ");
            if (elements == null) {
                return Value.NULL;
            }
            elements.replaceAll(element -> {
                Value mapped = body.evaluate(scope.with(variable, element));
                return mapped == null ? Value.NULL : mapped;
            });
            return BsonArrays.of(elements);
        };
    }

    private static Expression filter(String name, Value argument, ExpressionParser parser) {
        NamedArguments arguments = NamedArguments.of(name, argument, 28646, 28647, "input", "as", "cond", "limit");
        Expression input = parser.parse(arguments.required("input", 28648));
        String variable = as(arguments);
        Expression condition = parser.with(variable).parse(arguments.required("cond", 28650));
        Expression limit = arguments.expression("limit", parser);
        return scope -> {
            List<Value> elements = elements(input, scope, 28651, "input to $filter must be an array not ");
            if (elements == null) {
                return Value.NULL;
            }
            long wanted = limit(limit.evaluate(scope));
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
        if (!Numbers.isWhole(limit) || limit.toLong() != (int) limit.toLong()) {
            throw Operands.error(
                    327391, "$filter: limit must be represented as a 32-bit integral value: " + ShellText.of(limit));
        }
        if (limit.toLong() <= 0) {
            throw Operands.error(327392, "$filter: limit must be greater than 0: " + limit.toLong());
        }
        return limit.toLong();
    }

    private static Expression reduce(String name, Value argument, ExpressionParser parser) {
        NamedArguments arguments = NamedArguments.of(name, argument, 40075, 40076, "input", "initialValue", "in");
        Expression input = parser.parse(arguments.required("input", 40077));
        Expression initial = parser.parse(arguments.required("initialValue", 40078));
        Expression body = parser.with("this").with("value").parse(arguments.required("in", 40079));
        return scope -> {
            List<Value> elements = elements(input, scope, 40080, "$reduce requires that 'input' be an array, found: ");
            if (elements == null) {
                return Value.NULL;
            }
            Value value = initial.evaluate(scope);
            for (Value element : elements) {
                value = body.evaluate(scope.with("this", element).with("value", value));
            }
            return value;
        };
    }
}
