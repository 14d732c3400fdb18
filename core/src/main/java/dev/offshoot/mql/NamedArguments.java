package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The argument of an operator that takes a document of named arguments. */
record NamedArguments(String name, Map<String, Value> values) {
    /**
     * Reads them.
     *
     * @param notDocument MongoDB's error number where the argument is no document
     * @param unknown MongoDB's error number where it has a name that the operator does not know
     */
    static NamedArguments of(String name, Value argument, int notDocument, int unknown, String... known) {
        if (!argument.isDocument()) {
            throw Operands.error(
                    notDocument, name + " requires an object as an argument, found: " + Operands.typeName(argument));
        }
        Set<String> names = Set.of(known);
        Map<String, Value> values = new TreeMap<>();
        for (Doc.Field field : argument.asDoc()) {
            if (!names.contains(field.name())) {
                throw Operands.error(unknown, "Unrecognized argument to " + name + ": " + field.name());
            }
            values.put(field.name(), field.value());
        }
        return new NamedArguments(name, values);
    }

    @Nullable
    Value optional(String wanted) {
        return values.get(wanted);
    }

    /** An argument that must be there; {@code missing} is MongoDB's error number where it is not. */
    Value required(String wanted, int missing) {
        Value value = values.get(wanted);
        if (value == null) {
            throw Operands.error(missing, "Missing '" + wanted + "' parameter to " + name);
        }
        return value;
    }

    /** The compiled argument, or what stands for a value that is missing. */
    Expression expression(String wanted, ExpressionParser parser) {
        Value value = values.get(wanted);
        return value == null ? scope -> null : parser.parse(value);
    }
}
