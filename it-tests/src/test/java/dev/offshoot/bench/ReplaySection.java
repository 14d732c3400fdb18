package dev.offshoot.bench;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.wal.RecordCodec;
import java.nio.file.Path;
import java.util.List;

/** Opening a project, which folds its log into documents and the index on {@code _id}, against only looking at the same bytes. */
final class ReplaySection implements Section {
    private static final String LOG = "p1";
    private static final int PUT = 1;
    private static final int CREATE_COLLECTION = 3;
    private static final int CREATE_INDEX = 5;
    private static final int COLLECTIONS = 6;
    private static final int INSERTS = COLLECTIONS * Documents.CITIES;

    /** No checkpoint, or there would be nothing to replay. */
    private static final EngineOptions OPTIONS = new EngineOptions(64 << 20, 100).with(CheckpointPolicy.onDemand());

    @Override
    public String name() {
        return "replay";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report()
                .heading("Replay of " + INSERTS + " inserts into " + COLLECTIONS + " collections from segment files");
        run(bench, "open the project / checksum + decompress + walk", List.of(), 7);
        run(bench, "the same with two more indexes", List.of("name", "country"), 14);
    }

    private static void run(Bench bench, String name, List<String> indexes, double limit) throws Exception {
        Path folder = bench.folder("replay");
        List<Doc> cities = Documents.cities(Documents.CITIES);
        try (Local engine = Local.open(FileStore.open(folder), OPTIONS)) {
            for (int i = 0; i < COLLECTIONS; i++) {
                for (String field : indexes) {
                    engine.run(Local.createIndex("shop", "cities" + i, field));
                }
                engine.insertAll("shop", "cities" + i, cities);
            }
        }
        int rounds = Math.max(5, bench.mode().rounds() / 4);
        double[] floor = new double[rounds];
        double[] replay = new double[rounds];
        double[] ratio = new double[rounds];
        for (int round = -1; round < rounds; round++) {
            double walked = walkNanos(folder);
            double opened = openNanos(folder);
            if (round >= 0) {
                floor[round] = walked;
                replay[round] = opened;
                ratio[round] = opened / walked;
            }
        }
        Spread spread = Spread.of(ratio);
        bench.report()
                .line(
                        name,
                        Amount.time(Spread.of(floor).median()),
                        Amount.time(Spread.of(replay).median()),
                        spread,
                        Goal.atMost(spread.median(), limit));
    }

    /** The store's own recovery is before the clock starts, here as there. */
    private static double openNanos(Path folder) {
        FileStore store = FileStore.open(folder);
        store.log(LOG).read(Long.MAX_VALUE).close();
        long start = System.nanoTime();
        try (Local engine = Local.open(store, OPTIONS)) {
            Doc reply = engine.run(Local.count("shop", "cities0"));
            long nanos = System.nanoTime() - start;
            if (!String.valueOf(reply.get("n")).equals(Integer.toString(Documents.CITIES))) {
                throw new IllegalStateException("the project has " + reply + " after a replay");
            }
            return nanos;
        }
    }

    private static double walkNanos(Path folder) {
        try (FileStore store = FileStore.open(folder)) {
            LogStore log = store.log(LOG);
            long start = System.nanoTime();
            int documents = 0;
            try (RecordCursor cursor = log.read(1)) {
                for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                    documents += new Walk(RecordCodec.decompress(entry.payload())).documents();
                }
            }
            long nanos = System.nanoTime() - start;
            if (documents != INSERTS) {
                throw new IllegalStateException("the log has " + documents + " documents");
            }
            return nanos;
        }
    }

    /** Steps through a payload and through the fields of each document in it, and keeps nothing. */
    private static final class Walk {
        private final byte[] payload;
        private int at;

        Walk(byte[] payload) {
            this.payload = payload;
        }

        int documents() {
            int documents = 0;
            for (long commits = number(); commits > 0; commits--) {
                number();
                number();
                for (long changes = number(); changes > 0; changes--) {
                    documents += change();
                }
                if (number() != 0) {
                    throw new IllegalStateException("retry results were not expected");
                }
            }
            return documents;
        }

        private int change() {
            long kind = number();
            if (kind == PUT) {
                number();
                number();
                return document();
            }
            if (kind == CREATE_INDEX) {
                number();
                text();
                return 0;
            }
            text(); // a collection or a branch is made: its name, then its options or two ids
            if (kind == CREATE_COLLECTION) {
                text();
            } else {
                number();
                number();
            }
            return 0;
        }

        private int document() {
            Doc document = Doc.view(payload, at);
            int fields = document.count();
            at += Bson.int32(payload, at);
            return fields > 0 ? 1 : 0;
        }

        private void text() {
            int length = (int) number();
            at += length;
        }

        private long number() {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = payload[at++];
                value |= (b & 0x7FL) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }
    }
}
