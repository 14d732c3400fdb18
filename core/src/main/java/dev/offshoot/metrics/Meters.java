package dev.offshoot.metrics;

import com.github.benmanes.caffeine.cache.Cache;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * All that one engine measures, in one registry. Thread safe. Figures of projects carry the tag {@code project} for the first 100
 * projects that are opened, and {@code other} for those after, so that a registry does not grow with the number of projects.
 */
public final class Meters {
    private static final int PROJECTS_TAGGED_MAX = 100;
    private static final String OTHER = "other";

    private final MeterRegistry registry;
    private final FollowMeters follow;
    private final Map<String, ProjectMeters> byTag = new HashMap<>();

    /** Meters in a registry, which should not be that of another engine: what both count would be added up. */
    public Meters(MeterRegistry registry) {
        this.registry = registry;
        this.follow = new FollowMeters(registry);
    }

    /** Meters that nobody reads and that cost next to nothing. */
    public static Meters unseen() {
        return new Meters(new CompositeMeterRegistry());
    }

    /** The meters of a project. Asking again gives the same figures. */
    public synchronized ProjectMeters project(String name) {
        boolean named = byTag.containsKey(name) || byTag.size() < PROJECTS_TAGGED_MAX;
        return byTag.computeIfAbsent(named ? name : OTHER, this::make);
    }

    private ProjectMeters make(String tag) {
        return new ProjectMeters(
                new AppendMeters(registry, tag),
                new ReplayMeters(registry, tag),
                new CheckpointMeters(registry, tag),
                new GcMeters(registry, tag),
                follow);
    }

    /** What follows other processes on a shared store. */
    public FollowMeters follow() {
        return follow;
    }

    /** Times commands of these names. */
    public CommandMeters commands(Set<String> names) {
        return new CommandMeters(registry, names);
    }

    /**
     * Shows a cache, which has to record its statistics.
     *
     * @param name of it, in lower case: the tag {@code cache}
     */
    public void watch(String name, Cache<?, ?> cache) {
        watch(name, cache, CacheReader.ofCaffeine());
    }

    /**
     * Shows a cache of another kind.
     *
     * @param name of it, in lower case: the tag {@code cache}
     * @param cache is asked when somebody looks; once nobody else holds it its figures are NaN
     */
    public <C> void watch(String name, C cache, CacheReader<C> reader) {
        CacheMeters.watch(registry, name, cache, reader);
    }

    /**
     * Shows a number that goes up and down, asked for when somebody looks.
     *
     * @param owner who knows it; once nobody else holds it the number is NaN
     */
    public <T> void gauge(Gauges name, T owner, ToDoubleFunction<T> value) {
        name.register(registry, owner, value);
    }

    /** Where the figures stand. */
    public Figures figures() {
        return Figures.of(registry);
    }
}
