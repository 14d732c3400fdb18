package dev.offshoot.bench;

import dev.offshoot.engine.Client;
import dev.offshoot.engine.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that insert as fast as they are acknowledged, for so long. */
final class Writers {
    private Writers() {}

    /**
     * @param perSecond acknowledged inserts
     * @param p50Nanos the median wait of one
     * @param p99Nanos what one in a hundred waits longer than
     */
    record Outcome(double perSecond, double p50Nanos, double p99Nanos) {}

    static Outcome run(Local engine, Request insert, int threads, long millis) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch ready = new CountDownLatch(threads);
            CountDownLatch go = new CountDownLatch(1);
            Callable<long[]> writer = () -> {
                Client client = engine.connect();
                ready.countDown();
                go.await();
                return insert(engine, client, insert, millis);
            };
            List<Future<long[]>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(writer));
            }
            ready.await();
            long start = System.nanoTime();
            go.countDown();
            List<long[]> waits = new ArrayList<>();
            for (Future<long[]> one : running) {
                waits.add(one.get());
            }
            return outcome(waits, System.nanoTime() - start);
        } finally {
            pool.shutdownNow();
        }
    }

    private static long[] insert(Local engine, Client client, Request insert, long millis) {
        long[] waits = new long[256];
        int n = 0;
        long end = System.nanoTime() + millis * 1_000_000;
        for (long start = System.nanoTime(); start < end; ) {
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
