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

/** Threads that insert as fast as they are acknowledged. */
final class Writers {
    private Writers() {}

    /**
     * @param perSecond acknowledged inserts
     * @param p50Nanos the median wait of one
     * @param p99Nanos what one in a hundred waits longer than
     */
    record Outcome(double perSecond, double p50Nanos, double p99Nanos) {}

    /** For so long. */
    static Outcome run(Local engine, Request insert, int threads, long millis) throws Exception {
        return run(engine, insert, threads, () -> {
            long end = System.nanoTime() + millis * 1_000_000;
            return () -> System.nanoTime() < end;
        });
    }

    /** For as long as another thread is alive, which is begun with them. */
    static Outcome beside(Local engine, Request insert, int threads, Thread other) throws Exception {
        return run(engine, insert, threads, () -> {
            other.start();
            return other::isAlive;
        });
    }

    /** @param begin begins what they run beside, and answers what tells for how long */
    private static Outcome run(Local engine, Request insert, int threads, Supplier<BooleanSupplier> begin)
            throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            CompletableFuture<BooleanSupplier> go = new CompletableFuture<>();
            Callable<long[]> writer = () -> {
                Client client = engine.connect();
                ready.countDown();
                return insert(engine, client, insert, go.get());
            };
            List<Future<long[]>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(writer));
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

    private static long[] insert(Local engine, Client client, Request insert, BooleanSupplier goOn) {
        long[] waits = new long[256];
        int n = 0;
        for (long start = System.nanoTime(); goOn.getAsBoolean(); ) {
            engine.run(client, insert);
            long now = System.nanoTime();
            if (n == waits.length) {
                waits = Arrays.copyOf(waits, n * 2);
            }
            waits[n++] = now - start;
            start = now;
        }
        engine.engine().disconnect(client);
        return Arrays.copyOf(waits, n);
    }

    private static Outcome outcome(List<long[]> waits, long nanos) {
        long[] all = waits.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return new Outcome(all.length * 1e9 / nanos, all[all.length / 2], all[(int) (all.length * 0.99)]);
    }
}
