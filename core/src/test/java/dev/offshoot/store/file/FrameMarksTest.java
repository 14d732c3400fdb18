package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reading from anywhere gives the same whether the places of frames are known or not. */
final class FrameMarksTest {
    private static final String LOG = "p1";
    private static final FileStoreOptions OPTIONS =
            FileStoreOptions.defaults().withSegmentBytesMax(5 << 20).withSync(SyncPolicy.NEVER);

    @TempDir
    private Path folder = Path.of("");

    private static LogRecord record(long lsn, Random random) {
        byte[] nonce = new byte[LogRecord.NONCE_BYTES];
        random.nextBytes(nonce);
        return new LogRecord(lsn, 1 + random.nextInt(3), nonce, new byte[20], new byte[random.nextInt(40_000)]);
    }

    private static void assertReads(LogStore log, List<LogRecord> records, long fromLsn) {
        try (RecordCursor cursor = log.read(fromLsn)) {
            LogRecord found = cursor.next();
            int at = 0;
            while (records.get(at).lastLsn() < fromLsn) {
                at++;
            }
            for (int i = at; i < Math.min(at + 80, records.size()); i++) {
                assertThat(found).isNotNull();
                if (found != null) {
                    assertThat(found.firstLsn())
                            .as("from %s", fromLsn)
                            .isEqualTo(records.get(i).firstLsn());
                    assertThat(found.nonce()).isEqualTo(records.get(i).nonce());
                }
                found = cursor.next();
            }
        }
    }

    @Test
    void records_are_read_from_any_place_while_the_log_grows_is_opened_again_and_trimmed() {
        Random random = new Random(7);
        List<LogRecord> records = new ArrayList<>();
        for (int round = 0; round < 4; round++) {
            try (FileStore store = FileStore.open(folder, OPTIONS)) {
                LogStore log = store.log(LOG);
                long next =
                        records.isEmpty() ? 1 : records.get(records.size() - 1).lastLsn() + 1;
                for (int i = 0; i < 300; i++) {
                    LogRecord record = record(next, random);
                    log.append(record);
                    records.add(record);
                    next = record.lastLsn() + 1;
                    long first = log.firstLsn();
                    if (i % 10 == 0) {
                        assertReads(log, records, first + (long) (random.nextDouble() * (next - first)));
                    }
                }
                log.trim(next / 3, false);
            }
        }
        assertThat(records.get(0).lastLsn()).isLessThan(100);
        try (FileStore store = FileStore.open(folder, OPTIONS)) {
            assertThat(store.log(LOG).firstLsn()).as("trimmed").isGreaterThan(100);
            assertThat(store.log(LOG).segments()).hasSizeGreaterThan(2);
        }
    }

    @Test
    void one_frame_a_mebibyte_is_marked_and_none_of_what_is_trimmed() {
        FrameMarks marks = new FrameMarks();
        for (int i = 0; i < 100; i++) {
            marks.note(1, 1 + i, i * 300L * 1024);
        }
        assertThat(marks.before(1, 4)).isNull();
        assertThat(marks.before(1, 5)).extracting(mark -> mark.getKey()).isEqualTo(5L);
        assertThat(marks.before(1, 8)).extracting(mark -> mark.getKey()).isEqualTo(5L);
        assertThat(marks.before(1, 9)).extracting(mark -> mark.getValue()).isEqualTo(8 * 300L * 1024);
        assertThat(marks.before(8, 8)).as("of the segment before").isNull();
        marks.forgetBelow(50);
        assertThat(marks.before(1, 49)).isNull();
        assertThat(marks.before(1, 60)).isNotNull();
    }
}
