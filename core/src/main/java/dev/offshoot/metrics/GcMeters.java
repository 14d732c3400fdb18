package dev.offshoot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** What garbage collection of a project's log, pages and checkpoints removed. Thread safe. */
public final class GcMeters {
    static final String GC = "offshoot.gc";
    static final String BYTES = "offshoot.gc.bytes";
    static final String PAGES = "offshoot.gc.pages";
    static final String CHECKPOINTS = "offshoot.gc.checkpoints";

    private final Timer runs;
    private final Counter bytes;
    private final Counter pages;
    private final Counter checkpoints;

    GcMeters(MeterRegistry registry, String project) {
        runs = Timer.builder(GC)
                .description("Runs of the garbage collection, dry runs apart")
                .tag("project", project)
                .register(registry);
        bytes = counter(BYTES, "Bytes that the garbage collection freed", project)
                .baseUnit("bytes")
                .register(registry);
        pages = counter(PAGES, "Pages that the garbage collection removed", project)
                .register(registry);
        checkpoints = counter(CHECKPOINTS, "Checkpoints that the garbage collection removed", project)
                .register(registry);
    }

    private static Counter.Builder counter(String name, String description, String project) {
        return Counter.builder(name).description(description).tag("project", project);
    }

    /** What one run removed. */
    public record Removed(long pages, long checkpoints, long bytes) {}

    /** A run ended, also one that removed nothing. */
    public void ended(long nanos, Removed removed) {
        runs.record(nanos, TimeUnit.NANOSECONDS);
        pages.increment((double) removed.pages);
        checkpoints.increment((double) removed.checkpoints);
        bytes.increment((double) removed.bytes);
    }
}
