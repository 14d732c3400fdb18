package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Client;
import dev.offshoot.engine.Request;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.wal.SimulatedStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What an update takes in the log: frame head, header and payload of the records that hold it. The commands are such as drivers
 * send: with a session and a transaction number, so the log keeps what a retry is answered, too.
 */
final class LogSizeSection implements Section {
    private static final String LOG = "p1";
    private static final int DOCUMENTS = 640;
    private static final int UPDATES = 1_280;
    /** Of the file store, docs/formats.md. */
    private static final int FRAME_HEAD_BYTES = 60;

    private static final int ALONE_GOAL_BYTES = 600;
    private static final int GOAL_BYTES = 350;
    private static final int LARGE_GOAL_BYTES = 250;
    private static final int CLIENTS = 32;
    private static final int MANY = 10;
    private static final int LARGE_BYTES = 16 << 10;

    @Override
    public String name() {
        return "log-size";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Log bytes an update, with frames and headers");
        List<Doc> small = small();
        List<Doc> large = large(64);
        try (FileStore store = FileStore.open(bench.folder("size"));
                Local engine = Local.open(store)) {
            engine.insertAll("shop", "things", small);
            engine.insertAll("shop", "pages", large);
            for (int batch : new int[] {1, MANY, 64}) {
                double bytes = bulk(engine, store.log(LOG), "things", small, batch);
                line(
                        bench,
                        "document of 232 bytes, " + batch + " a record",
                        232,
                        bytes,
                        batch < MANY ? ALONE_GOAL_BYTES : GOAL_BYTES);
            }
            double bytes = bulk(engine, store.log(LOG), "pages", large, MANY);
            line(bench, "one field of a document of 16 KiB, 10 a record", LARGE_BYTES, bytes, LARGE_GOAL_BYTES);
        }
        clients(bench, small);
    }

    /** Updates by one client, so many statements a command, which make one record. */
    private static double bulk(Local engine, LogStore log, String collection, List<Doc> documents, int batch) {
        long after = tail(log);
        Session session = new Session(after);
        Random random = new Random(batch);
        for (int done = 0; done < UPDATES; done += batch) {
            engine.run(session.update(collection, documents, random, batch));
        }
        return Size.of(log, after, 1).perChange();
    }

    /** Updates by many clients, as the group commit puts them together over a store that takes its time. */
    private static void clients(Bench bench, List<Doc> documents) throws Exception {
        Store store = SimulatedStore.slow(2_000_000);
        ExecutorService pool = Executors.newFixedThreadPool(CLIENTS);
        try (Local engine = Local.open(store)) {
            engine.insertAll("shop", "things", documents);
            LogStore log = store.log(LOG);
            long after = tail(log);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Session session = new Session(1_000 + i);
                Random random = new Random(i);
                running.add(pool.submit(() -> {
                    Client client = engine.connect();
                    for (int n = 0; n < 100; n++) {
                        engine.run(client, session.update("things", documents, random, 1));
                    }
                    engine.engine().disconnect(client);
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            Size size = Size.of(log, after, MANY);
            String name = "document of 232 bytes, " + CLIENTS + " clients, records of 10 and more";
            line(bench, name, 232, size.perChange(), GOAL_BYTES);
        } finally {
            pool.shutdownNow();
        }
    }

    private static void line(Bench bench, String name, int document, double bytes, int limit) {
        bench.report()
                .line(
                        name,
                        Amount.bytes(document),
                        Amount.bytes(bytes),
                        Spread.one(bytes / document),
                        Goal.under(limit + " B", bytes < limit));
    }

    private static long tail(LogStore log) {
        long last = 0;
        try (RecordCursor cursor = log.read(1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                last = entry.lastLsn();
            }
        }
        return last;
    }

    /** Documents of 232 bytes, whose note is not the same letter again and again: compressing that would be too easy. */
    private static List<Doc> small() {
        Random random = new Random(232);
        List<Doc> documents = new ArrayList<>();
        for (Doc sized : Documents.sized(DOCUMENTS)) {
            DocBuilder builder = new DocBuilder(sized.length());
            for (Doc.Field field : sized) {
                boolean note = field.name().equals("note");
                builder.append(
                        field.name(), note ? letters(random, field.value().length() - 5) : field.value());
            }
            documents.add(builder.buildDoc());
        }
        return documents;
    }

    private static Value letters(Random random, int count) {
        StringBuilder letters = new StringBuilder();
        while (letters.length() < count) {
            letters.append((char) ('a' + random.nextInt(26)));
        }
        return Value.of(letters.toString());
    }

    /** Documents as an application's pages are: some fields, a list of entries with words and numbers, and a counter in the middle. */
    private static List<Doc> large(int count) {
        Random random = new Random(16);
        List<Doc> documents = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            DocBuilder builder = new DocBuilder(LARGE_BYTES).append("_id", i).append("title", "page " + i);
            builder.append("qty", 0).startArray("entries");
            while (builder.size() < LARGE_BYTES - 80) {
                builder.addDocument()
                        .append("word", Long.toString(random.nextLong(), 36))
                        .append("weight", random.nextDouble())
                        .end();
            }
            documents.add(builder.end().buildDoc());
        }
        return documents;
    }

    /** A client's logical session, which gives each command a transaction number. */
    private static final class Session {
        private final Value id;
        private long txnNumber;

        Session(long seed) {
            Random random = new Random(seed);
            byte[] uuid = ByteBuffer.allocate(16)
                    .putLong(random.nextLong())
                    .putLong(random.nextLong())
                    .array();
            id = Value.document(
                    new DocBuilder(32).append("id", Value.binary(4, uuid)).buildDoc());
        }

        /** Adds something to a field of so many documents, one statement each. */
        Request update(String collection, List<Doc> documents, Random random, int statements) {
            DocBuilder command =
                    new DocBuilder(256).append("update", collection).startArray("updates");
            int first = random.nextInt(documents.size());
            for (int i = 0; i < statements; i++) {
                Doc document = documents.get((first + i) % documents.size());
                command.addDocument()
                        .startDocument("q")
                        .append("_id", Documents.id(document))
                        .end()
                        .startDocument("u")
                        .startDocument("$inc")
                        .append("qty", 1 + random.nextInt(1_000))
                        .end()
                        .end()
                        .end();
            }
            return Request.of(command.end()
                    .append("lsid", id)
                    .append("txnNumber", ++txnNumber)
                    .append("$db", "shop")
                    .buildDoc());
        }
    }

    /** What records take. */
    private record Size(long bytes, long changes) {
        /** The records behind a position that hold at least so many changes. */
        static Size of(LogStore log, long after, int changesMin) {
            long bytes = 0;
            long changes = 0;
            try (RecordCursor cursor = log.read(after + 1)) {
                for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                    if (entry.count() >= changesMin) {
                        bytes += FRAME_HEAD_BYTES + entry.header().length + entry.payload().length;
                        changes += entry.count();
                    }
                }
            }
            if (changes < UPDATES / 2) {
                throw new IllegalStateException("only " + changes + " updates were in records of " + changesMin);
            }
            return new Size(bytes, changes);
        }

        double perChange() {
            return (double) bytes / changes;
        }
    }
}
