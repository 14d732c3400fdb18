package dev.offshoot.wal;

import static dev.offshoot.wal.RetryTable.EXPIRY_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class RetryTableTest {
    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BEN = new UUID(0, 2);
    private static final UUID CAT = new UUID(0, 3);

    private final RetryTable<String> table = new RetryTable<>();

    @Test
    void a_result_is_found_by_session_transaction_and_statement() {
        table.put(key(ANN, 1, 0), "a", 0);
        table.put(key(ANN, 1, 1), "b", 0);
        assertThat(table.get(key(ANN, 1, 0))).isEqualTo("a");
        assertThat(table.get(key(ANN, 1, 1))).isEqualTo("b");
        assertThat(table.get(key(ANN, 1, 2))).isNull();
        assertThat(table.get(key(ANN, 2, 0))).isNull();
        assertThat(table.get(key(BEN, 1, 0))).isNull();
    }

    @Test
    void only_the_newest_transaction_of_a_session_is_kept() {
        table.put(key(ANN, 1, 0), "old", 0);
        table.put(key(BEN, 1, 0), "other", 0);
        table.put(key(ANN, 2, 5), "new", 0);
        assertThat(table.get(key(ANN, 1, 0))).isNull();
        assertThat(table.get(key(ANN, 2, 5))).isEqualTo("new");
        assertThat(table.get(key(BEN, 1, 0))).isEqualTo("other");
        assertThat(table.newest(ANN)).isEqualTo(2);
    }

    @Test
    void a_result_of_an_older_transaction_does_not_displace_a_newer_one() {
        table.put(key(ANN, 2, 0), "new", 0);
        table.put(key(ANN, 1, 0), "late", 0);
        assertThat(table.get(key(ANN, 2, 0))).isEqualTo("new");
        assertThat(table.get(key(ANN, 1, 0))).isNull();
        assertThat(table.newest(ANN)).isEqualTo(2);
    }

    @Test
    void a_session_without_results_has_no_newest_transaction() {
        assertThat(table.newest(ANN)).isEqualTo(-1);
    }

    @Test
    void only_the_given_result_is_removed() {
        String first = "first";
        table.put(key(ANN, 1, 0), first, 0);
        table.put(key(ANN, 1, 0), "second", 0);
        table.remove(key(ANN, 1, 0), first);
        assertThat(table.get(key(ANN, 1, 0))).isEqualTo("second");
        table.remove(key(ANN, 1, 0), "second");
        assertThat(table.get(key(ANN, 1, 0))).isNull();
        assertThat(table.sessions()).isZero();
    }

    @Test
    void a_session_leaves_half_an_hour_after_its_last_write() {
        table.put(key(ANN, 1, 0), "a", 0);
        table.put(key(BEN, 1, 0), "b", 10);
        table.put(key(ANN, 1, 1), "c", 20);
        table.put(key(CAT, 1, 0), "d", EXPIRY_MILLIS + 10);
        assertThat(table.sessions()).isEqualTo(3);
        table.put(key(CAT, 1, 1), "e", EXPIRY_MILLIS + 11);
        assertThat(table.get(key(BEN, 1, 0))).isNull();
        assertThat(table.get(key(ANN, 1, 0))).isEqualTo("a");
        table.put(key(CAT, 1, 2), "f", EXPIRY_MILLIS + 21);
        assertThat(table.sessions()).isEqualTo(1);
    }

    /** Otherwise a server that answered retries would hold something else than one that replayed the log. */
    @Test
    void looking_up_does_not_keep_a_session() {
        table.put(key(ANN, 1, 0), "a", 0);
        table.put(key(BEN, 1, 0), "b", 1);
        assertThat(table.get(key(ANN, 1, 0))).isEqualTo("a");
        assertThat(table.newest(ANN)).isEqualTo(1);
        table.put(key(BEN, 1, 1), "c", EXPIRY_MILLIS + 1);
        assertThat(table.get(key(ANN, 1, 0))).isNull();
        assertThat(table.sessions()).isEqualTo(1);
    }

    @Test
    void random_programs_agree_with_a_model() {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            RetryTable<Integer> tried = new RetryTable<>();
            Map<RetryKey, Integer> model = new HashMap<>();
            Map<UUID, Long> newest = new HashMap<>();
            Map<UUID, Long> written = new HashMap<>();
            long millis = 0;
            for (int i = 0; i < 500; i++) {
                UUID session = new UUID(7, random.nextInt(6));
                RetryKey key = key(session, random.nextInt(4) + i / 50, random.nextInt(3));
                millis += random.nextInt((int) EXPIRY_MILLIS / 10);
                tried.put(key, i, millis);
                if (key.txnNumber() > newest.getOrDefault(session, -1L)) {
                    newest.put(session, key.txnNumber());
                    model.keySet().removeIf(k -> k.session().equals(session));
                }
                if (key.txnNumber() == newest.getOrDefault(session, -1L)) {
                    model.put(key, i);
                }
                written.put(session, millis);
                long before = millis - EXPIRY_MILLIS;
                written.values().removeIf(m -> m < before);
                newest.keySet().retainAll(written.keySet());
                model.keySet().removeIf(k -> !written.containsKey(k.session()));
                String what = "seed " + seed + ", step " + i;
                assertThat(tried.sessions()).as(what).isEqualTo(written.size());
                model.forEach((k, v) -> assertThat(tried.get(k)).as(what).isEqualTo(v));
                newest.forEach((s, n) -> assertThat(tried.newest(s)).as(what).isEqualTo(n));
            }
            assertThat(model).as("seed " + seed).isNotEmpty();
        }
    }

    private static RetryKey key(UUID session, long txnNumber, int statement) {
        return new RetryKey(session, txnNumber, statement);
    }
}
