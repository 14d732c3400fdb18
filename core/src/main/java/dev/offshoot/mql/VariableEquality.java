package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field that a {@code $match} wants to be equal to a variable: {@code {$expr: {$eq: ["$field", "$$variable"]}}}, alone or beside other
 * conditions. Documents that match it also match the filter {@code {field: value}} as long as {@link #isUsable the value} is no array and not
 * missing, so that they can be found by an index.
 *
 * @param path the field
 * @param variable an expression that is evaluated without a document
 */
record VariableEquality(DottedPath path, String variable) {
    /** What a stage asks for, if it is a {@code $match} that does; null otherwise. */
    static @Nullable VariableEquality in(Value stage) {
        Doc.Field field = stage.asDoc().first();
        return field.name().equals("$match") ? inFilter(field.value().asDoc()) : null;
    }

    private static @Nullable VariableEquality inFilter(Doc filter) {
        for (Doc.Field field : filter) {
            VariableEquality found = null;
            if (field.name().equals("$expr")) {
                found = inExpression(field.value());
            } else if (field.name().equals("$and")) {
                found = inAny(field.value(), true);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable VariableEquality inAny(Value array, boolean filters) {
        if (!array.isArray()) {
            return null;
        }
        for (Doc.Field element : array.asDoc()) {
            VariableEquality found = !element.value().isDocument()
                    ? null
                    : filters ? inFilter(element.value().asDoc()) : inExpression(element.value());
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private static @Nullable VariableEquality inExpression(Value expression) {
        if (!expression.isDocument() || expression.asDoc().count() != 1) {
            return null;
        }
        Doc.Field operator = expression.asDoc().first();
        if (operator.name().equals("$and")) {
            return inAny(operator.value(), false);
        }
        if (!operator.name().equals("$eq") || !operator.value().isArray()) {
            return null;
        }
        List<Value> operands = BsonArrays.elements(operator.value());
        VariableEquality found = operands.size() != 2 ? null : of(operands.get(0), operands.get(1));
        return found == null && operands.size() == 2 ? of(operands.get(1), operands.get(0)) : found;
    }

    private static @Nullable VariableEquality of(Value field, Value variable) {
        if (!field.isString() || !variable.isString()) {
            return null;
        }
        String path = field.asString();
        String name = variable.asString();
        boolean fits = path.startsWith("$")
                && !path.startsWith("$$")
                && name.startsWith("$$")
                && !name.startsWith("$$ROOT")
                && !name.startsWith("$$CURRENT");
        return fits ? new VariableEquality(DottedPath.parse(path.substring(1)), name) : null;
    }

    /** The value in a run; null where it is missing. */
    @Nullable
    Value value(PipelineContext context) {
        return Expression.compile(
                        Value.of(variable),
                        CompileContext.NONE.with(context.variables().keySet()).with(name()))
                .evaluate(Doc.EMPTY, context);
    }

    private String name() {
        int dot = variable.indexOf('.');
        return variable.substring(2, dot < 0 ? variable.length() : dot);
    }

    /** Whether documents that are equal to the value in an expression all match it as a filter. */
    static boolean isUsable(@Nullable Value value) {
        return value != null && value.type() != Bson.ARRAY && value.type() != Bson.UNDEFINED;
    }
}
