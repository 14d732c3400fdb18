package dev.offshoot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The checkpoints of a project: how long they take, what they write, how old the newest is. Thread safe. */
public final class CheckpointMeters {
    static final String CHECKPOINT = "offshoot.checkpoint";
    static final String BYTES = "offshoot.checkpoint.bytes";
    static final String PAGES = "offshoot.checkpoint.pages";
    static final String AGE = "offshoot.checkpoint.age";

    private final MeterRegistry registry;
    private final Newest newest = new Newest();
    private final String project;
    private final Timer checkpoints;
    private final Counter bytes;
    private final Counter pages;

    CheckpointMeters(MeterRegistry registry, String project) {
        this.registry = registry;
        this.project = project;
        checkpoints = Timer.builder(CHECKPOINT)
                .description("Checkpoints written, from the first page to the manifest")
                .tag("project", project)
                .register(registry);
        bytes = Counter.builder(BYTES)
                .description("Bytes of the pages that checkpoints wrote, compressed")
                .baseUnit("bytes")
                .tag("project", project)
                .register(registry);
        pages = Counter.builder(PAGES)
                .description("Pages that checkpoints wrote; those that were there already do not count")
                .tag("project", project)
                .register(registry);
    }

    /** A checkpoint was written just now. */
    public void written(long nanos, long pagesWritten, long bytesWritten) {
        checkpoints.record(nanos, TimeUnit.NANOSECONDS);
        pages.increment((double) pagesWritten);
        bytes.increment((double) bytesWritten);
        newestIs(registry.config().clock().wallTime());
    }

    /** The newest usable checkpoint was taken at this time, in milliseconds since 1970; the age is shown from then on. */
    public synchronized void newestIs(long millis) {
        newest.millis = millis;
        if (newest.shown != null) {
            return;
        }
        newest.shown = TimeGauge.builder(AGE, newest, TimeUnit.MILLISECONDS, taken -> ageMillis(taken.millis))
                .description("Time since the newest checkpoint of the project was taken")
                .tag("project", project)
                .strongReference(true)
                .register(registry);
    }

    /** Shows the age no more, since the project is not open any longer. */
    public synchronized void hideAge() {
        Meter shown = newest.shown;
        if (shown != null) {
            registry.remove(shown);
            newest.shown = null;
        }
    }

    private double ageMillis(long millis) {
        return Math.max(0, registry.config().clock().wallTime() - millis);
    }

    private static final class Newest {
        private volatile long millis;
        private @Nullable Meter shown;
    }
}
