package dev.offshoot.engine;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.wal.Courtesy;
import java.util.function.LongSupplier;

/**
 * How long an operation may still work: {@code maxTimeMS}. The clock runs while the operation does, not while its cursor waits for
 * a {@code getMore}. {@code killOp} ends it at any time. Used by one thread at a time, but for {@link #kill}.
 */
final class Deadline {
    private static final int CHECK_EVERY = 128;

    /** How long an operation works until others go first. */
    private static final long TURN_NANOS = 200_000;

    private final LongSupplier nanos;
    private final boolean bounded;
    private long leftNanos;
    private long startedNanos;
    private long turnNanos;
    private Courtesy courtesy;
    private int calls;
    private volatile boolean killed;

    private Deadline(LongSupplier nanos, long millis) {
        this.nanos = nanos;
        this.bounded = millis > 0;
        this.leftNanos = millis * 1_000_000;
        this.startedNanos = nanos.getAsLong();
        this.turnNanos = startedNanos;
        this.courtesy = new Courtesy(nanos);
    }

    /** A deadline so many milliseconds of work from now; 0 for none. */
    static Deadline in(long millis, LongSupplier nanos) {
        return new Deadline(nanos, millis);
    }

    /** Stops the clock. */
    void pause() {
        if (bounded) {
            leftNanos -= nanos.getAsLong() - startedNanos;
        }
    }

    /** Lets the clock run on. */
    void resume() {
        startedNanos = nanos.getAsLong();
        turnNanos = startedNanos;
        courtesy = new Courtesy(nanos);
    }

    /** Ends the operation at its next check. Called by other threads. */
    void kill() {
        killed = true;
    }

    /** To be called for every document looked at; reads the clock now and then. */
    void check() {
        if (++calls % CHECK_EVERY == 0) {
            checkNow();
            giveWay();
        }
    }

    private void giveWay() {
        long now = nanos.getAsLong();
        if (now - turnNanos > TURN_NANOS) {
            courtesy.giveWay();
            turnNanos = nanos.getAsLong();
        }
    }

    /**
     * The same without waiting for the next time.
     *
     * @throws CommandException MaxTimeMSExpired, or Interrupted where somebody killed the operation
     */
    void checkNow() {
        if (killed) {
            throw new CommandException(ErrorCode.INTERRUPTED, "operation was interrupted");
        }
        if (bounded && nanos.getAsLong() - startedNanos > leftNanos) {
            throw new CommandException(ErrorCode.MAX_TIME_MS_EXPIRED, "operation exceeded time limit");
        }
    }
}
