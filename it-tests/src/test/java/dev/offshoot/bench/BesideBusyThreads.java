package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.engine.Request;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.file.FileStore;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What long work takes, and writers get done, where others never wait, as on a machine that compiles: who gives way must get on all
 * the same (decision 6).
 */
final class BesideBusyThreads {
    private static final int BUSY_THREADS = 2 * Runtime.getRuntime().availableProcessors();
    private static final int SCANS = 20;
    private static final int TURNS_PER_ROUND = 10;
    private static final int[] WRITERS = {1, 8, 64};

    private final Bench bench;
    private final List<Doc> cities;

    BesideBusyThreads(Bench bench, List<Doc> cities) {
        this.bench = bench;
        this.cities = cities;
    }

    void run() throws Exception {
        int rounds = bench.mode().rounds();
        double[] checkpoints = new double[rounds];
        double[] scans = new double[rounds];
        double[][] writes = new double[WRITERS.length][rounds];
        EngineOptions options = new EngineOptions(64 << 20, 100).with(CheckpointPolicy.onDemand());
        try (Local engine = Local.open(FileStore.open(bench.folder("busy")), options)) {
            for (int round = -1; round < rounds; round++) { // the first warms up
                int at = Math.max(round, 0);
                String scanned = "alone" + round;
                engine.insertAll("shop", scanned, cities);
                double checkpointAlone = nanos(() -> CheckpointSection.checkpoint(engine));
                double scansAlone = nanos(() -> scan(engine, scanned));
                double[] writesAlone = writesPerSecond(engine);
                engine.insertAll("shop", "beside" + round, cities);
                besideOthers(() -> {
                    double[] writesBeside = writesPerSecond(engine);
                    for (int i = 0; i < WRITERS.length; i++) {
                        writes[i][at] = writesBeside[i] / writesAlone[i];
                    }
                    checkpoints[at] = nanos(() -> CheckpointSection.checkpoint(engine)) / checkpointAlone;
                    scans[at] = nanos(() -> scan(engine, scanned)) / scansAlone;
                });
            }
        }
        bench.report()
                .note(String.format(
                        Locale.ROOT,
                        "  beside %d threads that never wait / alone: a checkpoint of %d documents takes %.1fx, scans of them %.1fx",
                        BUSY_THREADS,
                        cities.size(),
                        Spread.of(checkpoints).median(),
                        Spread.of(scans).median()));
        bench.report()
                .note(String.format(
                        Locale.ROOT,
                        "  writers there get done, of what they do alone: 1 %.2fx, 8 %.2fx, 64 %.2fx",
                        Spread.of(writes[0]).median(),
                        Spread.of(writes[1]).median(),
                        Spread.of(writes[2]).median()));
    }

    private double[] writesPerSecond(Local engine) throws Exception {
        Request insert = Local.insert("warehouse", "things", Documents.withoutId());
        double[] perSecond = new double[WRITERS.length];
        for (int i = 0; i < WRITERS.length; i++) {
            perSecond[i] = Writers.run(
                            engine,
                            insert,
                            WRITERS[i],
                            TURNS_PER_ROUND * bench.mode().roundMillis())
                    .perSecond();
        }
        return perSecond;
    }

    private static double nanos(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return System.nanoTime() - start;
    }

    private static void scan(Local engine, String collection) {
        for (int i = 0; i < SCANS; i++) {
            engine.run(CheckpointSection.scan(collection));
        }
    }

    /** Runs this while other threads use all processors. */
    private static void besideOthers(Op work) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Thread[] threads = new Thread[BUSY_THREADS];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Thread(() -> {
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
            threads[i].start();
        }
        try {
            work.run();
        } finally {
            stop.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
