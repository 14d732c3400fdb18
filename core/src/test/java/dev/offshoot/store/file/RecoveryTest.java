package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.LogVisitor;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Records;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What opening a damaged log does. Works on a log of small records, whose frames it knows. */
class RecoveryTest {
    private static final long SEED = 7;
    private static final FileStoreOptions SMALL = FileStoreOptions.defaults().withSegmentBytesMax(200);

    private final Path folder;
    private final Random random = new Random(SEED);
    private final List<LogRecord> entries = new ArrayList<>();

    RecoveryTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void every_flipped_bit_is_cut_at_the_end_and_refused_before() throws Exception {
        write(4, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        long lastFrame = whole.length - FrameFormat.bytes(entries.get(3));
        int cut = 0;
        int refused = 0;
        for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
            byte[] damaged = flipped(whole, bit);
            Files.write(segment, damaged);
            int at = bit / Byte.SIZE;
            if (at < lastFrame) {
                long frame = frameAt(at);
                assertThatExceptionOfType(CorruptionException.class)
                        .as("bit %d", bit)
                        .isThrownBy(this::readAll)
                        .withMessageContaining(segment + " at offset " + frame)
                        .withMessageContaining("expected");
                assertThat(Arrays.equals(Files.readAllBytes(segment), damaged)).isTrue();
                refused++;
            } else {
                assertCut(entries.subList(0, 3), lastFrame, endOfContent(damaged) - lastFrame);
                cut++;
            }
        }
        assertThat(cut).isEqualTo((int) (whole.length - lastFrame) * Byte.SIZE);
        assertThat(refused).isEqualTo((int) lastFrame * Byte.SIZE);
    }

    @Test
    void every_flipped_bit_in_the_zeros_behind_the_last_frame_is_cut() throws Exception {
        write(3, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        int size = (int) Files.size(segment);
        byte[] whole = Arrays.copyOf(Files.readAllBytes(segment), size + 130);
        for (int bit = size * Byte.SIZE; bit < whole.length * Byte.SIZE; bit++) {
            Files.write(segment, flipped(whole, bit));
            assertCut(entries, size, bit / Byte.SIZE + 1 - size);
        }
    }

    @Test
    void a_log_truncated_at_any_length_keeps_its_whole_frames() throws Exception {
        write(6, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        for (int size = 0; size < whole.length; size++) {
            Files.write(segment, Arrays.copyOf(whole, size));
            long frame = frameAt(size);
            List<LogRecord> kept = entries.subList(0, framesBefore(frame));
            if (frame == size) {
                Records.assertSame(readAll(), kept);
            } else {
                assertCut(kept, frame, endOfContent(Arrays.copyOf(whole, size)) - frame);
            }
        }
    }

    @Test
    void every_flipped_bit_of_a_closed_segment_is_refused() throws Exception {
        write(5, FileStoreOptions.defaults().withSegmentBytesMax(300));
        assertThat(segments().size()).isGreaterThan(2);
        for (Path segment : segments().subList(0, segments().size() - 1)) {
            byte[] whole = Files.readAllBytes(segment);
            for (int bit = 0; bit < whole.length * Byte.SIZE; bit++) {
                Files.write(segment, flipped(whole, bit));
                assertThatExceptionOfType(CorruptionException.class)
                        .as("bit %d of %s", bit, segment)
                        .isThrownBy(this::readAll)
                        .withMessageContaining(segment.toString());
            }
            Files.write(segment, whole);
        }
        Records.assertSame(readAll(), entries);
    }

    @Test
    void a_truncated_closed_segment_is_refused() throws Exception {
        write(6, FileStoreOptions.defaults().withSegmentBytesMax(300));
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        for (int size = 0; size < whole.length; size++) {
            Files.write(segment, Arrays.copyOf(whole, size));
            assertThatExceptionOfType(CorruptionException.class)
                    .as("size %d", size)
                    .isThrownBy(this::readAll);
        }
    }

    @Test
    void any_missing_segment_but_the_last_is_refused() throws Exception {
        write(8, FileStoreOptions.defaults().withSegmentBytesMax(200));
        List<Path> segments = segments();
        assertThat(segments.size()).isGreaterThan(3);
        for (Path segment : segments.subList(0, segments.size() - 1)) {
            byte[] whole = Files.readAllBytes(segment);
            Files.delete(segment);
            assertThatExceptionOfType(CorruptionException.class)
                    .as(segment.toString())
                    .isThrownBy(this::readAll)
                    .withMessageContaining("expected a segment");
            Files.write(segment, whole);
        }
    }

    @Test
    void a_segment_with_the_name_of_another_is_refused() throws Exception {
        write(8, FileStoreOptions.defaults().withSegmentBytesMax(200));
        Path segment = segments().get(1);
        Files.move(
                segment,
                Segment.empty(log(), Segment.firstLsnOf(String.valueOf(segment.getFileName())) + 1)
                        .file());
        assertThatExceptionOfType(CorruptionException.class).isThrownBy(this::readAll);
    }

    @Test
    void an_empty_last_segment_is_the_place_of_the_next_record() throws Exception {
        write(4, FileStoreOptions.defaults());
        long next = entries.get(3).lastLsn() + 1;
        Files.createFile(Segment.empty(log(), next).file());
        Records.assertSame(readAll(), entries);
        assertThat(damage()).isEmpty();
        entries.addAll(append(FileStoreOptions.defaults(), 2));
        Records.assertSame(readAll(), entries);
        assertThat(segments()).hasSize(2);
    }

    @Test
    void an_empty_last_segment_shows_that_records_before_it_are_missing() throws Exception {
        write(4, FileStoreOptions.defaults());
        Files.createFile(Segment.empty(log(), entries.get(3).lastLsn() + 2).file());
        assertThatExceptionOfType(CorruptionException.class).isThrownBy(this::readAll);
    }

    @Test
    void zeros_behind_the_last_frame_are_a_clean_end() throws Exception {
        write(3, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        long size = Files.size(segment);
        Files.write(segment, new byte[5_000], StandardOpenOption.APPEND);
        Records.assertSame(readAll(), entries);
        assertThat(Files.size(segment)).isEqualTo(size);
        Records.assertSame(readAll(), entries);
    }

    @Test
    void a_torn_append_into_zeros_is_cut() throws Exception {
        write(3, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        long lastFrame = whole.length - FrameFormat.bytes(entries.get(2));
        for (int lost = (int) lastFrame; lost < whole.length; lost++) {
            byte[] torn = Arrays.copyOf(whole, whole.length + 500);
            boolean wasZero = torn[lost] == 0;
            torn[lost] = 0;
            Files.write(segment, torn);
            if (wasZero) {
                Records.assertSame(readAll(), entries);
            } else {
                assertCut(entries.subList(0, 2), lastFrame, endOfContent(torn) - lastFrame);
            }
            Files.write(segment, whole);
        }
    }

    @Test
    void a_zeroed_frame_that_was_synced_is_refused() throws Exception {
        write(4, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        long from = 0;
        for (LogRecord entry : entries.subList(0, 3)) {
            byte[] damaged = Arrays.copyOf(whole, whole.length + 500);
            Arrays.fill(damaged, (int) from, (int) (from + FrameFormat.bytes(entry)), (byte) 0);
            Files.write(segment, damaged);
            assertThatExceptionOfType(CorruptionException.class)
                    .isThrownBy(this::readAll)
                    .withMessageContaining("at offset " + from);
            from += FrameFormat.bytes(entry);
        }
    }

    @Test
    void a_killed_process_leaves_zeros_and_a_closed_store_none() throws Exception {
        HostileDisk disk = new HostileDisk();
        FileStore store = FileStore.open(disk, folder, FileStoreOptions.defaults());
        for (int lsn = 1; lsn <= 20; lsn++) {
            entries.add(Records.of(lsn, 1, 100, random));
            store.log("p1").append(entries.get(lsn - 1));
        }
        Path segment = segments().get(0);
        long content = entries.stream().mapToLong(FrameFormat::bytes).sum();
        assertThat(Files.size(segment)).isBetween(content + 1, 2 * content);
        byte[] killed = Files.readAllBytes(segment);
        store.close();
        assertThat(Files.size(segment)).isEqualTo(content);
        Files.write(segment, killed);
        Records.assertSame(readAll(), entries);
    }

    @Test
    void a_trimmed_log_begins_at_its_mark() throws Exception {
        write(12, SMALL);
        int before = segments().size();
        trim(entries.get(8).firstLsn());
        assertThat(segments()).hasSizeLessThan(before);
        long first = Segment.firstLsnOf(String.valueOf(segments().get(0).getFileName()));
        assertThat(marks()).containsExactly(mark(first).file());
        Records.assertSame(readFrom(first), from(first));
    }

    @Test
    void segments_below_the_mark_are_removed_when_the_log_is_opened() throws Exception {
        write(12, SMALL);
        List<Path> whole = segments();
        long first = Segment.firstLsnOf(String.valueOf(whole.get(4).getFileName()));
        Files.delete(whole.get(1));
        Files.createFile(mark(1).file());
        Files.createFile(mark(first).file());
        Records.assertSame(readFrom(first), from(first));
        assertThat(segments()).isEqualTo(whole.subList(4, whole.size()));
        assertThat(marks()).containsExactly(mark(first).file());
    }

    @Test
    void a_segment_that_is_missing_above_the_mark_is_refused() throws Exception {
        write(12, SMALL);
        trim(entries.get(6).firstLsn());
        List<Path> left = segments();
        assertThat(left.size()).isGreaterThan(3);
        long first = Segment.firstLsnOf(String.valueOf(left.get(0).getFileName()));
        for (Path segment : left.subList(0, left.size() - 1)) {
            byte[] whole = Files.readAllBytes(segment);
            Files.delete(segment);
            assertThatExceptionOfType(CorruptionException.class)
                    .as(segment.toString())
                    .isThrownBy(() -> readFrom(first))
                    .withMessageContaining("expected a segment");
            Files.write(segment, whole);
        }
        for (Path segment : left) {
            Files.delete(segment);
        }
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> readFrom(1))
                .withMessageContaining("expected a segment");
    }

    @Test
    void a_trimmed_log_without_its_mark_is_refused() throws Exception {
        write(12, SMALL);
        trim(entries.get(6).firstLsn());
        Files.delete(marks().get(0));
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> readFrom(entries.get(11).firstLsn()))
                .withMessageContaining("expected a segment that starts at LSN 1");
    }

    @Test
    void a_cursor_that_trimming_overtook_says_so() throws Exception {
        write(12, SMALL);
        try (FileStore store = FileStore.open(folder, SMALL)) {
            LogStore log = store.log("p1");
            try (RecordCursor cursor = log.read(1)) {
                Records.assertSame(cursor.next(), entries.get(0));
                var unused = log.trim(entries.get(8).firstLsn(), false);
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> {
                            while (cursor.next() != null) {}
                        })
                        .withMessageContaining("begins at LSN " + log.firstLsn());
            }
        }
    }

    @Test
    void a_log_goes_on_where_a_torn_tail_was_cut() throws Exception {
        write(3, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        Files.write(segment, Arrays.copyOf(Files.readAllBytes(segment), (int) Files.size(segment) - 1));
        entries.remove(2);
        entries.addAll(append(FileStoreOptions.defaults(), 3));
        Records.assertSame(readAll(), entries);
    }

    @Test
    void a_frame_stored_inside_a_payload_is_no_witness() throws Exception {
        write(6, FileStoreOptions.defaults());
        byte[] other = Files.readAllBytes(segments().get(0));
        long next = entries.get(5).lastLsn() + 1;
        byte[] bait = new byte[FrameFormat.HEAD_BYTES];
        LogRecord later = Records.of(next + 10, 1, 0, random);
        FrameFormat.encodeHead(later, next + 9, 0, bait);
        byte[] payload = Arrays.copyOf(other, other.length + bait.length);
        System.arraycopy(bait, 0, payload, other.length, bait.length);
        try (FileStore store = FileStore.open(folder)) {
            store.log("p1").append(new LogRecord(next, 1, Records.nonce(random), Records.header(1), payload));
        }
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        Files.write(segment, Arrays.copyOf(whole, whole.length - 1));
        assertCut(entries, other.length, whole.length - 1 - other.length);
    }

    @Test
    void a_large_record_that_was_damaged_is_found_out_by_the_frame_behind_it() throws Exception {
        try (FileStore store = FileStore.open(folder)) {
            entries.add(Records.of(1, 1, 3 << 20, random));
            entries.add(Records.of(2, 1, 10, random));
            entries.forEach(store.log("p1")::append);
        }
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        whole[2 << 20] ^= 1;
        Files.write(segment, whole);
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(this::readAll)
                .withMessageContaining("body checksum")
                .withMessageContaining("up to LSN 1 was synced");
    }

    private void write(int records, FileStoreOptions options) {
        entries.addAll(append(options, records));
    }

    private List<LogRecord> append(FileStoreOptions options, int records) {
        List<LogRecord> appended = new ArrayList<>();
        try (FileStore store = FileStore.open(new HostileDisk(), folder, options)) {
            LogStore log = store.log("p1");
            long next = entries.isEmpty() ? 1 : entries.get(entries.size() - 1).lastLsn() + 1;
            for (int i = 0; i < records; i++) {
                LogRecord entry = Records.of(next, 1 + i % 2, 5 + random.nextInt(30), random);
                log.append(entry);
                appended.add(entry);
                next = entry.lastLsn() + 1;
            }
        }
        return appended;
    }

    private void trim(long below) {
        try (FileStore store = FileStore.open(new HostileDisk(), folder, SMALL)) {
            assertThat(store.log("p1").trim(below, false)).isPositive();
        }
    }

    private List<LogRecord> readFrom(long lsn) {
        try (FileStore store = FileStore.open(new HostileDisk(), folder, SMALL)) {
            return Records.readAll(store.log("p1"), lsn);
        }
    }

    private List<LogRecord> from(long lsn) {
        return entries.stream().filter(entry -> entry.firstLsn() >= lsn).toList();
    }

    private static byte[] flipped(byte[] whole, int bit) {
        byte[] damaged = whole.clone();
        damaged[bit / Byte.SIZE] ^= (byte) (1 << (bit % Byte.SIZE));
        return damaged;
    }

    private static long endOfContent(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private List<LogRecord> readAll() {
        try (FileStore store = FileStore.open(new HostileDisk(), folder, FileStoreOptions.defaults())) {
            List<LogRecord> all = Records.readAll(store.log("p1"), 1);
            assertThat(store.recovery()).isEmpty();
            return all;
        }
    }

    /** What a scan of the open log finds. */
    private List<String> damage() {
        List<String> damage = new ArrayList<>();
        try (FileStore store = FileStore.open(new HostileDisk(), folder, FileStoreOptions.defaults())) {
            long last = Records.readAll(store.log("p1"), 1).size();
            store.scan("p1", new LogVisitor() {
                private long seen;

                @Override
                public void record(LogRecord record) {
                    assertThat(++seen).isLessThanOrEqualTo(last);
                }

                @Override
                public void damaged(String what) {
                    damage.add(what);
                }

                @Override
                public void unfinished(String what) {
                    damage.add(what);
                }
            });
        }
        return damage;
    }

    private void assertCut(List<LogRecord> kept, long offset, long bytes) {
        try (FileStore store = FileStore.open(new HostileDisk(), folder, FileStoreOptions.defaults())) {
            Records.assertSame(Records.readAll(store.log("p1"), 1), kept);
            assertThat(store.recovery()).hasSize(1);
            TornTail torn = store.recovery().get(0);
            assertThat(torn.log()).isEqualTo("p1");
            assertThat(torn.offset()).isEqualTo(offset);
            assertThat(torn.bytes()).isEqualTo(bytes);
        }
    }

    /** Where the frame that holds a byte of the first segment starts. */
    private long frameAt(long offset) {
        long start = 0;
        for (LogRecord entry : entries) {
            if (start + FrameFormat.bytes(entry) > offset) {
                break;
            }
            start += FrameFormat.bytes(entry);
        }
        return start;
    }

    private int framesBefore(long offset) {
        int frames = 0;
        for (long start = 0; start < offset; frames++) {
            start += FrameFormat.bytes(entries.get(frames));
        }
        return frames;
    }

    private Path log() {
        return folder.resolve("logs/p1");
    }

    private List<Path> segments() throws IOException {
        try (Stream<Path> files = Files.list(log())) {
            return files.filter(file -> Segment.isName(String.valueOf(file.getFileName())))
                    .sorted()
                    .toList();
        }
    }

    private LowMark mark(long lsn) {
        return new LowMark(log(), lsn, LowMark.Why.TRIMMED);
    }

    private List<Path> marks() throws IOException {
        try (Stream<Path> files = Files.list(log())) {
            return files.filter(file -> LowMark.of(log(), String.valueOf(file.getFileName())) != null)
                    .toList();
        }
    }
}
