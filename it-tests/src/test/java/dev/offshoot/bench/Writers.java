package dev.offshoot.bench;

import dev.offshoot.engine.Client;
import dev.offshoot.engine.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Threads that write as fast as they are acknowledged, inserts most often. */
final class Writers {
    private Writers() {}

    /** What one thread does over and over. */
    interface Writer {
        /** Returns once it is acknowledged. */
        void write();

        default void close() {}
    }

    /**
     * @param perSecond acknowledged inserts
     * @param p50Nanos the median wait of one
     * @param p99Nanos what one in a hundred waits longer than
     */
    record Outcome(double perSecond, double p50Nanos, double p99Nanos) {}

    /** For so long. */
    static Outcome run(Local engine, Request insert, int threads, long millis) throws Exception {
        return run(() -> inserting(engine, insert), threads, millis);
    }

    /** The same, whatever they write. */
    static Outcome run(Supplier<Writer> writers, int threads, long millis) throws Exception {
        return run(writers, threads, () -> {
            long end = System.nanoTime() + millis * 1_000_000;
            return () -> System.nanoTime() < end;
        });
    }

    /** For as long as another thread is alive, which is begun with them. */
    static Outcome beside(Local engine, Request insert, int threads, Thread other) throws Exception {
        return run(() -> inserting(engine, insert), threads, () -> {
            other.start();
            return other::isAlive;
        });
    }

    /** @param begin begins what they run beside, and answers what tells for how long */
    private static Outcome run(Supplier<Writer> writers, int threads, Supplier<BooleanSupplier> begin)
            throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            CompletableFuture<BooleanSupplier> go = new CompletableFuture<>();
            Callable<long[]> thread = () -> {
                Writer writer = writers.get();
                ready.countDown();
                return write(writer, go.get());
            };
            List<Future<long[]>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(thread));
            }
            ready.await();
            long start = System.nanoTime();
            go.complete(begin.get());
            List<long[]> waits = new ArrayList<>();
            for (Future<long[]> one : running) {
                waits.add(one.get());
            }
            return outcome(waits, System.nanoTime() - start);
        } finally {
            pool.shutdownNow();
        }
    }

    private static Writer inserting(Local engine, Request insert) {
        Client client = engine.connect();
        return new Writer() {
            @Override
            public void write() {
                engine.run(client, insert);
            }

            @Override
            public void close() {
                engine.engine().disconnect(client);
            }
        };
    }

    private static long[] write(Writer writer, BooleanSupplier goOn) {
        long[] waits = new long[256];
        int n = 0;
        for (long start = System.nanoTime(); goOn.getAsBoolean(); ) {
            writer.write();
            long now = System.nanoTime();
            if (n == waits.length) {
                waits = Arrays.copyOf(waits, n * 2);
            }
            waits[n++] = now - start;
            start = now;
        }
        writer.close();
        return Arrays.copyOf(waits, n);
    }

    private static Outcome outcome(List<long[]> waits, long nanos) {
        long[] all = waits.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Outcome(all.length * 1e9 / nanos, all[all.length / 2], all[(int) (all.length * 0.99)]);
    }
}
