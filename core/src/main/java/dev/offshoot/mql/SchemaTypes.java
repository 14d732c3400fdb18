package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The types that {@code type} and {@code bsonType} of a {@code $jsonSchema} name, as {@link ValueTests.Type#bit bits}. */
final class SchemaTypes {
    /** The names of the standard; {@code integer} is not among them in MongoDB. */
    private static final Map<String, String> STANDARD = Map.of(
            "array", "array",
            "boolean", "bool",
            "null", "null",
            "number", "number",
            "object", "object",
            "string", "string");

    private SchemaTypes() {}

    static long parse(String keyword, Value specified) {
        if (!specified.isString() && !specified.isArray()) {
            throw SchemaParser.mismatch(
                    "$jsonSchema keyword '" + keyword + "' must be either a string or an array of strings");
        }
        List<Value> names = specified.isString() ? List.of(specified) : BsonArrays.elements(specified);
        Set<String> seen = new HashSet<>();
        long types = 0;
        for (Value name : names) {
            if (!name.isString()) {
                throw SchemaParser.mismatch("$jsonSchema keyword '" + keyword + "' array elements must be strings");
            }
            if (!seen.add(name.asString())) {
                throw SchemaParser.failed(
                        "$jsonSchema keyword '" + keyword + "' has duplicate value: " + name.asString());
            }
            types |= one(keyword, name.asString());
        }
        if (names.isEmpty()) {
            throw SchemaParser.failed("$jsonSchema keyword '" + keyword + "' must name at least one type");
        }
        return types;
    }

    private static long one(String keyword, String name) {
        if (name.equals("integer") && keyword.equals("type")) {
            throw SchemaParser.failed("$jsonSchema type 'integer' is not currently supported.");
        }
        @Nullable String alias = keyword.equals("type") ? STANDARD.get(name) : name;
        Long types = alias == null ? null : TypeSets.byAlias(alias);
        if (types == null) {
            throw FilterParser.bad("Unknown type name alias: " + name);
        }
        return types;
    }

    static long numbers() {
        return ValueTests.Type.bit(Bson.INT32)
                | ValueTests.Type.bit(Bson.INT64)
                | ValueTests.Type.bit(Bson.DOUBLE)
                | ValueTests.Type.bit(Bson.DECIMAL128);
    }
}
