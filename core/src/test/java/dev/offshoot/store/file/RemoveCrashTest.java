package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.PageId;
import dev.offshoot.store.Records;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A removal that is cut short at each of its steps. */
final class RemoveCrashTest {
    private static final int CUTS = 8;

    @Test
    void what_is_left_after_a_crash_goes_with_the_next_removal_and_others_keep_everything(@TempDir Path folder)
            throws IOException {
        int crashes = 0;
        boolean completed = false;
        for (int step = 1; !completed; step++) {
            for (int cut = 0; cut < CUTS; cut++) {
                HostileDisk disk = new HostileDisk();
                Path place = folder.resolve("s" + step + "-" + cut);
                Random random = new Random(31L * step + cut);
                List<LogRecord> other = fill(disk, place, random);
                FileStore store = disk.store(place, options());
                disk.fail(step, cut % 2 == 0);
                try {
                    store.remove("p1", false);
                    completed = true;
                } catch (StoreException e) {
                    assertThat(e).hasMessageContaining("next cleanup");
                    crashes++;
                }
                disk.powerCut(random);
                disk.calm();
                closeQuietly(store);
                try (FileStore again = disk.store(place, options())) {
                    again.remove("p1", false);
                    assertThat(again.remove("p1", true)).isZero();
                    Records.assertSame(Records.readAll(again.log("p2"), 1), other);
                }
                for (String part : List.of("checkpoints", "pages", "logs")) {
                    assertThat(Files.exists(place.resolve(part).resolve("p1")))
                            .as(part)
                            .isFalse();
                }
            }
        }
        assertThat(crashes).isGreaterThan(50);
    }

    private static FileStoreOptions options() {
        return FileStoreOptions.defaults().withSegmentBytesMax(400).withRoomBytesMax(0);
    }

    private static List<LogRecord> fill(HostileDisk disk, Path place, Random random) {
        try (FileStore store = disk.store(place, options())) {
            long lsn = 1;
            for (int i = 0; i < 6; i++) {
                LogRecord entry = Records.of(lsn, 1, 200, random);
                assertThat(store.log("p1").append(entry)).isEqualTo(AppendResult.APPENDED);
                lsn = entry.lastLsn() + 1;
            }
            byte[] page = {1, 2, 3};
            store.pages("p1").put(PageId.ofContent(page), page);
            store.pages("p1").flush();
            store.checkpoints("p1").put(1, page);
            LogRecord other = Records.of(1, 1, 20, random);
            assertThat(store.log("p2").append(other)).isEqualTo(AppendResult.APPENDED);
            return List.of(other);
        }
    }

    private static void closeQuietly(FileStore store) {
        try {
            store.close();
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("cannot");
        }
    }
}
