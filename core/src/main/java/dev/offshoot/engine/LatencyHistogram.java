package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many operations took how long, in ranges as {@code $collStats} of MongoDB tells them: each is twice as wide as the one before, and
 * from 2,048 microseconds to about a second each is halved. It takes room for the ranges that have any. Thread safe.
 */
final class LatencyHistogram {
    private static final long HALVES_FROM = 1 << 11;
    private static final long HALVES_BELOW = 1 << 20;

    /** By the least microseconds that belong to a range. */
    private final Map<Long, LongAdder> counts = new ConcurrentSkipListMap<>();

    void add(long micros) {
        count(least(micros)).increment();
    }

    void addAll(LatencyHistogram other) {
        other.counts.forEach((least, count) -> count(least).add(count.sum()));
    }

    /** The ranges that have any, the shortest first. */
    void write(DocBuilder out) {
        out.startArray("histogram");
        counts.forEach((least, count) -> out.addDocument()
                .append("micros", (long) least)
                .append("count", count.sum())
                .end());
        out.end();
    }

    private LongAdder count(long least) {
        return counts.computeIfAbsent(least, range -> new LongAdder());
    }

    private static long least(long micros) {
        long power = micros < 2 ? 0 : Long.highestOneBit(micros);
        boolean halved = power >= HALVES_FROM && power < HALVES_BELOW;
        return halved && micros >= power + power / 2 ? power + power / 2 : power;
    }
}
