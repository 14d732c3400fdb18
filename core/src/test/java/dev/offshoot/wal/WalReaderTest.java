package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.AppendResult;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class WalReaderTest {
    private static final byte[] NONCE = new byte[LogRecord.NONCE_BYTES];

    /** Records of one put of so many bytes, made when they are read. */
    private static final class Made implements LogStore {
        final AtomicInteger read = new AtomicInteger();
        final AtomicInteger closed = new AtomicInteger();
        final Set<Thread> readers = ConcurrentHashMap.newKeySet();
        private final int records;
        private final byte[] document;
        private int failsAt = Integer.MAX_VALUE;
        private RuntimeException failure = new StoreException("no", null);

        Made(int records, int bytes) {
            this.records = records;
            this.document =
                    new DocBuilder().append("x", Value.binary(new byte[bytes])).build();
        }

        @Override
        public AppendResult append(LogRecord entry) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long firstLsn() {
            return 1;
        }

        @Override
        public void beginAt(long lsn) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void sync() {}

        @Override
        public long trim(long belowLsn, boolean dryRun) {
            return 0;
        }

        @Override
        public List<LogSegment> segments() {
            return List.of();
        }

        @Override
        public RecordCursor read(long fromLsn) {
            return new RecordCursor() {
                private int at = (int) fromLsn;

                @Override
                public @Nullable LogRecord next() {
                    readers.add(Thread.currentThread());
                    if (at == failsAt) {
                        throw failure;
                    }
                    if (at > records) {
                        return null;
                    }
                    read.incrementAndGet();
                    Commit commit = new Commit(
                            at,
                            1,
                            new Origin("a", "insert", "main", "c"),
                            List.of(new Change.Put(1, at, document)),
                            List.of());
                    return RecordCodec.encode(new WalRecord(at++, 1, 1, List.of(commit)), NONCE);
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }

        /** Who reads besides the caller. */
        List<Thread> others() {
            return readers.stream().filter(t -> t != Thread.currentThread()).toList();
        }
    }

    @Test
    void records_come_in_order_and_no_thread_is_left() {
        for (int bytes : new int[] {10, 3_000, 100_000}) {
            Made log = new Made(2_000, bytes);
            long lsn = 3;
            try (WalReader reader = WalReader.open(log, lsn)) {
                for (WalReader.Decoded read = reader.next(); read != null; read = reader.next()) {
                    assertThat(read.storedBytes()).isPositive();
                    assertThat(read.record().firstLsn()).isEqualTo(lsn++);
                }
                assertThat(reader.next()).isNull();
            }
            assertThat(lsn).isEqualTo(2_001);
            assertOver(log);
            assertThat(log.others()).as("threads besides the caller's").hasSize(1);
        }
    }

    @Test
    void a_short_log_is_read_without_a_thread() {
        Made log = new Made(20, 1_000);
        try (WalReader reader = WalReader.open(log, 1)) {
            for (int i = 0; i < 20; i++) {
                assertThat(reader.next()).isNotNull();
            }
            assertThat(reader.next()).isNull();
        }
        assertThat(log.others()).isEmpty();
        assertThat(log.closed).hasValue(1);
    }

    @Test
    void what_waits_is_bounded() {
        Made log = new Made(2_000, 100_000);
        try (WalReader reader = WalReader.open(log, 1)) {
            for (int taken = 1; taken <= 300; taken++) {
                assertThat(reader.next()).isNotNull();
                assertThat(log.read.get() - taken)
                        .as("4 MiB, a chunk that waits for room, one that was taken")
                        .isLessThan(41 + 3 + 3);
            }
        }
        assertThat(log.read.get()).isLessThan(400);
        assertOver(log);
    }

    @Test
    void a_record_larger_than_all_the_room_is_read() {
        Made log = new Made(5, 10 << 20);
        try (WalReader reader = WalReader.open(log, 1)) {
            for (int i = 1; i <= 5; i++) {
                WalReader.Decoded read = reader.next();
                assertThat(read)
                        .isNotNull()
                        .extracting(r -> r.record().firstLsn())
                        .isEqualTo((long) i);
            }
            assertThat(reader.next()).isNull();
        }
        assertOver(log);
    }

    @Test
    void what_fails_ahead_fails_behind_the_records_before_it() {
        Made log = new Made(1_000, 1_000);
        log.failsAt = 700;
        try (WalReader reader = WalReader.open(log, 1)) {
            for (int lsn = 1; lsn < 700; lsn++) {
                WalReader.Decoded read = reader.next();
                assertThat(read)
                        .isNotNull()
                        .extracting(r -> r.record().firstLsn())
                        .isEqualTo((long) lsn);
            }
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(StoreException.class).isThrownBy(reader::next);
            }
        }
        assertThat(log.others()).hasSize(1);
        assertOver(log);
    }

    @Test
    void a_damaged_log_is_corruption_at_once_and_later() {
        for (int at : new int[] {1, 700}) {
            Made log = new Made(1_000, 1_000);
            log.failsAt = at;
            log.failure = new CorruptionException("LSN " + at);
            try (WalReader reader = WalReader.open(log, 1)) {
                assertThatExceptionOfType(CorruptionException.class)
                        .isThrownBy(() -> {
                            while (reader.next() != null) {
                                // to the damage
                            }
                        })
                        .withMessage("LSN " + at);
            }
            assertOver(log);
        }
    }

    @Test
    void closing_before_the_end_ends_the_thread() {
        for (int taken = 0; taken < 400; taken += 7) {
            Made log = new Made(100_000, 1_000);
            WalReader reader = WalReader.open(log, 1);
            for (int i = 0; i < taken; i++) {
                assertThat(reader.next()).isNotNull();
            }
            reader.close();
            reader.close();
            assertThat(log.read.get()).isLessThan(100_000);
            assertOver(log);
        }
    }

    @Test
    void an_interrupt_ends_nothing_and_is_kept() {
        Made log = new Made(1_000, 1_000);
        Thread.currentThread().interrupt();
        int read = 0;
        try (WalReader reader = WalReader.open(log, 1)) {
            while (reader.next() != null) {
                read++;
            }
        }
        assertThat(Thread.interrupted()).isTrue();
        assertThat(read).isEqualTo(1_000);
        assertOver(log);
    }

    private static void assertOver(Made log) {
        assertThat(log.closed.get()).isPositive();
        assertThat(log.others())
                .allSatisfy(thread -> assertThat(thread.isAlive()).isFalse());
    }
}
