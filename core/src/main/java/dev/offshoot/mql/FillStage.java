package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $fill}: values for fields that are null or missing; a {@code $setWindowFields} and an {@code $addFields}. */
record FillStage(@Nullable Stage methods, @Nullable Stage values) implements Stage {
    static FillStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "The $fill stage specification must be an object, found " + Bson.typeName(argument.type()));
        }
        StrictFields spec =
                StrictFields.of("$fill", argument.asDoc(), "sortBy", "partitionBy", "partitionByFields", "output");
        Doc output = spec.requiredDocument("output");
        if (output.isEmpty()) {
            throw Operands.error(
                    6050203, "The output field in '$fill' must contain an object with at least one element");
        }
        DocBuilder windows = new DocBuilder();
        DocBuilder values = new DocBuilder();
        for (Doc.Field field : output) {
            add(field, windows, values);
        }
        Doc computed = values.buildDoc();
        Doc filled = windows.buildDoc();
        Value window = window(spec, filled);
        return new FillStage(
                filled.isEmpty() ? null : SetWindowFieldsStage.parse("$setWindowFields", window, compile),
                computed.isEmpty() ? null : AddFieldsStage.parse("$addFields", Value.document(computed), compile));
    }

    private static void add(Doc.Field field, DocBuilder windows, DocBuilder values) {
        if (!field.value().isDocument()) {
            throw Operands.error(6050200, "Each fill output specification must be an object with exactly one field");
        }
        StrictFields spec = StrictFields.of("$fill", field.value().asDoc(), "value", "method");
        String method = spec.optionalString("method");
        Value value = spec.get("value");
        String path = "$" + field.name();
        if (method != null) {
            if (value != null) {
                throw Operands.error(
                        6050201,
                        "Each fill output specification must have exactly one of 'method' or 'value' fields, not both");
            }
            windows.startDocument(field.name()).append(function(method), path).end();
        }
        if (value != null) {
            values.startDocument(field.name()).startArray("$ifNull");
            values.add(path).add(value).end().end();
        }
    }

    private static String function(String method) {
        return switch (method) {
            case "linear" -> "$linearFill";
            case "locf" -> "$locf";
            default -> throw Operands.error(6050202, "Method must be either locf or linear");
        };
    }

    private static Value window(StrictFields spec, Doc output) {
        DocBuilder window = new DocBuilder();
        Doc sortBy = spec.optionalDocument("sortBy");
        if (sortBy != null) {
            window.append("sortBy", sortBy);
        }
        Value by = spec.get("partitionBy");
        List<String> byFields = spec.optionalStrings("partitionByFields");
        if (by != null && byFields != null) {
            throw Operands.error(
                    6050204, "Maximum one of 'partitionBy' and 'partitionByFields can be specified in '$fill'");
        }
        if (by != null) {
            checkPartition(by);
            window.append("partitionBy", by);
        }
        if (byFields != null) {
            window.startDocument("partitionBy");
            byFields.forEach(field -> window.append(DottedPath.parse(field).text(), "$" + field));
            window.end();
        }
        return Value.document(window.append("output", output).buildDoc());
    }

    private static void checkPartition(Value by) {
        if (!by.isString() && !by.isDocument()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "BSON field '$fill.partitionBy' is the wrong type '" + Bson.typeName(by.type())
                            + "', expected types '[string, object]'");
        }
    }

    @Override
    public boolean isAllowedInUpdate() {
        return methods == null;
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        Iterator<Doc> filled = methods == null ? input : methods.run(input, context);
        return values == null ? filled : values.run(filled, context);
    }
}
