package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.file.FileStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Heap: of documents against their raw bytes, and of the first change on a branch. Measured after collections of garbage, and before
 * all other sections, whose engines and threads may let go of theirs at any time later.
 */
final class MemorySection implements Section {
    private static final int DOCUMENTS = 300_000;
    private static final int BRANCHES = 1_000;
    private static final int TRIES = 3;
    private static final double FACTOR_MAX = 1.5;
    private static final int DIVERGENCE_BYTES_MAX = 2_560;
    private static final int INDEX_BYTES_MAX = 2_048;

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Heap, documents of 232 bytes");
        Path folder = bench.folder("memory");
        double raw = rawBytes();
        double before = Heap.usedBytes();
        try (Local engine = Local.open(FileStore.open(folder))) {
            engine.insertAll("shop", "things", Documents.sized(DOCUMENTS));
            heap(bench, "heap / raw BSON, after inserts", raw, Heap.usedBytes() - before);
        }
        try (Local engine = Local.open(FileStore.open(folder))) {
            engine.run(Local.count("shop", "things"));
            heap(bench, "heap / raw BSON, after a restart", raw, Heap.usedBytes() - before);
            divergence(bench, engine);
        }
    }

    /** Apart, since an interpreted method holds what its variables refer to until it ends. */
    private static double rawBytes() {
        return Documents.sized(DOCUMENTS).stream().mapToInt(Doc::length).sum();
    }

    private static void heap(Bench bench, String name, double raw, double used) {
        requireAtLeast(raw, used, name);
        bench.report()
                .line(
                        name,
                        Amount.bytes(raw),
                        Amount.bytes(used),
                        Spread.one(used / raw),
                        Goal.atMost(used / raw, FACTOR_MAX));
    }

    private static void divergence(Bench bench, Local engine) {
        Random random = new Random(BRANCHES);
        double none = diverge(engine, "none", random);
        engine.run(Local.createIndex("shop", "things", "qty"));
        double one = diverge(engine, "one", random);
        engine.run(Local.createIndex("shop", "things", "supplier"));
        double two = diverge(engine, "two", random);
        kept(bench, "kept by a first divergent update / document", none, DIVERGENCE_BYTES_MAX);
        kept(bench, "kept besides for an index it touches / document", one - none, INDEX_BYTES_MAX);
        kept(bench, "kept besides for a second index it touches / document", two - one, INDEX_BYTES_MAX);
    }

    private static void kept(Bench bench, String name, double bytes, double limit) {
        double raw = Documents.sized(1).get(0).length();
        requireAtLeast(raw, bytes, name);
        bench.report()
                .line(
                        name,
                        Amount.bytes(raw),
                        Amount.bytes(bytes),
                        Spread.one(bytes / raw),
                        Goal.under(Amount.bytes(limit), bytes <= limit));
    }

    /** What is kept for a branch, the median of some tries: now and then something else comes to stay meanwhile. */
    private static double diverge(Local engine, String prefix, Random random) {
        double[] tries = new double[TRIES];
        for (int i = 0; i < TRIES; i++) {
            tries[i] = divergeOnce(engine, prefix + i + "-", random);
        }
        return Spread.of(tries).median();
    }

    /** Updates one document on each of many new branches, so that all indexes change; answers the bytes kept for each. */
    private static double divergeOnce(Local engine, String prefix, Random random) {
        List<Value> ids = ids(random);
        for (int i = 0; i < BRANCHES; i++) {
            engine.createBranch("shop", prefix + i);
        }
        double before = Heap.usedBytes();
        for (int i = 0; i < BRANCHES; i++) {
            Doc change = new DocBuilder()
                    .append("qty", random.nextInt(1_000))
                    .append("supplier", random.nextInt(500))
                    .buildDoc();
            engine.run(Local.set("shop~" + prefix + i, "things", ids.get(i), change));
        }
        return (Heap.usedBytes() - before) / BRANCHES;
    }

    private static List<Value> ids(Random random) {
        List<Doc> documents = Documents.sized(DOCUMENTS);
        List<Value> ids = new ArrayList<>();
        for (int i = 0; i < BRANCHES; i++) {
            ids.add(Value.of(
                    Documents.id(documents.get(random.nextInt(DOCUMENTS))).asObjectId()));
        }
        return ids;
    }

    /** Documents that are held cannot take less than their bytes; then something older was let go of meanwhile. */
    private static void requireAtLeast(double raw, double used, String name) {
        if (used < raw) {
            throw new IllegalStateException(name + ": " + used + " bytes for " + raw + ", so the measurement is void");
        }
    }
}
