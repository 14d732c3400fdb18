package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.engine.Request;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** Differences and merges of branches of 1.7 million documents, and reads far back in a history, on files. */
final class GitSection implements Section {
    private static final int COLLECTIONS = 10;
    private static final long DOCUMENTS = (long) COLLECTIONS * Documents.CITIES;
    private static final int DIFFERENCES = 1_000;
    private static final int HISTORY = 50_000;
    private static final int CHECKPOINT_EVERY = 5_000;
    private static final int POINTS = 50;
    private static final long STEP = CHECKPOINT_EVERY / POINTS;
    private static final int FRAME_BYTES = 512 << 10;
    private static final long MEMORY = 1L << 30;
    private static final double MILLI = 1e6;

    @Override
    public String name() {
        return "git";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Differences, merges and time travel, " + DOCUMENTS + " documents on files");
        List<Doc> cities = Documents.cities(Documents.CITIES);
        Path folder = bench.folder("git");
        try (Local engine = open(folder, SyncPolicy.NEVER)) {
            for (int i = 0; i < COLLECTIONS; i++) {
                engine.insertAll("shop", "cities" + i, cities);
            }
            engine.run(command("walCheckpoint", 1));
        }
        try (Local engine = open(folder, SyncPolicy.ALWAYS);
                BareLog bare = BareLog.open(bench.folder("bare"), FRAME_BYTES)) {
            branches(bench, engine, bare, cities);
        }
        try (Local engine = open(bench.folder("history"), SyncPolicy.NEVER)) {
            history(bench, engine, cities);
        }
    }

    private static Local open(Path folder, SyncPolicy sync) {
        return Local.open(
                FileStore.open(folder, FileStoreOptions.defaults().withSync(sync)),
                new EngineOptions(MEMORY, 100).with(CheckpointPolicy.onDemand()));
    }

    private static void branches(Bench bench, Local engine, BareLog bare, List<Doc> cities) throws Exception {
        int rounds = 1 + bench.mode().rounds();
        double[] scan = new double[rounds - 1];
        double[] diff = new double[rounds - 1];
        double[] merge = new double[rounds - 1];
        double[] append = new double[rounds - 1];
        for (int round = 0; round < rounds; round++) {
            String branch = "b" + round;
            engine.createBranch("shop", branch);
            change(engine, "shop", cities, round, 0);
            change(engine, "shop~" + branch, cities, round, 1);
            double scanned = nanos(() -> {
                for (int i = 0; i < COLLECTIONS; i++) {
                    engine.run(scan("shop", "cities" + i));
                    engine.run(scan("shop~" + branch, "cities" + i));
                }
            });
            double differed = nanos(() -> requireDifferences(engine, branch));
            double merged = nanos(() -> engine.run(Request.of(new DocBuilder(64)
                    .append("mergeBranch", branch)
                    .append("into", "main")
                    .append("$db", "shop")
                    .buildDoc())));
            double appended = nanos(() -> bare.append());
            if (round > 0) { // the first warms up
                scan[round - 1] = scanned;
                diff[round - 1] = differed;
                merge[round - 1] = merged;
                append[round - 1] = appended;
            }
        }
        Spread share = ratio(diff, scan);
        bench.report()
                .line(
                        "diff of two branches with 1,000 differences / scan of both",
                        Amount.time(Spread.of(scan).median()),
                        Amount.time(Spread.of(diff).median()),
                        share,
                        Goal.atMost(share.median(), 0.05));
        double[] floor = new double[merge.length];
        Arrays.setAll(floor, i -> diff[i] + append[i] / 5);
        Spread cost = ratio(merge, floor);
        bench.report()
                .line(
                        "merge of them / (diff + a fifth of a bare append + fdatasync)",
                        Amount.time(Spread.of(floor).median()),
                        Amount.time(Spread.of(merge).median()),
                        cost,
                        Goal.atMost(cost.median(), 5));
    }

    /** Changes half of the documents that are to differ: those of odd or even places, so that the sides never meet. */
    private static void change(Local engine, String database, List<Doc> cities, int round, int side) {
        Random random = new Random(31L * round + side);
        Set<Integer> done = new HashSet<>();
        while (done.size() < DIFFERENCES / 2) {
            int place = 2 * random.nextInt(cities.size() / 2) + side;
            if (done.add(place)) {
                Value id = Documents.id(cities.get(place));
                Doc set = new DocBuilder()
                        .append("changed", round * DIFFERENCES + done.size())
                        .buildDoc();
                engine.run(Local.set(database, "cities" + place % COLLECTIONS, id, set));
            }
        }
    }

    private static void requireDifferences(Local engine, String branch) {
        Doc reply = engine.run(Request.of(new DocBuilder(128)
                .append("diffBranches", 1)
                .append("from", "main")
                .append("to", branch)
                .startDocument("cursor")
                .append("batchSize", 2 * DIFFERENCES)
                .end()
                .append("$db", "shop")
                .buildDoc()));
        int found = batch(reply).count();
        if (found != DIFFERENCES) {
            throw new IllegalStateException("expected " + DIFFERENCES + " differences, found " + found);
        }
    }

    private static Doc batch(Doc reply) {
        Doc cursor = Objects.requireNonNull(reply.get("cursor")).asDoc();
        return Objects.requireNonNull(cursor.get("firstBatch")).asDoc();
    }

    private static Spread ratio(double[] of, double[] than) {
        double[] ratios = new double[of.length];
        Arrays.setAll(ratios, i -> of[i] / than[i]);
        return Spread.of(ratios);
    }

    /** Reads in the middle of a history of 50,000 updates with a checkpoint every 5,000, each at a position nobody read before. */
    private static void history(Bench bench, Local engine, List<Doc> cities) throws Exception {
        engine.insertAll("shop", "cities", cities);
        Random random = new Random(5);
        long first = lastLsn(engine);
        for (int i = 0; i < HISTORY; i++) {
            if (i % CHECKPOINT_EVERY == 0) {
                engine.run(command("walCheckpoint", 1));
            }
            Value id = Documents.id(cities.get(random.nextInt(cities.size())));
            engine.run(Local.set(
                    "shop", "cities", id, new DocBuilder().append("changed", i).buildDoc()));
        }
        long middle = first + HISTORY / 2;
        for (int i = 1; i <= 3; i++) { // warms up, where nothing is measured
            long away = (i + 1L) * CHECKPOINT_EVERY;
            upwards(engine, middle - away, cities, random);
            downwards(engine, middle + away - CHECKPOINT_EVERY, cities, random);
        }
        double[] near = upwards(engine, middle - CHECKPOINT_EVERY, cities, random);
        double[] cold = downwards(engine, middle, cities, random);
        point(bench, "point read at the middle of 50,000 changes, from a checkpoint", cold);
        point(bench, "the same, " + STEP + " changes above one that was read before", near);
        int rounds = bench.mode().rounds();
        double[] head = new double[rounds];
        double[] past = new double[rounds];
        for (int i = -2; i < rounds; i++) {
            String database = "shop~main~" + (first + HISTORY / 2 + 89L * i + 1);
            head[Math.max(i, 0)] = nanos(() -> engine.run(scan("shop", "cities")));
            past[Math.max(i, 0)] = nanos(() -> engine.run(scan(database, "cities")));
        }
        Spread ratio = ratio(past, head);
        bench.report()
                .line(
                        "scan there, position not read before / scan at the head",
                        Amount.time(Spread.of(head).median()),
                        Amount.time(Spread.of(past).median()),
                        ratio,
                        Goal.atMost(ratio.median(), 2));
    }

    /** Each but the first begins from the one that was read before. */
    private static double[] upwards(Local engine, long checkpoint, List<Doc> cities, Random random) throws Exception {
        double[] taken = new double[POINTS];
        for (int i = 0; i < POINTS; i++) {
            taken[i] = point(engine, checkpoint + STEP * i, cities, random);
        }
        return taken;
    }

    /** Each begins from the checkpoint. */
    private static double[] downwards(Local engine, long checkpoint, List<Doc> cities, Random random) throws Exception {
        double[] taken = new double[POINTS];
        for (int i = POINTS - 1; i >= 0; i--) {
            taken[i] = point(engine, checkpoint + STEP * i, cities, random);
        }
        return taken;
    }

    private static double point(Local engine, long at, List<Doc> cities, Random random) throws Exception {
        Value id = Documents.id(cities.get(random.nextInt(cities.size())));
        return nanos(() -> engine.findOne(Local.findById("shop~main~" + at, "cities", id)));
    }

    private static void point(Bench bench, String name, double[] nanos) {
        double median = Spread.of(nanos).median();
        bench.report()
                .line(
                        name,
                        "",
                        Amount.time(median),
                        Spread.one(median / MILLI),
                        Goal.under("5 ms", median < 5 * MILLI));
    }

    private static long lastLsn(Local engine) {
        return Objects.requireNonNull(engine.run(command("listBranches", 1)).get("lsn"))
                .toLong();
    }

    private static double nanos(Op op) throws Exception {
        long start = System.nanoTime();
        op.run();
        return System.nanoTime() - start;
    }

    private static Request command(String name, int value) {
        return Request.of(
                new DocBuilder(64).append(name, value).append("$db", "shop").buildDoc());
    }

    /** Looks at every document. */
    private static Request scan(String database, String collection) {
        return Request.of(new DocBuilder(128)
                .append("count", collection)
                .startDocument("query")
                .append("name", "nowhere")
                .end()
                .append("$db", database)
                .buildDoc());
    }
}
