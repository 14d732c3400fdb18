package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $bucket}: groups by the range between two boundaries that a value falls into, in the order of the boundaries. */
record BucketStage(GroupStage group, Sort sort) implements Stage {
    private static final Doc BY_ID = new DocBuilder().append("_id", 1).buildDoc();

    static BucketStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw Operands.error(
                    40201,
                    "Argument to $bucket stage must be an object, but found type: " + Bson.typeName(argument.type())
                            + ".");
        }
        ExpressionParser parser = new ExpressionParser(compile);
        Value groupBy = null;
        List<Value> boundaries = List.of();
        Value otherwise = null;
        Doc output = null;
        for (Doc.Field field : argument.asDoc()) {
            switch (field.name()) {
                case "groupBy" -> groupBy = groupBy(field.value());
                case "boundaries" -> boundaries = boundaries(field.value(), parser);
                case "default" -> otherwise = otherwise(field.value(), parser);
                case "output" -> output = output(field.value());
                default -> throw Operands.error(40197, "Unrecognized option to $bucket: " + field.name() + ".");
            }
        }
        if (groupBy == null || boundaries.isEmpty()) {
            throw Operands.error(40198, "$bucket requires 'groupBy' and 'boundaries' to be specified.");
        }
        checkOtherwise(otherwise, boundaries, compile.collation());
        Expression bucket = new Bucket(parser.parse(groupBy), List.copyOf(boundaries), otherwise, compile.collation());
        return new BucketStage(
                new GroupStage(bucket, outputs(output, parser), compile.collation()),
                Sort.compile(BY_ID, compile.collation()));
    }

    private static Value groupBy(Value value) {
        boolean expression = value.isDocument()
                && !value.asDoc().isEmpty()
                && value.asDoc().first().name().startsWith("$");
        if (!expression && !(value.isString() && value.asString().startsWith("$"))) {
            throw Operands.error(
                    40202,
                    "The $bucket 'groupBy' field must be defined as a $-prefixed path or an expression, but found: "
                            + ShellText.of(value) + ".");
        }
        return value;
    }

    private static List<Value> boundaries(Value spec, ExpressionParser parser) {
        if (!spec.isArray()) {
            throw Operands.error(
                    40200,
                    "The $bucket 'boundaries' field must be an array, but found type: " + Bson.typeName(spec.type())
                            + ".");
        }
        List<Value> boundaries = new ArrayList<>();
        for (Value element : BsonArrays.elements(spec)) {
            Value boundary = Constants.of(element, parser);
            if (boundary == null) {
                throw Operands.error(
                        40191,
                        "The $bucket 'boundaries' field must be an array of constant values, but found value: "
                                + ShellText.of(element) + ".");
            }
            boundaries.add(boundary);
        }
        if (boundaries.size() < 2) {
            throw Operands.error(
                    40192,
                    "The $bucket 'boundaries' field must have at least 2 values, but found " + boundaries.size()
                            + " value(s).");
        }
        for (int i = 1; i < boundaries.size(); i++) {
            checkPair(boundaries.get(i - 1), boundaries.get(i), i, parser.collation());
        }
        return boundaries;
    }

    private static void checkPair(Value lower, Value upper, int i, Collation collation) {
        if (BsonOrder.bracket(lower.type()) != BsonOrder.bracket(upper.type())) {
            throw Operands.error(
                    40193,
                    "All values in the the 'boundaries' option to $bucket must have the same type."
                            + " Found conflicting types " + Bson.typeName(lower.type()) + " and "
                            + Bson.typeName(upper.type()) + ".");
        }
        if (collation.compare(lower, upper) >= 0) {
            throw Operands.error(
                    40194,
                    "The 'boundaries' option to $bucket must be sorted, but elements " + (i - 1) + " and " + i
                            + " are not in ascending order (" + ShellText.of(lower) + " is not less than "
                            + ShellText.of(upper) + ").");
        }
    }

    private static Value otherwise(Value spec, ExpressionParser parser) {
        Value value = Constants.of(spec, parser);
        if (value == null) {
            throw Operands.error(
                    40195,
                    "The $bucket 'default' field must be a constant expression, but found: " + ShellText.of(spec)
                            + ".");
        }
        return value;
    }

    private static void checkOtherwise(@Nullable Value otherwise, List<Value> boundaries, Collation collation) {
        Value lowest = boundaries.get(0);
        if (otherwise != null
                && BsonOrder.bracket(otherwise.type()) == BsonOrder.bracket(lowest.type())
                && collation.compare(otherwise, lowest) >= 0
                && collation.compare(otherwise, boundaries.get(boundaries.size() - 1)) < 0) {
            throw Operands.error(
                    40199,
                    "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the"
                            + " highest boundary.");
        }
    }

    private static Doc output(Value value) {
        if (!value.isDocument()) {
            throw Operands.error(
                    40196,
                    "The $bucket 'output' field must be an object, but found type: " + Bson.typeName(value.type())
                            + ".");
        }
        return value.asDoc();
    }

    /** The accumulated fields; the number of documents where none are named. */
    static List<Accumulation.Output> outputs(@Nullable Doc spec, ExpressionParser parser) {
        Doc fields = spec;
        if (fields == null) {
            fields = new DocBuilder()
                    .startDocument("count")
                    .append("$sum", 1)
                    .end()
                    .buildDoc();
        }
        List<Accumulation.Output> outputs = new ArrayList<>();
        for (Doc.Field field : fields) {
            outputs.add(Accumulation.Output.parse(field, parser));
        }
        return List.copyOf(outputs);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return sort.sorted(group.run(input, context), Long.MAX_VALUE, context);
    }

    /** The lower boundary of the bucket that a value falls into. */
    private record Bucket(
            Expression groupBy,
            List<Value> boundaries,
            @Nullable Value otherwise,
            Collation collation) implements Expression {
        @Override
        public Value evaluate(Scope scope) {
            Value found = groupBy.evaluate(scope);
            Value value = found == null ? Value.NULL : found;
            int below = 0;
            int above = boundaries.size();
            while (below < above) {
                int middle = (below + above) >>> 1;
                if (collation.compare(boundaries.get(middle), value) <= 0) {
                    below = middle + 1;
                } else {
                    above = middle;
                }
            }
            if (below > 0 && below < boundaries.size()) {
                return boundaries.get(below - 1);
            }
            if (otherwise == null) {
                throw Operands.error(
                        40066, "$switch could not find a matching branch for an input, and no default was specified.");
            }
            return otherwise;
        }
    }
}
