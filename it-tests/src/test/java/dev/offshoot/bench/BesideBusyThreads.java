package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.store.file.FileStore;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/** What long work takes where others never wait, as on a machine that compiles: who gives way must get on all the same (decision 6). */
final class BesideBusyThreads {
    private static final int BUSY_THREADS = 2 * Runtime.getRuntime().availableProcessors();
    private static final int SCANS = 20;

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
        EngineOptions options = new EngineOptions(64 << 20, 100).with(CheckpointPolicy.onDemand());
        try (Local engine = Local.open(FileStore.open(bench.folder("busy")), options)) {
            for (int round = -1; round < rounds; round++) { // the first warms up
                int at = Math.max(round, 0);
                String scanned = "alone" + round;
                engine.insertAll("shop", scanned, cities);
                double checkpointAlone = nanos(() -> CheckpointSection.checkpoint(engine));
                double scansAlone = nanos(() -> scan(engine, scanned));
                engine.insertAll("shop", "beside" + round, cities);
                besideOthers(() -> {
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
    private static void besideOthers(Runnable work) throws InterruptedException {
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
