package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.state.IndexDefinition;
import java.util.Set;

/** The options of an index, each checked for itself and then with the others, with MongoDB's errors. */
final class IndexOptions {
    /** MongoDB keeps the time of a TTL index in an int32. */
    private static final long EXPIRE_SECONDS_MAX = Integer.MAX_VALUE;

    /** What asks for another index than Offshoot has, unless its value is false or empty. */
    private static final Set<String> NOT_SUPPORTED =
            Set.of("bucketSize", "clustered", "prepareUnique", "storageEngine");

    private static final Set<String> KNOWN = Set.of(
            "key",
            "name",
            "v",
            "background",
            "dropDups",
            "ns",
            "unique",
            "sparse",
            "hidden",
            "collation",
            "partialFilterExpression",
            "wildcardProjection",
            "expireAfterSeconds",
            "2dsphereIndexVersion",
            "bits",
            "min",
            "max",
            "weights",
            "default_language",
            "language_override",
            "textIndexVersion");

    private IndexOptions() {}

    static void check(Doc.Field option, Doc spec) {
        Value value = option.value();
        switch (option.name()) {
            case "unique", "sparse" -> checkBoolean(option);
            case "hidden" -> {
                if (value.type() != Bson.BOOLEAN) {
                    throw wrongType("hidden", "a boolean", value);
                }
            }
            case "collation" -> {
                checkObject(option);
                if (value.asDoc().isEmpty()) {
                    throw new CommandException(ErrorCode.BAD_VALUE, "The field 'collation' cannot be an empty object.");
                }
            }
            case "partialFilterExpression" -> checkObject(option);
            case "wildcardProjection" -> checkProjection(option);
            case "expireAfterSeconds" -> checkExpiry(value, spec);
            default -> {
                if (!KNOWN.contains(option.name())) {
                    checkOther(option, spec);
                }
            }
        }
    }

    /** The options that MongoDB knows, of those that a client asks for. */
    static Doc known(Doc spec) {
        DocBuilder known = new DocBuilder(spec.length());
        for (Doc.Field option : spec) {
            if (KNOWN.contains(option.name()) || NOT_SUPPORTED.contains(option.name())) {
                known.append(option.name(), option.value());
            }
        }
        return known.buildDoc();
    }

    private static void checkOther(Doc.Field option, Doc spec) {
        if (!NOT_SUPPORTED.contains(option.name())) {
            throw invalid("The field '" + option.name() + "' is not valid for an index specification.", spec);
        }
        if (!asksForNothing(option.name(), option.value())) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "Offshoot does not support the option '" + option.name() + "' of indexes yet");
        }
    }

    private static boolean asksForNothing(String name, Value value) {
        return switch (name) {
            case "prepareUnique", "clustered" -> !value.isTruthy();
            case "storageEngine" -> value.isDocument() && value.asDoc().isEmpty();
            default -> false;
        };
    }

    private static void checkBoolean(Doc.Field option) {
        if (option.value().type() != Bson.BOOLEAN && !option.value().isNumber()) {
            throw wrongType(option.name(), "a boolean", option.value());
        }
    }

    private static void checkObject(Doc.Field option) {
        if (!option.value().isDocument()) {
            throw wrongType(option.name(), "an object", option.value());
        }
    }

    private static void checkProjection(Doc.Field option) {
        checkObject(option);
        if (option.value().asDoc().isEmpty()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE, "The 'wildcardProjection' field can't be an empty object");
        }
    }

    /** Also what {@code collMod} may set. */
    static void checkExpiry(Value value, Doc spec) {
        if (!value.isNumber()) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "TTL index 'expireAfterSeconds' option must be numeric, but received a type of '"
                            + Bson.typeName(value.type()) + "'. Index spec: " + spec);
        }
        double seconds = value.toDouble();
        if (seconds < 0) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "TTL index 'expireAfterSeconds' option cannot be less than 0. Index spec: " + spec);
        }
        if (seconds > EXPIRE_SECONDS_MAX) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "TTL index 'expireAfterSeconds' option must be within an acceptable range, try a lower number."
                            + " Index spec: " + spec);
        }
    }

    /** What an index may not be at once. */
    static void checkTogether(IndexDefinition index) {
        Doc spec = index.spec();
        IndexKeys keys = index.keys();
        if (keys.isSparse() && keys.partialFilter() != null) {
            throw cannot("cannot mix \"partialFilterExpression\" and \"sparse\" options");
        }
        if (spec.has("wildcardProjection")) {
            checkWildcardProjection(keys);
        }
        if (spec.has("weights") && keys.texts() == null) {
            throw cannot("The field 'weights' is only allowed in a text index");
        }
        if (keys.isWildcard()) {
            checkWildcard(spec);
            WildcardOptions.check(keys, spec);
        }
        boolean hashed = false;
        for (int i = 0; i < keys.count(); i++) {
            hashed |= keys.isHashed(i);
        }
        if (hashed && index.unique()) {
            throw new CommandException(
                    ErrorCode.location(16764),
                    "Currently hashed indexes cannot guarantee uniqueness. Use a regular index.");
        }
        if (spec.has("expireAfterSeconds") && keys.count() > 1) {
            throw cannot(
                    "TTL indexes are single-field indexes, compound indexes do not support TTL. Index spec: " + spec);
        }
    }

    private static void checkWildcardProjection(IndexKeys keys) {
        if (!keys.isWildcard()) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "The field 'wildcardProjection' is only allowed in an 'wildcard' index");
        }
        if (!keys.paths().contains("$**")) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "The field 'wildcardProjection' is only allowed when 'key' is {\"$**\": ±1}");
        }
    }

    private static void checkWildcard(Doc spec) {
        Value version = spec.get("v");
        if (version != null && version.toDouble() == 1) {
            throw cannot("An index of version 1 cannot be a wildcard index; leave 'v' out or say 2");
        }
        for (String option : new String[] {"unique", "sparse", "expireAfterSeconds"}) {
            if (spec.has(option)) {
                throw cannot("Index type 'wildcard' does not support the " + option + " option");
            }
        }
    }

    static CommandException invalid(String message, Doc spec) {
        return new CommandException(ErrorCode.INVALID_INDEX_SPECIFICATION_OPTION, message + " Specification: " + spec);
    }

    static CommandException wrongType(String field, String expected, Value value) {
        return new CommandException(
                ErrorCode.TYPE_MISMATCH,
                "The field '" + field + "' must be " + expected + ", but got " + Bson.typeName(value.type()));
    }

    private static CommandException cannot(String message) {
        return new CommandException(ErrorCode.CANNOT_CREATE_INDEX, message);
    }
}
