package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code $merge}: the results go into a collection, each where it belongs.
 *
 * @param on the fields that say which document of the collection a result belongs to
 * @param update the pipeline for {@link WhenMatched#PIPELINE}, else null
 * @param let the variables of that pipeline, as expressions on a result
 * @param collation that of the pipeline, which the index that finds documents has to have
 */
public record MergeStage(
        @Nullable String database,
        String collection,
        List<String> on,
        WhenMatched whenMatched,
        WhenNotMatched whenNotMatched,
        @Nullable Update update,
        Map<String, Expression> let,
        Collation collation)
        implements WriteStage {
    private static final Set<String> OPTIONS =
            Set.of("into", "on", "let", "whenMatched", "whenNotMatched", "targetCollectionVersion");

    /** What becomes of the document that a result belongs to. */
    public enum WhenMatched {
        REPLACE("replace"),
        MERGE("merge"),
        KEEP_EXISTING("keepExisting"),
        FAIL("fail"),
        PIPELINE("pipeline");

        final String text;

        WhenMatched(String text) {
            this.text = text;
        }
    }

    /** What becomes of a result that belongs to no document. */
    public enum WhenNotMatched {
        INSERT("insert"),
        DISCARD("discard"),
        FAIL("fail");

        final String text;

        WhenNotMatched(String text) {
            this.text = text;
        }
    }

    static MergeStage parse(String name, Value argument, CompileContext compile) {
        if (argument.isString()) {
            return new MergeStage(
                    null,
                    checked(argument.asString()),
                    List.of("_id"),
                    WhenMatched.MERGE,
                    WhenNotMatched.INSERT,
                    null,
                    Map.of(),
                    compile.collation());
        }
        if (!argument.isDocument()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "$merge requires a string or object argument, but found " + Bson.typeName(argument.type()));
        }
        Doc options = new StageOptions(name, argument.asDoc()).only(OPTIONS).options();
        Value into = options.get("into");
        if (into == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field '$merge.into' is missing but a required field");
        }
        WhenMatched matched = whenMatched(options.get("whenMatched"));
        WhenNotMatched notMatched = whenNotMatched(options.get("whenNotMatched"));
        checkCombination(matched, notMatched);
        Doc let = new StageOptions(name, options).document("let");
        Map<String, Expression> variables = variables(let, matched, notMatched, compile);
        Value pipeline = options.get("whenMatched");
        return new MergeStage(
                database(into),
                checked(collection(into)),
                on(options.get("on")),
                matched,
                notMatched,
                pipeline != null && matched == WhenMatched.PIPELINE
                        ? Update.compile(pipeline, false, List.of(), compile.with(variables.keySet()))
                        : null,
                variables,
                compile.collation());
    }

    private static @Nullable String database(Value into) {
        Value database = into.isDocument() ? into.asDoc().get("db") : null;
        return database == null || !database.isString() || database.asString().isEmpty() ? null : database.asString();
    }

    private static String collection(Value into) {
        if (into.isString()) {
            if (into.asString().isEmpty()) {
                throw error(5786800, "$merge 'into' field cannot be an empty string");
            }
            return into.asString();
        }
        if (!into.isDocument()) {
            throw error(
                    51178,
                    "$merge 'into' field  must be either a string or an object, but found "
                            + Bson.typeName(into.type()));
        }
        StageOptions options = new StageOptions("into", into.asDoc()).only(Set.of("db", "coll"));
        options.string("db");
        String collection = options.string("coll");
        if (collection == null || collection.isEmpty()) {
            throw error(5786801, "$merge 'into' field must specify a 'coll' that is not empty, null or undefined");
        }
        return collection;
    }

    private static String checked(String collection) {
        if (collection.startsWith("system.")) {
            throw error(31319, "Cannot $merge to special collection: " + collection);
        }
        return collection;
    }

    private static List<String> on(@Nullable Value on) {
        if (on == null) {
            return List.of("_id");
        }
        if (!on.isString() && !on.isArray()) {
            throw error(
                    51186,
                    "$merge 'on' field  must be either a string or an array of strings, but found "
                            + Bson.typeName(on.type()));
        }
        List<String> fields = new ArrayList<>();
        for (Value field : on.isString() ? List.of(on) : BsonArrays.elements(on)) {
            if (!field.isString()) {
                throw error(
                        51134, "$merge 'on' array elements must be strings, but found " + Bson.typeName(field.type()));
            }
            String path = DottedPath.parse(field.asString()).text();
            if (fields.contains(path)) {
                throw error(31465, "Found a duplicate field '" + path + "'");
            }
            fields.add(path);
        }
        if (fields.isEmpty()) {
            throw error(51187, "If explicitly specifying $merge 'on', must include at least one field");
        }
        return List.copyOf(fields);
    }

    private static WhenMatched whenMatched(@Nullable Value value) {
        if (value == null) {
            return WhenMatched.MERGE;
        }
        if (value.isArray()) {
            return WhenMatched.PIPELINE;
        }
        if (!value.isString()) {
            throw error(
                    51191,
                    "$merge 'whenMatched' field  must be either a string or an array, but found "
                            + Bson.typeName(value.type()));
        }
        for (WhenMatched mode : WhenMatched.values()) {
            if (mode != WhenMatched.PIPELINE && mode.text.equals(value.asString())) {
                return mode;
            }
        }
        throw notValid(value.asString(), "whenMatched");
    }

    private static WhenNotMatched whenNotMatched(@Nullable Value value) {
        if (value == null || value.type() == Bson.NULL) {
            return WhenNotMatched.INSERT;
        }
        if (!value.isString()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "BSON field '$merge.whenNotMatched' is the wrong type '" + Bson.typeName(value.type())
                            + "', expected type 'string'");
        }
        for (WhenNotMatched mode : WhenNotMatched.values()) {
            if (mode.text.equals(value.asString())) {
                return mode;
            }
        }
        throw notValid(value.asString(), "$merge.whenNotMatched");
    }

    private static CommandException notValid(String value, String field) {
        return new CommandException(
                ErrorCode.BAD_VALUE,
                "Enumeration value '" + value + "' for field '" + field + "' is not a valid value.");
    }

    private static void checkCombination(WhenMatched matched, WhenNotMatched notMatched) {
        boolean inserting = matched == WhenMatched.KEEP_EXISTING || matched == WhenMatched.FAIL;
        if (inserting && notMatched != WhenNotMatched.INSERT) {
            throw error(
                    51181,
                    "Combination of $merge modes 'whenMatched: " + matched.text + "' and 'whenNotMatched: "
                            + notMatched.text + "' is not supported");
        }
    }

    private static Map<String, Expression> variables(
            @Nullable Doc let, WhenMatched matched, WhenNotMatched notMatched, CompileContext compile) {
        if (matched != WhenMatched.PIPELINE) {
            if (let != null) {
                throw error(51199, "Cannot use 'let' variables with 'whenMatched: " + matched.text + "' mode");
            }
            return Map.of();
        }
        Map<String, Expression> variables = new LinkedHashMap<>();
        if (let == null || (!let.has("new") && notMatched == WhenNotMatched.INSERT)) {
            variables.put("new", Expression.compile(Value.of("$$ROOT"), compile));
        }
        for (Doc.Field variable : let == null ? Doc.EMPTY : let) {
            if (variable.name().equals("new") && !variable.value().equals(Value.of("$$ROOT"))) {
                throw error(51273, "'let' may not define a value for the reserved 'new' variable other than '$$ROOT'");
            }
            ExpressionParser.checkVariable(variable.name());
            variables.put(variable.name(), Expression.compile(variable.value(), compile));
        }
        return variables;
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }
}
