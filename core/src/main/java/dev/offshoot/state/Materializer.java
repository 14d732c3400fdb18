package dev.offshoot.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.offshoot.metrics.CacheReader;
import dev.offshoot.metrics.Meters;
import dev.offshoot.page.PageCache;
import dev.offshoot.page.Pages;
import dev.offshoot.store.PageStore;
import dev.offshoot.wal.Courtesy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The memory of an engine: the cache of pages, and the cache of past positions that were folded from the log, both weighed in bytes
 * (decision 8). Thread safe; one for
 * all projects of an engine.
 */
public final class Materializer {
    private static final long ENTRY_OVERHEAD_BYTES = 96;
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final Cache<Position, Past> past;
    private final PageCache pages;

    /** @param memoryBytes about how much both caches may hold: three quarters of it pages, a quarter past positions */
    public Materializer(long memoryBytes) {
        past = Caffeine.newBuilder()
                .maximumWeight(memoryBytes / 4)
                .expireAfterAccess(IDLE) // a position in the cache holds a checkpoint
                .weigher((Position position, Past snapshot) -> snapshot.weight())
                .recordStats()
                .executor(Runnable::run)
                .build();
        pages = new PageCache(memoryBytes - memoryBytes / 4);
    }

    /** Shows the caches in meters. */
    public void show(Meters meters) {
        meters.watch("past", past);
        CacheReader<PageCache.Tier> reader = new CacheReader<>(
                PageCache.Tier::counts, PageCache.Tier::entries, PageCache.Tier::bytes, PageCache.Tier::bytesMax);
        pages.tiers().forEach(tier -> meters.watch(tier.name(), tier, reader));
    }

    /** The branch as it was at a position, where the cache has it. */
    @Nullable
    Past find(String log, Branch branch, long lsn) {
        return past.getIfPresent(new Position(log, branch.id(), lsn));
    }

    /** The same; folded where the cache does not have it. */
    Past at(String log, Branch branch, long lsn, Supplier<Past> fold) {
        return past.get(new Position(log, branch.id(), lsn), position -> fold.get());
    }

    /** The same where what the cache has may have been folded from what is no longer stored. */
    Past again(String log, Branch branch, long lsn, Supplier<Past> fold) {
        Past folded = fold.get();
        past.put(new Position(log, branch.id(), lsn), folded);
        return folded;
    }

    /** The newest position of a part of a branch's history that the cache has; null for none. */
    @Nullable
    Near nearest(String log, Segments.Segment segment) {
        Position found = null;
        Past state = null;
        for (Map.Entry<Position, Past> entry : past.asMap().entrySet()) {
            Position position = entry.getKey();
            if (position.isIn(log, segment) && (found == null || position.lsn() > found.lsn())) {
                found = position;
                state = entry.getValue();
            }
        }
        return found == null || state == null ? null : new Near(found.lsn(), state);
    }

    /** Forgets the positions of a log, which may refer to pages that were found to be damaged. */
    void forget(String log) {
        past.asMap().keySet().removeIf(position -> position.log().equals(log));
    }

    /** The positions of a log that the cache has, and those of the states they were folded from. */
    List<Long> cached(String log) {
        return past.asMap().entrySet().stream()
                .filter(entry -> entry.getKey().log().equals(log))
                .flatMap(entry -> Stream.concat(Stream.of(entry.getKey().lsn()), entry.getValue().from().stream()))
                .toList();
    }

    /** The trees of a project that lie in these pages. */
    Pages pages(PageStore store, LongSupplier nanos) {
        return new Pages(store, pages, () -> new Courtesy(nanos)::giveWay);
    }

    /** Loaded nodes, for their metrics. */
    public PageCache pageCache() {
        return pages;
    }

    /**
     * A folded snapshot.
     *
     * @param from the LSNs of the checkpoints whose pages it may share
     * @param heldBytes about what it keeps in memory that no page holds
     * @param stored what was stored then
     */
    record Past(Snapshot snapshot, Set<Long> from, long heldBytes, Stored stored) {
        int weight() {
            return (int) Math.min(Integer.MAX_VALUE, heldBytes + ENTRY_OVERHEAD_BYTES);
        }
    }

    /**
     * What was stored of a project's past; other than before where something of it was removed.
     *
     * @param removals how often this process did so
     * @param firstLsn where the log began
     */
    record Stored(long removals, long firstLsn) {}

    /** A folded snapshot, and where it is. */
    record Near(long lsn, Past past) {}

    private record Position(String log, long branch, long lsn) {
        boolean isIn(String other, Segments.Segment segment) {
            return branch == segment.branch() && lsn > segment.above() && lsn <= segment.upTo() && log.equals(other);
        }
    }
}
