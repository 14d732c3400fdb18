package dev.offshoot.store.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.PageId;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PageTableTest {
    private static final int PACKS = 5;

    @Test
    void it_is_a_map() {
        for (long seed = 0; seed < 20; seed++) {
            run(new Random(seed), "seed " + seed);
        }
    }

    private static void run(Random random, String seed) {
        PageTable table = new PageTable();
        Map<PageId, PageLocation> model = new HashMap<>();
        int removed = 0;
        for (int step = 0; step < 5_000; step++) {
            PageId id = id(random);
            int kind = random.nextInt(1_000);
            if (kind < 600) {
                PageLocation at = new PageLocation(1 + random.nextInt(PACKS), step, random.nextInt(100));
                int slot = table.findOrAdd(id.first(), id.second());
                table.set(slot, at.pack(), at.offset(), at.length());
                table.mark(slot, at.offset());
                model.put(id, at);
            } else if (kind < 999) {
                int slot = table.find(id);
                assertThat(slot >= 0).as(seed).isEqualTo(model.remove(id) != null);
                if (slot >= 0) {
                    table.remove(slot);
                    removed++;
                }
            } else {
                int pack = 1 + random.nextInt(PACKS);
                table.removePack(pack);
                model.values().removeIf(at -> at.pack() == pack);
            }
            assertThat(table.size()).as(seed).isEqualTo(model.size());
        }
        assertThat(removed).isPositive();
        model.forEach((key, at) -> {
            int slot = table.find(key);
            assertThat(table.location(slot)).as(seed).isEqualTo(at);
            assertThat(table.mark(slot)).as(seed).isEqualTo(at.offset());
        });
    }

    /** Few different ids, many of which want the same slot. */
    private static PageId id(Random random) {
        return new PageId(random.nextInt(40) * 7L, random.nextInt(20), 0, 0);
    }
}
