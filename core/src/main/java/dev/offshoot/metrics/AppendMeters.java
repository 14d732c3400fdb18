package dev.offshoot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Appends to the log of a project: how long, how large, how often in vain. Thread safe. */
public final class AppendMeters {
    static final String APPEND = "offshoot.append";
    static final String FAILED = "offshoot.append.failed";
    static final String COMMITS = "offshoot.append.batch";
    static final String BYTES = "offshoot.log.bytes";

    private static final Duration SHORTEST = Duration.ofNanos(20_000);
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** Why a record did not get into the log, as far as one attempt tells. */
    public enum Failure {
        /** Another process had the position. */
        TAKEN,
        /** The store said no. */
        REFUSED,
        /** The store did not say. */
        UNKNOWN;

        String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Timer appends;
    private final Map<Failure, Counter> failures = new EnumMap<>(Failure.class);
    private final DistributionSummary commits;
    private final Counter bytes;

    AppendMeters(MeterRegistry registry, String project) {
        appends = Timer.builder(APPEND)
                .description("Appends of one record to the log of a project, until the store said that it is there")
                .tag("project", project)
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .register(registry);
        for (Failure failure : Failure.values()) {
            Counter counter = Counter.builder(FAILED)
                    .description("Attempts to append that did not put a record into the log, or may not have")
                    .tag("project", project)
                    .tag("reason", failure.tag())
                    .register(registry);
            failures.put(failure, counter);
        }
        commits = DistributionSummary.builder(COMMITS)
                .description("Commits in one record")
                .tag("project", project)
                .register(registry);
        bytes = Counter.builder(BYTES)
                .description("Bytes of the records appended")
                .baseUnit("bytes")
                .tag("project", project)
                .register(registry);
    }

    /** Meters that nobody reads. */
    public static AppendMeters unseen() {
        return ProjectMeters.unseen().appends();
    }

    /** A record is in the log. */
    public void appended(long nanos, int commitsInRecord, long bytesOfRecord) {
        appends.record(nanos, TimeUnit.NANOSECONDS);
        commits.record(commitsInRecord);
        bytes.increment((double) bytesOfRecord);
    }

    /** An attempt to append failed. */
    public void failed(Failure failure) {
        Objects.requireNonNull(failures.get(failure)).increment();
    }
}
