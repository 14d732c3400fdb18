package dev.offshoot.page;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.offshoot.store.PageId;
import dev.offshoot.tree.Node;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pages whose nodes were loaded or written lately, weighed by what they hold in memory (decision 8). Thread safe; one for all projects of an engine. */
public final class PageCache {
    private static final int NODE_BYTES = 160;
    private static final int ENTRY_BYTES = 64;

    private final Cache<Key, Held> loaded;

    /** @param memoryBytes about how much the nodes may take */
    public PageCache(long memoryBytes) {
        loaded = Caffeine.newBuilder()
                .maximumWeight(memoryBytes)
                .weigher((Key key, Held held) -> held.bytes())
                .recordStats()
                .executor(Runnable::run) // so that it never holds much more than it may
                .build();
    }

    @Nullable
    Node<?> get(Pages pages, PageAddress address) {
        Held held = loaded.getIfPresent(new Key(pages, address.id()));
        return held == null ? null : held.nodes.get(address.slot());
    }

    /** @param nodes of the page, in order */
    void put(Pages pages, PageId id, List<? extends Node<?>> nodes, int contentBytes) {
        long bytes = contentBytes;
        for (Node<?> node : nodes) {
            bytes += NODE_BYTES + (long) node.length() * ENTRY_BYTES;
        }
        loaded.put(new Key(pages, id), new Held(nodes, (int) Math.min(Integer.MAX_VALUE, bytes)));
    }

    /** Pages held, for a metric. */
    public long pages() {
        return loaded.estimatedSize();
    }

    /** What it holds now, in bytes. */
    public long bytes() {
        return loaded.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
    }

    /** How often a page was asked for that it did not have, and so was loaded. */
    public long loads() {
        return loaded.stats().missCount();
    }

    /** The cache itself, for its statistics. */
    public Cache<?, ?> statistics() {
        return loaded;
    }

    /** Pages with the same content in two projects are two nodes: each loads its children from its own project. */
    private record Key(Pages pages, PageId id) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key that && pages == that.pages && id.equals(that.id);
        }

        @Override
        public int hashCode() {
            return 31 * System.identityHashCode(pages) + Long.hashCode(id.first());
        }
    }

    private record Held(List<? extends Node<?>> nodes, int bytes) {}
}
