package dev.offshoot.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store promises. A subclass says how to open one on the same place again and again. */
public abstract class StoreContract {
    private static final long SEED = 20_261_121;
    private static final int RACED_RECORDS = 1_000;

    private final Random random = new Random(SEED);
    private Store store;
    private LogStore log;

    /** Opens the store on this test's place, which is empty the first time. */
    protected abstract Store open() throws Exception;

    @BeforeEach
    void open_store() throws Exception {
        store = open();
        log = store.log("p1");
    }

    @AfterEach
    void close_store() {
        store.close();
    }

    @Test
    void a_new_log_is_empty() {
        assertThat(Records.readAll(log, 1)).isEmpty();
    }

    @Test
    void records_come_back_as_they_were_appended() {
        List<LogRecord> appended = appendSome(50);
        Records.assertSame(Records.readAll(log, 1), appended);
    }

    @Test
    void a_record_without_payload_comes_back() {
        LogRecord entry = Records.of(1, 1, 0, random);
        log.append(entry);
        Records.assertSame(Records.readAll(log, 1), List.of(entry));
    }

    @Test
    void reading_starts_at_the_record_that_holds_the_lsn() {
        List<LogRecord> appended = appendSome(20);
        for (int i = 0; i < appended.size(); i++) {
            LogRecord entry = appended.get(i);
            List<LogRecord> rest = appended.subList(i, appended.size());
            Records.assertSame(Records.readAll(log, entry.firstLsn()), rest);
            Records.assertSame(Records.readAll(log, entry.lastLsn()), rest);
        }
    }

    @Test
    void reading_above_the_tail_gives_nothing() {
        long tail = appendSome(3).get(2).lastLsn();
        assertThat(Records.readAll(log, tail + 1)).isEmpty();
        assertThat(Records.readAll(log, tail + 1_000)).isEmpty();
    }

    @Test
    void reading_below_lsn_one_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> log.read(0));
    }

    @Test
    void a_cursor_does_not_see_what_is_appended_after_it_was_made() {
        List<LogRecord> before = appendSome(3);
        try (RecordCursor cursor = log.read(1)) {
            log.append(Records.of(before.get(2).lastLsn() + 1, 1, 10, random));
            for (LogRecord expected : before) {
                Records.assertSame(cursor.next(), expected);
            }
            assertThat(cursor.next()).isNull();
        }
    }

    @Test
    void the_same_record_again_is_answered_and_stored_once() {
        List<LogRecord> appended = appendSome(10);
        for (LogRecord entry : appended) {
            assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
        }
        Records.assertSame(Records.readAll(log, 1), appended);
    }

    @Test
    void a_position_is_taken_for_another_nonce() {
        List<LogRecord> appended = appendSome(10);
        for (LogRecord entry : appended) {
            LogRecord late = Records.of(entry.firstLsn(), entry.count(), 10, random);
            assertThat(log.append(late)).isEqualTo(AppendResult.TAKEN);
        }
        Records.assertSame(Records.readAll(log, 1), appended);
    }

    @Test
    void a_gap_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> log.append(Records.of(2, 1, 10, random)));
        List<LogRecord> appended = appendSome(3);
        long next = appended.get(2).lastLsn() + 1;
        assertThatIllegalArgumentException().isThrownBy(() -> log.append(Records.of(next + 1, 1, 10, random)));
        Records.assertSame(Records.readAll(log, 1), appended);
    }

    @Test
    void two_writers_racing_for_every_lsn_never_share_one() throws Exception {
        List<List<LogRecord>> wins;
        Store second = store.shared() ? open() : store;
        try {
            LogStore otherLog = second.log("p1");
            wins = together(() -> race(log, new Random(SEED + 1)), () -> race(otherLog, new Random(SEED + 2)));
        } finally {
            if (store.shared()) {
                second.close();
            }
        }
        List<LogRecord> stored = Records.readAll(log, 1);
        assertThat(stored).hasSize(RACED_RECORDS);
        assertThat(wins.get(0).size() + wins.get(1).size()).isEqualTo(RACED_RECORDS);
        List<LogRecord> won = new ArrayList<>(wins.get(0));
        won.addAll(wins.get(1));
        won.sort(Comparator.comparingLong(LogRecord::firstLsn));
        Records.assertSame(stored, won);
    }

    @Test
    void a_payload_of_20_MiB_comes_back_and_the_log_goes_on() throws Exception {
        List<LogRecord> appended = new ArrayList<>(appendSome(1));
        for (int bytes : new int[] {20 << 20, 100}) {
            LogRecord entry = Records.of(appended.get(appended.size() - 1).lastLsn() + 1, 1, bytes, random);
            assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
            appended.add(entry);
        }
        assertThat(log.append(appended.get(1))).isEqualTo(AppendResult.APPENDED);
        Records.assertSame(Records.readAll(log, 1), appended);
        reopen();
        Records.assertSame(Records.readAll(log, 1), appended);
    }

    @Test
    void of_a_project_that_is_removed_at_most_the_last_record_stays_and_others_keep_everything() throws Exception {
        List<LogRecord> removed = appendSome(20);
        LogRecord other = Records.of(1, 1, 10, random);
        assertThat(store.log("p2").append(other)).isEqualTo(AppendResult.APPENDED);
        byte[] page = {1, 2, 3};
        PageId id = PageId.ofContent(page);
        for (String project : List.of("p1", "p2")) {
            store.pages(project).put(id, page);
            store.pages(project).flush();
            store.checkpoints(project).put(1, page);
        }
        long foreseen = store.remove("p1", true);
        assertThat(foreseen).isPositive();
        Records.assertSame(Records.readAll(log, 1), removed);
        assertThat(store.remove("p1", false)).isPositive();
        assertThat(store.remove("p1", false)).isZero();
        reopen();
        assertThat(store.pages("p1").has(id)).isFalse();
        assertThat(store.checkpoints("p1").list()).isEmpty();
        if (store.shared()) {
            LogRecord last = removed.get(removed.size() - 1);
            Records.assertSame(Records.readAll(log, last.firstLsn()), List.of(last));
            assertThat(log.firstLsn()).isEqualTo(last.firstLsn());
        } else {
            assertThat(Records.readAll(log, 1)).isEmpty();
        }
        Records.assertSame(Records.readAll(store.log("p2"), 1), List.of(other));
        assertThat(store.pages("p2").get(id)).isEqualTo(page);
        assertThat(store.checkpoints("p2").get(1)).isEqualTo(page);
    }

    @Test
    void reads_beside_appends_see_a_whole_beginning_of_the_log() throws Exception {
        List<LogRecord> entries = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            entries.add(Records.of(i + 1, 1, random.nextInt(3_000), random));
        }
        List<Integer> seen = together(
                () -> {
                    entries.forEach(log::append);
                    return entries.size();
                },
                () -> readUntil(entries));
        assertThat(seen.get(1)).isGreaterThan(0);
    }

    @Test
    void everything_is_there_after_opening_again() throws Exception {
        List<LogRecord> appended = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            appended.addAll(appendSome(10));
            reopen();
            Records.assertSame(Records.readAll(log, 1), appended);
            assertThat(log.append(appended.get(appended.size() - 1))).isEqualTo(AppendResult.APPENDED);
            assertThat(log.append(appended.get(0))).isEqualTo(AppendResult.APPENDED);
        }
    }

    @Test
    void logs_of_one_store_are_independent() {
        LogStore other = store.log("p2");
        List<LogRecord> appended = appendSome(5);
        LogRecord first = Records.of(1, 1, 10, random);
        assertThat(other.append(first)).isEqualTo(AppendResult.APPENDED);
        Records.assertSame(Records.readAll(other, 1), List.of(first));
        Records.assertSame(Records.readAll(log, 1), appended);
    }

    @Test
    void an_id_that_is_no_folder_name_is_refused() {
        for (String id : new String[] {"", "..", "A", "a/b", "a".repeat(33)}) {
            assertThatIllegalArgumentException().as(id).isThrownBy(() -> store.log(id));
        }
    }

    @Test
    void a_closed_store_says_so() {
        appendSome(2);
        RecordCursor cursor = log.read(1);
        store.close();
        store.close();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> log.append(Records.of(1, 1, 1, random)))
                .withMessageContaining("closed");
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> log.read(1))
                .withMessageContaining("closed");
        for (Runnable call : List.<Runnable>of(
                log::sync, log::firstLsn, log::segments, () -> log.trim(2, true), () -> log.beginAt(2))) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(call::run)
                    .withMessageContaining("closed");
        }
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> store.log("p3"))
                .withMessageContaining("closed");
        assertThatExceptionOfType(StoreException.class).isThrownBy(cursor::next).withMessageContaining("closed");
        cursor.close();
    }

    @Test
    void trimming_removes_whole_records_below_and_nothing_else() throws Exception {
        List<LogRecord> appended = new ArrayList<>(appendSome(60));
        long below = appended.get(40).lastLsn();
        long foreseen = log.trim(below, true);
        Records.assertSame(Records.readAll(log, 1), appended);
        assertThat(log.trim(below, false)).isEqualTo(foreseen);
        assertThat(foreseen > 0).isEqualTo(log.firstLsn() > 1);
        assertThat(log.firstLsn() > 1).isEqualTo(trimsSmallLogs());
        assertTrimmed(appended, below);
        reopen();
        assertTrimmed(appended, below);
        LogRecord more = Records.of(appended.get(59).lastLsn() + 1, 1, 10, random);
        assertThat(log.append(more)).isEqualTo(AppendResult.APPENDED);
        appended.add(more);
        assertTrimmed(appended, below);
    }

    @Test
    void trimming_goes_on_from_where_it_was_and_never_back() throws Exception {
        List<LogRecord> appended = appendSome(60);
        long before = 1;
        for (int i = 5; i < 60; i += 9) {
            long below = appended.get(i).firstLsn();
            var unused = log.trim(below, false);
            assertThat(log.firstLsn()).isBetween(before, below);
            before = log.firstLsn();
            assertThat(log.trim(1, false)).isZero();
            assertThat(log.firstLsn()).isEqualTo(before);
            if (i % 2 == 0) {
                reopen();
            }
        }
        assertTrimmed(appended, appended.get(59).firstLsn());
    }

    @Test
    void the_last_record_is_never_trimmed() throws Exception {
        assertThat(log.trim(1_000, false)).isZero();
        assertThat(log.firstLsn()).isEqualTo(1);
        List<LogRecord> appended = appendSome(30);
        LogRecord last = appended.get(29);
        var unused = log.trim(last.lastLsn() + 1_000, false);
        assertTrimmed(appended, last.firstLsn());
        reopen();
        assertTrimmed(appended, last.firstLsn());
        assertThat(log.append(last)).isEqualTo(AppendResult.APPENDED);
    }

    @Test
    void whether_a_trimmed_record_was_stored_nobody_can_tell() {
        List<LogRecord> appended = appendSome(60);
        var unused = log.trim(appended.get(50).firstLsn(), false);
        for (LogRecord entry : appended) {
            if (entry.firstLsn() < log.firstLsn()) {
                assertThatExceptionOfType(UnknownOutcomeException.class)
                        .isThrownBy(() -> log.append(entry))
                        .withMessageContaining("LSN " + log.firstLsn());
            } else {
                assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
            }
        }
    }

    @Test
    void trimming_below_lsn_one_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> log.trim(0, true));
    }

    @Test
    void the_segments_hold_the_whole_log() {
        assertThat(log.segments()).isEmpty();
        List<LogRecord> appended = appendSome(40);
        var unused = log.trim(appended.get(20).firstLsn(), false);
        List<LogSegment> segments = log.segments();
        long next = log.firstLsn();
        long bytes = 0;
        for (LogSegment segment : segments) {
            assertThat(segment.firstLsn()).isEqualTo(next);
            next = segment.lastLsn() + 1;
            bytes += segment.bytes();
        }
        assertThat(next).isEqualTo(appended.get(39).lastLsn() + 1);
        long payloads = Records.readAll(log, log.firstLsn()).stream()
                .mapToLong(entry -> entry.payload().length)
                .sum();
        assertThat(bytes).isBetween(payloads, payloads + 1_000 * 40);
    }

    @Test
    void an_empty_log_begins_where_it_is_told_to() throws Exception {
        log.beginAt(1_000);
        assertBegun(1_000);
        assertThatIllegalArgumentException().isThrownBy(() -> log.append(Records.of(1_001, 1, 10, random)));
        assertThatExceptionOfType(UnknownOutcomeException.class)
                .isThrownBy(() -> log.append(Records.of(999, 1, 10, random)))
                .withMessageContaining("begins at LSN 1000");
        List<LogRecord> appended = new ArrayList<>(appendFrom(1_000, 40));
        for (int round = 0; round < 2; round++) {
            assertThat(log.segments().get(0).firstLsn()).isEqualTo(1_000);
            assertThat(log.append(appended.get(0))).isEqualTo(AppendResult.APPENDED);
            assertTrimmed(appended, 1_000);
            reopen();
            appended.addAll(appendFrom(appended.get(appended.size() - 1).lastLsn() + 1, 10));
        }
        long below = appended.get(30).firstLsn();
        var unused = log.trim(below, false);
        assertThat(log.firstLsn() > 1_000).isEqualTo(trimsSmallLogs());
        assertTrimmed(appended, below);
        reopen();
        assertTrimmed(appended, below);
    }

    @Test
    void a_log_opened_before_its_first_record_begins_there_or_at_one_and_can_be_begun_again() throws Exception {
        long before = 1;
        for (long lsn : new long[] {1_000, 1_000, 20, 7_000, 2}) {
            log.beginAt(lsn);
            assertBegun(lsn);
            if (lsn != 1_000) {
                log.beginAt(lsn + 1);
                log.beginAt(lsn);
                assertBegun(lsn);
            }
            reopen();
            assertThat(log.firstLsn()).isIn(1L, lsn);
            before = lsn;
        }
        log.beginAt(before);
        assertTrimmed(appendFrom(before, 5), before);
    }

    @Test
    void a_log_with_records_is_not_begun_again() throws Exception {
        List<LogRecord> appended = appendSome(30);
        for (int round = 0; round < 2; round++) {
            for (long lsn : new long[] {2, appended.get(29).lastLsn() + 1, 1_000}) {
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> log.beginAt(lsn))
                        .withMessageContaining("records from LSN " + log.firstLsn());
            }
            Records.assertSame(Records.readAll(log, log.firstLsn()), from(appended, log.firstLsn()));
            var unused = log.trim(appended.get(25).firstLsn(), false);
            reopen();
        }
    }

    @Test
    void beginning_below_lsn_two_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> log.beginAt(1));
    }

    private void assertBegun(long lsn) {
        assertThat(log.firstLsn()).isEqualTo(lsn);
        assertThat(log.segments()).isEmpty();
        assertThat(Records.readAll(log, lsn)).isEmpty();
        assertThat(log.trim(lsn + 10, false)).isZero();
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> log.read(lsn - 1))
                .withMessageContaining("begins at LSN " + lsn);
    }

    @Test
    void what_was_appended_can_be_synced() throws Exception {
        log.sync();
        List<LogRecord> appended = appendSome(5);
        log.sync();
        log.sync();
        Records.assertSame(Records.readAll(log, 1), appended);
    }

    /** Whether trimming removes something of a log of some ten records. */
    protected boolean trimsSmallLogs() {
        return false;
    }

    private void assertTrimmed(List<LogRecord> appended, long below) {
        long first = log.firstLsn();
        assertThat(first).isLessThanOrEqualTo(below);
        List<LogRecord> rest = from(appended, first);
        assertThat(rest.get(0).firstLsn()).isEqualTo(first);
        Records.assertSame(Records.readAll(log, first), rest);
        for (long lsn = 1; lsn < first; lsn += 7) {
            long gone = lsn;
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> log.read(gone))
                    .withMessageContaining("LSN " + gone)
                    .withMessageContaining("begins at LSN " + first);
        }
    }

    private static List<LogRecord> from(List<LogRecord> entries, long lsn) {
        return entries.stream().filter(entry -> entry.lastLsn() >= lsn).toList();
    }

    /** Appends records of various sizes to the end of the log. */
    protected final List<LogRecord> appendSome(int records) {
        List<LogRecord> present = Records.readAll(log, 1);
        return appendFrom(
                present.isEmpty() ? 1 : present.get(present.size() - 1).lastLsn() + 1, records);
    }

    private List<LogRecord> appendFrom(long lsn, int records) {
        long next = lsn;
        List<LogRecord> appended = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            LogRecord entry = Records.of(next, 1 + random.nextInt(5), random.nextInt(2_000), random);
            assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
            appended.add(entry);
            next = entry.lastLsn() + 1;
        }
        return appended;
    }

    private void reopen() throws Exception {
        store.close();
        store = open();
        log = store.log("p1");
    }

    private List<LogRecord> race(LogStore log, Random own) {
        List<LogRecord> won = new ArrayList<>();
        for (long lsn = 1; lsn <= RACED_RECORDS; lsn++) {
            LogRecord entry = Records.of(lsn, 1, 20, own);
            if (log.append(entry) == AppendResult.APPENDED) {
                won.add(entry);
            }
        }
        return won;
    }

    private int readUntil(List<LogRecord> entries) {
        int reads = 0;
        for (int size = 0; size < entries.size(); reads++) {
            List<LogRecord> seen = Records.readAll(log, 1);
            assertThat(seen.size()).isGreaterThanOrEqualTo(size);
            Records.assertSame(seen, entries.subList(0, seen.size()));
            size = seen.size();
        }
        return reads;
    }

    private static <T> List<T> together(Callable<T> one, Callable<T> other) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(List.of(one, other), 2, TimeUnit.MINUTES)) {
                results.add(future.get());
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }
}
