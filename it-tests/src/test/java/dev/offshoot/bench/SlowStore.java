package dev.offshoot.bench;

import dev.offshoot.store.LogStore;
import dev.offshoot.store.MemoryCheckpointStore;
import dev.offshoot.store.MemoryPageStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.View;
import dev.offshoot.wal.SimulatedLogStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Logs in memory, each call to which takes as long as one to a store far away. */
final class SlowStore implements Store {
    private final long latencyNanos;
    private final Map<String, LogStore> logs = new ConcurrentHashMap<>();
    private final Map<String, MemoryPageStore> pages = new ConcurrentHashMap<>();
    private final Map<String, MemoryCheckpointStore> checkpoints = new ConcurrentHashMap<>();

    static SlowStore of(long latencyNanos) {
        return new SlowStore(latencyNanos);
    }

    private SlowStore(long latencyNanos) {
        this.latencyNanos = latencyNanos;
    }

    @Override
    public LogStore log(String id) {
        return logs.computeIfAbsent(id, unused -> SimulatedLogStore.calm(latencyNanos));
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public MemoryPageStore pages(String id) {
        return pages.computeIfAbsent(id, key -> new MemoryPageStore());
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
