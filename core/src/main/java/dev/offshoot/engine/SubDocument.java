package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A document inside a command, such as one statement of an {@code update}: typed access that refuses what is unknown.
 *
 * @param path what errors call it, such as {@code update.updates}
 */
record SubDocument(String path, Doc doc) {
    /** Refuses fields that are not among these. */
    SubDocument only(Set<String> known) {
        for (Doc.Field field : doc) {
            refuseUnknown(field.name(), known.contains(field.name()));
        }
        return this;
    }

    void refuseUnknown(String field, boolean known) {
        if (!known) {
            throw new CommandException(
                    ErrorCode.UNKNOWN_FIELD, "BSON field '" + path + "." + field + "' is an unknown field.");
        }
    }

    /** A string field that has to be there. */
    String string(String field) {
        Value value = required(field);
        if (!value.isString()) {
            throw mismatch(field, value, "type 'string'");
        }
        return value.asString();
    }

    /** A string field; null where it is missing or null. */
    @Nullable
    String optionalString(String field) {
        Value value = doc.get(field);
        return value == null || value.type() == Bson.NULL ? null : string(field);
    }

    Value required(String field) {
        Value value = doc.get(field);
        if (value == null) {
            throw new CommandException(
                    ErrorCode.location(40414),
                    "BSON field '" + path + "." + field + "' is missing but a required field");
        }
        return value;
    }

    Value typed(String field, int type, String typeName) {
        Value value = required(field);
        if (value.type() != type) {
            throw mismatch(field, value, typeName);
        }
        return value;
    }

    Doc requiredDocument(String field) {
        Value value = required(field);
        if (!value.isDocument()) {
            throw mismatch(field, value, "type 'object'");
        }
        return value.asDoc();
    }

    /** A document field; the empty document where it is missing. */
    Doc document(String field) {
        Value value = doc.get(field);
        if (value == null || value.type() == Bson.NULL) {
            return Doc.EMPTY;
        }
        return requiredDocument(field);
    }

    /** The documents of an array field; none where it is missing. */
    List<Doc> documents(String field) {
        Value value = doc.get(field);
        if (value == null || value.type() == Bson.NULL) {
            return List.of();
        }
        if (!value.isArray()) {
            throw mismatch(field, value, "type 'array'");
        }
        List<Doc> documents = new ArrayList<>();
        for (Doc.Field element : value.asDoc()) {
            if (!element.value().isDocument()) {
                throw mismatch(field + "." + element.name(), element.value(), "type 'object'");
            }
            documents.add(element.value().asDoc());
        }
        return documents;
    }

    boolean bool(String field) {
        Value value = doc.get(field);
        if (value == null || value.type() == Bson.NULL) {
            return false;
        }
        if (value.type() != Bson.BOOLEAN && !value.isNumber()) {
            throw mismatch(field, value, "types '[bool, long, int, decimal, double]'");
        }
        return value.isTruthy();
    }

    /** Refuses a field that takes true and false only, and null for neither. */
    void checkBool(String field) {
        Value value = doc.get(field);
        if (value != null && value.type() != Bson.NULL && value.type() != Bson.BOOLEAN) {
            throw mismatch(field, value, "type 'bool'");
        }
    }

    @Nullable
    Value hint() {
        return Unsupported.hint(doc.get("hint"), path);
    }

    CommandException mismatch(String field, Value value, String expected) {
        return new CommandException(
                ErrorCode.TYPE_MISMATCH,
                "BSON field '" + path + "." + field + "' is the wrong type '" + Bson.typeName(value.type())
                        + "', expected " + expected);
    }
}
