package dev.offshoot.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises of its manifests. A subclass says how to open one on the same place again and again. */
public abstract class CheckpointStoreContract {
    private static final long HOUR = 3_600_000;

    private final Random random = new Random(4);
    private final TestClock clock = new TestClock();
    private Store store;
    private CheckpointStore checkpoints;

    /** Opens the store on this test's place, which is empty the first time, with this clock. */
    protected abstract Store open(TestClock clock) throws Exception;

    @BeforeEach
    void open_store() throws Exception {
        store = open(clock);
        checkpoints = store.checkpoints("p1");
    }

    @AfterEach
    void close_store() {
        store.close();
    }

    @Test
    void a_new_store_has_no_manifests() {
        assertThat(checkpoints.list()).isEmpty();
        assertThat(checkpoints.get(1)).isNull();
        checkpoints.delete(1);
    }

    @Test
    void manifests_come_back_after_reopening_in_the_order_of_their_lsns() throws Exception {
        byte[] large = bytes(1 << 20);
        checkpoints.put(300, bytes(10));
        checkpoints.put(7, large);
        checkpoints.put(Long.MAX_VALUE, bytes(0));
        reopen();
        assertThat(checkpoints.list()).containsExactly(7L, 300L, Long.MAX_VALUE);
        assertThat(checkpoints.get(7)).isEqualTo(large);
        assertThat(checkpoints.get(Long.MAX_VALUE)).isEmpty();
        assertThat(checkpoints.get(8)).isNull();
    }

    @Test
    void the_first_manifest_at_an_lsn_stays() {
        byte[] first = bytes(100);
        checkpoints.put(5, first);
        checkpoints.put(5, bytes(100));
        assertThat(checkpoints.get(5)).isEqualTo(first);
        assertThat(checkpoints.list()).containsExactly(5L);
    }

    @Test
    void a_deleted_manifest_is_gone_and_can_be_put_again() throws Exception {
        checkpoints.put(5, bytes(100));
        checkpoints.put(6, bytes(100));
        checkpoints.delete(5);
        assertThat(checkpoints.list()).containsExactly(6L);
        reopen();
        assertThat(checkpoints.get(5)).isNull();
        byte[] again = bytes(50);
        checkpoints.put(5, again);
        assertThat(checkpoints.get(5)).isEqualTo(again);
    }

    @Test
    void projects_have_manifests_of_their_own() {
        checkpoints.put(5, bytes(100));
        CheckpointStore other = store.checkpoints("p10");
        assertThat(other.list()).isEmpty();
        other.put(6, bytes(1));
        other.delete(5);
        assertThat(checkpoints.list()).containsExactly(5L);
    }

    @Test
    void wrong_lsns_and_too_large_manifests_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> checkpoints.put(0, new byte[1]));
        assertThatIllegalArgumentException().isThrownBy(() -> checkpoints.put(1, new byte[(1 << 20) + 1]));
    }

    @Test
    void needs_count_until_they_end_or_are_withdrawn() throws Exception {
        long now = clock.millis();
        assertThat(checkpoints.needs(now)).isEmpty();
        checkpoints.need("a", 40, now + HOUR);
        checkpoints.need("b", 20, now + 2 * HOUR);
        store.checkpoints("p10").need("a", 1, now + HOUR);
        if (!store.shared()) {
            assertThat(checkpoints.needs(now)).isEmpty();
            return;
        }
        reopen();
        assertThat(checkpoints.needs(now)).isEqualTo(Map.of("a", 40L, "b", 20L));
        checkpoints.need("b", 60, now + 2 * HOUR);
        assertThat(checkpoints.needs(now)).isEqualTo(Map.of("a", 40L, "b", 60L));
        assertThat(checkpoints.needs(now + HOUR + 1)).isEqualTo(Map.of("b", 60L));
        checkpoints.need("b", 0, now + 2 * HOUR);
        checkpoints.need("c", 0, now);
        assertThat(checkpoints.needs(now)).isEqualTo(Map.of("a", 40L));
        assertThat(checkpoints.needs(now + HOUR + 1)).isEmpty();
    }

    @Test
    void a_closed_store_says_so() {
        store.close();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> checkpoints.list())
                .withMessageContaining("closed");
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> checkpoints.put(1, new byte[1]));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private void reopen() throws Exception {
        store.close();
        store = open(clock);
        checkpoints = store.checkpoints("p1");
    }
}
