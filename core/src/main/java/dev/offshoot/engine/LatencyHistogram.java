package dev.offshoot.engine;

import dev.offshoot.bson.DocBuilder;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many operations took how long, in ranges as {@code $collStats} of MongoDB tells them: each is twice as wide as the one before, and
 * from 2,048 microseconds to about a second each is halved. Thread safe.
 */
final class LatencyHistogram {
    private static final int HALVES_FROM = 11;
    private static final int HALVES_BELOW = 20;
    /** Of what took longer than 36 minutes there is one range. */
    private static final int LAST = 31;

    /** By the power of two that a range starts at, and its half. */
    private final AtomicLongArray counts = new AtomicLongArray(2 * LAST + 2);

    void add(long micros) {
        counts.incrementAndGet(range(micros));
    }

    /** The ranges that have any, each by the least microseconds that belong to it. */
    void write(DocBuilder out) {
        out.startArray("histogram");
        for (int range = 0; range < counts.length(); range++) {
            long count = counts.get(range);
            if (count > 0) {
                out.addDocument()
                        .append("micros", least(range))
                        .append("count", count)
                        .end();
            }
        }
        out.end();
    }

    private static int range(long micros) {
        int power = micros < 2 ? 0 : Math.min(LAST, Long.SIZE - 1 - Long.numberOfLeadingZeros(micros));
        boolean halved = power >= HALVES_FROM && power < HALVES_BELOW;
        return 2 * power + (halved ? (int) (micros >> (power - 1)) & 1 : 0);
    }

    private static long least(int range) {
        int power = range / 2;
        long start = power == 0 ? 0 : 1L << power;
        return start + (range % 2 == 0 ? 0 : start / 2);
    }
}
