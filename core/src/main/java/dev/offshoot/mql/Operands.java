package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An operator's operands, evaluated for one document. */
final class Operands {
    private final String name;
    private final List<Expression> expressions;
    private final @Nullable Value[] values;
    private final PipelineContext context;

    Operands(String name, List<Expression> expressions, Scope scope) {
        this.name = name;
        this.expressions = expressions;
        this.values = new Value[expressions.size()];
        this.context = scope.context();
        for (int i = 0; i < values.length; i++) {
            values[i] = expressions.get(i).evaluate(scope);
        }
    }

    /** The operator's, with its dollar sign. */
    String name() {
        return name;
    }

    PipelineContext context() {
        return context;
    }

    int size() {
        return expressions.size();
    }

    /** The value, or null where it is missing or was not given. */
    @Nullable
    Value get(int i) {
        return i < values.length ? values[i] : null;
    }

    /** The value of an operand that is known not to be missing. */
    Value at(int i) {
        Value value = get(i);
        if (value == null) {
            throw new AssertionError("operand " + i + " of " + name + " is missing");
        }
        return value;
    }

    boolean isNullish(int i) {
        return isNullish(get(i));
    }

    boolean anyNullish() {
        for (int i = 0; i < values.length; i++) {
            if (isNullish(i)) {
                return true;
            }
        }
        return false;
    }

    /** The type's name, as in error messages. */
    String typeName(int i) {
        return typeName(get(i));
    }

    /** An array among the operands; anything else is the client's error. */
    List<Value> array(int i, int errorNumber, String message) {
        Value value = get(i);
        if (value == null || !value.isArray()) {
            throw error(errorNumber, message + typeName(value));
        }
        return BsonArrays.elements(value);
    }

    static boolean isNullish(@Nullable Value value) {
        return value == null || value.type() == Bson.NULL || value.type() == Bson.UNDEFINED;
    }

    static String typeName(@Nullable Value value) {
        return value == null ? "missing" : Bson.typeName(value.type());
    }

    static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }
}
