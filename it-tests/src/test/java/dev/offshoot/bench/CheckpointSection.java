package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.engine.Request;
import dev.offshoot.page.PageCache;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/** Checkpoints of 1.7 million documents on files: what they take, how long, and what a start and reads from them cost. */
final class CheckpointSection implements Section {
    private static final int COLLECTIONS = 10;
    private static final long DOCUMENTS = (long) COLLECTIONS * Documents.CITIES;
    private static final long WRITE_RATE_MIN = 400_000;
    private static final long LOAD_RATE_MIN = 1_000_000;
    private static final int BRANCHES = 10;
    private static final int WRITERS = 8;
    private static final int WRITER_ROUNDS = 5;
    private static final long WRITER_MILLIS = 1_000;
    private static final int POINT_READS = 20_000;

    @Override
    public String name() {
        return "checkpoint";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report()
                .heading("Checkpoints of " + DOCUMENTS + " documents in " + COLLECTIONS + " collections on files");
        Path folder = bench.folder("checkpoint");
        List<Doc> cities = Documents.cities(Documents.CITIES);
        long raw = COLLECTIONS * cities.stream().mapToLong(Doc::length).sum();
        write(bench, folder, cities, raw);
        long pageBytes = start(bench, folder);
        load(bench, folder);
        points(bench, folder, cities, raw);
        branches(bench, folder, cities, pageBytes);
        writers(bench, cities);
        new BesideBusyThreads(bench, cities).run();
    }

    /** Eight writers with sync always, alone, beside one large checkpoint, and beside one small one after the other. */
    private static void writers(Bench bench, List<Doc> cities) throws Exception {
        FileStore store = FileStore.open(bench.folder("writers"));
        try (Local engine = Local.open(store, new EngineOptions(64 << 20, 100).with(CheckpointPolicy.onDemand()))) {
            Request insert = Local.insert("shop", "written", Documents.withoutId());
            double[] alone = new double[WRITER_ROUNDS];
            double[] large = new double[WRITER_ROUNDS];
            double[] small = new double[WRITER_ROUNDS];
            for (int round = -1; round < WRITER_ROUNDS; round++) { // the first warms up
                int at = Math.max(round, 0);
                engine.insertAll("shop", "cities" + round, cities);
                Writers.run(engine, insert, WRITERS, bench.mode().warmUpMillis());
                alone[at] = Writers.run(engine, insert, WRITERS, WRITER_MILLIS).perSecond();
                large[at] = Writers.beside(engine, insert, WRITERS, new Thread(() -> checkpoint(engine)))
                                .perSecond()
                        / alone[at];
                small[at] = besideSmallOnes(engine, insert) / alone[at];
            }
            double rate = Spread.of(alone).median();
            writers(bench, "8 writers while a checkpoint of 171,075 documents is made / alone", rate, large);
            writers(bench, "8 writers while small ones are made without a break / alone", rate, small);
        }
    }

    private static void writers(Bench bench, String name, double alone, double[] ratios) {
        Spread ratio = Spread.of(ratios);
        bench.report()
                .line(
                        name,
                        Amount.rate(alone),
                        Amount.rate(alone * ratio.median()),
                        ratio,
                        Goal.atLeast(ratio.median(), 0.8));
    }

    private static double besideSmallOnes(Local engine, Request insert) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread checkpoints = new Thread(() -> {
            while (!stop.get()) {
                checkpoint(engine);
            }
        });
        checkpoints.start();
        try {
            return Writers.run(engine, insert, WRITERS, WRITER_MILLIS).perSecond();
        } finally {
            stop.set(true);
            checkpoints.join();
        }
    }

    static void checkpoint(Local engine) {
        engine.run(engine.connect(), wal("walCheckpoint"));
    }

    private static Local open(Path folder, long memoryBytes) {
        Store store = FileStore.open(folder, FileStoreOptions.defaults().withSync(SyncPolicy.NEVER));
        return Local.open(store, new EngineOptions(memoryBytes, 100).with(CheckpointPolicy.onDemand()));
    }

    private static void write(Bench bench, Path folder, List<Doc> cities, long raw) {
        try (Local engine = open(folder, 64 << 20)) {
            for (int i = 0; i < COLLECTIONS; i++) {
                engine.insertAll("shop", "cities" + i, cities);
            }
            long start = System.nanoTime();
            engine.run(wal("walCheckpoint"));
            double seconds = (System.nanoTime() - start) / 1e9;
            double rate = DOCUMENTS / seconds;
            bench.report()
                    .line(
                            "checkpoint of all documents and their _id indexes",
                            Amount.time(seconds * 1e9),
                            Amount.rate(rate),
                            Spread.one(rate / WRITE_RATE_MIN),
                            new Goal(">= " + Amount.rate(WRITE_RATE_MIN), rate >= WRITE_RATE_MIN));
        }
        try (FileStore store = FileStore.open(folder)) {
            PageStore.Amount pages = store.pages("p1").amount();
            double ratio = (double) raw / pages.bytes();
            bench.report()
                    .line(
                            "BSON of the documents / pages of documents and indexes",
                            Amount.bytes((double) raw),
                            Amount.bytes((double) pages.bytes()),
                            Spread.one(ratio),
                            Goal.atLeast(ratio, 4));
        }
    }

    private static long start(Bench bench, Path folder) {
        double[] nanos = new double[5];
        for (int round = 0; round < nanos.length; round++) {
            long start = System.nanoTime();
            try (Local engine = open(folder, 64 << 20)) {
                engine.run(Local.count("shop", "cities3"));
                engine.findOne(first("cities7"));
                nanos[round] = System.nanoTime() - start;
            }
        }
        Spread spread = Spread.of(nanos);
        bench.report()
                .line(
                        "open the store and answer the first queries",
                        "",
                        Amount.time(spread.median()),
                        Spread.one(spread.median() / 1e9),
                        Goal.under("1 s", spread.median() < 1e9));
        try (FileStore store = FileStore.open(folder)) {
            return store.pages("p1").amount().bytes();
        }
    }

    private static Request first(String collection) {
        return Request.of(new DocBuilder(64)
                .append("find", collection)
                .append("limit", 1)
                .append("$db", "shop")
                .buildDoc());
    }

    private static Request wal(String command) {
        return Request.of(
                new DocBuilder(64).append(command, 1).append("$db", "shop").buildDoc());
    }

    /** Scans everything with a cache that holds a part of it, so that every page is loaded. */
    private static void load(Bench bench, Path folder) {
        double[] rates = new double[3];
        for (int round = 0; round < rates.length; round++) {
            try (Local engine = open(folder, 16 << 20)) {
                long start = System.nanoTime();
                for (int i = 0; i < COLLECTIONS; i++) {
                    engine.run(scan("cities" + i));
                }
                rates[round] = DOCUMENTS / ((System.nanoTime() - start) / 1e9);
            }
        }
        double rate = Spread.of(rates).median();
        bench.report()
                .line(
                        "scan with a filter, all pages loaded, one thread",
                        "",
                        Amount.rate(rate),
                        Spread.one(rate / LOAD_RATE_MIN),
                        new Goal(">= " + Amount.rate(LOAD_RATE_MIN), rate >= LOAD_RATE_MIN));
    }

    static Request scan(String collection) {
        return Request.of(new DocBuilder(128)
                .append("count", collection)
                .startDocument("query")
                .append("name", "nowhere")
                .end()
                .append("$db", "shop")
                .buildDoc());
    }

    /** Reads by {@code _id} with a cache of a tenth of the documents. */
    private static void points(Bench bench, Path folder, List<Doc> cities, long raw) {
        try (Local engine = open(folder, raw / 10)) {
            PageCache cache = engine.engine().materializer().pageCache();
            Random random = new Random(1);
            for (int i = 0; i < POINT_READS; i++) {
                point(engine, cities, random);
            }
            long before = cache.loads();
            long start = System.nanoTime();
            for (int i = 0; i < POINT_READS; i++) {
                point(engine, cities, random);
            }
            double nanos = (double) (System.nanoTime() - start) / POINT_READS;
            double loads = (double) (cache.loads() - before) / POINT_READS;
            bench.report()
                    .line(
                            "pages loaded by a findOne by _id, cache a tenth of the BSON",
                            Amount.bytes(raw / 10.0),
                            Amount.time(nanos),
                            Spread.one(loads),
                            Goal.atMost(loads, 1));
        }
    }

    private static void point(Local engine, List<Doc> cities, Random random) {
        Value id = Documents.id(cities.get(random.nextInt(cities.size())));
        engine.findOne(Local.findById("shop", "cities" + random.nextInt(COLLECTIONS), id));
    }

    /** What ten branches with 1 % of one collection's documents changed each take, with the collection itself, against copies of it. */
    private static void branches(Bench bench, Path folder, List<Doc> cities, long pageBytes) {
        long copy = pageBytes / COLLECTIONS;
        long raw = cities.stream().mapToLong(Doc::length).sum();
        try (Local engine = open(folder, 64 << 20)) {
            Random random = new Random(2);
            for (int branch = 0; branch < BRANCHES; branch++) {
                engine.createBranch("shop", "b" + branch);
                for (int i = 0; i < cities.size() / 100; i++) {
                    Value id = Documents.id(cities.get(random.nextInt(cities.size())));
                    Doc set = new DocBuilder().append("changed", i).buildDoc();
                    engine.run(Local.set("shop~b" + branch, "cities0", id, set));
                }
            }
            engine.run(wal("walCheckpoint"));
        }
        try (FileStore store = FileStore.open(folder)) {
            long added = store.pages("p1").amount().bytes() - pageBytes;
            long total = copy + added;
            double share = (double) total / (BRANCHES * raw);
            bench.report()
                    .line(
                            "ten branches with 1 % changed / ten copies of the BSON",
                            Amount.bytes((double) BRANCHES * raw),
                            Amount.bytes((double) total),
                            Spread.one(share),
                            Goal.atMost(share, 0.2));
            bench.report()
                    .note(String.format(
                            Locale.ROOT,
                            "(of ten copies in pages, %s, they are %.0f %%)",
                            Amount.bytes((double) BRANCHES * copy),
                            100.0 * total / (BRANCHES * copy)));
        }
    }
}
