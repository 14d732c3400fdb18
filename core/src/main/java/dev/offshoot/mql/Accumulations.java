package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All accumulators by name, as {@code $group} and its kin take them. */
final class Accumulations {
    private static final Map<String, Parser> BY_NAME = all();

    private Accumulations() {}

    /** Compiles an accumulator's argument. */
    @FunctionalInterface
    interface Parser {
        Accumulation parse(String name, Value argument, ExpressionParser parser);
    }

    private static Map<String, Parser> all() {
        Map<String, Parser> all = new HashMap<>();
        for (String name : Accumulators.names()) {
            all.put(name, Accumulations::simple);
        }
        all.put("$count", Accumulations::count);
        all.put("$firstN", Accumulations::ofN);
        all.put("$lastN", Accumulations::ofN);
        all.put("$minN", Accumulations::ofN);
        all.put("$maxN", Accumulations::ofN);
        all.put("$top", Accumulations::sorted);
        all.put("$bottom", Accumulations::sorted);
        all.put("$topN", Accumulations::sorted);
        all.put("$bottomN", Accumulations::sorted);
        all.put("$percentile", Percentiles::parse);
        all.put("$median", Percentiles::parse);
        all.put("$accumulator", Accumulations::javaScript);
        return Map.copyOf(all);
    }

    /** Compiles one accumulator, as {@code $sum: "$x"}. */
    static Accumulation parse(Doc.Field operator, ExpressionParser parser) {
        Parser found = BY_NAME.get(operator.name());
        if (found == null) {
            throw Operands.error(15952, "unknown group operator '" + operator.name() + "'");
        }
        return found.parse(operator.name(), operator.value(), parser);
    }

    private static Accumulation simple(String name, Value argument, ExpressionParser parser) {
        return Accumulation.of(name, parser.parse(argument), Accumulators.named(name, parser.collation()));
    }

    private static Accumulation count(String name, Value argument, ExpressionParser parser) {
        if (!argument.isDocument() || !argument.asDoc().isEmpty()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "$count takes no arguments, i.e. $count:{}");
        }
        return Accumulation.of(name, parser.parse(Value.NULL), Accumulators.named(name, parser.collation()));
    }

    private static Accumulation javaScript(String name, Value argument, ExpressionParser parser) {
        throw Operands.error(31264, "Cannot run server-side javascript without the javascript engine enabled");
    }

    private static Accumulation ofN(String name, Value argument, ExpressionParser parser) {
        boolean extreme = name.equals("$minN") || name.equals("$maxN");
        Doc spec = object(name, argument, extreme ? 5787900 : 5787801);
        Expression n = null;
        Expression input = null;
        for (Doc.Field field : spec) {
            switch (field.name()) {
                case "n" -> n = parser.parse(field.value());
                case "input" -> input = parser.parse(field.value());
                default -> throw Operands.error(5787901, "Unknown argument for 'n' operator: " + field.name());
            }
        }
        if (n == null) {
            throw Operands.error(5787906, "Missing value for 'n'");
        }
        if (input == null) {
            throw Operands.error(5787907, "Missing value for 'input'");
        }
        return new Accumulation(name, input, n, value -> AccumulatorsOfN.of(name, n(value), parser.collation()));
    }

    private static Doc object(String name, Value argument, int errorNumber) {
        if (!argument.isDocument()) {
            throw Operands.error(
                    errorNumber, "specification must be an object; found " + ShellText.field(name, argument));
        }
        return argument.asDoc();
    }

    /** The {@code n} of an accumulator of many. */
    static long n(@Nullable Value value) {
        if (value == null || !Numbers.isWhole(value)) {
            throw Operands.error(
                    value == null || !value.isNumber() ? 5787902 : 5787903,
                    "Value for 'n' must be of integral type, but found "
                            + (value == null ? "MISSING" : ShellText.of(value)));
        }
        if (value.toLong() <= 0) {
            throw Operands.error(5787908, "'n' must be greater than 0, found " + value.toLong());
        }
        return value.toLong();
    }

    private static Accumulation sorted(String name, Value argument, ExpressionParser parser) {
        Doc spec = object(name, argument, 5788001);
        boolean single = !name.endsWith("N");
        Expression n = single ? parser.parse(Value.of(1)) : null;
        Expression output = null;
        Sort sort = null;
        for (Doc.Field field : spec) {
            if (field.name().equals("n") && !single) {
                n = parser.parse(field.value());
            } else if (field.name().equals("output")) {
                output = parser.parse(field.value());
            } else if (field.name().equals("sortBy")) {
                sort = sortBy(field.value(), parser);
            } else {
                throw Operands.error(5788002, "Unknown argument to " + name + " '" + field.name() + "'");
            }
        }
        return sorted(name, n, output, sort);
    }

    private static Sort sortBy(Value value, ExpressionParser parser) {
        if (!value.isDocument()) {
            throw Operands.error(10065, "invalid parameter: expected an object (sortBy)");
        }
        return Sort.compile(value.asDoc(), parser.collation());
    }

    private static Accumulation sorted(
            String name, @Nullable Expression n, @Nullable Expression output, @Nullable Sort sort) {
        if (n == null) {
            throw Operands.error(5788003, "Missing value for 'n'");
        }
        if (output == null) {
            throw Operands.error(5788004, "Missing value for 'output'");
        }
        if (sort == null) {
            throw Operands.error(5788005, "Missing value for 'sortBy'");
        }
        Expression keyed =
                scope -> keyed(output.evaluate(scope), sort.key(scope.root().asDoc()));
        return new Accumulation(
                name,
                keyed,
                n,
                value -> new AccumulatorsOfN.Sorted(sort, name.startsWith("$bottom"), n(value), !name.endsWith("N")));
    }

    /** What a document gives to the sorted ones: the output, then the sort key. */
    private static Value keyed(@Nullable Value output, Value[] key) {
        DocBuilder out = new DocBuilder(64);
        out.append("", output == null ? Value.NULL : output);
        for (Value part : key) {
            out.append("", part);
        }
        return Value.array(out.buildDoc());
    }

    /** All names, for the table of what is supported. */
    static List<String> names() {
        return BY_NAME.keySet().stream().sorted().toList();
    }

    /** Whether a value of this type stands for nothing. */
    static boolean isNullish(@Nullable Value value) {
        return value == null || value.type() == Bson.NULL || value.type() == Bson.UNDEFINED;
    }
}
