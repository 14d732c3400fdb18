package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CourtesyTest {
    private long nanos;

    @Test
    void givesNoMoreThanThreeTimesAwayWhatItWorked() {
        Courtesy courtesy = courtesy(4_000_000); // each turn takes others a time slice
        for (int call = 0; call < 100; call++) {
            work(1_000_000);
            courtesy.giveWay();
        }
        assertThat(nanos - 100_000_000).isBetween(290_000_000L, 304_000_000L);
    }

    @Test
    void letsOthersGoFiveTimesWhereThatTakesNoTime() {
        Courtesy courtesy = courtesy(1000);
        work(1_000_000);
        courtesy.giveWay();
        assertThat(nanos - 1_000_000).isEqualTo(5000);
    }

    private void work(long tookNanos) {
        nanos += tookNanos;
    }

    private Courtesy courtesy(long turnNanos) {
        return new Courtesy(() -> nanos, () -> nanos += turnNanos);
    }
}
