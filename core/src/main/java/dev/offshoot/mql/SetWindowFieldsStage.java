package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code $setWindowFields}: partitions documents, sorts each partition, and adds fields that are computed from the documents around
 * each one.
 *
 * @param partitionBy null where all documents are one partition
 * @param sortBy null where documents keep their order
 * @param fields the tree of the added fields; each takes its value from the variable that is named by its place
 */
record SetWindowFieldsStage(
        @Nullable Expression partitionBy,
        @Nullable Sort sortBy,
        List<WindowFunction> functions,
        ProjectionNode fields,
        Collation collation)
        implements Stage {

    static SetWindowFieldsStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw WindowBounds.failed("the $setWindowFields stage specification must be an object, found "
                    + Bson.typeName(argument.type()));
        }
        ExpressionParser parser = new ExpressionParser(compile);
        StrictFields spec = StrictFields.of("$setWindowFields", argument.asDoc(), "partitionBy", "sortBy", "output");
        Doc output = spec.requiredDocument("output");
        Doc order = spec.optionalDocument("sortBy");
        Value by = spec.get("partitionBy");
        Expression partitionBy = by == null ? null : parser.parse(by);
        if (by != null && isConstantArray(by, parser)) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH, "An expression used to partition cannot evaluate to value of type array");
        }
        Sort sortBy = order == null ? null : Sort.compile(order, compile.collation());
        ProjectionNode fields = ProjectionNode.root();
        List<WindowFunction> functions = new ArrayList<>();
        for (Doc.Field field : output) {
            addField(fields, field.name(), functions.size());
            functions.add(function(field, sortBy, parser));
        }
        return new SetWindowFieldsStage(partitionBy, sortBy, List.copyOf(functions), fields, compile.collation());
    }

    private static boolean isConstantArray(Value by, ExpressionParser parser) {
        Value constant = Constants.of(by, parser);
        return constant != null && constant.isArray();
    }

    private static void addField(ProjectionNode fields, String path, int place) {
        List<String> parts = DottedPath.parse(path).parts();
        try {
            fields.addComputed(parts, scope -> scope.variable(variable(place)));
        } catch (CommandException e) {
            throw Operands.error(6307900, "$setWindowFields 'output' specification contains two conflicting paths");
        }
    }

    /** No user can name such a variable. */
    static String variable(int place) {
        return "." + place;
    }

    private static WindowFunction function(Doc.Field field, @Nullable Sort sortBy, ExpressionParser parser) {
        if (!field.value().isDocument()) {
            throw WindowBounds.failed("The field '" + field.name() + "' must be an object");
        }
        return WindowFunctions.parse(field.value().asDoc(), sortBy, parser);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        Order order = new Order(this, context);
        Iterator<Doc> sorted = partitionBy == null && (sortBy == null || sortBy.isEmpty())
                ? input
                : Sorter.sorted(input, order, Long.MAX_VALUE, context);
        return new Partitions(this, sorted, context);
    }

    /** What the partition of a document compares by, null where there are none. */
    Value partition(Doc document, PipelineContext context) {
        Value found = partitionBy == null ? null : partitionBy.evaluate(document, context);
        if (found != null && found.isArray()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "Cannot 'partitionBy' an expression of type array");
        }
        return found == null ? Value.NULL : collation.key(found);
    }

    /** By partition, then by what is sorted by. */
    private record Order(SetWindowFieldsStage stage, PipelineContext context) implements DocOrder {
        @Override
        public Value[] key(Doc document) {
            Value[] inner = stage.sortBy == null ? new Value[0] : stage.sortBy.key(document);
            Value[] key = new Value[inner.length + 1];
            key[0] = stage.partition(document, context);
            System.arraycopy(inner, 0, key, 1, inner.length);
            return key;
        }

        @Override
        public int compare(Value[] a, Value[] b) {
            int c = BsonOrder.compare(a[0], b[0]);
            for (int i = 1; c == 0 && i < a.length; i++) {
                c = BsonOrder.compare(a[i], b[i]);
                if (stage.sortBy != null && !stage.sortBy.parts().get(i - 1).ascending()) {
                    c = -c;
                }
            }
            return c;
        }
    }
}
