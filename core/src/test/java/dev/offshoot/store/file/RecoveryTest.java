package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.Records;
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

    private final Path folder;
    private final Random random = new Random(SEED);
    private final List<LogRecord> entries = new ArrayList<>();

    RecoveryTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void every_flipped_byte_is_cut_at_the_end_and_refused_before() throws Exception {
        write(6, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        byte[] whole = Files.readAllBytes(segment);
        long lastFrame = whole.length - FrameFormat.bytes(entries.get(5));
        int cut = 0;
        int refused = 0;
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= (byte) (1 << random.nextInt(8));
            Files.write(segment, damaged);
            if (i < lastFrame) {
                long frame = frameAt(i);
                assertThatExceptionOfType(CorruptionException.class)
                        .as("byte %d", i)
                        .isThrownBy(this::readAll)
                        .withMessageContaining(segment + " at offset " + frame)
                        .withMessageContaining("expected");
                assertThat(Files.readAllBytes(segment)).as("byte %d", i).isEqualTo(damaged);
                refused++;
            } else {
                assertCut(entries.subList(0, 5), lastFrame, whole.length - lastFrame);
                cut++;
            }
        }
        assertThat(cut).isEqualTo((int) (whole.length - lastFrame));
        assertThat(refused).isEqualTo((int) lastFrame);
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
                assertCut(kept, frame, size - frame);
            }
        }
    }

    @Test
    void every_flipped_byte_of_a_closed_segment_is_refused() throws Exception {
        write(6, FileStoreOptions.defaults().withSegmentBytesMax(300));
        assertThat(segments().size()).isGreaterThan(2);
        for (Path segment : segments().subList(0, segments().size() - 1)) {
            byte[] whole = Files.readAllBytes(segment);
            for (int i = 0; i < whole.length; i++) {
                byte[] damaged = whole.clone();
                damaged[i] ^= (byte) (1 << random.nextInt(8));
                Files.write(segment, damaged);
                assertThatExceptionOfType(CorruptionException.class)
                        .as("byte %d of %s", i, segment)
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
    void zeros_behind_the_last_frame_are_cut_once() throws Exception {
        write(3, FileStoreOptions.defaults());
        Path segment = segments().get(0);
        long size = Files.size(segment);
        Files.write(segment, new byte[5_000], StandardOpenOption.APPEND);
        assertCut(entries, size, 5_000);
        Records.assertSame(readAll(), entries);
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

    private List<LogRecord> readAll() {
        try (FileStore store = FileStore.open(new HostileDisk(), folder, FileStoreOptions.defaults())) {
            List<LogRecord> all = Records.readAll(store.log("p1"), 1);
            assertThat(store.recovery()).isEmpty();
            return all;
        }
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
            return files.sorted().toList();
        }
    }
}
