package dev.offshoot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.io.IOException;
import java.time.Duration;

/** Syncs of files to the disk. Thread safe. */
public final class SyncMeters {
    static final String SYNC = "offshoot.fsync";
    static final String FAILED = "offshoot.fsync.failed";

    private static final Duration SHORTEST = Duration.ofNanos(20_000);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final MeterRegistry registry;
    private final Timer done;
    private final Counter failed;

    /** Meters in the registry of the engine that uses the files. */
    public SyncMeters(MeterRegistry registry) {
        this.registry = registry;
        this.done = Timer.builder(SYNC)
                .description("Syncs of files and folders to the disk")
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .register(registry);
        this.failed = Counter.builder(FAILED).description("Syncs that failed").register(registry);
    }

    /** Meters that nobody reads. */
    public static SyncMeters unseen() {
        return new SyncMeters(new CompositeMeterRegistry());
    }

    /** A sync. */
    @FunctionalInterface
    public interface Sync {
        void run() throws IOException;
    }

    /** Runs a sync and times it. */
    public void time(Sync sync) throws IOException {
        Timer.Sample sample = Timer.start(registry);
        boolean ended = false;
        try {
            sync.run();
            ended = true;
        } finally {
            if (ended) {
                sample.stop(done);
            } else {
                failed.increment();
            }
        }
    }
}
