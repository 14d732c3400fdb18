package dev.offshoot.wal;

import java.util.function.LongSupplier;

/**
 * Lets threads go first that have something to do, in the middle of a long piece of work. One thread.
 *
 * <p>A group commit and a short read are chains of threads that wake each other: where all cores are busy, one that wakes behind long work
 * would wait for the end of a time slice, 3 ms, each time. To give way takes 1 us where nobody waits; behind threads that never wait
 * themselves it takes their time slices, so no more than {@value #GIVEN_PER_WORKED} times as long is given away as was worked.
 */
public final class Courtesy {
    /** How often others may go first at one call: those who wait for them come one by one. */
    private static final int TURNS = 5;

    private static final int GIVEN_PER_WORKED = 3;

    private final LongSupplier nanos;
    private final Runnable othersGo;
    private final long startNanos;
    private long givenNanos;

    /** @param nanos a clock for durations */
    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but how long others wait
    public Courtesy(LongSupplier nanos) {
        this(nanos, Thread::yield);
    }

    /** @param othersGo lets every thread go first that is ready */
    Courtesy(LongSupplier nanos, Runnable othersGo) {
        this.nanos = nanos;
        this.othersGo = othersGo;
        this.startNanos = nanos.getAsLong();
    }

    /** To be called every few hundred microseconds of work, or more often. */
    public void giveWay() {
        long now = nanos.getAsLong();
        long allowedNanos = GIVEN_PER_WORKED * (now - startNanos - givenNanos);
        for (int turn = 0; turn < TURNS && givenNanos <= allowedNanos; turn++) {
            othersGo.run();
            long after = nanos.getAsLong();
            givenNanos += after - now;
            now = after;
        }
    }
}
