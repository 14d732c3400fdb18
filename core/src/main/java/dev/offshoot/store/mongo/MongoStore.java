package dev.offshoot.store.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.FindOneAndReplaceOptions;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.LogVisitor;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.View;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs in collections of a MongoDB, for any number of processes at once. Needs nothing but single documents with a unique
 * {@code _id}, so a standalone, a replica set, a sharded cluster or a compatible service will do.
 */
public final class MongoStore implements Store {
    private static final Logger LOG = LoggerFactory.getLogger(MongoStore.class);
    private static final Pattern ID = Pattern.compile("[0-9a-z]{1,32}");
    private static final Set<String> VIEWS = Set.of("wal_branches", "wal_projects");

    private final MongoClient client;
    private final MongoDatabase database;
    private final MongoStoreOptions options;
    private final String description;
    private final LogCollections collections;
    private final Map<String, MongoLog> logs = new ConcurrentHashMap<>();
    private final Map<String, MongoPages> pages = new ConcurrentHashMap<>();
    private final Map<String, MongoCheckpoints> checkpoints = new ConcurrentHashMap<>();
    private final Durable durable;
    private final Questions questions;
    private volatile boolean closed;

    private MongoStore(MongoClient client, MongoStoreOptions options, String description) {
        this.client = client;
        this.database = client.getDatabase(options.database());
        this.options = options;
        this.description = description;
        ReadConcern readConcern = check();
        this.collections = new LogCollections(database, readConcern, options);
        this.durable = new Durable(database, readConcern, options);
        this.questions = new Questions(this);
    }

    /** Opens the store of a MongoDB with the default options. */
    public static MongoStore open(String uri) {
        return open(uri, MongoStoreOptions.defaults());
    }

    /**
     * Opens the store of a MongoDB. Its collections come into being at the first append.
     *
     * @param uri a connection string, as any driver takes it
     * @throws StoreException when the URI is not valid, or no primary can be reached and read
     */
    public static MongoStore open(String uri, MongoStoreOptions options) {
        ConnectionString parsed = parse(uri);
        String description = describe(parsed, options);
        MongoClient client = MongoClients.create(settings(parsed, options));
        try {
            return new MongoStore(client, options, description);
        } catch (MongoException e) {
            client.close();
            throw new StoreException(
                    "cannot use the MongoDB at " + description + ": " + e.getMessage()
                            + "; check that it runs and that the URI and its credentials are right",
                    e);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    @Override
    public LogStore log(String id) {
        check(id);
        return logs.computeIfAbsent(
                id, key -> new MongoLog(this, collections, key, options.settleMillis(), options.clock()));
    }

    @Override
    public PageStore pages(String id) {
        check(id);
        return pages.computeIfAbsent(
                id, key -> new MongoPages(questions, new PageCollection(durable, key), key, options.clock()));
    }

    @Override
    public CheckpointStore checkpoints(String id) {
        check(id);
        return checkpoints.computeIfAbsent(id, key -> new MongoCheckpoints(questions, durable, key, options.clock()));
    }

    @Override
    public void scan(String id, LogVisitor visitor) {
        check(id);
        new MongoScan(this, collections, id, visitor).run();
    }

    @Override
    public boolean shared() {
        return true;
    }

    @Override
    public String describe() {
        return description;
    }

    /** Replaces the document when its LSN is lower. A duplicate key says that it is there and not lower: nothing to do. */
    @Override
    public void publish(View view) {
        if (!VIEWS.contains(view.collection())) {
            throw new IllegalArgumentException("a view is one of " + VIEWS + ", not " + view.collection());
        }
        BsonDocument document =
                new BsonDocument("_id", new BsonString(view.id())).append("lsn", new BsonInt64(view.lsn()));
        document.putAll(new RawBsonDocument(view.document()));
        questions.ask("publish " + view.collection() + " " + view.id(), () -> replaceLower(view, document));
    }

    /** By findAndModify, whose failure every server tells alike; an update's, beside the count of updates, some do not. */
    private boolean replaceLower(View view, BsonDocument document) {
        try {
            var unused = database.getCollection(view.collection(), BsonDocument.class)
                    .findOneAndReplace(
                            Filters.and(Filters.eq("_id", view.id()), Filters.lt("lsn", view.lsn())),
                            document,
                            new FindOneAndReplaceOptions().upsert(true));
            return true;
        } catch (MongoException e) {
            if (!Failures.isDuplicateKey(e)) {
                throw e;
            }
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        client.close();
    }

    private void check(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("a log id is 1 to 32 of [0-9a-z], not '" + id + "'");
        }
        checkOpen();
    }

    void checkOpen() {
        if (closed) {
            throw new StoreException("the store of " + description + " is closed; open it again", null);
        }
    }

    /** What to throw when something failed that has no outcome to settle. */
    StoreException failed(String what, RuntimeException cause) {
        String why = closed ? "the store is closed" : cause.getMessage();
        return new StoreException("cannot " + what + " in " + description + ": " + why, cause);
    }

    /**
     * @param question about one log
     * @throws StoreException when the question fails
     */
    <T extends @Nullable Object> T readLog(String log, Supplier<T> question) {
        return questions.ask("read log " + log, question);
    }

    /** What to throw when records were asked for that are no longer there. */
    StoreException trimmed(String log, long lsn, long lowestLsn) {
        return new StoreException(
                "LSN " + lsn + " is no longer in log " + log + " of " + description
                        + ": the log was trimmed and begins at LSN " + lowestLsn + "; read from there",
                null);
    }

    void warn(String message, MongoException cause) {
        LOG.warn("{}: {}", message, cause.getMessage());
    }

    /** Reaches the primary, and finds out how it can be read. */
    private ReadConcern check() {
        database.runCommand(new BsonDocument("ping", new BsonInt32(1)), ReadPreference.primary());
        try {
            probe(ReadConcern.MAJORITY);
            return ReadConcern.MAJORITY;
        } catch (MongoCommandException e) {
            probe(ReadConcern.DEFAULT);
            LOG.warn(
                    "{} refuses readConcern majority ({}): what is read may be lost when its primary fails",
                    description,
                    e.getErrorMessage());
            return ReadConcern.DEFAULT;
        }
    }

    private void probe(ReadConcern concern) {
        var unused = database.getCollection("wal_log", RawBsonDocument.class)
                .withReadConcern(concern)
                .withReadPreference(ReadPreference.primary())
                .find(Filters.eq("_id", ""))
                .maxTime(options.operationMillis(), TimeUnit.MILLISECONDS)
                .first();
    }

    /** The parser's own message may quote a password, so it is not passed on. */
    private static ConnectionString parse(String uri) {
        try {
            return new ConnectionString(uri);
        } catch (IllegalArgumentException e) {
            throw new StoreException(
                    "the store's URI is not valid: expected mongodb://[user:password@]host[:port]/[?options],"
                            + " with ':', '/', '?', '#', '[', ']' and '@' in user and password percent-encoded",
                    null);
        } catch (MongoException e) {
            throw new StoreException("cannot resolve the store's URI: " + e.getMessage(), e);
        }
    }

    private static String describe(ConnectionString uri, MongoStoreOptions options) {
        String scheme = uri.isSrvProtocol() ? "mongodb+srv://" : "mongodb://";
        return scheme + String.join(",", uri.getHosts()) + "/" + options.database();
    }

    /** Retries are this store's own business: without the driver's, an error tells which attempt it is about. */
    private static MongoClientSettings settings(ConnectionString uri, MongoStoreOptions options) {
        return MongoClientSettings.builder()
                .applyConnectionString(uri)
                .applicationName("offshoot")
                .retryWrites(false)
                .applyToClusterSettings(
                        b -> b.serverSelectionTimeout(options.serverSelectionMillis(), TimeUnit.MILLISECONDS))
                .applyToSocketSettings(b -> b.connectTimeout(options.socketMillis(), TimeUnit.MILLISECONDS)
                        .readTimeout(options.socketMillis(), TimeUnit.MILLISECONDS))
                .build();
    }
}
