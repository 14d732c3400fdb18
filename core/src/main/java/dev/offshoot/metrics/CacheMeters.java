package dev.offshoot.metrics;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Policy;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Shows what a cache that is weighed in bytes does: read from its own statistics, so it costs nothing until somebody looks. */
final class CacheMeters {
    static final String HITS = "offshoot.cache.hits";
    static final String MISSES = "offshoot.cache.misses";
    static final String BYTES = "offshoot.cache.bytes";

    private final MeterRegistry registry;
    private final String name;
    private final Cache<?, ?> cache;

    private CacheMeters(MeterRegistry registry, String name, Cache<?, ?> cache) {
        this.registry = registry;
        this.name = name;
        this.cache = cache;
    }

    static void watch(MeterRegistry registry, String name, Cache<?, ?> cache) {
        new CacheMeters(registry, name, cache).register();
    }

    private void register() {
        counter(HITS, "Look-ups that found an entry", of -> of.stats().hitCount());
        counter(MISSES, "Look-ups that found none", of -> of.stats().missCount());
        counter(
                "offshoot.cache.evictions",
                "Entries that had to make room",
                of -> of.stats().evictionCount());
        FunctionTimer.builder(
                        "offshoot.cache.loads",
                        cache,
                        of -> of.stats().loadCount(),
                        of -> of.stats().totalLoadTime(),
                        TimeUnit.NANOSECONDS)
                .description("Loads of entries that were missing")
                .tag("cache", name)
                .register(registry);
        gauge("offshoot.cache.entries", "Entries in the cache", Cache::estimatedSize)
                .register(registry);
        gauge(BYTES, "What the entries weigh", CacheMeters::bytes)
                .baseUnit("bytes")
                .register(registry);
        gauge("offshoot.cache.limit", "What the entries may weigh", CacheMeters::bytesMax)
                .baseUnit("bytes")
                .register(registry);
    }

    private void counter(String meter, String description, ToDoubleFunction<Cache<?, ?>> value) {
        FunctionCounter.builder(meter, cache, value)
                .description(description)
                .tag("cache", name)
                .register(registry);
    }

    private Gauge.Builder<Cache<?, ?>> gauge(String meter, String description, ToDoubleFunction<Cache<?, ?>> value) {
        return Gauge.builder(meter, cache, value).description(description).tag("cache", name);
    }

    private static double bytes(Cache<?, ?> cache) {
        return eviction(cache, policy -> policy.weightedSize().orElse(0));
    }

    private static double bytesMax(Cache<?, ?> cache) {
        return eviction(cache, Policy.Eviction::getMaximum);
    }

    private static <K, V> double eviction(Cache<K, V> cache, ToLongFunction<Policy.Eviction<?, ?>> figure) {
        return cache.policy().eviction().map(figure::applyAsLong).orElse(0L);
    }
}
