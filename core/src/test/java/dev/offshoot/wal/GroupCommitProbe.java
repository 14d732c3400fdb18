package dev.offshoot.wal;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.wal.Pending.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * Measures group commit against a store of fixed latency: closed-loop writers, one 500-byte document a commit. Prints each rate
 * as a multiple of one writer's, and latencies in round trips as one writer sees them. Not a test: run {@code main}, with the
 * seconds each row takes.
 */
final class GroupCommitProbe {
    private static final long[] LATENCIES_MICROS = {200, 1000, 5000};
    private static final int[] WRITERS = {1, 8, 64};
    private static final int DOCUMENT_BYTES = 500;

    private final GroupCommit log;
    private final long warmNanos;
    private final long endNanos;

    private GroupCommitProbe(long latencyMicros, double seconds) {
        log = new GroupCommit(
                SimulatedLogStore.calm(latencyMicros * 1000),
                LogEnd.EMPTY,
                new Clocks(System::currentTimeMillis, System::nanoTime, () -> new byte[16]),
                new LogFollower() {
                    @Override
                    public void acknowledged(WalRecord record) {}

                    @Override
                    public void followed(WalRecord record) {}
                });
        long start = System.nanoTime();
        warmNanos = start + (long) (seconds * 0.25e9);
        endNanos = start + (long) (seconds * 1e9);
    }

    public static void main(String[] args) {
        double seconds = args.length > 0 ? Double.parseDouble(args[0]) : 2;
        measure(LATENCIES_MICROS[0], WRITERS[2], seconds); // for the compiler
        for (long latency : LATENCIES_MICROS) {
            double roundTrip = 0;
            double oneWriter = 0;
            for (int writers : WRITERS) {
                long[] nanos = measure(latency, writers, seconds);
                double rate = nanos.length / (seconds * 0.75);
                if (writers == 1) {
                    roundTrip = at(nanos, 0.5);
                    oneWriter = rate;
                }
                System.out.printf(
                        "store %4d us, %2d writers: %,9.0f commits/s, %5.1f x one writer; p50 %.2f, p99 %.2f round trips%n",
                        latency,
                        writers,
                        rate,
                        rate / oneWriter,
                        at(nanos, 0.5) / roundTrip,
                        at(nanos, 0.99) / roundTrip);
            }
        }
    }

    private static double at(long[] sorted, double quantile) {
        return sorted[(int) (sorted.length * quantile)];
    }

    /** The latencies of all commits after warming up, in order of size. */
    private static long[] measure(long latencyMicros, int writers, double seconds) {
        GroupCommitProbe probe = new GroupCommitProbe(latencyMicros, seconds);
        List<Callable<long[]>> works = IntStream.range(0, writers)
                .<Callable<long[]>>mapToObj(i -> probe::write)
                .toList();
        long[] all = new Crew()
                .together(works).stream().flatMapToLong(Arrays::stream).toArray();
        Arrays.sort(all);
        return all;
    }

    private long[] write() {
        byte[] document = new DocBuilder()
                .append("data", Value.binary(new byte[DOCUMENT_BYTES]))
                .build();
        Commit draft = Commit.draft(
                1,
                new Origin("probe", "insert", "main", "c"),
                List.of(new Change.Put(1, Change.made(0), document)),
                List.of());
        long[] nanos = new long[1 << 20];
        int n = 0;
        long start = System.nanoTime();
        while (start < endNanos) {
            Pending pending = Objects.requireNonNull(log.submit(log.epoch(), draft));
            pending.applied(() -> {});
            if (log.await(pending) != Outcome.ACKNOWLEDGED) {
                throw new AssertionError("a calm store acknowledges");
            }
            long end = System.nanoTime();
            if (start > warmNanos && n < nanos.length) {
                nanos[n++] = end - start;
            }
            start = end;
        }
        return Arrays.copyOf(nanos, n);
    }
}
