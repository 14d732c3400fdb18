package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code $percentile} and {@code $median} of the numbers in an array, and their arguments, which the accumulators share. */
final class PercentileOperators {
    private PercentileOperators() {}

    static Map<String, Operator> all() {
        return Map.of("$percentile", PercentileOperators::percentile, "$median", PercentileOperators::median);
    }

    /** What is asked for: of which values, and which percentiles, each from 0 to 1. */
    record Spec(Expression input, double[] percentiles) {}

    private static Expression percentile(String name, Value argument, ExpressionParser parser) {
        Spec spec = percentileSpec(argument, 7436200, parser);
        return Call.of(name, List.of(spec.input), o -> {
            List<Value> found = new ArrayList<>();
            double[] numbers = numbers(o.get(0));
            for (double p : spec.percentiles) {
                found.add(at(numbers, p));
            }
            return BsonArrays.of(found);
        });
    }

    private static Expression median(String name, Value argument, ExpressionParser parser) {
        return Call.of(name, List.of(medianInput(argument, 7436201, parser)), o -> at(numbers(o.get(0)), 0.5));
    }

    /** The argument of {@code $percentile}; {@code notDocument} is MongoDB's error number where it is no document. */
    static Spec percentileSpec(Value argument, int notDocument, ExpressionParser parser) {
        Doc spec = spec("$percentile", argument, notDocument, List.of("input", "p", "method"));
        return new Spec(parser.parse(required(spec, "input")), percentiles(required(spec, "p"), parser));
    }

    /** What {@code $median} is asked for. */
    static Expression medianInput(Value argument, int notDocument, ExpressionParser parser) {
        return parser.parse(required(spec("$median", argument, notDocument, List.of("input", "method")), "input"));
    }

    private static Doc spec(String name, Value argument, int notDocument, List<String> known) {
        if (!argument.isDocument()) {
            throw Operands.error(
                    notDocument, "specification must be an object; found " + name + ": " + ShellText.of(argument));
        }
        Doc spec = argument.asDoc();
        for (Doc.Field field : spec) {
            if (!known.contains(field.name())) {
                throw Operands.error(40415, "BSON field '" + name + "." + field.name() + "' is an unknown field.");
            }
        }
        for (String field : known) {
            if (!spec.has(field)) {
                throw Operands.error(40414, "BSON field '" + name + "." + field + "' is missing but a required field");
            }
        }
        checkMethod(name, required(spec, "method"));
        return spec;
    }

    private static Value required(Doc spec, String field) {
        Value value = spec.get(field);
        if (value == null) {
            throw new AssertionError("no " + field);
        }
        return value;
    }

    private static void checkMethod(String name, Value method) {
        if (!method.isString()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "BSON field '" + name + ".method' is the wrong type '" + Operands.typeName(method)
                            + "', expected type 'string'");
        }
        if (!method.asString().equals("approximate")) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "Currently only 'approximate' can be used as percentile 'method'.");
        }
    }

    private static double[] percentiles(Value spec, ExpressionParser parser) {
        Expression expression = parser.parse(spec);
        if (!expression.isConstant()) {
            throw Operands.error(
                    7750300,
                    "The $percentile 'p' field must be an array of constant values, but found value: "
                            + ShellText.of(spec) + ".");
        }
        Value p = ConstantExpression.value(expression);
        String message = "The $percentile 'p' field must be an array of numbers from [0.0, 1.0], but found: ";
        if (p == null || !p.isArray() || p.asDoc().isEmpty()) {
            throw Operands.error(7750301, message + ValueText.of(p));
        }
        List<Value> elements = BsonArrays.elements(p);
        double[] percentiles = new double[elements.size()];
        for (int i = 0; i < percentiles.length; i++) {
            Value element = elements.get(i);
            if (!element.isNumber()) {
                throw Operands.error(7750302, message + ValueText.of(element));
            }
            percentiles[i] = element.toDouble();
            if (percentiles[i] < 0 || percentiles[i] > 1) {
                throw Operands.error(7750303, message + NumberText.of(percentiles[i], false));
            }
        }
        return percentiles;
    }

    /** The numbers in an array, or the one number, in order. */
    private static double[] numbers(@Nullable Value input) {
        if (input == null || !(input.isNumber() || input.isArray())) {
            return new double[0];
        }
        List<Value> values = input.isArray() ? BsonArrays.elements(input) : List.of(input);
        double[] numbers = values.stream()
                .filter(value -> value.isNumber() && !Numbers.isNaN(value))
                .mapToDouble(Value::toDouble)
                .toArray();
        Arrays.sort(numbers);
        return numbers;
    }

    /** The least number that so large a part of all numbers is not greater than. */
    static Value at(double[] sorted, double p) {
        int rank = Math.max(0, (int) Math.ceil(p * sorted.length) - 1);
        return sorted.length == 0 ? Value.NULL : Value.of(sorted[rank]);
    }
}
