package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A stage that brings documents about the collection it stands on, or about the server: {@code $collStats}, {@code $indexStats},
 * {@code $planCacheStats}, {@code $currentOp}, {@code $listSessions} and {@code $listLocalSessions}. What they say comes from the
 * {@link CollectionReader}.
 */
record ReportStage(String name, Doc options, Place place) implements Stage {
    private static final Set<String> COLL_STATS = Set.of("latencyStats", "storageStats", "count", "queryExecStats");
    private static final Set<String> CURRENT_OP = Set.of(
            "allUsers",
            "backtrace",
            "idleConnections",
            "idleCursors",
            "idleSessions",
            "localOps",
            "targetAllNodes",
            "truncateOps");

    static ReportStage collStats(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw error(40166, "$collStats must take a nested object but found: " + ShellText.field(name, argument));
        }
        StageOptions options = new StageOptions(name, argument.asDoc()).only(COLL_STATS);
        DocBuilder asked = new DocBuilder();
        for (Doc.Field option : argument.asDoc()) {
            Doc details = options.document(option.name());
            if (details != null) {
                asked.append(option.name(), checked(name + "." + option.name(), option.name(), details));
            }
        }
        return new ReportStage(name, asked.buildDoc(), Place.FIRST);
    }

    /** What an option of {@code $collStats} asks; a scale as the int32 that MongoDB reads. */
    private static Doc checked(String path, String option, Doc details) {
        StageOptions options = new StageOptions(path, details);
        switch (option) {
            case "latencyStats" -> options.only(Set.of("histograms")).typed("histograms", Bson.BOOLEAN, "bool");
            case "storageStats" -> {
                return new DocBuilder()
                        .append("scale", scale(path, details.get("scale")))
                        .buildDoc();
            }
            default -> {
                if (!details.isEmpty()) {
                    throw error(31170, path + " takes an empty object, found: " + ShellText.of(details));
                }
            }
        }
        return details;
    }

    private static int scale(String path, @Nullable Value scale) {
        if (scale == null || scale.type() == Bson.NULL) {
            return 1;
        }
        if (!scale.isNumber()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    "BSON field '" + path + ".scale' is the wrong type '" + Bson.typeName(scale.type())
                            + "', expected a number");
        }
        long whole = scale.toRoundedLong();
        if (whole < 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "BSON field '" + path + ".scale' value must be >= 1, actual value '" + ShellText.of(scale) + "'");
        }
        return (int) Math.min(Integer.MAX_VALUE, whole);
    }

    static ReportStage indexStats(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument() || !argument.asDoc().isEmpty()) {
            throw error(
                    28803,
                    "The $indexStats stage specification must be an empty object. Found: " + ShellText.of(argument));
        }
        return new ReportStage(name, Doc.EMPTY, Place.FIRST);
    }

    static ReportStage planCacheStats(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw failed("$planCacheStats value must be an object. Found: " + Bson.typeName(argument.type()));
        }
        for (Doc.Field option : argument.asDoc()) {
            if (!option.name().equals("allHosts")) {
                throw failed(
                        "$planCacheStats parameters object may contain only 'allHosts' field. Found: " + option.name());
            }
        }
        return new ReportStage(name, argument.asDoc(), Place.FIRST);
    }

    static ReportStage currentOp(String name, Value argument, CompileContext compile) {
        if (!argument.isDocument()) {
            throw failed(
                    "$currentOp options must be specified in an object, but found: " + Bson.typeName(argument.type()));
        }
        for (Doc.Field option : argument.asDoc()) {
            if (!CURRENT_OP.contains(option.name())) {
                throw failed("Unrecognized option '" + option.name() + "' in $currentOp stage.");
            }
            if (option.value().type() != Bson.BOOLEAN) {
                throw failed(
                        "The '" + option.name() + "' parameter of the $currentOp stage must be a boolean value, but"
                                + " found: " + Bson.typeName(option.value().type()));
            }
        }
        return new ReportStage(name, argument.asDoc(), Place.SERVER);
    }

    static ReportStage listSessions(String name, Value argument, CompileContext compile) {
        return new ReportStage(name, sessions(name, argument), Place.FIRST);
    }

    static ReportStage listLocalSessions(String name, Value argument, CompileContext compile) {
        return new ReportStage(name, sessions(name, argument), Place.SERVER);
    }

    private static Doc sessions(String name, Value argument) {
        if (!argument.isDocument()) {
            throw new CommandException(
                    ErrorCode.TYPE_MISMATCH,
                    name + " options must be specified in an object, but found: " + Bson.typeName(argument.type()));
        }
        new StageOptions(name, argument.asDoc()).only(Set.of("users", "allUsers", "$_internalPredicate"));
        return argument.asDoc();
    }

    private static CommandException failed(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    private static CommandException error(int number, String message) {
        return new CommandException(ErrorCode.location(number), message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.later(() -> place.collectionless()
                ? context.collections().report(name, options)
                : context.source().report(name, options));
    }
}
