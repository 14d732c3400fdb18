package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.Records;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterruptTest {
    private final Path folder;

    InterruptTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void an_interrupted_thread_appends_reads_and_keeps_its_interrupt() throws Exception {
        Random random = new Random(5);
        List<LogRecord> entries = new ArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            while (!done.get()) {
                writer.interrupt();
            }
        });
        FileStoreOptions options = FileStoreOptions.defaults().withSegmentBytesMax(5_000);
        interrupter.start();
        try (FileStore store = FileStore.open(folder, options)) {
            LogStore log = store.log("p1");
            for (int lsn = 1; lsn <= 300; lsn++) {
                writer.interrupt();
                LogRecord entry = Records.of(lsn, 1, random.nextInt(1_000), random);
                assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
                entries.add(entry);
                assertThat(writer.isInterrupted()).isTrue();
            }
            Records.assertSame(Records.readAll(log, 1), entries);
        } finally {
            done.set(true);
            while (interrupter.isAlive()) {
                Thread.interrupted();
            }
            Thread.interrupted();
        }
        try (FileStore store = FileStore.open(folder, options)) {
            Records.assertSame(Records.readAll(store.log("p1"), 1), entries);
            assertThat(store.recovery()).isEmpty();
        }
    }
}
