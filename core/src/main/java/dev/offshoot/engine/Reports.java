package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What stages such as {@code $collStats} and {@code $currentOp} say. */
final class Reports {
    private Reports() {}

    /**
     * About the server. Nobody logs in and no shards are behind it, so {@code allUsers} and {@code localOps} change nothing; nor does
     * {@code idleSessions}, which is about transactions.
     */
    static Iterator<Doc> ofServer(Invocation call, String stage, Doc options) {
        if (stage.equals("$currentOp")) {
            if (!call.database().project().equals("admin")) {
                throw new CommandException(
                        ErrorCode.INVALID_NAMESPACE,
                        "$currentOp must be run against the 'admin' database with {aggregate: 1}");
            }
            return call.engine()
                    .describeOperations(isTrue(options, "idleConnections"), isTrue(options, "idleCursors"))
                    .iterator();
        }
        return call.engine().sessions().describe().iterator();
    }

    private static boolean isTrue(Doc options, String name) {
        Value option = options.get(name);
        return option != null && option.isTruthy();
    }

    /**
     * About a collection.
     *
     * @param state where the collection is
     * @param collection null where there is none of this name
     */
    static Iterator<Doc> ofCollection(
            Invocation call,
            Snapshot state,
            String name,
            @Nullable CollectionSnapshot collection,
            String stage,
            Doc options) {
        return switch (stage) {
            case "$collStats" ->
                List.of(statistics(call, name, options, what -> required(call, name, collection, what)))
                        .iterator();
            case "$indexStats" -> collection == null ? Collections.emptyIterator() : indexes(call, state, collection);
            case "$listSessions" -> sessions(call, name);
            default -> Collections.emptyIterator(); // $planCacheStats: plans are not kept
        };
    }

    /** What {@code $collStats} says about a view, which holds nothing itself. */
    static Iterator<Doc> ofView(Invocation call, String name, Doc options) {
        return List.of(statistics(call, name, options, what -> {
                    throw new CommandException(
                            ErrorCode.COMMAND_NOT_SUPPORTED_ON_VIEW,
                            "Unable to retrieve " + what + " in $collStats stage: " + call.namespace(name)
                                    + " is a view, not a collection");
                }))
                .iterator();
    }

    private static Iterator<Doc> sessions(Invocation call, String name) {
        if (!call.namespace(name).equals("config.system.sessions")) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE, "$listSessions may only be run against config.system.sessions");
        }
        return call.engine().sessions().describe().iterator();
    }

    /** @param required gives the collection that an option is about, or refuses it */
    private static Doc statistics(
            Invocation call, String name, Doc options, Function<String, CollectionSnapshot> required) {
        DocBuilder doc = new DocBuilder()
                .append("ns", call.namespace(name))
                .append("host", HostInfo.hostname())
                .appendDate("localTime", System.currentTimeMillis());
        Value latency = options.get("latencyStats");
        if (latency != null) {
            if (Value.TRUE.equals(latency.asDoc().get("histograms"))) {
                throw notSupported("latencyStats.histograms");
            }
            doc.startDocument("latencyStats");
            call.engine().usage().writeLatency(call.namespace(name), doc);
            doc.end();
        }
        Value storage = options.get("storageStats");
        if (storage != null) {
            Value scale = storage.asDoc().get("scale");
            CollectionSnapshot found = required.apply("storageStats");
            doc.startDocument("storageStats");
            CollStats.write(found, scale == null ? 1 : scale.toLong(), true, doc);
            doc.end();
        }
        if (options.has("count")) {
            doc.append("count", Sizes.number(required.apply("count").count()));
        }
        CollectionSnapshot scanned = options.has("queryExecStats") ? required.apply("queryExecStats") : null;
        if (scanned != null) {
            throw notSupported("queryExecStats");
        }
        return doc.buildDoc();
    }

    private static CommandException notSupported(String option) {
        return new CommandException(
                ErrorCode.NOT_IMPLEMENTED, "option '" + option + "' of $collStats is not supported by Offshoot yet");
    }

    private static CollectionSnapshot required(
            Invocation call, String name, @Nullable CollectionSnapshot collection, String what) {
        if (collection == null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "Unable to retrieve " + what + " in $collStats stage :: caused by :: Collection ["
                            + call.namespace(name) + "] not found.");
        }
        return collection;
    }

    private static Iterator<Doc> indexes(Invocation call, Snapshot state, CollectionSnapshot collection) {
        Project project = call.existingProject();
        Branch branch = project.catalog().branch(state.branch());
        long start = Math.max(call.engine().startedMillis(), branch == null ? 0 : branch.createdMillis());
        List<Doc> all = new ArrayList<>();
        for (IndexSnapshot index : collection.indexes()) {
            IndexUses uses = call.engine().indexUses();
            long since = uses.resetMillis(project.id(), state.branch(), index.id());
            all.add(new DocBuilder()
                    .append("name", index.name())
                    .append("key", index.pattern())
                    .append("host", HostInfo.hostname())
                    .startDocument("accesses")
                    .append("ops", uses.count(project.id(), state.branch(), index.id()))
                    .appendDate("since", since > 0 ? since : Math.max(start, project.millisAt(index.id())))
                    .end()
                    .append("spec", index.spec())
                    .buildDoc());
        }
        return all.iterator();
    }
}
