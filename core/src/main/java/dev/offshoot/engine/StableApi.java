package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import java.util.Set;

/** MongoDB's Stable API, of which there is version 1: what a client declares is checked, and with {@code apiStrict} held to. */
final class StableApi {
    private static final ErrorCode FIELDS_WITHOUT_VERSION = ErrorCode.location(4886600);

    /** The commands of version 1 among ours. */
    private static final Set<String> VERSION_1 = Set.of(
            "aggregate",
            "bulkWrite",
            "collMod",
            "count",
            "create",
            "createIndexes",
            "delete",
            "drop",
            "dropDatabase",
            "dropIndexes",
            "endSessions",
            "explain",
            "find",
            "findAndModify",
            "getMore",
            "hello",
            "insert",
            "killCursors",
            "listCollections",
            "listDatabases",
            "listIndexes",
            "ping",
            "refreshSessions",
            "update");

    /** The stages that are not in version 1. */
    private static final Set<String> STAGES_BEYOND = Set.of(
            "$currentOp",
            "$indexStats",
            "$listLocalSessions",
            "$listSearchIndexes",
            "$listSessions",
            "$planCacheStats",
            "$search",
            "$searchMeta",
            "$vectorSearch");

    private StableApi() {}

    /** Refuses a version that is not there, and with {@code apiStrict} a command or a stage that is not in it. */
    static void check(Command command, Invocation call) {
        Value version = call.get("apiVersion");
        if (version == null) {
            if (call.has("apiStrict") || call.has("apiDeprecationErrors")) {
                throw new CommandException(
                        FIELDS_WITHOUT_VERSION,
                        "Provided apiStrict and/or apiDeprecationErrors without passing apiVersion");
            }
            return;
        }
        if (!version.isString() || !version.asString().equals("1")) {
            throw new CommandException(ErrorCode.API_VERSION_ERROR, "API version must be \"1\"; got " + version);
        }
        if (!call.bool("apiStrict", false)) {
            return;
        }
        if (!VERSION_1.contains(command.name())) {
            throw new CommandException(
                    ErrorCode.API_STRICT_ERROR,
                    "Provided apiStrict:true, but the command " + command.name() + " is not in API Version 1");
        }
        Value pipeline = call.get("pipeline");
        if (pipeline != null && pipeline.isArray()) {
            checkStages(pipeline.asDoc());
        }
    }

    private static void checkStages(Doc pipeline) {
        for (Doc.Field stage : pipeline) {
            if (stage.value().isDocument() && !stage.value().asDoc().isEmpty()) {
                String name = stage.value().asDoc().first().name();
                if (STAGES_BEYOND.contains(name)) {
                    throw new CommandException(
                            ErrorCode.API_STRICT_ERROR,
                            "stage " + name + " is not allowed with 'apiStrict: true' in API Version 1");
                }
            }
        }
    }
}
