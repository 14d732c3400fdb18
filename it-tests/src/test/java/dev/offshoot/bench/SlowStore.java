package dev.offshoot.bench;

import dev.offshoot.store.LogStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.View;
import dev.offshoot.wal.SimulatedLogStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Logs in memory, each call to which takes as long as one to a store far away. */
record SlowStore(long latencyNanos, Map<String, LogStore> logs) implements Store {
    static SlowStore of(long latencyNanos) {
        return new SlowStore(latencyNanos, new ConcurrentHashMap<>());
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
    public String describe() {
        return "simulated";
    }

    @Override
    public void publish(View view) {}

    @Override
    public void close() {}
}
