package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileCheckpointsTest {
    private final Path folder;

    FileCheckpointsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Test
    void a_crash_at_any_change_of_the_disk_leaves_whole_manifests() throws IOException {
        int calls = new Life(0).live(0);
        for (int call = 1; call <= calls; call++) {
            Life life = new Life(call);
            life.live(call);
            life.check();
            assertThat(life.crashed).isTrue();
        }
        assertThat(calls).isGreaterThan(30);
    }

    private final class Life {
        private final HostileDisk disk = new HostileDisk();
        private final Path place;
        private final long seed;
        private final Map<Long, byte[]> put = new TreeMap<>();
        private final Set<Long> stored = new TreeSet<>();
        private final Set<Long> gone = new TreeSet<>();
        private boolean crashed;

        Life(long seed) {
            this.seed = seed;
            this.place = folder.resolve("life" + seed);
        }

        int live(int n) throws IOException {
            Files.createDirectories(place);
            FileCheckpoints checkpoints = new FileCheckpoints(disk, place, () -> false);
            if (n > 0) {
                disk.fail(n, false);
            }
            Random random = new Random(9);
            try {
                for (long lsn = 1; lsn <= 8; lsn++) {
                    byte[] manifest = new byte[50 + random.nextInt(100)];
                    random.nextBytes(manifest);
                    put.put(lsn, manifest);
                    checkpoints.put(lsn, manifest);
                    stored.add(lsn);
                    if (lsn > 3) {
                        stored.remove(lsn - 3);
                        checkpoints.delete(lsn - 3);
                        gone.add(lsn - 3);
                    }
                }
            } catch (StoreException e) {
                crashed = true;
            }
            int calls = disk.calls();
            disk.heal();
            return calls;
        }

        void check() throws IOException {
            disk.powerCut(new Random(seed));
            FileCheckpoints checkpoints = new FileCheckpoints(disk, place, () -> false);
            checkpoints.removeUnfinished();
            try (Stream<Path> files = Files.list(place)) {
                assertThat(files)
                        .as("seed %s", seed)
                        .allMatch(file -> file.toString().endsWith(".ckpt"));
            }
            List<Long> found = checkpoints.list();
            assertThat(new TreeSet<>(found).containsAll(stored))
                    .as("seed %s", seed)
                    .isTrue();
            assertThat(found).as("seed %s", seed).noneMatch(gone::contains);
            for (long lsn : found) {
                assertThat(checkpoints.get(lsn)).as("seed %s", seed).isEqualTo(put.get(lsn));
            }
        }
    }
}
