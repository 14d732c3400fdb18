package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.PageId;
import dev.offshoot.store.Records;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many logs and pages with few files open: each goes on where it was. */
@Timeout(60)
final class OpenFilesTest {
    private static final int LOGS = 40;
    private static final int OPEN_MAX = 4;
    private static final int THREADS = 4;

    private final Path folder;
    private final CountingDisk disk = new CountingDisk();

    OpenFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @ParameterizedTest
    @EnumSource(SyncPolicy.class)
    void few_files_are_open_and_every_log_is_whole(SyncPolicy sync) throws Exception {
        FileStoreOptions options = FileStoreOptions.defaults()
                .withSync(sync)
                .withSegmentBytesMax(3_000)
                .withOpenFilesMax(OPEN_MAX);
        Map<String, List<LogRecord>> written = new TreeMap<>();
        try (FileStore store = FileStore.open(disk, folder, options)) {
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            try {
                List<Future<Map<String, List<LogRecord>>>> running = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    int own = thread;
                    running.add(threads.submit(() -> append(store, own)));
                }
                for (Future<Map<String, List<LogRecord>>> thread : running) {
                    written.putAll(thread.get(50, TimeUnit.SECONDS));
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(disk.most.get()).as("of %s logs", LOGS).isLessThan(LOGS / 2); // some are about to be closed
            written.forEach((id, records) -> Records.assertSame(Records.readAll(store.log(id), 1), records));
        }
        assertThat(disk.open.get()).isZero();
        try (FileStore store = FileStore.open(disk, folder, options)) {
            written.forEach((id, records) -> Records.assertSame(Records.readAll(store.log(id), 1), records));
            assertThat(store.recovery()).isEmpty();
        }
    }

    /** What one thread appends to logs of its own, in turn and at random. */
    private static Map<String, List<LogRecord>> append(FileStore store, int thread) {
        Random random = new Random(thread);
        Map<String, List<LogRecord>> written = new TreeMap<>();
        for (int i = 0; i < 1_000; i++) {
            String id = "t" + thread + "l" + (i < 200 ? i % LOGS : random.nextInt(LOGS)) / THREADS;
            LogStore log = store.log(id);
            List<LogRecord> records = written.computeIfAbsent(id, missing -> new ArrayList<>());
            LogRecord record = Records.of(records.size() + 1, 1, random.nextInt(200), random);
            assertThat(log.append(record)).isEqualTo(AppendResult.APPENDED);
            records.add(record);
        }
        return written;
    }

    @Test
    void a_log_that_rests_answers_and_trims() {
        FileStoreOptions options =
                FileStoreOptions.defaults().withSegmentBytesMax(300).withOpenFilesMax(1);
        Random random = new Random(1);
        try (FileStore store = FileStore.open(disk, folder, options)) {
            LogStore first = store.log("a");
            List<LogRecord> records = new ArrayList<>();
            for (int lsn = 1; lsn <= 9; lsn++) {
                records.add(Records.of(lsn, 1, 100, random));
                first.append(records.get(lsn - 1));
            }
            store.log("b").append(Records.of(1, 1, 10, random));
            assertThat(disk.open.get()).isEqualTo(1);
            first.sync();
            assertThat(first.append(records.get(8))).isEqualTo(AppendResult.APPENDED);
            assertThat(first.append(Records.of(9, 1, 10, random))).isEqualTo(AppendResult.TAKEN);
            assertThat(first.trim(5, false)).isPositive();
            Records.assertSame(
                    Records.readAll(first, first.firstLsn()), records.subList((int) first.firstLsn() - 1, 9));
            records.add(Records.of(10, 1, 10, random));
            assertThat(first.append(records.get(9))).isEqualTo(AppendResult.APPENDED);
            Records.assertSame(Records.readAll(first, 9), records.subList(8, 10));
        }
        assertThat(disk.open.get()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, OPEN_MAX})
    void few_packs_are_open_and_every_page_is_read(int max) throws Exception {
        FileStoreOptions options = FileStoreOptions.defaults().withOpenFilesMax(max);
        Map<String, byte[]> pages = new TreeMap<>();
        try (FileStore store = FileStore.open(disk, folder, options)) {
            for (int i = 0; i < LOGS; i++) {
                byte[] page = ("page of project " + i).getBytes(StandardCharsets.UTF_8);
                store.pages("p" + i).put(PageId.ofContent(page), page);
                store.pages("p" + i).flush();
                pages.put("p" + i, page);
            }
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            try {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < THREADS; thread++) {
                    Random random = new Random(thread);
                    running.add(threads.submit(() -> read(store, pages, random)));
                }
                for (Future<?> thread : running) {
                    thread.get(50, TimeUnit.SECONDS);
                }
            } finally {
                threads.shutdownNow();
            }
            assertThat(disk.mostRead.get()).as("of %s packs", LOGS).isLessThan(LOGS / 2);
            assertThat(disk.openToRead.get()).isBetween(1, max + THREADS);
        }
        assertThat(disk.openToRead.get()).isZero();
    }

    private static void read(FileStore store, Map<String, byte[]> pages, Random random) {
        for (int i = 0; i < 500; i++) {
            String id = "p" + random.nextInt(LOGS);
            byte[] page = Objects.requireNonNull(pages.get(id));
            assertThat(store.pages(id).get(PageId.ofContent(page))).isEqualTo(page);
        }
    }

    /** Counts the files of logs that are open to be written, and all that are open to be read. */
    private static final class CountingDisk implements Disk {
        private final Disk disk = new LocalDisk();
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger openToRead = new AtomicInteger();
        private final AtomicInteger mostRead = new AtomicInteger();

        @Override
        public DiskFile open(Path file) throws IOException {
            DiskFile opened = disk.open(file);
            if (!file.toString().endsWith(".wal")) {
                return opened;
            }
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            return new Counted(opened, open);
        }

        @Override
        public DiskFile openToRead(Path file) throws IOException {
            DiskFile opened = disk.openToRead(file);
            mostRead.accumulateAndGet(openToRead.incrementAndGet(), Math::max);
            return new Counted(opened, openToRead);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(Path file) throws IOException {
            disk.delete(file);
        }

        @Override
        public void forceFolder(Path place) throws IOException {
            disk.forceFolder(place);
        }
    }

    private record Counted(DiskFile file, AtomicInteger open) implements DiskFile {
        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
            file.write(position, bytes, offset, length);
        }

        @Override
        public int read(long position, byte[] bytes, int offset, int length) throws IOException {
            return file.read(position, bytes, offset, length);
        }

        @Override
        public void force() throws IOException {
            file.force();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void close() throws IOException {
            open.decrementAndGet();
            file.close();
        }
    }
}
