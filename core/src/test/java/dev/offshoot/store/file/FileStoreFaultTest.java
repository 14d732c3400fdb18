package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.Records;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreFaultTest {
    private final Path folder;
    private final HostileDisk disk = new HostileDisk();
    private final Random random = new Random(3);

    FileStoreFaultTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_failed_write_stores_nothing_and_the_log_goes_on() {
        try (FileStore store = open(FileStoreOptions.defaults())) {
            LogStore log = store.log("p1");
            LogRecord first = Records.of(1, 1, 100, random);
            log.append(first);
            disk.failWrite(1);
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> log.append(Records.of(2, 1, 5_000, random)))
                    .isNotInstanceOf(UnknownOutcomeException.class)
                    .withMessageContaining("not stored")
                    .withMessageContaining("No space left");
            LogRecord second = Records.of(2, 1, 10, random);
            assertThat(log.append(second)).isEqualTo(AppendResult.APPENDED);
            Records.assertSame(Records.readAll(log, 1), List.of(first, second));
        }
        assertThat(disk.faults()).isEqualTo(1);
        try (FileStore store = open(FileStoreOptions.defaults())) {
            assertThat(Records.readAll(store.log("p1"), 1)).hasSize(2);
            assertThat(store.recovery()).isEmpty();
        }
    }

    @Test
    void a_failed_sync_leaves_the_outcome_unknown_and_poisons_the_log() {
        LogRecord unknown = Records.of(2, 1, 100, random);
        try (FileStore store = open(FileStoreOptions.defaults())) {
            LogStore log = store.log("p1");
            log.append(Records.of(1, 1, 100, random));
            disk.failForce(1);
            assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> log.append(unknown));
            assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> log.append(unknown));
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> log.append(Records.of(2, 1, 10, random)))
                    .isNotInstanceOf(UnknownOutcomeException.class)
                    .withMessageContaining("open the store again");
            assertThat(Records.readAll(log, 1)).hasSize(1);
        }
        try (FileStore store = open(FileStoreOptions.defaults())) {
            assertThat(store.log("p1").append(unknown)).isEqualTo(AppendResult.APPENDED);
            assertThat(Records.readAll(store.log("p1"), 1)).hasSize(2);
        }
        assertThat(disk.faults()).isEqualTo(1);
    }

    @Test
    void a_failed_cut_poisons_the_log() {
        try (FileStore store = open(FileStoreOptions.defaults())) {
            LogStore log = store.log("p1");
            log.append(Records.of(1, 1, 100, random));
            disk.failWrite(1);
            disk.failTruncate(1);
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> log.append(Records.of(2, 1, 9, random)));
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> log.append(Records.of(2, 1, 10, random)))
                    .withMessageContaining("open the store again");
        }
        assertThat(disk.faults()).isEqualTo(2);
        try (FileStore store = open(FileStoreOptions.defaults())) {
            assertThat(Records.readAll(store.log("p1"), 1)).hasSize(1);
            assertThat(store.recovery()).hasSize(1);
        }
    }

    @Test
    void a_segment_that_could_not_be_begun_is_begun_again() {
        FileStoreOptions options = FileStoreOptions.defaults().withSegmentBytesMax(400);
        List<LogRecord> entries = new ArrayList<>();
        try (FileStore store = open(options)) {
            LogStore log = store.log("p1");
            entries.add(Records.of(1, 1, 200, random));
            log.append(entries.get(0));
            disk.failTruncate(1);
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> log.append(Records.of(2, 1, 200, random)));
            entries.add(Records.of(2, 1, 1, random));
            log.append(entries.get(1));
        }
        assertThat(disk.faults()).isEqualTo(1);
        try (FileStore store = open(options)) {
            Records.assertSame(Records.readAll(store.log("p1"), 1), entries);
        }
    }

    @Test
    void an_acknowledged_record_survives_every_power_cut() throws IOException {
        int cuts = 0;
        int unknown = 0;
        for (long seed = 0; seed < 60; seed++) {
            Program program = new Program(seed, folder.resolve("s" + seed), SyncPolicy.ALWAYS);
            for (int life = 0; life < 8; life++) {
                program.live();
            }
            cuts += program.torn;
            unknown += program.unknownSeen;
        }
        assertThat(cuts).isGreaterThan(20);
        assertThat(unknown).isGreaterThan(20);
    }

    @Test
    void without_syncing_a_power_cut_leaves_a_beginning_of_the_log() throws IOException {
        int cuts = 0;
        for (long seed = 0; seed < 60; seed++) {
            Program program = new Program(seed, folder.resolve("n" + seed), SyncPolicy.NEVER);
            for (int life = 0; life < 8; life++) {
                program.live();
            }
            cuts += program.torn;
        }
        assertThat(cuts).isGreaterThan(20);
    }

    private FileStore open(FileStoreOptions options) {
        return FileStore.open(disk, folder, options);
    }

    /** A random program of appends, failures and power cuts, beside a list of what was acknowledged. */
    private static final class Program {
        private final String name;
        private final Path folder;
        private final Random random;
        private final FileStoreOptions options;
        private final HostileDisk disk = new HostileDisk();
        private final List<LogRecord> acknowledged = new ArrayList<>();
        private final List<LogRecord> undecided = new ArrayList<>();
        private int torn;
        private int unknownSeen;

        Program(long seed, Path folder, SyncPolicy sync) {
            this.name = "seed " + seed;
            this.folder = folder;
            this.random = new Random(seed);
            this.options = FileStoreOptions.defaults().withSync(sync).withSegmentBytesMax(1_500);
        }

        /** One opening: checks what is there, appends until something fails or a while has passed, loses power. */
        void live() throws IOException {
            FileStore store = FileStore.open(disk, folder, options);
            LogStore log = store.log("p1");
            torn += store.recovery().size();
            check(Records.readAll(log, 1));
            if (random.nextInt(3) == 0) {
                disk.failForce(1 + random.nextInt(10));
            }
            if (random.nextInt(3) == 0) {
                disk.failWrite(1 + random.nextInt(10));
            }
            for (int i = random.nextInt(15); i > 0; i--) {
                append(log);
            }
            disk.failForce(0);
            disk.failWrite(0);
            write_half(log);
            disk.powerCut(random);
            store.close();
        }

        private void check(List<LogRecord> found) {
            if (options.sync() == SyncPolicy.NEVER) {
                assertThat(found.size()).as(name).isLessThanOrEqualTo(acknowledged.size() + undecided.size());
                acknowledged.addAll(undecided);
                acknowledged.subList(found.size(), acknowledged.size()).clear();
            } else if (found.size() > acknowledged.size()) {
                assertThat(found).as(name).hasSize(acknowledged.size() + 1);
                LogRecord more = found.get(found.size() - 1);
                assertThat(undecided).as(name).anyMatch(entry -> entry.nonce()[0] == more.nonce()[0]);
                acknowledged.add(more);
            }
            undecided.clear();
            Records.assertSame(found, acknowledged);
        }

        private void append(LogStore log) {
            LogRecord entry = next();
            try {
                assertThat(log.append(entry)).as(name).isEqualTo(AppendResult.APPENDED);
                acknowledged.add(entry);
            } catch (UnknownOutcomeException e) {
                unknownSeen++;
                undecided.add(entry);
            } catch (StoreException e) {
                assertThat(e).as(name).hasMessageMatching("(?s).*(not stored|takes no more records|cannot sync).*");
            }
        }

        /** Leaves a record that was written and not synced, as a process that is killed inside an append does. */
        private void write_half(LogStore log) {
            if (options.sync() == SyncPolicy.ALWAYS && undecided.isEmpty() && random.nextBoolean()) {
                disk.failForce(1);
                append(log);
            }
        }

        private LogRecord next() {
            long lsn = acknowledged.isEmpty()
                    ? 1
                    : acknowledged.get(acknowledged.size() - 1).lastLsn() + 1;
            return Records.of(lsn, 1 + random.nextInt(3), random.nextInt(300), random);
        }
    }
}
