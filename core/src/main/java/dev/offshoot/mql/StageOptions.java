package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The options of a stage that MongoDB reads with its own parser of commands, so that it has the errors of that. */
record StageOptions(String path, Doc options) {
    /** Refuses options that are not among these. */
    StageOptions only(Set<String> known) {
        for (Doc.Field option : options) {
            if (!known.contains(option.name())) {
                throw new CommandException(
                        ErrorCode.UNKNOWN_FIELD,
                        "BSON field '" + path + "." + option.name() + "' is an unknown field.");
            }
        }
        return this;
    }

    @Nullable
    String string(String name) {
        Value value = typed(name, Bson.STRING, "string");
        return value == null ? null : value.asString();
    }

    /** A string that has to be there. */
    String required(String name) {
        String value = string(name);
        if (value == null) {
            throw new CommandException(
                    ErrorCode.location(40414),
                    "BSON field '" + path + "." + name + "' is missing but a required field");
        }
        return value;
    }

    @Nullable
    Doc document(String name) {
        Value value = typed(name, Bson.DOCUMENT, "object");
        return value == null ? null : value.asDoc();
    }

    /** The value of an option that has to be of a type; null where it is missing or null. */
    @Nullable
    Value typed(String name, int type, String typeName) {
        Value value = options.get(name);
        if (value == null || value.type() == Bson.NULL) {
            return null;
        }
        if (value.type() != type) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "BSON field '" + path + "." + name + "' is the wrong type '" + Bson.typeName(value.type())
                            + "', expected type '" + typeName + "'");
        }
        return value;
    }

    /** The name of a collection that a stage reads, which need not exist. */
    static String collection(String stage, String name) {
        if (name.isEmpty() || name.startsWith(".") || name.indexOf('\0') >= 0) {
            throw new CommandException(ErrorCode.INVALID_NAMESPACE, "invalid " + stage + " namespace: '" + name + "'");
        }
        return name;
    }

    /** The stages in an option, as an array; null where it is missing. */
    static @Nullable Doc pipeline(@Nullable Value value) {
        if (value == null) {
            return null;
        }
        if (!value.isArray()) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "'pipeline' option must be specified as an array");
        }
        for (Doc.Field stage : value.asDoc()) {
            if (!stage.value().isDocument()) {
                throw new CommandException(
                        ErrorCode.TYPE_MISMATCH, "Each element of the 'pipeline' array must be an object");
            }
        }
        return value.asDoc();
    }

    /** Whether the stages begin with {@code $documents}, as they must where no collection is named. */
    static boolean beginsWithDocuments(@Nullable Doc pipeline) {
        return pipeline != null
                && !pipeline.isEmpty()
                && Stages.field(pipeline.first().value()).name().equals("$documents");
    }
}
