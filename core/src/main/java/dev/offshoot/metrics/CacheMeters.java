package dev.offshoot.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Shows what a cache that is weighed in bytes does: read from its own statistics, so it costs nothing until somebody looks. */
final class CacheMeters<C> {
    static final String HITS = "offshoot.cache.hits";
    static final String MISSES = "offshoot.cache.misses";
    static final String BYTES = "offshoot.cache.bytes";

    private final MeterRegistry registry;
    private final String name;
    private final C cache;
    private final CacheReader<C> reader;

    private CacheMeters(MeterRegistry registry, String name, C cache, CacheReader<C> reader) {
        this.registry = registry;
        this.name = name;
        this.cache = cache;
        this.reader = reader;
    }

    static <C> void watch(MeterRegistry registry, String name, C cache, CacheReader<C> reader) {
        new CacheMeters<>(registry, name, cache, reader).register();
    }

    private void register() {
        counter(
                HITS,
                "Look-ups that found an entry",
                of -> reader.counts().apply(of).hitCount());
        counter(
                MISSES,
                "Look-ups that found none",
                of -> reader.counts().apply(of).missCount());
        counter(
                "offshoot.cache.evictions",
                "Entries that had to make room",
                of -> reader.counts().apply(of).evictionCount());
        FunctionTimer.builder(
                        "offshoot.cache.loads",
                        cache,
                        of -> reader.counts().apply(of).loadCount(),
                        of -> reader.counts().apply(of).totalLoadTime(),
                        TimeUnit.NANOSECONDS)
                .description("Loads of entries that were missing")
                .tag("cache", name)
                .register(registry);
        gauge("offshoot.cache.entries", "Entries in the cache", reader.entries()::applyAsLong)
                .register(registry);
        gauge(BYTES, "What the entries weigh", reader.bytes()::applyAsLong)
                .baseUnit("bytes")
                .register(registry);
        gauge("offshoot.cache.limit", "What the entries may weigh", reader.bytesMax()::applyAsLong)
                .baseUnit("bytes")
                .register(registry);
    }

    private void counter(String meter, String description, ToDoubleFunction<C> value) {
        FunctionCounter.builder(meter, cache, value)
                .description(description)
                .tag("cache", name)
                .register(registry);
    }

    private Gauge.Builder<C> gauge(String meter, String description, ToDoubleFunction<C> value) {
        return Gauge.builder(meter, cache, value).description(description).tag("cache", name);
    }
}
