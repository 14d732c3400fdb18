package dev.offshoot.page;

import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import com.github.benmanes.caffeine.cache.stats.ConcurrentStatsCounter;
import dev.offshoot.store.PageId;
import dev.offshoot.tree.Node;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What is in memory of pages, in bytes of the heap (decisions 8 and 26). Thread safe; one for all projects of an engine.
 *
 * <p>A page may be held in three forms, each for itself: packed as the store has it, its content, and single nodes. A packed page takes
 * a fraction of what its nodes take and saves a read from the store; content saves unpacking; a node is ready. They share one memory.
 * What goes when it is full is told by GreedyDual-Size-Frequency (Cherkasova 1998): each entry has a rank,
 *
 * <pre>  age + uses * (time it saves when it is asked for) / bytes</pre>
 *
 * the entry of the least rank goes, and that rank becomes the age, so what nobody asks for falls behind in the end, whatever it would
 * save. So a memory that all nodes fit in comes to hold nodes, one of a tenth of the data mostly packed pages, and nothing
 * fixes a border between them. A use only sets a flag: an entry that has it when its turn to go comes gets a new rank instead.
 */
public final class PageCache {
    /** Up to here uses count, so that what was asked for very often is let go in time. */
    private static final int USES_MAX = 15;

    /** To read a page of some KiB from a disk or over a network, and to hash it. */
    private static final double LOAD_NANOS = 200_000;

    /** To unpack one byte. */
    private static final double UNPACK_NANOS = 2;

    /** To make a node of content, but for long values, which have to be unpacked again. */
    private static final double NODE_NANOS = 2_000;

    private final long bytesMax;
    private final Map<Key, Entry> entries = new ConcurrentHashMap<>();
    private final Tier nodes = new Tier("nodes");
    private final Tier contents = new Tier("content");
    private final Tier packed = new Tier("packed");

    /** By rank. This, and what of its entries may change apart from the flag, is guarded by the monitor, as is all that follows. */
    private final PriorityQueue<Entry> order = new PriorityQueue<>();

    private long bytes;
    private double age;

    /** @param bytesMax how much it may hold */
    public PageCache(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Nullable
    Node<?> node(Pages pages, PageAddress address) {
        return (Node<?>) find(new Key(pages, address.id(), address.slot()), nodes);
    }

    byte @Nullable [] content(Pages pages, PageId id) {
        return (byte[]) find(new Key(pages, id, Key.CONTENT), contents);
    }

    byte @Nullable [] packed(Pages pages, PageId id) {
        return (byte[]) find(new Key(pages, id, Key.PACKED), packed);
    }

    void putNode(Pages pages, PageAddress address, Node<?> node) {
        long taken = HeapBytes.of(node);
        double nanos = NODE_NANOS + (address.spread() ? UNPACK_NANOS * taken : 0);
        add(new Entry(new Key(pages, address.id(), address.slot()), node, taken, nanos, nodes));
    }

    void putContent(Pages pages, PageId id, byte[] content) {
        double nanos = UNPACK_NANOS * content.length;
        add(new Entry(new Key(pages, id, Key.CONTENT), content, HeapBytes.of(content), nanos, contents));
    }

    /** @param stored whose content has this hash */
    void putPacked(Pages pages, PageId id, byte[] stored) {
        add(new Entry(new Key(pages, id, Key.PACKED), stored, HeapBytes.of(stored), LOAD_NANOS, packed));
    }

    private @Nullable Object find(Key key, Tier tier) {
        Entry entry = entries.get(key);
        if (entry == null) {
            tier.counts.recordMisses(1);
            return null;
        }
        tier.counts.recordHits(1);
        if (!entry.used) { // all threads ask for the same roots: most only read the flag
            entry.used = true;
        }
        return entry.held;
    }

    private synchronized void add(Entry entry) {
        if (entries.putIfAbsent(entry.key, entry) != null) {
            return;
        }
        order.add(entry.ranked(age));
        count(entry, 1);
        while (bytes > bytesMax) {
            Entry least = order.remove();
            age = least.rank;
            if (least.used) {
                least.used = false;
                least.uses = Math.min(USES_MAX, least.uses + 1);
                order.add(least.ranked(age));
            } else {
                entries.remove(least.key);
                count(least, -1);
                least.tier.counts.recordEviction(1, RemovalCause.SIZE);
            }
        }
    }

    private void count(Entry entry, int sign) {
        bytes += sign * entry.bytes;
        entry.tier.bytes.add(sign * entry.bytes);
        entry.tier.entries.add(sign);
    }

    /** What it holds now, in bytes; never more than it may. */
    public synchronized long bytes() {
        return bytes;
    }

    /** How often a page was read from the store, because no form of it was there. */
    public long loads() {
        return packed.counts.snapshot().missCount();
    }

    /** The forms of pages: nodes, content, packed pages. Each is asked for what the one before it did not have. */
    public List<Tier> tiers() {
        return List.of(nodes, contents, packed);
    }

    /** The entries of one form, in figures. */
    public final class Tier {
        private final String name;
        private final ConcurrentStatsCounter counts = new ConcurrentStatsCounter();
        private final LongAdder entries = new LongAdder();
        private final LongAdder bytes = new LongAdder();

        private Tier(String name) {
            this.name = name;
        }

        /** In lower case. */
        public String name() {
            return name;
        }

        /** Hits, misses and evictions so far. */
        public CacheStats counts() {
            return counts.snapshot();
        }

        /** How many there are now. */
        public long entries() {
            return entries.sum();
        }

        /** What they take now. */
        public long bytes() {
            return bytes.sum();
        }

        /** What all forms together may take. */
        public long bytesMax() {
            return bytesMax;
        }
    }

    /**
     * Pages with the same content in two projects are two: their nodes load children from their own project.
     *
     * @param part the slot of a node, or one of the constants
     */
    private record Key(Pages pages, PageId id, int part) {
        static final int CONTENT = -1;
        static final int PACKED = -2;

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && pages == that.pages && part == that.part && id.equals(that.id);
        }

        @Override
        public int hashCode() {
            return 31 * (31 * System.identityHashCode(pages) + Long.hashCode(id.first())) + part;
        }
    }

    private static final class Entry implements Comparable<Entry> {
        final Key key;
        final Object held;
        final long bytes;
        final double worth;
        final Tier tier;
        double rank;
        int uses = 1;

        /** Whether it was asked for since it got its rank. Set without a lock: a use that is lost costs at most a load. */
        boolean used;

        Entry(Key key, Object held, long heldBytes, double nanosSaved, Tier tier) {
            this.key = key;
            this.held = held;
            this.bytes = heldBytes + HeapBytes.ENTRY;
            this.worth = nanosSaved / bytes;
            this.tier = tier;
        }

        Entry ranked(double age) {
            rank = age + uses * worth;
            return this;
        }

        @Override
        public int compareTo(Entry other) {
            return Double.compare(rank, other.rank);
        }
    }
}
