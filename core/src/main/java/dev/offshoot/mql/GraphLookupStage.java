package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code $graphLookup}: adds to each document those of a collection that can be reached from it, step by step.
 *
 * @param depthField the path that gets the number of steps, or null
 * @param maxDepth how many steps behind the first
 * @param collation how strings compare
 * @param restriction which documents may be reached, or null
 */
record GraphLookupStage(
        String from,
        DottedPath as,
        Expression startWith,
        DottedPath connectFrom,
        DottedPath connectTo,
        @Nullable DottedPath depthField,
        long maxDepth,
        Collation collation,
        @Nullable Filter restriction)
        implements Stage {
    static GraphLookupStage parse(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw failed("the $graphLookup stage specification must be an object, but found "
                    + Bson.typeName(argument.type()));
        }
        Doc options = argument.asDoc();
        Value from = options.get("from");
        if (from == null) {
            throw failed("missing 'from' option to $graphLookup stage specification: " + ShellText.of(argument));
        }
        options.forEach(GraphLookupStage::check);
        List<String> required = List.of("as", "startWith", "connectFromField", "connectToField");
        if (required.stream().anyMatch(option -> isMissing(options.get(option)))) {
            throw error(
                    40105,
                    "$graphLookup requires 'from', 'as', 'startWith', 'connectFromField', and 'connectToField' to be"
                            + " specified.");
        }
        StageOptions.collection("$graphLookup", from.asString());
        Value depthField = options.get("depthField");
        return new GraphLookupStage(
                from.asString(),
                path(options, "as"),
                Expression.compile(required(options, "startWith"), compile),
                path(options, "connectFromField"),
                path(options, "connectToField"),
                depthField == null ? null : DottedPath.parse(depthField.asString()),
                maxDepth(options.get("maxDepth")),
                compile.collation(),
                restriction(options.get("restrictSearchWithMatch"), compile));
    }

    private static void check(Doc.Field option) {
        Value value = option.value();
        switch (option.name()) {
            case "startWith" -> {}
            case "maxDepth" -> maxDepth(value);
            case "restrictSearchWithMatch" -> {
                if (!value.isDocument()) {
                    throw error(
                            40185, "restrictSearchWithMatch must be an object, found " + Bson.typeName(value.type()));
                }
            }
            case "from", "as", "connectFromField", "connectToField", "depthField" -> {
                if (!value.isString()) {
                    throw option.name().equals("from")
                            ? failed("$graphLookup 'from' field must be a string, but found "
                                    + Bson.typeName(value.type()))
                            : error(
                                    40103,
                                    "expected string as argument for " + option.name() + ", found: "
                                            + Bson.typeName(value.type()));
                }
            }
            default -> throw error(40104, "Unknown argument to $graphLookup: " + option.name());
        }
    }

    private static boolean isMissing(@Nullable Value option) {
        return option == null || (option.isString() && option.asString().isEmpty());
    }

    private static Value required(Doc options, String name) {
        Value value = options.get(name);
        if (value == null) {
            throw new AssertionError("the option " + name + " was seen before");
        }
        return value;
    }

    private static DottedPath path(Doc options, String name) {
        return DottedPath.parse(required(options, name).asString());
    }

    private static long maxDepth(@Nullable Value value) {
        if (value == null) {
            return Long.MAX_VALUE;
        }
        if (!value.isNumber()) {
            throw error(40100, "maxDepth must be numeric, found type: " + Bson.typeName(value.type()));
        }
        long depth = value.toLong();
        if (depth < 0) {
            throw error(40101, "maxDepth requires a nonnegative argument, found: " + depth);
        }
        if (depth != value.toDouble()) {
            throw error(40102, "maxDepth could not be represented as a long long: " + depth);
        }
        return depth;
    }

    private static @Nullable Filter restriction(@Nullable Value value, CompileContext compile) {
        if (value == null) {
            return null;
        }
        try {
            return Filter.compileWithExpressions(value.asDoc(), compile);
        } catch (CommandException e) {
            throw new CommandException(
                    e.code(),
                    "Failed to parse 'restrictSearchWithMatch' option to $graphLookup :: caused by :: " + e.message());
        }
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    private static CommandException failed(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> {
            CollectionReader.Source source = context.collections().source(from);
            ForeignJoin join = new ForeignJoin(source, connectTo, collation, context);
            return Iterators.mapped(input, doc -> new GraphSearch(this, join, context).reachedFrom(doc));
        });
    }
}
