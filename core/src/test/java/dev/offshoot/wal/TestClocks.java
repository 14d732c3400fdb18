package dev.offshoot.wal;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks of tests: the nonces follow from a seed. */
final class TestClocks {
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
        Random random = new Random(seed);
        return new Clocks(millis::get, System::nanoTime, () -> nonce(random));
    }

    private static byte[] nonce(Random random) {
        byte[] nonce = new byte[16];
        random.nextBytes(nonce);
        return nonce;
    }
}
