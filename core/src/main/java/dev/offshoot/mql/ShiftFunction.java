package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $shift}: the value of a document so many places before or after. */
record ShiftFunction(Expression input, int by, Value otherwise) implements WindowFunction {
    static WindowFunction parse(WindowFunctions.Call call) {
        if (call.window() != null) {
            throw WindowBounds.failed("$shift does not accept a 'window' field");
        }
        if (!call.argument().isDocument()) {
            throw WindowBounds.failed("Argument to $shift must be an object");
        }
        Expression output = null;
        Integer by = null;
        Value otherwise = Value.NULL;
        for (Doc.Field field : call.argument().asDoc()) {
            switch (field.name()) {
                case "output" -> output = call.parser().parse(field.value());
                case "by" -> by = by(field);
                case "default" -> otherwise = otherwise(field.value(), call.parser());
                default -> throw WindowBounds.failed("Unknown argument in $shift");
            }
        }
        if (output == null) {
            throw WindowBounds.failed("$shift requires an 'output' expression.");
        }
        if (by == null) {
            throw WindowBounds.failed("$shift requires 'by' as an integer value.");
        }
        if (call.sortBy() == null) {
            throw WindowBounds.failed("'$shift' requires a sortBy");
        }
        return new ShiftFunction(output, by, otherwise);
    }

    private static int by(Doc.Field field) {
        Value value = field.value();
        if (!value.isNumber() || !Numbers.isWhole(value) || value.toLong() != (int) value.toLong()) {
            throw WindowBounds.failed(
                    "'$shift:by' field must be an integer, but found  " + ShellText.field(field.name(), value));
        }
        return (int) value.toLong();
    }

    private static Value otherwise(Value spec, ExpressionParser parser) {
        Value value = Constants.of(spec, parser);
        if (value == null) {
            throw WindowBounds.failed("'$shift:default' expression must yield a constant value.");
        }
        return value;
    }

    @Override
    public Values over(Partition partition, int place, PipelineContext context) {
        List<@Nullable Value> inputs = partition.inputs(place);
        return document -> {
            long there = (long) document + by;
            return there < 0 || there >= inputs.size() ? otherwise : inputs.get((int) there);
        };
    }
}
