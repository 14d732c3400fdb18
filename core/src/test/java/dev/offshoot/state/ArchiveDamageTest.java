package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.Restored;
import dev.offshoot.archive.file.BundleBlobs;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.SimulatedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of which something is damaged, missing or cut off. */
final class ArchiveDamageTest extends ArchiveScene {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_damaged_object_is_named_and_the_log_stands_in_for_a_checkpoint() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 60);
        project.checkpoints().checkpoint();
        ship(project.content(), blobs);
        List<String> stoodIn = eachDamaged(name -> {
            if (name.contains("/log/") || name.endsWith("/index")) {
                requireNamed(name);
                return false;
            }
            Projects projects = projects(SimulatedStore.calm());
            Restored restored = restore(blobs, "shop", null, projects, "shop");
            assertThat(restored.damaged()).singleElement(STRING).contains(name);
            assertThat(restored.checkpoints()).isZero();
            check(log(from, project), open(projects, "shop"));
            return true;
        });
        assertThat(stoodIn).hasSizeGreaterThan(20);
    }

    @Test
    void an_older_checkpoint_stands_in_for_a_damaged_one_but_nothing_for_that_which_the_log_begins_with() {
        CleanedUp original = cleanedUp(SimulatedStore.calm());
        ship(original.project().content(), blobs);
        List<Long> checkpoints = original.project().checkpoints().list();
        String oldest = String.format("%020d", checkpoints.get(0));
        String newest = String.format("%020d", checkpoints.get(checkpoints.size() - 1));
        List<String> stoodIn = eachDamaged(name -> {
            boolean isCheckpoint = name.contains("/checkpoints/");
            if (name.contains("/log/") || name.endsWith("/index") || (isCheckpoint && name.contains(oldest))) {
                requireNamed(name);
                return false;
            }
            Projects projects = projects(SimulatedStore.calm());
            try {
                Restored restored = restore(blobs, "shop", null, projects, "shop");
                assertThat(restored.damaged()).singleElement(STRING).contains(name);
                assertThat(restored.checkpoints()).isEqualTo(1);
            } catch (CorruptionException e) {
                assertThat(e).hasMessageContaining(name);
                assertThat(isCheckpoint).isFalse();
                return false; // a pack that the oldest needs
            }
            assertThat(requireKept(original, open(projects, "shop"))).isGreaterThan(100);
            return true;
        });
        assertThat(stoodIn)
                .as("damages of the newest checkpoint")
                .filteredOn(name -> name.contains(newest))
                .hasSize(7);
        assertThat(stoodIn).as("damages of packs that only it needs").anyMatch(name -> name.contains("/pages/"));
    }

    /** Damages each object that a restore reads, in seven ways; answers the names of those that it did well without. */
    private List<String> eachDamaged(Predicate<String> restore) {
        List<String> without = new ArrayList<>();
        for (String name : List.copyOf(blobs.objects().keySet())) {
            if (name.endsWith(".table")) {
                continue; // read by shipping only
            }
            byte[] whole = Objects.requireNonNull(blobs.objects().get(name));
            List<byte[]> damages = new ArrayList<>();
            for (int at : new int[] {0, 5, 17, whole.length / 2, whole.length - 1}) {
                byte[] damaged = whole.clone();
                damaged[at] ^= 1;
                damages.add(damaged);
            }
            damages.add(Arrays.copyOf(whole, whole.length - 1));
            damages.add(new byte[0]);
            for (byte[] damaged : damages) {
                blobs.objects().put(name, damaged);
                if (restore.test(name)) {
                    without.add(name);
                }
            }
            blobs.objects().put(name, whole);
        }
        return without;
    }

    private void requireNamed(String name) {
        Projects projects = projects(SimulatedStore.calm());
        assertThatThrownBy(() -> restore(blobs, "shop", null, projects, "shop"))
                .as(name)
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining(name);
        assertThat(projects.find("shop")).isNull();
    }

    @Test
    void a_missing_object_with_records_is_noticed() {
        ship(filled(projects(SimulatedStore.calm()), 300).content(), blobs);
        List<String> log = blobs.objects().keySet().stream()
                .filter(name -> name.contains("/log/"))
                .toList();
        assertThat(log).hasSizeGreaterThan(3);
        for (String name : log) {
            byte[] whole = Objects.requireNonNull(blobs.objects().remove(name));
            assertThatThrownBy(() -> restore(blobs, "shop", null, projects(SimulatedStore.calm()), "shop"))
                    .as(name)
                    .isInstanceOfAny(CorruptionException.class, StoreException.class);
            blobs.objects().put(name, whole);
        }
    }

    @Test
    void a_bundle_cut_at_any_byte_is_gone_on_with() throws Exception {
        Project project = filled(projects(SimulatedStore.calm()), 20);
        project.checkpoints().checkpoint();
        Path bundle = folder.resolve("whole.bundle");
        try (BlobStore out = BundleBlobs.openOrCreate(bundle)) {
            ship(project.content(), out);
        }
        byte[] whole = Files.readAllBytes(bundle);
        int incomplete = 0;
        for (int length = 0; length < whole.length; length += 97) {
            Path cut = Files.write(folder.resolve("cut.bundle"), Arrays.copyOf(whole, length));
            if (length >= 16) {
                try (BlobStore in = BundleBlobs.open(cut)) {
                    Restore unused = Restore.of(in, "shop", null);
                } catch (StoreException | CorruptionException e) {
                    incomplete++;
                }
            }
            try (BlobStore out = BundleBlobs.openOrCreate(cut)) {
                ship(project.content(), out);
            }
            try (BlobStore in = BundleBlobs.open(cut)) {
                assertThat(in.list("")).hasSizeGreaterThan(4);
                restore(in, "shop", null, projects(SimulatedStore.calm()), "shop");
            }
        }
        assertThat(incomplete).isGreaterThan(10);
    }
}
