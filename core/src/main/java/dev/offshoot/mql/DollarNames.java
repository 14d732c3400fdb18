package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** MongoDB's check of names that begin with {@code $} at the top of a stored document: only a reference may have them. */
final class DollarNames {
    private DollarNames() {}

    /** Refuses any top-level name that begins with {@code $} and is not of a reference. */
    static void check(Doc document) {
        for (Doc.Fields f = document.fields(); f.next(); ) {
            if (f.nameLength() > 0 && document.bytes()[f.nameStart()] == '$') {
                check(document, f.name());
            }
        }
    }

    /** Refuses one top-level name. */
    static void check(Doc document, String name) {
        List<Doc.Field> fields = new ArrayList<>();
        document.forEach(fields::add);
        int at = 0;
        while (!fields.get(at).name().equals(name)) {
            at++;
        }
        String current = name;
        if (current.equals("$db")) {
            requireString("$db", fields.get(at).value());
            current = require("$db", "$id", --at < 0 ? null : fields.get(at).name());
        }
        if (current.equals("$id")) {
            current = require("$id", "$ref", --at < 0 ? null : fields.get(at).name());
        }
        if (!current.equals("$ref")) {
            throw new CommandException(
                    ErrorCode.DOLLAR_PREFIXED_FIELD_NAME,
                    "The dollar ($) prefixed field '" + name + "' in '" + name
                            + "' is not allowed in the context of an update's replacement document."
                            + " Consider using an aggregation pipeline with $replaceWith.");
        }
        requireString("$ref", fields.get(at).value());
        if (at + 1 == fields.size() || !fields.get(at + 1).name().equals("$id")) {
            throw invalid("The DBRef $ref field must be followed by a $id field");
        }
    }

    private static String require(String name, String before, @Nullable String found) {
        if (!before.equals(found)) {
            throw invalid("Found " + name + " field without a " + before + " before it, which is invalid.");
        }
        return before;
    }

    private static void requireString(String name, Value value) {
        if (!value.isString()) {
            throw invalid("The DBRef " + name + " field must be a String, not a " + Bson.typeName(value.type()));
        }
    }

    private static CommandException invalid(String message) {
        return new CommandException(ErrorCode.INVALID_DB_REF, message);
    }
}
