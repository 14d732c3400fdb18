package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class YieldingTest {
    private static final long SECOND = 1_000_000_000;

    private long nanos = Long.MAX_VALUE - SECOND / 2; // a clock for durations may pass its greatest number
    private long yieldNanos = 1000;
    private final Yielding yielding = new Yielding(() -> nanos, () -> nanos += yieldNanos);

    @Test
    void goesOnWhereYieldsComeBackAtOnce() {
        assertThat(yieldsIn(SECOND)).isGreaterThan(400_000);
    }

    @Test
    void goesOnWhereFewComeBackLate() {
        for (int i = 0; i < 100; i++) {
            yieldNanos = 3_000_000;
            assertThat(yielding.once()).isTrue();
            yieldNanos = 1000;
            assertThat(yielding.once()).isTrue();
            nanos += 60_000_000;
        }
    }

    @Test
    void nobodyYieldsMoreThanAnEighthOfTheTimeWhereAllComeBackLate() {
        yieldNanos = 3_000_000;
        assertThat(yieldsIn(8 * SECOND) * yieldNanos).isBetween(9 * SECOND / 10, 11 * SECOND / 10);
    }

    @Test
    void upToFiftyMillisMayComeAtOnce() {
        nanos += 10 * SECOND;
        yieldNanos = 3_000_000;
        long before = nanos;
        while (yielding.once()) {}
        assertThat(nanos - before).isBetween(50_000_000L, 60_000_000L);
    }

    @Test
    void aPauseOfAllThreadsCountsLikeALongTimeSlice() {
        yieldNanos = SECOND;
        assertThat(yielding.once()).isTrue();
    }

    @Test
    void thoseWhoWaitForTheSameCountOnce() {
        Yielding[] self = new Yielding[1];
        int[] depth = {0};
        self[0] = new Yielding(() -> nanos, () -> {
            if (++depth[0] <= 20) {
                self[0].once(); // as if on another thread
            }
            nanos += 3_000_000;
        });
        assertThat(self[0].once()).isTrue();
    }

    /** How often somebody yields who tries again each microsecond. */
    private long yieldsIn(long time) {
        long yields = 0;
        for (long start = nanos; nanos - start < time; ) {
            long before = nanos;
            yielding.once();
            yields += nanos > before || nanos < before ? 1 : 0;
            nanos += 1000;
        }
        return yields;
    }
}
