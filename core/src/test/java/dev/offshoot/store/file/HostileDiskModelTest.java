package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.Records;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import dev.offshoot.store.file.HostileDisk.Fault;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A log on a disk that does all that disks do, beside a list of what was acknowledged. Each seed is another course of events: a few
 * lives of the process, each of which may end in a power cut, and a last one without faults.
 */
final class HostileDiskModelTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 300);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final int LIVES = 6;
    private static final int STEPS = 20;

    /** Logs rename no files; what they do when they are read is tested elsewhere. */
    private static final EnumSet<Fault> OF_OTHERS =
            EnumSet.of(Fault.RENAME_FAILED, Fault.RENAMING_UNDONE, Fault.READ_FAILED, Fault.ROTTEN);

    private final Path folder;
    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
    private final Map<Seen, Integer> seen = new EnumMap<>(Seen.class);

    /** What has to have happened for this test to mean something. */
    private enum Seen {
        APPENDED,
        NOT_STORED,
        UNKNOWN,
        UNKNOWN_WAS_STORED,
        UNKNOWN_WAS_NOT_STORED,
        TORN_TAIL,
        UNSYNCED_END_LOST,
        SYNCED,
        TRIMMED,
        TRIM_FAILED,
        BEGUN,
        BEGIN_FAILED,
        READ_WHILE_POISONED
    }

    HostileDiskModelTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void what_was_acknowledged_is_there_once_and_unharmed_after_all_that_a_disk_does() throws IOException {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            try {
                new Program(seed).run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed + " (-Doffshoot.test.seed=" + seed + ")", e);
            }
        }
        if (SEEDS >= 100) {
            assertThat(fired.keySet()).isEqualTo(EnumSet.complementOf(OF_OTHERS));
            assertThat(seen).containsOnlyKeys(Seen.values());
        }
        assertThat(seen.get(Seen.APPENDED)).isGreaterThan(10 * SEEDS);
    }

    private void see(Seen what) {
        seen.merge(what, 1, Integer::sum);
    }

    /** The course of one seed. All seeds share a folder, each has a log of its own. */
    private final class Program {
        private final Random random;
        private final FileStoreOptions options;
        private final String id;
        private final HostileDisk disk = new HostileDisk();
        /** Where a log without records may begin. */
        private final Set<Long> begins = new HashSet<>(Set.of(1L));
        /** All that was acknowledged, from where the log began, trimmed or not. */
        private final List<LogRecord> records = new ArrayList<>();
        /** How many of them a power cut has to leave. */
        private int durable;
        /** The record whose append ended unknown, at the end of the log. */
        private final List<LogRecord> undecided = new ArrayList<>();
        /** Below which LSN it was asked to be trimmed, and from which on it is known to be. */
        private long askedBelow = 1;

        private long firstLsn = 1;
        private @Nullable LogStore open;

        Program(long seed) {
            this.random = new Random(seed);
            this.id = "s" + seed;
            FileStoreOptions chosen = FileStoreOptions.defaults()
                    .withSegmentBytesMax(300 + random.nextInt(2_000))
                    .withOpenFilesMax(1 + random.nextInt(3));
            this.options = switch (random.nextInt(4)) {
                case 0 -> chosen.withSync(SyncPolicy.NEVER);
                case 1 -> chosen.withSyncEvery(1_000_000); // never within this test: it syncs itself
                case 2 -> chosen.withRoomBytesMax(random.nextInt(100));
                default -> chosen;
            };
        }

        void run() throws IOException {
            for (int life = 0; life < LIVES; life++) {
                live();
            }
            disk.calm();
            lastLife();
            disk.fired().forEach((fault, times) -> fired.merge(fault, times, Integer::sum));
        }

        private void live() throws IOException {
            FileStore store = FileStore.open(disk, folder, options);
            chooseFaults();
            LogStore log = opened(store);
            open = log;
            if (log != null) {
                check(log);
                while (records.isEmpty() && random.nextBoolean()) {
                    begin(log);
                }
                for (int step = random.nextInt(STEPS); step > 0; step--) {
                    step(log);
                }
                checkReads(log);
            }
            open = null;
            end(store);
        }

        /** The next process finds a disk without faults: all is there, and it goes on. */
        private void lastLife() {
            try (FileStore store = FileStore.open(disk, folder, options)) {
                LogStore log = store.log(id);
                check(log);
                append(log, next());
            }
            try (FileStore store = FileStore.open(disk, folder, options)) {
                check(store.log(id));
                assertThat(store.recovery()).isEmpty();
            }
        }

        private void chooseFaults() {
            disk.calm();
            switch (random.nextInt(9)) {
                case 0 -> disk.failWrite(1 + random.nextInt(15));
                case 1 -> disk.failForce(1 + random.nextInt(15));
                case 2 -> {
                    disk.failWrite(1 + random.nextInt(15));
                    disk.failTruncate(1 + random.nextInt(2));
                }
                case 3, 4 -> disk.failCall(1 + random.nextInt(40));
                case 5 -> disk.failFrom(1 + random.nextInt(40));
                case 6 -> disk.fillUp(random.nextInt(2_000));
                case 7 -> disk.slowForce(1 + random.nextInt(8), this::readMeanwhile);
                default -> disk.calm();
            }
        }

        private @Nullable LogStore opened(FileStore store) {
            try {
                LogStore log = store.log(id);
                if (!store.recovery().isEmpty()) {
                    see(Seen.TORN_TAIL);
                }
                return log;
            } catch (StoreException e) {
                disk.failCall(0);
                assertThat(e).hasMessageContaining(folder.toString());
                return null;
            }
        }

        private void step(LogStore log) {
            switch (random.nextInt(12)) {
                case 0 -> sync(log);
                case 1 -> trim(log);
                case 2 -> {
                    if (!undecided.isEmpty()) {
                        append(log, undecided.get(0));
                    }
                }
                case 3 -> checkReads(log);
                case 4 -> disk.makeRoom();
                default -> append(log, next());
            }
        }

        private void append(LogStore log, LogRecord entry) {
            try {
                assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
                records.add(entry);
                durable = options.sync() == SyncPolicy.ALWAYS ? records.size() : durable;
                see(Seen.APPENDED);
            } catch (UnknownOutcomeException e) {
                undecided.clear();
                undecided.add(entry);
                see(Seen.UNKNOWN);
            } catch (StoreException e) {
                assertThat(e).hasMessageMatching("(?s).*(not stored|takes no more records|cannot sync).*");
                see(Seen.NOT_STORED);
            }
        }

        private void sync(LogStore log) {
            try {
                log.sync();
                durable = records.size();
                see(Seen.SYNCED);
            } catch (StoreException e) {
                assertThat(e).hasMessageMatching("(?s).*(takes no more records|cannot sync).*");
            }
        }

        private void begin(LogStore log) {
            long lsn = 2L + random.nextInt(40);
            begins.add(lsn);
            try {
                log.beginAt(lsn);
                begins.retainAll(Set.of(lsn));
                see(Seen.BEGUN);
            } catch (StoreException e) {
                begins.add(1L);
                assertThat(e).hasMessageMatching("(?s).*(takes no more records|cannot begin).*");
                see(Seen.BEGIN_FAILED);
            }
            checkFirst(log);
        }

        private void trim(LogStore log) {
            long below = 1L + random.nextInt((int) next().firstLsn());
            askedBelow = Math.max(askedBelow, below);
            try {
                long foreseen = log.trim(below, true);
                assertThat(log.trim(below, false)).isEqualTo(foreseen);
                durable = records.size();
                see(foreseen > 0 ? Seen.TRIMMED : Seen.APPENDED);
            } catch (StoreException e) {
                assertThat(e).hasMessageMatching("(?s).*(takes no more records|cannot trim|cannot sync).*");
                see(Seen.TRIM_FAILED);
            }
            checkFirst(log);
        }

        private void end(FileStore store) throws IOException {
            if (random.nextInt(3) == 0) {
                closeQuietly(store);
                powerCut();
            } else {
                powerCut();
                closeQuietly(store);
            }
        }

        private void powerCut() throws IOException {
            disk.calm();
            disk.powerCut(random);
        }

        private void closeQuietly(FileStore store) {
            try {
                store.close();
                if (undecided.isEmpty()) {
                    see(Seen.SYNCED);
                }
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining(folder.toString());
            }
        }

        /** After opening: at least what was durable, at most what was asked for, in order, nothing else. */
        private void check(LogStore log) {
            checkFirst(log);
            List<LogRecord> possible = new ArrayList<>(records);
            possible.addAll(undecided);
            List<LogRecord> found = Records.readAll(log, firstLsn);
            int before = countBefore(possible, firstLsn);
            int end = before + found.size();
            assertThat(end).isBetween(durable, possible.size());
            Records.assertSame(found, possible.subList(before, end));
            if (!undecided.isEmpty()) {
                see(end == possible.size() ? Seen.UNKNOWN_WAS_STORED : Seen.UNKNOWN_WAS_NOT_STORED);
            }
            if (end < records.size()) {
                see(Seen.UNSYNCED_END_LOST);
            }
            records.clear();
            records.addAll(possible.subList(0, end));
            durable = end;
            undecided.clear();
        }

        /** While open: what is acknowledged is seen, and nothing else. */
        private void checkReads(LogStore log) {
            Records.assertSame(
                    Records.readAll(log, firstLsn), records.subList(countBefore(records, firstLsn), records.size()));
            if (!undecided.isEmpty()) {
                see(Seen.READ_WHILE_POISONED);
            }
        }

        /** A reader beside a sync that takes its time. */
        private void readMeanwhile() {
            if (open != null) {
                checkReads(open);
            }
        }

        private void checkFirst(LogStore log) {
            if (records.isEmpty()) {
                firstLsn = log.firstLsn();
                askedBelow = firstLsn;
                assertThat(begins).contains(firstLsn);
            }
            assertThat(log.firstLsn()).isBetween(firstLsn, askedBelow);
            firstLsn = log.firstLsn();
            if (firstLsn > 1) {
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(() -> log.read(firstLsn - 1))
                        .withMessageContaining("begins at LSN " + firstLsn);
            }
        }

        private int countBefore(List<LogRecord> all, long lsn) {
            return (int) all.stream().filter(entry -> entry.firstLsn() < lsn).count();
        }

        private LogRecord next() {
            long lsn = records.isEmpty()
                    ? firstLsn
                    : records.get(records.size() - 1).lastLsn() + 1;
            return Records.of(lsn, 1 + random.nextInt(3), random.nextInt(300), random);
        }
    }
}
