package dev.offshoot.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.concurrent.TimeUnit;

/**
 * Where the main figures of an engine stand, over all projects, since it was opened.
 *
 * @param commits in all records appended
 * @param appendedBytes of all records appended
 */
public record Figures(
        Times appends,
        long commits,
        long appendedBytes,
        Times syncs,
        Times replays,
        long replayedChanges,
        Times checkpoints,
        long checkpointBytes,
        Times gcRuns,
        long gcBytes,
        long cacheHits,
        long cacheMisses) {
    /** How often something happened, and the seconds of all of it. */
    public record Times(long count, double seconds) {
        static Times of(Collection<Timer> timers) {
            return new Times(
                    timers.stream().mapToLong(Timer::count).sum(),
                    timers.stream()
                            .mapToDouble(timer -> timer.totalTime(TimeUnit.SECONDS))
                            .sum());
        }
    }

    static Figures of(MeterRegistry in) {
        return new Figures(
                times(in, AppendMeters.APPEND),
                (long) in.find(AppendMeters.COMMITS).summaries().stream()
                        .mapToDouble(DistributionSummary::totalAmount)
                        .sum(),
                sum(in, AppendMeters.BYTES),
                times(in, SyncMeters.SYNC),
                times(in, ReplayMeters.REPLAY),
                sum(in, ReplayMeters.CHANGES),
                times(in, CheckpointMeters.CHECKPOINT),
                sum(in, CheckpointMeters.BYTES),
                times(in, GcMeters.GC),
                sum(in, GcMeters.BYTES),
                observed(in, CacheMeters.HITS),
                observed(in, CacheMeters.MISSES));
    }

    private static Times times(MeterRegistry in, String name) {
        return Times.of(in.find(name).timers());
    }

    private static long sum(MeterRegistry in, String name) {
        return (long)
                in.find(name).counters().stream().mapToDouble(Counter::count).sum();
    }

    private static long observed(MeterRegistry in, String name) {
        return (long) in.find(name).functionCounters().stream()
                .mapToDouble(FunctionCounter::count)
                .sum();
    }
}
