package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Client;
import dev.offshoot.engine.Engine;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.engine.Request;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An engine used in process, without a socket or a driver. Any number of threads, each with a client of its own. */
final class Local implements AutoCloseable {
    private static final int INSERT_BATCH = 1_000;

    private final Engine engine;
    private final Client client;

    private Local(Engine engine) {
        this.engine = engine;
        this.client = engine.connect("bench");
    }

    /** Without checkpoints in the background, which sections of their own measure. */
    static Local open(Store store) {
        return open(store, EngineOptions.DEFAULT.with(CheckpointPolicy.onDemand()));
    }

    static Local open(Store store, EngineOptions options) {
        return new Local(Engine.open(store, options));
    }

    Engine engine() {
        return engine;
    }

    Client connect() {
        return engine.connect("bench");
    }

    /** Runs a command, which has to succeed. */
    Doc run(Request request) {
        return run(client, request);
    }

    Doc run(Client by, Request request) {
        Doc reply = engine.run(by, request);
        Value ok = reply.get("ok");
        if (ok == null || ok.toDouble() != 1 || reply.has("writeErrors")) {
            throw new IllegalStateException(request.body() + " was answered " + reply);
        }
        return reply;
    }

    void insertAll(String database, String collection, List<Doc> documents) {
        for (int from = 0; from < documents.size(); from += INSERT_BATCH) {
            int to = Math.min(documents.size(), from + INSERT_BATCH);
            run(insert(database, collection, documents.subList(from, to)));
        }
    }

    void createBranch(String database, String name) {
        run(createBranchCommand(database, name));
    }

    static Request createBranchCommand(String database, String name) {
        return Request.of(new DocBuilder(96)
                .append("createBranch", name)
                .append("$db", database)
                .buildDoc());
    }

    static Request insert(String database, String collection, List<Doc> documents) {
        Doc body = new DocBuilder(64)
                .append("insert", collection)
                .append("$db", database)
                .buildDoc();
        return new Request(body, Map.of("documents", documents));
    }

    static Request findById(String database, String collection, Value id) {
        return Request.of(new DocBuilder(128)
                .append("find", collection)
                .startDocument("filter")
                .append("_id", id)
                .end()
                .append("limit", 1)
                .append("singleBatch", true)
                .append("$db", database)
                .buildDoc());
    }

    /** Sets fields of the document with this id. */
    static Request set(String database, String collection, Value id, Doc fields) {
        return Request.of(new DocBuilder(256)
                .append("update", collection)
                .startArray("updates")
                .addDocument()
                .startDocument("q")
                .append("_id", id)
                .end()
                .startDocument("u")
                .append("$set", fields)
                .end()
                .end()
                .end()
                .append("$db", database)
                .buildDoc());
    }

    static Request createIndex(String database, String collection, String field) {
        return Request.of(new DocBuilder(128)
                .append("createIndexes", collection)
                .startArray("indexes")
                .addDocument()
                .startDocument("key")
                .append(field, 1)
                .end()
                .append("name", field + "_1")
                .end()
                .end()
                .append("$db", database)
                .buildDoc());
    }

    static Request count(String database, String collection) {
        return Request.of(new DocBuilder(64)
                .append("count", collection)
                .append("$db", database)
                .buildDoc());
    }

    /** A find whose answer has to be exactly one document. */
    void findOne(Request find) {
        Doc reply = run(find);
        Doc batch = Objects.requireNonNull(
                        Objects.requireNonNull(reply.get("cursor")).asDoc().get("firstBatch"))
                .asDoc();
        if (batch.isEmpty()) {
            throw new IllegalStateException(find.body() + " found nothing");
        }
    }

    @Override
    public void close() {
        engine.disconnect(client);
        engine.close();
    }
}
