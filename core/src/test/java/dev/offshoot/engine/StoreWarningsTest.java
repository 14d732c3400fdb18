package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StoreWarningsTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final List<String> said = new ArrayList<>();
    private final StoreWarnings warnings = new StoreWarnings(nanos::get, said::add);

    @Test
    void says_it_at_once_and_then_once_a_second_with_how_often() {
        for (int i = 0; i < 2_001; i++) {
            warnings.warn(new StoreException("no disk " + i, null));
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(said)
                .containsExactly(
                        "the store failed: no disk 0",
                        "the store failed: no disk 1000; 999 commands more failed since this was last said",
                        "the store failed: no disk 2000; 999 commands more failed since this was last said");
    }
}
