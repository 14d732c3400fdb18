package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a specification that MongoDB declares in its interface definition language: unknown, doubled and missing ones have
 * the same errors everywhere.
 *
 * @param name of the whole, as it stands in messages
 */
record StrictFields(String name, Map<String, Value> values) {
    static StrictFields of(String name, Doc spec, String... known) {
        Set<String> names = Set.of(known);
        Map<String, Value> values = new HashMap<>();
        for (Doc.Field field : spec) {
            if (!names.contains(field.name())) {
                throw new CommandException(
                        ErrorCode.UNKNOWN_FIELD, "BSON field '" + name + "." + field.name() + "' is an unknown field.");
            }
            if (values.put(field.name(), field.value()) != null) {
                throw Operands.error(40413, "BSON field '" + name + "." + field.name() + "' is a duplicate field");
            }
        }
        return new StrictFields(name, values);
    }

    @Nullable
    Value get(String field) {
        return values.get(field);
    }

    Value required(String field) {
        return present(field, values.get(field));
    }

    private Value present(String field, @Nullable Value value) {
        if (value == null) {
            throw Operands.error(40414, "BSON field '" + name + "." + field + "' is missing but a required field");
        }
        return value;
    }

    /** The value of a field that has a type: null is as good as none there. */
    private @Nullable Value given(String field) {
        Value value = values.get(field);
        return value == null || value.type() == Bson.NULL ? null : value;
    }

    String requiredString(String field) {
        return string(field, present(field, given(field)));
    }

    @Nullable
    String optionalString(String field) {
        Value value = given(field);
        return value == null ? null : string(field, value);
    }

    Doc requiredDocument(String field) {
        return typed(field, present(field, given(field)), Bson.DOCUMENT).asDoc();
    }

    @Nullable
    Doc optionalDocument(String field) {
        Value value = given(field);
        return value == null ? null : typed(field, value, Bson.DOCUMENT).asDoc();
    }

    /** The strings of an array, or null where there is none. */
    @Nullable
    List<String> optionalStrings(String field) {
        Value value = given(field);
        if (value == null) {
            return null;
        }
        List<String> strings = new ArrayList<>();
        for (Doc.Field element : typed(field, value, Bson.ARRAY).asDoc()) {
            strings.add(string(field + "." + element.name(), element.value()));
        }
        return strings;
    }

    private String string(String field, Value value) {
        return typed(field, value, Bson.STRING).asString();
    }

    private Value typed(String field, Value value, int type) {
        if (value.type() != type) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "BSON field '" + name + "." + field + "' is the wrong type '" + Bson.typeName(value.type())
                            + "', expected type '" + Bson.typeName(type) + "'");
        }
        return value;
    }
}
