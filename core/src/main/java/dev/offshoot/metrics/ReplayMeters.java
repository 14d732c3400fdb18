package dev.offshoot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/** Folding the log when a project opens: the changes through the seconds are the rate. Thread safe. */
public final class ReplayMeters {
    static final String REPLAY = "offshoot.replay";
    static final String RECORDS = "offshoot.replay.records";
    static final String CHANGES = "offshoot.replay.changes";
    static final String BYTES = "offshoot.replay.bytes";

    private final Timer replays;
    private final Counter records;
    private final Counter changes;
    private final Counter bytes;

    ReplayMeters(MeterRegistry registry, String project) {
        replays = Timer.builder(REPLAY)
                .description("Reading and folding the log when a project opens")
                .tag("project", project)
                .register(registry);
        records =
                counter(RECORDS, "Records folded when projects opened", project).register(registry);
        changes =
                counter(CHANGES, "Changes folded when projects opened", project).register(registry);
        bytes = counter(BYTES, "Bytes of the records folded when projects opened", project)
                .baseUnit("bytes")
                .register(registry);
    }

    private static Counter.Builder counter(String name, String description, String project) {
        return Counter.builder(name).description(description).tag("project", project);
    }

    /** A record was folded. */
    public void folded(long changesOfRecord, long bytesOfRecord) {
        records.increment();
        changes.increment((double) changesOfRecord);
        bytes.increment((double) bytesOfRecord);
    }

    /** The log was folded to its end. */
    public void ended(long nanos) {
        replays.record(nanos, TimeUnit.NANOSECONDS);
    }
}
