package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.tree.Tree;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An index that a client asks for, checked.
 *
 * @param keys its key pattern, compiled
 */
record IndexSpec(String name, IndexKeys keys, boolean unique, int version) {
    private static final int FIELDS_MAX = 32;

    /** What is accepted and means nothing here: how to build, or where. */
    private static final Set<String> WITHOUT_MEANING = Set.of("background", "dropDups", "ns");

    /** What asks for another index than a plain one, unless its value is false or empty. */
    private static final Set<String> NOT_SUPPORTED = Set.of(
            "2dsphereIndexVersion",
            "bits",
            "bucketSize",
            "clustered",
            "collation",
            "default_language",
            "expireAfterSeconds",
            "hidden",
            "language_override",
            "max",
            "min",
            "partialFilterExpression",
            "prepareUnique",
            "sparse",
            "storageEngine",
            "textIndexVersion",
            "weights",
            "wildcardProjection");

    static IndexSpec parse(Doc spec) {
        Doc pattern = document(spec, "key");
        IndexKeys keys = IndexKeys.compile(pattern);
        if (keys.paths().size() > FIELDS_MAX) {
            throw new CommandException(ErrorCode.location(13103), "too many compound keys");
        }
        checkOptions(spec);
        String name = checkName(string(spec, "name"), pattern, spec);
        Value unique = spec.get("unique");
        return new IndexSpec(name, keys, unique != null && unique.isTruthy(), version(spec));
    }

    Doc pattern() {
        return keys.pattern();
    }

    boolean isId() {
        return isIdPattern(pattern());
    }

    /** What {@code listIndexes} will answer. */
    Doc toDoc() {
        DocBuilder spec =
                new DocBuilder().append("v", version).append("key", pattern()).append("name", name);
        if (unique) {
            spec.append("unique", true);
        }
        return spec.buildDoc();
    }

    /** The index without entries, for messages. */
    IndexSnapshot toEmptyIndex() {
        return new IndexSnapshot(0, toDoc(), keys, false, Tree.empty());
    }

    /** Whether two specs give the same index, whatever its name. */
    boolean sameSignature(boolean otherUnique, Doc otherPattern) {
        return unique == otherUnique && samePattern(pattern(), otherPattern);
    }

    static boolean samePattern(Doc a, Doc b) {
        return BsonOrder.compare(Value.document(a), Value.document(b)) == 0;
    }

    static boolean isIdPattern(Doc pattern) {
        return pattern.count() == 1
                && pattern.first().name().equals("_id")
                && pattern.first().value().isNumber()
                && pattern.first().value().toDouble() == 1;
    }

    private static String checkName(String name, Doc pattern, Doc spec) {
        if (name.isEmpty()) {
            throw new CommandException(ErrorCode.CANNOT_CREATE_INDEX, "index name cannot be empty");
        }
        if (name.indexOf('\0') >= 0) {
            throw new CommandException(ErrorCode.CANNOT_CREATE_INDEX, "index name cannot contain NUL");
        }
        if (name.equals("*")) {
            throw new CommandException(ErrorCode.BAD_VALUE, "The index name '*' is not valid.");
        }
        if (isIdPattern(pattern)) {
            if (spec.has("unique")) {
                throw invalidOption("The field 'unique' is not valid for an _id index specification.", spec);
            }
        } else if (name.equals("_id_")) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "The index name '_id_' is reserved for the _id index, which must have key pattern {_id: 1}, found key: "
                            + pattern);
        }
        return name;
    }

    private static void checkOptions(Doc spec) {
        for (Doc.Field option : spec) {
            switch (option.name()) {
                case "key", "name", "v" -> {}
                case "unique" -> checkBoolean(option);
                default -> checkOption(option, spec);
            }
        }
    }

    private static void checkOption(Doc.Field option, Doc spec) {
        if (NOT_SUPPORTED.contains(option.name())) {
            if (!asksForNothing(option.name(), option.value())) {
                throw new CommandException(
                        ErrorCode.CANNOT_CREATE_INDEX,
                        "Offshoot does not support the option '" + option.name() + "' of indexes yet");
            }
        } else if (!WITHOUT_MEANING.contains(option.name())) {
            throw invalidOption("The field '" + option.name() + "' is not valid for an index specification.", spec);
        }
    }

    private static boolean asksForNothing(String name, Value value) {
        return switch (name) {
            case "sparse", "hidden", "prepareUnique", "clustered" -> !value.isTruthy();
            case "collation" ->
                value.isDocument() && Value.of("simple").equals(value.asDoc().get("locale"));
            case "storageEngine" -> value.isDocument() && value.asDoc().isEmpty();
            default -> false;
        };
    }

    private static void checkBoolean(Doc.Field option) {
        if (option.value().type() != Bson.BOOLEAN && !option.value().isNumber()) {
            throw wrongType(option.name(), "a boolean", option.value());
        }
    }

    private static int version(Doc spec) {
        Value v = spec.get("v");
        if (v == null) {
            return 2;
        }
        if (!v.isNumber()) {
            throw wrongType("v", "a number", v);
        }
        if (v.toDouble() != 1 && v.toDouble() != 2) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "Invalid index specification " + spec + "; cannot create an index with v=" + v);
        }
        return (int) v.toLong();
    }

    private static Doc document(Doc spec, String field) {
        Value value = required(spec, field);
        if (!value.isDocument()) {
            throw wrongType(field, "an object", value);
        }
        return value.asDoc();
    }

    private static String string(Doc spec, String field) {
        Value value = required(spec, field);
        if (!value.isString()) {
            throw wrongType(field, "a string", value);
        }
        return value.asString();
    }

    private static Value required(Doc spec, String field) {
        @Nullable Value value = spec.get(field);
        if (value == null) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "Error in specification " + spec + " :: caused by :: The '" + field
                            + "' field is a required property of an index specification");
        }
        return value;
    }

    private static CommandException wrongType(String field, String expected, Value value) {
        return new CommandException(
                ErrorCode.TYPE_MISMATCH,
                "The field '" + field + "' must be " + expected + ", but got " + Bson.typeName(value.type()));
    }

    private static CommandException invalidOption(String message, Doc spec) {
        return new CommandException(ErrorCode.INVALID_INDEX_SPECIFICATION_OPTION, message + " Specification: " + spec);
    }
}
