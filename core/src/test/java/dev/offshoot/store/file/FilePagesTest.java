package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import dev.offshoot.store.Pages;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.TestClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilePagesTest {
    private static final long HOUR = 3_600_000;
    private static final PackLimits SMALL = new PackLimits(2_000, 10, 1_000, 4);

    private final Path folder;
    private final Random random = new Random(20_261_121);
    private final TestClock clock = new TestClock();
    private final HostileDisk disk = new HostileDisk();

    FilePagesTest(@TempDir Path folder) {
        this.folder = folder.resolve("pages");
    }

    @Test
    void a_pack_that_was_not_finished_is_removed() throws IOException {
        Map<PageId, byte[]> flushed = Pages.random(10, 200, random);
        FilePages pages = open();
        Pages.putAll(pages, flushed);
        pages.flush();
        Pages.putAll(pages, Pages.random(5, 200, random));
        assertThat(names()).hasSize(2).anyMatch(name -> name.endsWith(".open"));
        FilePages reopened = open();
        assertThat(names()).hasSize(1).allMatch(name -> name.endsWith(".pack"));
        Pages.assertReadable(reopened, flushed);
        assertThat(reopened.amount().pages()).isEqualTo(10);
        assertThat(reopened.problems()).isEmpty();
    }

    @Test
    void closing_leaves_nothing_of_what_was_not_flushed() throws IOException {
        FilePages pages = open();
        Pages.putAll(pages, Pages.random(5, 200, random));
        pages.close();
        assertThat(names()).isEmpty();
    }

    @Test
    void a_full_pack_is_followed_by_another() throws IOException {
        FilePages pages = open(SMALL);
        Map<PageId, byte[]> some = Pages.random(100, 300, random);
        Pages.putAll(pages, some);
        pages.flush();
        assertThat(names().size()).isGreaterThan(5);
        pages.close();
        Pages.assertReadable(open(SMALL), some);
    }

    @Test
    void many_packs_are_read_through_few_open_files() {
        FilePages pages = open();
        Map<PageId, byte[]> some = Pages.random(100, 300, random);
        some.forEach((id, bytes) -> {
            pages.put(id, bytes);
            pages.flush();
        });
        for (int round = 0; round < 3; round++) {
            Pages.assertReadable(pages, some);
        }
        assertThat(disk.openToReadNow()).isBetween(1, 40);
        pages.close();
        assertThat(disk.openToReadNow()).isZero();
    }

    @Test
    void a_sweep_merges_small_packs() throws IOException {
        FilePages pages = open();
        Map<PageId, byte[]> some = Pages.random(40, 300, random);
        some.forEach((id, bytes) -> {
            pages.put(id, bytes);
            pages.flush();
        });
        assertThat(names()).hasSize(40);
        pages.sweep(id -> true, clock.millis(), true);
        assertThat(names()).hasSize(40);
        pages.sweep(id -> true, clock.millis(), false);
        assertThat(names()).hasSize(1);
        Pages.assertReadable(pages, some);
        pages.close();
        FilePages reopened = open();
        Pages.assertReadable(reopened, some);
        assertThat(reopened.amount().pages()).isEqualTo(40);
    }

    @Test
    void a_sweep_gives_the_room_of_pages_back() throws IOException {
        FilePages pages = open();
        Map<PageId, byte[]> kept = Pages.random(20, 2_000, random);
        Pages.putAll(pages, kept);
        Pages.putAll(pages, Pages.random(60, 2_000, random));
        pages.flush();
        long before = bytesOnDisk();
        pages.sweep(kept::containsKey, clock.advance(HOUR), false);
        assertThat(bytesOnDisk()).isLessThan(before / 2);
        Pages.assertReadable(pages, kept);
        pages.sweep(id -> false, clock.millis(), false);
        assertThat(names()).isEmpty();
    }

    @Test
    void a_page_written_anew_keeps_its_mark() {
        FilePages pages = open();
        Map<PageId, byte[]> kept = Pages.random(10, 200, random);
        Pages.putAll(pages, kept);
        Pages.putAll(pages, Pages.random(60, 200, random));
        pages.flush();
        long put = clock.millis();
        pages.sweep(kept::containsKey, clock.advance(HOUR), false);
        pages.close();
        FilePages reopened = open();
        assertThat(reopened.sweep(id -> false, put, true).pages()).isZero();
        assertThat(reopened.sweep(id -> false, put + 1, true).pages()).isEqualTo(10);
    }

    @Test
    void any_flipped_bit_and_any_cut_of_a_pack_is_found() throws IOException {
        FilePages pages = open();
        Map<PageId, byte[]> some = Pages.random(3, 12, random);
        Pages.putAll(pages, some);
        pages.flush();
        pages.close();
        Path file = folder.resolve(names().get(0));
        byte[] whole = Files.readAllBytes(file);
        int lost = 0;
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            lost += lostPages(some, "bit " + bit);
        }
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            lost += lostPages(some, "cut at " + length);
        }
        assertThat(lost).isGreaterThan(500);
    }

    @Test
    void a_pack_with_a_damaged_index_still_gives_its_whole_pages() throws IOException {
        FilePages pages = open();
        Map<PageId, byte[]> some = Pages.random(50, 3_000, random);
        Pages.putAll(pages, some);
        pages.flush();
        pages.close();
        Path file = folder.resolve(names().get(0));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 100] ^= 1;
        Files.write(file, bytes);
        FilePages damaged = open();
        assertThat(damaged.problems())
                .singleElement()
                .asString()
                .contains(file.toString(), "checksum", "50 whole pages");
        Pages.assertReadable(damaged, some);
        damaged.sweep(id -> true, clock.advance(HOUR), false);
        assertThat(names()).containsExactly(String.valueOf(file.getFileName()));
    }

    @Test
    void a_crash_at_any_change_of_the_disk_loses_no_flushed_page() throws IOException {
        int calls = new Life(0).live(0, false);
        int crashes = 0;
        for (int call = 1; call <= calls; call++) {
            Life life = new Life(call);
            life.live(call, false);
            life.check();
            crashes += life.crashed ? 1 : 0;
        }
        assertThat(calls).isGreaterThan(90);
        assertThat(crashes).isEqualTo(calls);
    }

    @Test
    void one_failed_change_of_the_disk_loses_no_flushed_page() throws IOException {
        int calls = new Life(0).live(0, true);
        int refused = 0;
        for (int call = 1; call <= calls; call++) {
            Life life = new Life(1_000_000 + call);
            life.live(call, true);
            life.check();
            refused += life.refused;
        }
        assertThat(refused).isGreaterThan(calls / 2);
    }

    /** Puts, flushes and sweeps on a disk that fails somewhere, and knows which pages have to be there afterwards. */
    private final class Life {
        private final HostileDisk bad = new HostileDisk();
        private final Path place;
        private final long seed;
        private final Map<PageId, byte[]> durable = new LinkedHashMap<>();
        private boolean crashed;
        private int refused;

        Life(long seed) {
            this.place = folder.resolve("life" + seed);
            this.seed = seed;
        }

        /** Fails at the n-th change, 0 for never, and at all that follow unless it goes on; answers how many there were. */
        int live(int n, boolean goesOn) throws IOException {
            Files.createDirectories(place);
            FilePages pages = FilePages.open(bad, place, clock, SMALL, new OpenFiles(1));
            if (n > 0) {
                bad.fail(n, goesOn);
            }
            Random chance = new Random(5);
            for (int round = 0; round < 9 && !crashed; round++) {
                step(pages, chance, round, goesOn);
            }
            int calls = bad.calls();
            bad.heal();
            if (!crashed) {
                Pages.assertReadable(pages, durable);
                pages.close();
            }
            return calls;
        }

        private void step(FilePages pages, Random chance, int round, boolean goesOn) {
            Map<PageId, byte[]> some = Pages.random(1 + chance.nextInt(12), 300, chance);
            boolean put = goes(goesOn, () -> Pages.putAll(pages, some));
            if (goes(goesOn, pages::flush) && put) {
                durable.putAll(some);
            }
            if (round % 3 == 2 && !crashed) {
                clock.advance(HOUR);
                durable.keySet().removeIf(id -> (id.first() & 3) < 3 && id.first() % 5 != round % 5);
                goes(goesOn, () -> pages.sweep(durable::containsKey, clock.millis(), false));
            }
        }

        private boolean goes(boolean goesOn, Runnable action) {
            if (crashed) {
                return false;
            }
            try {
                action.run();
                return true;
            } catch (StoreException e) {
                refused++;
                crashed = !goesOn;
                return false;
            }
        }

        void check() throws IOException {
            bad.powerCut(new Random(seed));
            FilePages pages = FilePages.open(bad, place, clock, SMALL, new OpenFiles(1));
            assertThat(pages.problems()).as("seed %s", seed).isEmpty();
            Pages.assertReadable(pages, durable);
            Map<PageId, byte[]> more = Pages.random(5, 300, random);
            Pages.putAll(pages, more);
            pages.flush();
            pages.sweep(durable::containsKey, clock.millis(), false);
            pages.close();
            bad.powerCut(new Random(seed));
            FilePages again = FilePages.open(bad, place, clock, SMALL, new OpenFiles(1));
            Pages.assertReadable(again, durable);
            Pages.assertReadable(again, more);
            again.close();
        }
    }

    /** Opens a damaged folder: each page is there as it was, or said to be missing; damage is found somehow. */
    private int lostPages(Map<PageId, byte[]> expected, String damage) {
        FilePages pages = FilePages.open(new LocalDisk(), folder, clock, PackLimits.DEFAULTS, new OpenFiles(1));
        int lost = 0;
        for (Map.Entry<PageId, byte[]> page : expected.entrySet()) {
            try {
                assertThat(pages.get(page.getKey())).as(damage).isEqualTo(page.getValue());
            } catch (CorruptionException e) {
                assertThat(e).as(damage).hasMessageContaining(page.getKey().toString());
                lost++;
            }
        }
        assertThat(lost > 0 || !pages.problems().isEmpty()).as(damage).isTrue();
        pages.close();
        return lost;
    }

    @Test
    void a_failed_flush_gives_up_its_pages_and_the_next_one_works() {
        FilePages pages = open();
        Map<PageId, byte[]> before = Pages.random(10, 200, random);
        Pages.putAll(pages, before);
        pages.flush();
        Map<PageId, byte[]> some = Pages.random(10, 200, random);
        Pages.putAll(pages, some);
        disk.failForce(1);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(pages::flush)
                .withMessageContaining("Input/output error");
        assertThat(pages.amount().pages()).isEqualTo(10);
        assertThat(Pages.putAll(pages, some)).isEqualTo(10);
        pages.flush();
        pages.close();
        FilePages reopened = open();
        Pages.assertReadable(reopened, before);
        Pages.assertReadable(reopened, some);
    }

    @Test
    void a_flush_tells_of_a_full_pack_that_could_not_be_finished() {
        FilePages pages = open(SMALL);
        disk.failForce(1);
        Map<PageId, byte[]> some = Pages.random(100, 300, random);
        assertThatExceptionOfType(StoreException.class).isThrownBy(() -> Pages.putAll(pages, some));
        assertThatExceptionOfType(StoreException.class).isThrownBy(pages::flush);
        Pages.putAll(pages, some);
        pages.flush();
        pages.close();
        Pages.assertReadable(open(SMALL), some);
    }

    private FilePages open() {
        return open(PackLimits.DEFAULTS);
    }

    private FilePages open(PackLimits limits) {
        return FilePages.open(disk, folder, clock, limits, new OpenFiles(1));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    private long bytesOnDisk() throws IOException {
        long bytes = 0;
        for (String name : names()) {
            bytes += Files.size(folder.resolve(name));
        }
        return bytes;
    }
}
