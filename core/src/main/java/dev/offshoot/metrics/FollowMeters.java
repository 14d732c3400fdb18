package dev.offshoot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * Following a shared store, where other processes append. Rounds are told by one thread, records by any; thread safe.
 *
 * <p>The lag is the time since the last round that read every open project to its end. It is not known in LSNs: a store that cannot be read
 * does not say how far its logs go.
 */
public final class FollowMeters {
    static final String ROUNDS = "offshoot.tail.follow";
    static final String RECORDS = "offshoot.tail.records";
    static final String LAG = "offshoot.tail.lag";

    private final MeterRegistry registry;
    private final Timer rounds;
    private final Counter records;
    private volatile long caughtUpNanos;

    FollowMeters(MeterRegistry registry) {
        this.registry = registry;
        this.caughtUpNanos = now();
        rounds = Timer.builder(ROUNDS)
                .description("Rounds that read what other processes appended, for all open projects")
                .register(registry);
        records = Counter.builder(RECORDS)
                .description("Records of other processes that were folded")
                .register(registry);
    }

    /** Shows the lag; of no use on a store that nobody shares. */
    public void watchLag() {
        caughtUpNanos = now();
        TimeGauge.builder(LAG, this, TimeUnit.NANOSECONDS, FollowMeters::lagNanos)
                .description("Time since all open projects were last read to their end")
                .register(registry);
    }

    /** A record of another process was folded. */
    public void folded() {
        records.increment();
    }

    /** A round ended; where it failed for a project the lag goes on growing. */
    public void ended(long nanos, boolean caughtUp) {
        rounds.record(nanos, TimeUnit.NANOSECONDS);
        if (caughtUp) {
            caughtUpNanos = now();
        }
    }

    /** Since when the state here may be behind, in nanoseconds. */
    public long lagNanos() {
        return now() - caughtUpNanos;
    }

    private long now() {
        return registry.config().clock().monotonicTime();
    }
}
