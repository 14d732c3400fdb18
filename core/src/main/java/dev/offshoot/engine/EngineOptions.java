package dev.offshoot.engine;

import dev.offshoot.mql.PipelineContext;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.state.Retention;
import dev.offshoot.store.Scratch;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How an engine runs.
 *
 * @param memoryBytes about how much the caches of pages and of past positions may hold together
 * @param tailMillis how often a shared store is asked what other processes appended
 * @param ttlMillis how often documents that have expired by a TTL index are looked for; whole seconds
 * @param testCommands whether commands for tests are there, such as {@code configureFailPoint}; the default is what the system
 *     property {@code offshoot.testCommands} says
 * @param stageBytes how much one stage of a query may hold, in bytes of documents
 * @param scratch where a stage puts what is more than that
 * @param registry gives the registry of an engine's meters; the default one counts in memory, for {@code serverStatus}
 * @param retention how much of the past is kept
 * @param checkpoints when a project's next checkpoint is due; null for what suits {@code memoryBytes}
 */
public record EngineOptions(
        long memoryBytes,
        long tailMillis,
        long ttlMillis,
        boolean testCommands,
        long stageBytes,
        Scratch scratch,
        Supplier<MeterRegistry> registry,
        Retention retention,
        @Nullable CheckpointPolicy checkpoints) {
    private static final long TTL_MILLIS = 60_000;

    /** 512 MiB of memory, or three eighths of the heap where that is less: the newest state of branches comes on top. */
    public static final EngineOptions DEFAULT =
            new EngineOptions(Math.min(512L << 20, Runtime.getRuntime().maxMemory() / 8 * 3), 100);

    /** The defaults but for memory and tail. A stage has nowhere to put what it cannot hold. */
    public EngineOptions(long memoryBytes, long tailMillis) {
        this(memoryBytes, tailMillis, TTL_MILLIS, Boolean.getBoolean("offshoot.testCommands"));
    }

    /** The defaults for stages. */
    public EngineOptions(long memoryBytes, long tailMillis, long ttlMillis, boolean testCommands) {
        this(
                memoryBytes,
                tailMillis,
                ttlMillis,
                testCommands,
                PipelineContext.MEMORY_BYTES_MAX,
                Scratch.NONE,
                SimpleMeterRegistry::new,
                Retention.FOREVER,
                null);
    }

    /** The same with room for what a stage cannot hold. */
    public EngineOptions with(Scratch room) {
        return new EngineOptions(
                memoryBytes, tailMillis, ttlMillis, testCommands, stageBytes, room, registry, retention, checkpoints);
    }

    /** The same with meters in this registry, which belongs to one engine; who gives it closes it. */
    public EngineOptions with(MeterRegistry meters) {
        return new EngineOptions(
                memoryBytes,
                tailMillis,
                ttlMillis,
                testCommands,
                stageBytes,
                scratch,
                () -> meters,
                retention,
                checkpoints);
    }

    /** The same with another retention. */
    public EngineOptions with(Retention kept) {
        return new EngineOptions(
                memoryBytes, tailMillis, ttlMillis, testCommands, stageBytes, scratch, registry, kept, checkpoints);
    }

    /** The same with checkpoints at other times. */
    public EngineOptions with(CheckpointPolicy policy) {
        return new EngineOptions(
                memoryBytes, tailMillis, ttlMillis, testCommands, stageBytes, scratch, registry, retention, policy);
    }

    /** When a project's next checkpoint is due. */
    CheckpointPolicy checkpointPolicy() {
        return checkpoints == null ? CheckpointPolicy.forMemory(memoryBytes) : checkpoints;
    }

    /** The same, keeping positions of the last so many milliseconds; {@link Long#MAX_VALUE} for all. */
    public EngineOptions retaining(long millis) {
        return with(millis == Long.MAX_VALUE ? Retention.FOREVER : Retention.ofMillis(millis));
    }

    /** The same with another limit for a stage. */
    EngineOptions withStageBytes(long bytes) {
        return new EngineOptions(
                memoryBytes, tailMillis, ttlMillis, testCommands, bytes, scratch, registry, retention, checkpoints);
    }
}
