package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators with named arguments that sort arrays, pair them, and take so many of their elements. */
final class ElementOperators {
    private static final Named SORT = new Named(
            "input sortBy",
            2942500,
            "OP requires an object as an argument, found: TYPE",
            2942501,
            "OP found an unknown argument: ARG");
    private static final Named ZIP = new Named(
            "inputs defaults useLongestLength",
            34460,
            "OP only supports an object as an argument, found TYPE",
            34464,
            "OP found an unknown argument: ARG");

    private ElementOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$sortArray", ElementOperators::parseSort,
                "$zip", ElementOperators::parseZip,
                "$firstN",
                        someOf(5787801, (elements, n, collation) -> elements.subList(0, Math.min(n, elements.size()))),
                "$lastN",
                        someOf(
                                5787801,
                                (elements, n, collation) ->
                                        elements.subList(Math.max(0, elements.size() - n), elements.size())),
                "$minN", someOf(5787900, (elements, n, collation) -> extremes(elements, n, collation::compare)),
                "$maxN",
                        someOf(
                                5787900,
                                (elements, n, collation) -> extremes(elements, n, (a, b) -> collation.compare(b, a))));
    }

    private static Expression parseSort(String name, Value argument, ExpressionParser parser) {
        Named.Given given = SORT.read(name, argument)
                .require("input", 2942502, "OP requires 'input' to be specified")
                .require("sortBy", 2942503, "OP requires 'sortBy' to be specified");
        Comparator<Value> order = order(given.get("sortBy"), parser.collation());
        return Call.of(name, List.of(given.expression("input", parser)), o -> {
            if (o.isNullish(0)) {
                return Value.NULL;
            }
            List<Value> elements =
                    o.array(0, 2942504, "The input argument to $sortArray must be an array, but was of type: ");
            elements.sort(order);
            return BsonArrays.of(elements);
        });
    }

    private static Comparator<Value> order(Value sortBy, Collation collation) {
        if (sortBy.isDocument()) {
            checkPattern(sortBy.asDoc());
            return ElementOrder.of(sortBy.asDoc(), collation);
        }
        if (!sortBy.isNumber()) {
            throw Operands.error(
                    2942507,
                    "The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded"
                            + " fields");
        }
        double direction = sortBy.toDouble();
        if (direction != 1 && direction != -1) {
            throw Operands.error(2942506, "The $sort element value must be either 1 or -1");
        }
        return direction > 0 ? collation::compare : (a, b) -> collation.compare(b, a);
    }

    private static void checkPattern(Doc pattern) {
        if (pattern.isEmpty()) {
            throw badPattern("The $sort pattern is empty when it should be a set of fields.");
        }
        for (Doc.Field field : pattern) {
            double direction = field.value().isNumber() ? field.value().toDouble() : 0;
            if (direction != 1 && direction != -1) {
                throw badPattern("The $sort element value must be either 1 or -1");
            }
            if (field.name().isEmpty()) {
                throw badPattern("The $sort field cannot be empty");
            }
            if (List.of(field.name().split("\\.", -1)).contains("")) {
                throw badPattern("The $sort field is a dotted field but has an empty part: " + field.name());
            }
        }
    }

    private static CommandException badPattern(String message) {
        return Operands.error(2942505, "BadValue: " + message);
    }

    private static Expression parseZip(String name, Value argument, ExpressionParser parser) {
        Named.Given given = ZIP.read(name, argument);
        List<Expression> inputs = expressions(given, "inputs", 34461, parser);
        List<Expression> defaults = expressions(given, "defaults", 34462, parser);
        Value longest = given.optional("useLongestLength");
        if (longest != null && longest.type() != Value.TRUE.type()) {
            throw Operands.error(34463, "useLongestLength must be a bool, found " + Operands.typeName(argument));
        }
        boolean useLongest = longest != null && longest.asBoolean();
        if (inputs.isEmpty()) {
            throw Operands.error(34465, "$zip requires at least one input array");
        }
        if (!useLongest && !defaults.isEmpty()) {
            throw Operands.error(34466, "cannot specify defaults unless useLongestLength is true");
        }
        if (!defaults.isEmpty() && defaults.size() != inputs.size()) {
            throw Operands.error(34467, "defaults and inputs must have the same length");
        }
        List<Expression> operands = new ArrayList<>(inputs);
        operands.addAll(defaults);
        return Call.of(name, operands, o -> zip(o, inputs.size(), useLongest));
    }

    private static List<Expression> expressions(
            Named.Given given, String argument, int notArray, ExpressionParser parser) {
        Value value = given.optional(argument);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray()) {
            throw Operands.error(
                    notArray, argument + " must be an array of expressions, found " + Operands.typeName(value));
        }
        return parser.list(value);
    }

    /** The defaults are the operands behind the inputs. */
    private static Value zip(Operands operands, int inputs, boolean useLongest) {
        List<List<Value>> columns = new ArrayList<>();
        int shortest = Integer.MAX_VALUE;
        int longest = 0;
        for (int i = 0; i < inputs; i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            if (!operands.at(i).isArray()) {
                throw Operands.error(34468, "$zip found a non-array expression in input: " + operands.text(i));
            }
            List<Value> column = BsonArrays.elements(operands.at(i));
            columns.add(column);
            shortest = Math.min(shortest, column.size());
            longest = Math.max(longest, column.size());
        }
        List<Value> rows = new ArrayList<>();
        for (int row = 0; row < (useLongest ? longest : shortest); row++) {
            rows.add(row(operands, columns, row));
        }
        return BsonArrays.of(rows);
    }

    private static Value row(Operands operands, List<List<Value>> columns, int row) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            List<Value> column = columns.get(i);
            Value value = row < column.size() ? column.get(row) : operands.get(columns.size() + i);
            values.add(value == null ? Value.NULL : value);
        }
        return BsonArrays.of(values);
    }

    /** Takes n of the elements. */
    private interface Choice {
        List<Value> of(List<Value> elements, int n, Collation collation);
    }

    private static Operator someOf(int notDocument, Choice choice) {
        return (name, argument, parser) -> {
            Named.Given given = new Named(
                            "n input",
                            notDocument,
                            "specification must be an object; found " + name + ": " + ShellText.of(argument),
                            5787901,
                            "Unknown argument for 'n' operator: ARG")
                    .read(name, argument)
                    .require("n", 5787906, "Missing value for 'n'")
                    .require("input", 5787907, "Missing value for 'input'");
            Call.Body body = o -> {
                long n = count(o.get(0));
                List<Value> elements = array(o.get(1));
                return BsonArrays.of(choice.of(elements, (int) Math.min(n, elements.size()), o.collation()));
            };
            return Call.of(name, given.operands(parser, "n", "input"), body, parser.collation());
        };
    }

    private static List<Value> array(@Nullable Value input) {
        if (input == null || !input.isArray()) {
            throw Operands.error(5788200, "Input must be an array");
        }
        return BsonArrays.elements(input);
    }

    /** The {@code n} of such an operator. */
    static long count(@Nullable Value n) {
        if (n == null || !n.isNumber()) {
            throw Operands.error(5787902, "Value for 'n' must be of integral type, but found " + ValueText.of(n));
        }
        if (!Numbers.isWhole(n)) {
            throw Operands.error(5787903, "Value for 'n' must be of integral type, but found " + ValueText.of(n));
        }
        if (n.toLong() <= 0) {
            throw Operands.error(5787908, "'n' must be greater than 0, found " + n.toLong());
        }
        return n.toLong();
    }

    private static List<Value> extremes(List<Value> elements, int n, Comparator<Value> order) {
        List<Value> known = new ArrayList<>(elements);
        known.removeIf(Operands::isNullish);
        known.sort(order);
        return known.subList(0, Math.min(n, known.size()));
    }
}
