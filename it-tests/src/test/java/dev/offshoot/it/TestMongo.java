package dev.offshoot.it;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.offshoot.store.Store;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.testcontainers.mongodb.MongoDBContainer;

/**
 * A database of a MongoDB for one test: on the server that {@code -Doffshoot.test.mongodb=URI} names, else on the stand-in in a
 * process of its own.
 */
final class TestMongo implements AutoCloseable {
    private final @Nullable AutoCloseable own;
    private final String uri;
    private final String database = "offshoot_test_" + UUID.randomUUID();

    /** @param own the server, where it is for this test alone and ends with it */
    private TestMongo(@Nullable AutoCloseable own, String uri) {
        this.own = own;
        this.uri = uri;
    }

    static TestMongo start() {
        String given = System.getProperty("offshoot.test.mongodb", "");
        if (!given.isEmpty()) {
            return on(given);
        }
        Forked standIn = Forked.start(MongoMain.class);
        return new TestMongo(standIn, "mongodb://127.0.0.1:" + standIn.port());
    }

    /** On a server that somebody else starts and ends. */
    static TestMongo on(String uri) {
        return new TestMongo(null, uri);
    }

    /** On a real MongoDB in a container of its own. */
    static TestMongo startContainer() {
        MongoDBContainer container = new MongoDBContainer("mongo:7.0").withReplicaSet();
        container.start();
        return new TestMongo(container, container.getConnectionString());
    }

    /** A server process on this database. */
    Forked startServer(long tailMillis, String... javaOptions) {
        return Forked.start(
                ServerMain.class, List.of(javaOptions), "mongodb", uri, database, Long.toString(tailMillis));
    }

    /** The same store in this process. */
    Store open() {
        return ServerMain.mongodb(uri, database);
    }

    @Override
    public void close() {
        if (own == null) {
            try (MongoClient client = MongoClients.create(uri)) {
                client.getDatabase(database).drop();
            }
            return;
        }
        try {
            own.close();
        } catch (Exception e) {
            throw new IllegalStateException("the MongoDB of a test does not end", e);
        }
    }
}
