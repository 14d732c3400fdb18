package dev.offshoot.bench;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Sorts;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.engine.Request;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.mongo.MongoStore;
import dev.offshoot.store.mongo.MongoStoreOptions;
import dev.offshoot.store.mongo.StandInMongo;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.bson.RawBsonDocument;

/**
 * Opening a project whose log is in a MongoDB, against only reading the same records with the driver: from the MongoDB that
 * {@code -Doffshoot.test.mongodb=URI} names, else from the stand-in in this JVM.
 */
final class MongoReplaySection implements Section {
    private static final String LOG = "p1";
    private static final double RATIO_MAX = 1.5;

    /** No checkpoint, or there would be nothing to replay. */
    private static final EngineOptions OPTIONS = new EngineOptions(64 << 20, 100).with(CheckpointPolicy.onDemand());

    @Override
    public String name() {
        return "mongo-replay";
    }

    /** How the log came to be. */
    private record Log(String name, int collections, int documents, int batch) {
        int inserts() {
            return collections * documents;
        }
    }

    private static final List<Log> LOGS = List.of(
            new Log("1,026,450 inserts, 1,000 a record", 6, Documents.CITIES, 1_000),
            new Log("20,000 inserts, each a record", 2, 10_000, 1));

    @Override
    public void run(Bench bench) throws Exception {
        String given = System.getProperty("offshoot.test.mongodb", "");
        bench.report()
                .heading("Replay from " + (given.isEmpty() ? "the stand-in for a MongoDB" : "a MongoDB")
                        + " / bare read of the records");
        if (!given.isEmpty()) {
            run(bench, given);
            return;
        }
        try (StandInMongo standIn = StandInMongo.start()) {
            run(bench, standIn.uri());
        }
    }

    private static void run(Bench bench, String uri) throws IOException {
        for (Log log : LOGS) {
            String database = "offshoot_bench_" + UUID.randomUUID();
            MongoStoreOptions options = MongoStoreOptions.defaults().withDatabase(database);
            try (MongoClient client = MongoClients.create(uri)) {
                try {
                    fill(log, uri, options);
                    measure(bench, log, client.getDatabase(database), uri, options);
                } finally {
                    client.getDatabase(database).drop();
                }
            }
        }
    }

    private static void fill(Log log, String uri, MongoStoreOptions options) throws IOException {
        List<Doc> cities = Documents.cities(log.documents());
        try (Local engine = Local.open(MongoStore.open(uri, options), OPTIONS)) {
            engine.run(Request.of(new DocBuilder()
                    .append("createProject", "shop")
                    .append("$db", "admin")
                    .buildDoc()));
            for (int i = 0; i < log.collections(); i++) {
                for (int from = 0; from < cities.size(); from += log.batch()) {
                    int to = Math.min(cities.size(), from + log.batch());
                    engine.run(Local.insert("shop", "cities" + i, cities.subList(from, to)));
                }
            }
        }
    }

    private static void measure(Bench bench, Log log, MongoDatabase database, String uri, MongoStoreOptions options) {
        MongoCollection<RawBsonDocument> records = database.getCollection("wal_log", RawBsonDocument.class);
        int rounds = Math.max(5, bench.mode().rounds() / 4);
        double[] bare = new double[rounds];
        double[] replay = new double[rounds];
        double[] ratio = new double[rounds];
        double[] read = new double[rounds];
        for (int round = -3; round < rounds; round++) {
            double nanos = bareNanos(log, records);
            double opened = openNanos(log, uri, options);
            double through = storeNanos(uri, options);
            if (round >= 0) {
                bare[round] = nanos;
                replay[round] = opened;
                ratio[round] = opened / nanos;
                read[round] = through / nanos;
            }
        }
        Spread spread = Spread.of(ratio);
        bench.report()
                .line(
                        log.name(),
                        Amount.time(Spread.of(bare).median()),
                        Amount.time(Spread.of(replay).median()),
                        spread,
                        Goal.atMost(spread.median(), RATIO_MAX));
        bench.report()
                .note(String.format(
                        Locale.ROOT,
                        "  of which reading the records from the store, before anything is decoded: %.2fx",
                        Spread.of(read).median()));
    }

    private static double storeNanos(String uri, MongoStoreOptions options) {
        try (MongoStore store = MongoStore.open(uri, options)) {
            LogStore log = store.log(LOG);
            log.read(Long.MAX_VALUE).close();
            long start = System.nanoTime();
            try (RecordCursor cursor = log.read(1)) {
                long bytes = 0;
                for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                    bytes += entry.bytes();
                }
                if (bytes == 0) {
                    throw new IllegalStateException("the log is empty");
                }
            }
            return System.nanoTime() - start;
        }
    }

    /** The connection is there before the clock starts, here as there. */
    private static double openNanos(Log log, String uri, MongoStoreOptions options) {
        MongoStore store = MongoStore.open(uri, options);
        store.log(LOG).read(Long.MAX_VALUE).close();
        long start = System.nanoTime();
        try (Local engine = Local.open(store, OPTIONS)) {
            Doc reply = engine.run(Local.count("shop", "cities0"));
            long nanos = System.nanoTime() - start;
            if (!String.valueOf(reply.get("n")).equals(Integer.toString(log.documents()))) {
                throw new IllegalStateException("the project has " + reply + " after a replay");
            }
            return nanos;
        }
    }

    private static double bareNanos(Log log, MongoCollection<RawBsonDocument> collection) {
        long start = System.nanoTime();
        long changes = 0;
        try (MongoCursor<RawBsonDocument> records = collection
                .find(Filters.and(Filters.gte("_id", LOG + "/"), Filters.lt("_id", LOG + "0")))
                .sort(Sorts.ascending("_id"))
                .iterator()) {
            while (records.hasNext()) {
                changes += records.next().getInt32("count").getValue();
            }
        }
        long nanos = System.nanoTime() - start;
        if (changes <= log.inserts()) {
            throw new IllegalStateException("the log has " + changes + " changes");
        }
        return nanos;
    }
}
