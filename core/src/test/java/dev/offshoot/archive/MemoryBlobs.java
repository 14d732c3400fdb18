package dev.offshoot.archive;

import dev.offshoot.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Objects in memory, which can fail at a chosen operation, before or behind what it does. */
public final class MemoryBlobs implements BlobStore {
    private final TreeMap<String, byte[]> objects = new TreeMap<>();
    private final List<String> written = new ArrayList<>();
    private long operations;
    private long failAt = Long.MAX_VALUE;
    private boolean afterwards;
    private boolean failed;

    /** Fails the n-th operation from now, from 1. */
    public void failAt(long n, boolean behind) {
        failAt = operations + n;
        afterwards = behind;
        failed = false;
    }

    public void calm() {
        failAt = Long.MAX_VALUE;
    }

    /** Whether the failure came. */
    public boolean failed() {
        return failed;
    }

    /** The names that were put, with those that were put again. */
    public List<String> written() {
        return written;
    }

    public Map<String, byte[]> objects() {
        return objects;
    }

    private boolean fails(boolean behind) {
        if (operations == failAt && behind == afterwards) {
            failed = true;
            throw new StoreException("the test fails operation " + operations, null);
        }
        return false;
    }

    @Override
    public void put(String name, byte[] bytes) {
        operations++;
        fails(false);
        objects.put(name, bytes.clone());
        written.add(name);
        fails(true);
    }

    @Override
    public byte @Nullable [] get(String name) {
        operations++;
        fails(false);
        fails(true);
        byte[] found = objects.get(name);
        return found == null ? null : found.clone();
    }

    @Override
    public SortedMap<String, Long> sizes(String prefix) {
        operations++;
        fails(false);
        fails(true);
        SortedMap<String, Long> sizes = new TreeMap<>();
        objects.forEach((name, bytes) -> {
            if (name.startsWith(prefix)) {
                sizes.put(name, (long) bytes.length);
            }
        });
        return sizes;
    }

    @Override
    public void delete(String name) {
        operations++;
        fails(false);
        objects.remove(name);
        fails(true);
    }

    @Override
    public String describe() {
        return "memory";
    }

    @Override
    public void close() {}
}
