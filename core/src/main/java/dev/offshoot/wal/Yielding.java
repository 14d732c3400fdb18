package dev.offshoot.wal;

import java.util.function.LongSupplier;

/**
 * Yields of threads that wait for microseconds, as long as they gain by it; then they are to park. Thread safe.
 *
 * <p>To yield takes 1 us where nobody else has use for the processor, and to be woken 8 and more. Behind threads that never wait
 * themselves it takes their time slices, 3 ms each. Now and then that happens everywhere; where it is more than a
 * {@value #LATE_PART}th of the time, nobody yields until it is less.
 */
public final class Yielding {
    /** A yield that takes longer came back late. */
    private static final long LATE_NANOS = 2_500_000;

    /** What counts of one that is later still: that was a pause of all threads. */
    private static final long LATE_NANOS_MAX = 10_000_000;

    private static final int LATE_PART = 8;

    /** How much may come at once, once there was none for long. */
    private static final long CREDIT_NANOS = 50_000_000;

    private final LongSupplier nanos;
    private final Runnable othersGo;
    private volatile long lastLateEnd;

    /** When yields that came back late will have taken no more than their part of the time. */
    private volatile long evenAt;

    /** @param nanos a clock for durations */
    @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but how long a thread waits
    public Yielding(LongSupplier nanos) {
        this(nanos, Thread::yield);
    }

    /** @param othersGo lets every thread go first that is ready */
    Yielding(LongSupplier nanos, Runnable othersGo) {
        this.nanos = nanos;
        this.othersGo = othersGo;
        this.lastLateEnd = nanos.getAsLong();
        this.evenAt = lastLateEnd - LATE_PART * CREDIT_NANOS;
    }

    /** Yields once, and tells whether that is worth it; where it is not, false without a yield. */
    public boolean once() {
        long start = nanos.getAsLong();
        if (start - evenAt < 0) {
            return false;
        }
        othersGo.run();
        long end = nanos.getAsLong();
        if (end - start > LATE_NANOS && start - lastLateEnd >= 0) { // several threads may wait for the same
            lastLateEnd = end;
            long earliest = end - LATE_PART * CREDIT_NANOS;
            long from = evenAt - earliest > 0 ? evenAt : earliest;
            evenAt = from + LATE_PART * Math.min(end - start, LATE_NANOS_MAX);
        }
        return end - evenAt >= 0;
    }
}
