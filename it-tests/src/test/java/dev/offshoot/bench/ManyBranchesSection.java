package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.store.file.FileStore;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/** What 10,000 branches of one project cost that nobody writes to: to make, to list, in the heap, in the store. */
final class ManyBranchesSection implements Section {
    private static final int BRANCHES = 10_000;
    private static final int DOCUMENTS = 10_000;
    private static final int BATCH = 100;
    private static final int CREATE_FRAME_BYTES = 300;
    private static final int HEAP_BYTES_MAX = 2_048;
    private static final int STORE_BYTES_MAX = 600;
    private static final double MILLI = 1e6;
    private static final double LIST_NANOS_MAX = 500 * MILLI;

    @Override
    public String name() {
        return "branches-10k";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading(BRANCHES + " branches");
        Path folder = bench.folder("many");
        double empty = warmUp(bench);
        try (Local engine = Local.open(FileStore.open(folder))) {
            engine.insertAll("many", "things", Documents.sized(DOCUMENTS));
            Stored small = checkpoint(engine);
            double before = Heap.usedBytes();
            create(bench, engine);
            heap(bench, "heap / idle branch", before);
            stored(bench, small, checkpoint(engine));
            heap(bench, "heap / idle branch, in a checkpoint", before);
            list(bench, engine, "list");
        }
        try (Local engine = Local.open(FileStore.open(folder))) {
            long start = System.nanoTime();
            engine.run(listBranches());
            line(bench, "first list after a restart", (double) (System.nanoTime() - start));
            heap(bench, "heap / idle branch, all of it after a restart", empty);
            list(bench, engine, "list after a restart");
        }
    }

    private static void create(Bench bench, Local engine) throws Exception {
        long[] bare = new long[BRANCHES];
        try (BareLog log = BareLog.open(bench.folder("bare"), CREATE_FRAME_BYTES)) {
            long[] made = new long[BRANCHES];
            for (int from = 0; from < BRANCHES; from += BATCH) {
                for (int i = from; i < from + BATCH; i++) {
                    long start = System.nanoTime();
                    engine.createBranch("many", "branch-" + i);
                    made[i] = System.nanoTime() - start;
                }
                for (int i = from; i < from + BATCH; i++) {
                    long start = System.nanoTime();
                    log.append();
                    bare[i] = System.nanoTime() - start;
                }
            }
            double nanos = percentile(made, 50);
            double least = percentile(bare, 50);
            bench.report()
                    .line(
                            "create branch, p50 / bare append + fdatasync",
                            Amount.time(least),
                            Amount.time(nanos),
                            Spread.one(nanos / least),
                            Goal.under("1 ms", nanos < MILLI));
            bench.report()
                    .note(String.format(
                            Locale.ROOT,
                            "  the last 1,000 of them: p50 %s, p99 %s",
                            Amount.time(percentile(Arrays.copyOfRange(made, BRANCHES - 1000, BRANCHES), 50)),
                            Amount.time(percentile(Arrays.copyOfRange(made, BRANCHES - 1000, BRANCHES), 99))));
        }
    }

    private static double percentile(long[] nanos, int percent) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return sorted[(int) ((long) (sorted.length - 1) * percent / 100)];
    }

    /** Has everything loaded and compiled; answers what the heap holds with an engine that holds next to nothing. */
    private static double warmUp(Bench bench) throws Exception {
        Path folder = bench.folder("warm-up");
        try (Local engine = Local.open(FileStore.open(folder))) {
            engine.insertAll("many", "things", Documents.sized(BATCH));
            for (int i = 0; i < BRANCHES / 10; i++) {
                engine.createBranch("many", "b" + i);
            }
            Stored unused = checkpoint(engine);
        }
        try (Local engine = Local.open(FileStore.open(bench.folder("empty")))) {
            engine.insertAll("many", "things", Documents.sized(BATCH));
            engine.run(listBranches());
            return Heap.usedBytes();
        }
    }

    private static void list(Bench bench, Local engine, String name) throws Exception {
        long[] nanos = new long[20];
        for (int i = 0; i < nanos.length; i++) {
            long start = System.nanoTime();
            Doc reply = engine.run(listBranches());
            nanos[i] = System.nanoTime() - start;
            long listed = Objects.requireNonNull(reply.get("branches")).asDoc().count();
            if (listed != BRANCHES + 1) {
                throw new IllegalStateException(listed + " branches were listed");
            }
        }
        line(bench, name, percentile(nanos, 50));
        long start = System.nanoTime();
        engine.run(Request.of(new DocBuilder()
                .append("listBranches", 1)
                .append("aheadBehind", true)
                .append("$db", "many")
                .buildDoc()));
        line(bench, name + ", with ahead and behind", (double) (System.nanoTime() - start));
    }

    private static Request listBranches() {
        return Request.of(
                new DocBuilder().append("listBranches", 1).append("$db", "many").buildDoc());
    }

    private static void line(Bench bench, String name, double nanos) {
        bench.report()
                .line(
                        name,
                        Amount.time(LIST_NANOS_MAX),
                        Amount.time(nanos),
                        Spread.one(nanos / LIST_NANOS_MAX),
                        Goal.under("0.5 s", nanos < LIST_NANOS_MAX));
    }

    private static void heap(Bench bench, String name, double before) {
        bytes(bench, name, (Heap.usedBytes() - before) / BRANCHES, HEAP_BYTES_MAX);
    }

    private static void bytes(Bench bench, String name, double bytes, int limit) {
        bench.report()
                .line(
                        name,
                        Amount.bytes(limit),
                        Amount.bytes(bytes),
                        Spread.one(bytes / limit),
                        Goal.under(limit + " B", bytes > 0 && bytes < limit));
    }

    /** What a project takes in its store: its log, and the pages of its newest checkpoint. */
    private record Stored(double log, double pages) {}

    private static Stored checkpoint(Local engine) {
        engine.run(Request.of(new DocBuilder()
                .append("walCheckpoint", 1)
                .append("$db", "many")
                .buildDoc()));
        Doc stats = engine.run(Request.of(
                new DocBuilder().append("walStats", 1).append("$db", "many").buildDoc()));
        Doc bytes = need(stats, "bytes").asDoc();
        return new Stored(
                need(stats, "log_bytes").toDouble(),
                need(bytes, "pages").toDouble() + need(bytes, "manifests").toDouble());
    }

    private static Value need(Doc doc, String field) {
        return Objects.requireNonNull(doc.get(field), field);
    }

    private static void stored(Bench bench, Stored before, Stored after) {
        double log = (after.log - before.log) / BRANCHES;
        double pages = (after.pages - before.pages) / BRANCHES;
        bytes(bench, "store / idle branch, log and checkpoint", log + pages, STORE_BYTES_MAX);
        bench.report().note(String.format(Locale.ROOT, "  log %.0f B, checkpoint %.0f B", log, pages));
    }
}
