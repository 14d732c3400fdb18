package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Iterator;
import java.util.Set;

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
        for (Doc.Field option : argument.asDoc()) {
            if (!COLL_STATS.contains(option.name())) {
                throw new CommandException(
                        ErrorCode.UNKNOWN_FIELD, "BSON field '$collStats." + option.name() + "' is an unknown field.");
            }
            if (!option.value().isDocument()) {
                throw new CommandException(
                        ErrorCode.TYPE_MISMATCH,
                        "BSON field '$collStats." + option.name() + "' is the wrong type '"
                                + Bson.typeName(option.value().type()) + "', expected type 'object'");
            }
        }
        return new ReportStage(name, argument.asDoc(), Place.FIRST);
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
