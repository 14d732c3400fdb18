package dev.offshoot.engine;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.ShellText;
import dev.offshoot.mql.SpecialIndexes;
import dev.offshoot.state.IndexDefinition;
import dev.offshoot.state.IndexSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An index that a client asks for, checked.
 *
 * @param collated whether it says which collation it has, the simple one too
 */
record IndexSpec(IndexDefinition definition, boolean collated) {
    private static final int FIELDS_MAX = 32;

    /** What is accepted and means nothing here: how to build, or where. */
    private static final Set<String> WITHOUT_MEANING = Set.of("background", "dropDups", "ns");

    /** What the manual lets the index on {@code _id} have. */
    private static final Set<String> OF_ID = Set.of("key", "name", "ns", "v", "collation");

    /** What makes one index another, beside its key. */
    private static final List<String> SIGNATURE =
            List.of("unique", "sparse", "partialFilterExpression", "collation", "wildcardProjection");

    /** What else can be different. */
    private static final List<String> OPTIONS = List.of(
            "hidden", "expireAfterSeconds", "weights", "default_language", "language_override", "bits", "min", "max");

    static IndexSpec parse(Doc asked) {
        Doc spec = asked.get("key") == null ? asked : SpecialIndexes.complete(asked);
        Doc pattern = document(spec, "key");
        String name = string(spec, "name");
        if (pattern.count() > FIELDS_MAX) {
            throw new CommandException(ErrorCode.location(13103), "too many compound keys");
        }
        for (Doc.Field option : spec) {
            IndexOptions.check(option, spec);
        }
        checkName(name, pattern, spec);
        IndexDefinition definition = IndexDefinition.of(stored(spec, pattern, name));
        IndexOptions.checkTogether(definition);
        return new IndexSpec(definition, spec.has("collation"));
    }

    /** What {@code listIndexes} will answer: what says no more than its absence would is left out. */
    private static Doc stored(Doc spec, Doc pattern, String name) {
        DocBuilder stored = new DocBuilder()
                .append("v", version(spec))
                .append("key", pattern)
                .append("name", name);
        for (Doc.Field option : spec) {
            switch (option.name()) {
                case "v", "key", "name" -> {}
                case "unique", "sparse", "hidden" -> {
                    if (option.value().isTruthy()) {
                        stored.append(option.name(), true);
                    }
                }
                case "collation" -> {
                    Collation collation = Collation.parse(option.value().asDoc(), "collation");
                    if (!collation.isSimple()) {
                        stored.append("collation", collation.toDoc());
                    }
                }
                case "partialFilterExpression",
                        "wildcardProjection",
                        "expireAfterSeconds",
                        "2dsphereIndexVersion",
                        "bits",
                        "min",
                        "max",
                        "weights",
                        "default_language",
                        "language_override",
                        "textIndexVersion" -> stored.append(option.name(), option.value());
                default -> {}
            }
        }
        return stored.buildDoc();
    }

    /** The same in a collection with this collation, which is that of an index which names none; the one on _id has no other. */
    IndexSpec in(Collation collection) {
        if (collated && isId() && !definition.keys().collation().equals(collection)) {
            throw new CommandException(
                    ErrorCode.CANNOT_CREATE_INDEX,
                    "The _id index must have the same collation as the collection. Index collation: "
                            + ShellText.of(definition.keys().collation().toDoc()) + ", collection collation: "
                            + ShellText.of(collection.toDoc()));
        }
        if (collated || collection.isSimple()) {
            return this;
        }
        DocBuilder spec = new DocBuilder().appendAll(toDoc()).append("collation", collection.toDoc());
        return new IndexSpec(IndexDefinition.of(spec.buildDoc()), true);
    }

    String name() {
        return definition.name();
    }

    Doc pattern() {
        return definition.keys().pattern();
    }

    boolean isId() {
        return isIdPattern(pattern());
    }

    Doc toDoc() {
        return definition.spec();
    }

    /** The index without entries, for messages. */
    IndexSnapshot toEmptyIndex() {
        return IndexSnapshot.create(0, toDoc());
    }

    /** Whether an index is the same but for its name and what can be changed of it. */
    boolean hasSignatureOf(Doc other) {
        Value pattern = other.get("key");
        if (pattern == null || !samePattern(pattern(), pattern.asDoc())) {
            return false;
        }
        return SIGNATURE.stream().allMatch(option -> sameOption(option, other));
    }

    /** Whether an index with the same signature has the same options too. */
    boolean hasOptionsOf(Doc other) {
        return OPTIONS.stream().allMatch(option -> sameOption(option, other));
    }

    private boolean sameOption(String option, Doc other) {
        Value mine = toDoc().get(option);
        Value its = other.get(option);
        return (mine == null || its == null) ? Objects.equals(mine, its) : BsonOrder.compare(mine, its) == 0;
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

    private static boolean isDescendingId(Doc pattern) {
        Value direction = pattern.get("_id");
        return pattern.count() == 1 && direction != null && direction.isNumber() && direction.toDouble() == -1;
    }

    private static void checkName(String name, Doc pattern, Doc spec) {
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
            checkOptionsOfId(spec);
        } else if (isDescendingId(pattern)) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE, "The field 'key' for an _id index must be {_id: 1}, but got " + pattern);
        } else if (name.equals("_id_")) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "The index name '_id_' is reserved for the _id index, which must have key pattern {_id: 1}, found key: "
                            + pattern);
        }
    }

    private static void checkOptionsOfId(Doc spec) {
        for (Doc.Field option : spec) {
            if (option.name().equals("hidden") && option.value().isTruthy()) {
                throw new CommandException(ErrorCode.BAD_VALUE, "can't hide _id index");
            }
            if (!OF_ID.contains(option.name()) && !WITHOUT_MEANING.contains(option.name())) {
                throw IndexOptions.invalid(
                        "The field '" + option.name() + "' is not valid for an _id index specification.", spec);
            }
        }
    }

    private static int version(Doc spec) {
        Value v = spec.get("v");
        if (v == null) {
            return 2;
        }
        if (!v.isNumber()) {
            throw IndexOptions.wrongType("v", "a number", v);
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
            throw IndexOptions.wrongType(field, "an object", value);
        }
        return value.asDoc();
    }

    private static String string(Doc spec, String field) {
        Value value = required(spec, field);
        if (!value.isString()) {
            throw IndexOptions.wrongType(field, "a string", value);
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
}
