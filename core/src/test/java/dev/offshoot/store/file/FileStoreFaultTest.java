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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStoreFaultTest {
    private static final FileStoreOptions SMALL = FileStoreOptions.defaults().withSegmentBytesMax(400);

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
    void a_trim_that_crashes_at_any_call_leaves_a_log_that_reads_well() throws IOException {
        Set<Long> firsts = new TreeSet<>();
        boolean ended = false;
        int undone = 0;
        for (int call = 1; !ended; call++) {
            for (int seed = 0; seed < 20; seed++) {
                Path place = folder.resolve(call + "-" + seed);
                HostileDisk own = new HostileDisk();
                List<LogRecord> entries = fill(own, place);
                FileStore store = FileStore.open(own, place, SMALL);
                LogStore log = store.log("p1");
                own.failFrom(call);
                ended = trims(log, entries.get(9).firstLsn());
                Records.assertSame(Records.readAll(log, log.firstLsn()), from(entries, log.firstLsn()));
                own.powerCut(new Random(seed));
                own.calm();
                closeDead(store);
                firsts.add(checkTrimmed(own, place, entries));
                undone += own.fired().getOrDefault(HostileDisk.Fault.DELETION_UNDONE, 0);
            }
        }
        assertThat(firsts).hasSize(2).contains(1L);
        assertThat(undone).isPositive();
    }

    @Test
    void a_trim_that_failed_at_any_call_goes_on_when_asked_again() throws IOException {
        boolean ended = false;
        int call = 1;
        for (; !ended; call++) {
            Path place = folder.resolve("f" + call);
            HostileDisk own = new HostileDisk();
            List<LogRecord> entries = fill(own, place);
            try (FileStore store = FileStore.open(own, place, SMALL)) {
                LogStore log = store.log("p1");
                own.failCall(call);
                ended = trims(log, entries.get(9).firstLsn());
                Records.assertSame(Records.readAll(log, log.firstLsn()), from(entries, log.firstLsn()));
                own.calm();
                assertThat(trims(log, entries.get(9).firstLsn())).isTrue();
                assertThat(log.firstLsn()).isGreaterThan(1);
                try (Stream<Path> files = Files.list(place.resolve("logs/p1"))) {
                    assertThat(files.count()).isEqualTo(log.segments().size() + 1);
                }
                assertThat(log.append(Records.of(13, 1, 10, random))).isEqualTo(AppendResult.APPENDED);
            }
        }
        assertThat(call).isGreaterThan(5);
    }

    @Test
    void a_log_whose_beginning_crashed_at_any_call_opens_and_is_begun_again() throws IOException {
        Set<Long> firsts = new TreeSet<>();
        int crashed = 0;
        boolean ended = false;
        for (int call = 1; !ended; call++) {
            ended = true;
            for (int seed = 0; seed < 60; seed++) {
                Path place = folder.resolve(call + "-" + seed);
                HostileDisk own = new HostileDisk();
                long before = begunBefore(own, place, seed);
                FileStore store = FileStore.open(own, place, SMALL);
                LogStore log = store.log("p1");
                own.failFrom(call);
                boolean begun = begins(log, 50);
                crashed += begun ? 0 : 1;
                ended &= begun;
                own.powerCut(new Random(seed));
                own.calm();
                closeDead(store);
                try (FileStore again = FileStore.open(own, place, SMALL)) {
                    long first = again.log("p1").firstLsn();
                    assertThat(first).isIn(begun ? List.of(50L) : List.of(1L, before, 50L));
                    firsts.add(first);
                }
                checkBegins(own, place, seed);
            }
        }
        assertThat(firsts).containsExactly(1L, 20L, 50L, 90L);
        assertThat(crashed).isGreaterThan(200);
    }

    /** A log as an earlier beginning left it, some with a segment whose first record was not stored. */
    private long begunBefore(HostileDisk own, Path place, int seed) {
        long before = new long[] {1, 20, 90}[seed % 3];
        try (FileStore store = FileStore.open(own, place, SMALL)) {
            LogStore log = store.log("p1");
            if (before > 1) {
                log.beginAt(before);
            }
            if (seed % 2 == 0) {
                own.failWrite(1);
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> log.append(Records.of(before, 1, 60, random)));
            }
        }
        return before;
    }

    private static boolean begins(LogStore log, long lsn) {
        try {
            log.beginAt(lsn);
            return true;
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("do the same again");
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> log.append(Records.of(log.firstLsn(), 1, 60, new Random(1))))
                    .withMessageContaining("open the store again");
            return false;
        }
    }

    /** Records go to where it was begun now, and stay there whatever an earlier beginning left. */
    private void checkBegins(HostileDisk own, Path place, int seed) throws IOException {
        List<LogRecord> entries = new ArrayList<>();
        FileStore dying = FileStore.open(own, place, SMALL);
        long lsn = new long[] {50, 30, 70, 95}[seed % 4];
        dying.log("p1").beginAt(lsn);
        for (int i = 0; i < 6; i++) {
            entries.add(Records.of(lsn + i, 1, 100, random));
            dying.log("p1").append(entries.get(i));
        }
        own.powerCut(new Random(seed));
        own.calm();
        closeDead(dying);
        try (FileStore store = FileStore.open(own, place, SMALL)) {
            LogStore log = store.log("p1");
            assertThat(log.firstLsn()).isEqualTo(entries.get(0).firstLsn());
            Records.assertSame(Records.readAll(log, log.firstLsn()), entries);
            assertThat(log.segments().size()).isGreaterThan(1);
        }
    }

    @Test
    void syncing_a_poisoned_log_fails() {
        try (FileStore store = open(FileStoreOptions.defaults().withSync(SyncPolicy.NEVER))) {
            LogStore log = store.log("p1");
            log.append(Records.of(1, 1, 100, random));
            disk.failForce(1);
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(log::sync)
                    .withMessageContaining("cannot sync");
            for (Runnable call : List.<Runnable>of(
                    log::sync, () -> log.trim(1, false), () -> log.append(Records.of(2, 1, 1, random)))) {
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(call::run)
                        .withMessageContaining("open the store again");
            }
            assertThat(Records.readAll(log, 1)).hasSize(1);
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

    /** Twelve records in small segments. */
    private List<LogRecord> fill(HostileDisk own, Path place) {
        List<LogRecord> entries = new ArrayList<>();
        try (FileStore store = FileStore.open(own, place, SMALL)) {
            for (int lsn = 1; lsn <= 12; lsn++) {
                entries.add(Records.of(lsn, 1, 60, random));
                store.log("p1").append(entries.get(lsn - 1));
            }
        }
        return entries;
    }

    private static List<LogRecord> from(List<LogRecord> entries, long lsn) {
        return entries.stream().filter(entry -> entry.firstLsn() >= lsn).toList();
    }

    /** Whether a trim came to its end. */
    private static boolean trims(LogStore log, long below) {
        try {
            var unused = log.trim(below, false);
            return true;
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("cannot trim");
            return false;
        }
    }

    private static long checkTrimmed(HostileDisk own, Path place, List<LogRecord> entries) {
        try (FileStore store = FileStore.open(own, place, SMALL)) {
            LogStore log = store.log("p1");
            Records.assertSame(Records.readAll(log, log.firstLsn()), from(entries, log.firstLsn()));
            assertThat(store.recovery()).isEmpty();
            return log.firstLsn();
        }
    }

    private static void closeDead(FileStore store) {
        try {
            store.close();
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("power");
        }
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
            disk.calm();
            closeDead(store);
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
                disk.failFrom(1 + random.nextInt(4));
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
