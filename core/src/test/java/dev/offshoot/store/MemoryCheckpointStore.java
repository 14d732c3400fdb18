package dev.offshoot.store;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Manifests in memory, for tests that are not about stores. */
public final class MemoryCheckpointStore implements CheckpointStore {
    private final TreeMap<Long, byte[]> manifests = new TreeMap<>();
    private final Map<String, long[]> needs = new TreeMap<>();
    private int failing;

    @Override
    public synchronized void put(long lsn, byte[] manifest) {
        if (failing > 0) {
            failing--;
            throw new StoreException("simulated: the manifest could not be stored", null);
        }
        manifests.putIfAbsent(lsn, manifest.clone());
    }

    /** Lets the next so many puts fail. */
    public synchronized void failPuts(int count) {
        failing = count;
    }

    @Override
    public synchronized List<Long> list() {
        return List.copyOf(manifests.keySet());
    }

    @Override
    public synchronized byte @Nullable [] get(long lsn) {
        byte[] bytes = manifests.get(lsn);
        return bytes == null ? null : bytes.clone();
    }

    @Override
    public synchronized void delete(long lsn) {
        manifests.remove(lsn);
    }

    @Override
    public synchronized void need(String process, long lsn, long untilMillis) {
        needs.put(process, new long[] {lsn, untilMillis});
    }

    @Override
    public synchronized Map<String, Long> needs(long nowMillis) {
        Map<String, Long> lasting = new TreeMap<>();
        needs.forEach((process, need) -> {
            if (need[0] > 0 && need[1] >= nowMillis) {
                lasting.put(process, need[0]);
            }
        });
        return lasting;
    }

    /** Flips a bit of a manifest. */
    public synchronized void damage(long lsn) {
        byte[] bytes = manifests.get(lsn);
        if (bytes == null) {
            throw new AssertionError("there is no checkpoint " + lsn);
        }
        bytes[bytes.length / 2] ^= 1;
    }
}
