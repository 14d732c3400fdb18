package dev.offshoot.store;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** Pages in memory, for tests that are not about stores. A crash loses those that were not flushed. */
public final class MemoryPageStore implements PageStore {
    private final Map<PageId, byte[]> pages = new TreeMap<>();
    private final Map<PageId, byte[]> durable = new TreeMap<>();
    private final Map<PageId, Long> marks = new TreeMap<>();
    private final LongSupplier millis;
    private long reads;

    /** Its pages are old from the beginning. */
    public MemoryPageStore() {
        this(() -> Long.MIN_VALUE);
    }

    /** @param millis the clock that pages are marked by */
    public MemoryPageStore(LongSupplier millis) {
        this.millis = millis;
    }

    @Override
    public synchronized boolean put(PageId id, byte[] bytes) {
        marks.put(id, millis.getAsLong());
        return pages.putIfAbsent(id, bytes.clone()) == null;
    }

    @Override
    public synchronized void flush() {
        durable.putAll(pages);
    }

    @Override
    public synchronized byte[] get(PageId id) {
        reads++;
        byte[] bytes = pages.get(id);
        if (bytes == null) {
            throw new CorruptionException("page " + id + ": expected it, found none");
        }
        return bytes.clone();
    }

    @Override
    public synchronized boolean has(PageId id) {
        return pages.containsKey(id);
    }

    @Override
    public synchronized void forEach(Consumer<Entry> page) {
        pages.forEach((id, bytes) -> page.accept(new Entry(id, bytes.length)));
    }

    @Override
    public synchronized Amount amount() {
        return new Amount(
                pages.size(), pages.values().stream().mapToLong(b -> b.length).sum());
    }

    @Override
    public synchronized Amount sweep(Predicate<PageId> reachable, long markedBefore, boolean dryRun) {
        Amount swept = Amount.NONE;
        for (Map.Entry<PageId, byte[]> page : new TreeMap<>(pages).entrySet()) {
            PageId id = page.getKey();
            if (!reachable.test(id) && marks.getOrDefault(id, Long.MIN_VALUE) < markedBefore) {
                swept = swept.plus(new Amount(1, page.getValue().length));
                if (!dryRun) {
                    pages.remove(id);
                    durable.remove(id);
                }
            }
        }
        return swept;
    }

    /** Forgets what was not flushed. */
    public synchronized void crash() {
        pages.clear();
        pages.putAll(durable);
    }

    /** Flips a bit of a page. */
    public synchronized void damage(PageId id) {
        byte[] bytes = pages.get(id);
        if (bytes == null) {
            throw new AssertionError("there is no page " + id);
        }
        bytes[bytes.length / 2] ^= 1;
    }

    /** How many pages were read so far. */
    public synchronized long reads() {
        return reads;
    }
}
