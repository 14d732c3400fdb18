package dev.offshoot.wal;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Clocks of tests: the nonces follow from a seed, or count. */
public final class TestClocks {
    static final long START_MILLIS = 1_795_000_000_000L;

    private TestClocks() {}

    /** A wall clock that goes forward by up to 20 ms a look, and now and then back. */
    static Clocks unsteady(long seed) {
        Random random = new Random(seed);
        AtomicLong millis = new AtomicLong(START_MILLIS);
        return new Clocks(() -> millis.addAndGet(random.nextInt(30) - 10), System::nanoTime, () -> nonce(random));
    }

    /** A wall clock that the test moves. */
    static Clocks set(AtomicLong millis, long seed) {
        return of(millis::get, new Random(seed));
    }

    /** A wall clock of the test's own, and nonces of its own chance. */
    public static Clocks of(LongSupplier millis, Random nonces) {
        return new Clocks(millis, System::nanoTime, () -> nonce(nonces));
    }

    /** A wall clock of the test's own, and nonces that count; who opens a store again goes on counting. */
    public static Clocks of(LongSupplier millis, AtomicLong nonces) {
        return new Clocks(
                millis,
                System::nanoTime,
                () -> ByteBuffer.allocate(16)
                        .putLong(nonces.incrementAndGet())
                        .putLong(1)
                        .array());
    }

    /** Waits until the system's clock shows a time behind this one, milliseconds since 1970. */
    public static void waitUntilAfter(long millis) {
        while (System.currentTimeMillis() <= millis) {
            Thread.onSpinWait();
        }
    }

    private static byte[] nonce(Random random) {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return nonce;
    }
}
