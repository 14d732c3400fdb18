package dev.offshoot.metrics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import com.github.benmanes.caffeine.cache.stats.CacheStats;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * How the figures of a kind of cache are read.
 *
 * @param counts hits, misses, evictions and loads so far
 * @param entries how many there are now
 * @param bytes what they weigh
 * @param bytesMax what they may weigh
 */
public record CacheReader<C>(
        Function<C, CacheStats> counts,
        ToLongFunction<C> entries,
        ToLongFunction<C> bytes,
        ToLongFunction<C> bytesMax) {

    /** The figures of a Caffeine cache that records its statistics and is weighed in bytes. */
    static CacheReader<Cache<?, ?>> ofCaffeine() {
        return new CacheReader<>(
                Cache::stats,
                Cache::estimatedSize,
                cache -> eviction(cache, policy -> policy.weightedSize().orElse(0)),
                cache -> eviction(cache, Policy.Eviction::getMaximum));
    }

    private static <K, V> long eviction(Cache<K, V> cache, ToLongFunction<Policy.Eviction<?, ?>> figure) {
        return cache.policy().eviction().map(figure::applyAsLong).orElse(0L);
    }
}
