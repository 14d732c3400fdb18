package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What stages such as {@code $collStats} and {@code $currentOp} say. */
final class Reports {
    private Reports() {}

    /** About the server. */
    static Iterator<Doc> ofServer(Invocation call, String stage) {
        if (stage.equals("$currentOp")) {
            if (!call.database().project().equals("admin")) {
                throw new CommandException(
                        ErrorCode.INVALID_NAMESPACE,
                        "$currentOp must be run against the 'admin' database with {aggregate: 1}");
            }
            return call.engine().operations().describe().iterator();
        }
        return call.engine().sessions().describe().iterator();
    }

    /**
     * About a collection.
     *
     * @param collection null where there is none of this name
     */
    static Iterator<Doc> ofCollection(
            Invocation call, String name, @Nullable CollectionSnapshot collection, String stage, Doc options) {
        return switch (stage) {
            case "$collStats" ->
                List.of(statistics(call, name, collection, options)).iterator();
            case "$indexStats" -> indexes(call, collection).iterator();
            case "$listSessions" -> sessions(call, name);
            default -> Collections.emptyIterator(); // $planCacheStats: plans are not kept
        };
    }

    private static Iterator<Doc> sessions(Invocation call, String name) {
        if (!call.namespace(name).equals("config.system.sessions")) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE, "$listSessions may only be run against config.system.sessions");
        }
        return call.engine().sessions().describe().iterator();
    }

    private static Doc statistics(Invocation call, String name, @Nullable CollectionSnapshot collection, Doc options) {
        DocBuilder doc = new DocBuilder()
                .append("ns", call.namespace(name))
                .append("host", HostInfo.hostname())
                .appendDate("localTime", System.currentTimeMillis());
        if (options.has("latencyStats")) {
            doc.startDocument("latencyStats");
            call.engine().usage().writeLatency(call.namespace(name), doc);
            doc.end();
        }
        Value storage = options.get("storageStats");
        if (storage != null) {
            Value scale = storage.asDoc().get("scale");
            CollectionSnapshot found = required(call, name, collection, "storageStats");
            doc.startDocument("storageStats");
            CollStats.write(found, scale != null && scale.isNumber() ? Math.max(1, scale.toLong()) : 1, true, doc);
            doc.end();
        }
        if (options.has("count")) {
            long count = required(call, name, collection, "count").count();
            doc.append("count", count == (int) count ? Value.of((int) count) : Value.of(count));
        }
        Unsupported.refuse("queryExecStats", options.get("queryExecStats"), "$collStats");
        return doc.buildDoc();
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

    private static List<Doc> indexes(Invocation call, @Nullable CollectionSnapshot collection) {
        List<Doc> all = new ArrayList<>();
        for (IndexSnapshot index : collection == null ? List.<IndexSnapshot>of() : collection.indexes()) {
            all.add(new DocBuilder()
                    .append("name", index.name())
                    .append("key", index.pattern())
                    .append("host", HostInfo.hostname())
                    .startDocument("accesses")
                    .append("ops", 0L)
                    .appendDate("since", call.engine().startedMillis())
                    .end()
                    .append("spec", index.spec())
                    .buildDoc());
        }
        return all;
    }
}
