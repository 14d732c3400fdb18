package dev.offshoot.wal;

import dev.offshoot.store.MemoryCheckpointStore;
import dev.offshoot.store.MemoryPageStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.View;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Simulated logs by their ids. What is in them outlives a store that is closed. Thread safe. */
public final class SimulatedStore implements Store {
    private final Map<String, MemoryPageStore> pages = new ConcurrentHashMap<>();
    private final Map<String, MemoryCheckpointStore> checkpoints = new ConcurrentHashMap<>();

    private static final String SYSTEM_LOG = "p0";

    private final Map<String, SimulatedLogStore> logs = new ConcurrentHashMap<>();
    private final Function<String, SimulatedLogStore> maker;
    private final boolean shared;
    private final LongSupplier marks;

    private SimulatedStore(Function<String, SimulatedLogStore> maker, boolean shared, LongSupplier marks) {
        this.maker = maker;
        this.shared = shared;
        this.marks = marks;
    }

    /** Logs that do what they are asked. */
    public static SimulatedStore calm() {
        return calm(() -> Long.MIN_VALUE);
    }

    /** @param marks the clock that pages are marked by, milliseconds since 1970 */
    public static SimulatedStore calm(LongSupplier marks) {
        return new SimulatedStore(id -> SimulatedLogStore.calm(0), false, marks);
    }

    /** The same, for several processes. */
    public static SimulatedStore calmAndShared(LongSupplier marks) {
        return new SimulatedStore(id -> SimulatedLogStore.calm(0), true, marks);
    }

    /** Logs each call to which takes as long as one to a store far away. */
    public static SimulatedStore slow(long latencyNanos) {
        return new SimulatedStore(id -> SimulatedLogStore.calm(latencyNanos), false, () -> Long.MIN_VALUE);
    }

    /** Logs that are hostile, but for the system log. */
    public static SimulatedStore hostile(long seed, int faultPercent, long latencyNanos) {
        return new SimulatedStore(
                id -> id.equals(SYSTEM_LOG)
                        ? SimulatedLogStore.calm(0)
                        : SimulatedLogStore.hostile(seed, faultPercent, latencyNanos),
                true,
                () -> Long.MIN_VALUE);
    }

    /** The same logs without faults, as the next process finds them, with the checkpoints. */
    public SimulatedStore reopened() {
        SimulatedStore next = new SimulatedStore(id -> log(id).calmed(), shared, marks);
        pages.values().forEach(MemoryPageStore::crash);
        next.pages.putAll(pages);
        next.checkpoints.putAll(checkpoints);
        return next;
    }

    /** The same as {@link #reopened}, but as hostile as {@link #hostile}. */
    public SimulatedStore hostileAgain(long seed, int faultPercent) {
        SimulatedStore next = new SimulatedStore(
                id -> id.equals(SYSTEM_LOG)
                        ? log(id).calmed()
                        : log(id).calmed().sibling(seed, faultPercent),
                shared,
                marks);
        pages.values().forEach(MemoryPageStore::crash);
        next.pages.putAll(pages);
        next.checkpoints.putAll(checkpoints);
        return next;
    }

    @Override
    public SimulatedLogStore log(String id) {
        return logs.computeIfAbsent(id, maker);
    }

    @Override
    public boolean shared() {
        return shared;
    }

    @Override
    public MemoryPageStore pages(String id) {
        return pages.computeIfAbsent(id, key -> new MemoryPageStore(marks));
    }

    @Override
    public MemoryCheckpointStore checkpoints(String id) {
        return checkpoints.computeIfAbsent(id, key -> new MemoryCheckpointStore());
    }

    @Override
    public String describe() {
        return "simulated";
    }

    @Override
    public void publish(View view) {}

    @Override
    public void close() {}
}
