package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CursorTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 64})
    void a_range_holds_what_its_bounds_say_in_both_directions_for_all_pairs_of_bounds(int fanOut) {
        for (int size : new int[] {0, 1, 2, 3, 9, 40, 300}) {
            if (size > 40 && fanOut < 64) {
                continue;
            }
            Twin twin = Twin.ofNumbers(fanOut, 0, size);
            for (Integer from : bounds(size)) {
                for (Integer to : bounds(size)) {
                    assertRange(twin, bound(from), bound(to), "fan-out " + fanOut + ", size " + size);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 64})
    void a_range_of_a_tree_grown_at_random_holds_what_a_sorted_map_holds(int fanOut) {
        for (long seed = 1; seed <= 15; seed++) {
            Random random = new Random(seed);
            Keyspace keyspace = Keyspace.of(seed);
            Editor<String> editor = Tree.<String>empty(fanOut).edit();
            NavigableMap<byte[], String> model = Twin.emptyModel();
            for (int i = 0; i < 20 * fanOut; i++) {
                byte[] key = keyspace.any(random, 30 * fanOut);
                if (random.nextInt(3) > 0) {
                    editor.put(key, "v" + i);
                    model.put(key, "v" + i);
                } else {
                    editor.remove(key);
                    model.remove(key);
                }
            }
            Twin twin = new Twin(editor.build(), model);
            for (int i = 0; i < 60; i++) {
                byte[] from = random.nextInt(6) == 0 ? null : keyspace.any(random, 30 * fanOut);
                byte[] to = random.nextInt(6) == 0 ? null : keyspace.any(random, 30 * fanOut);
                assertRange(twin, from, to, "fan-out " + fanOut + ", seed " + seed);
            }
        }
    }

    @Test
    void a_separator_whose_entry_is_gone_still_bounds_ranges_rightly() {
        Twin twin = Twin.ofNumbers(4, 0, 64);
        for (int i = 0; i < 64; i += 4) {
            byte[] leastOfLeaf = Keyspace.number(i);
            twin.model().remove(leastOfLeaf);
            twin = new Twin(twin.tree().remove(leastOfLeaf), twin.model());
        }
        twin.check("after removing the least key of each leaf");
        for (int from = 0; from <= 64; from++) {
            for (int to = 0; to <= 64; to++) {
                assertRange(twin, Keyspace.number(from), Keyspace.number(to), "from " + from + " to " + to);
            }
        }
    }

    @Test
    void a_cursor_hands_out_the_stored_arrays() {
        byte[] key = {1, 2};
        String value = "value";
        Cursor<String> cursor = Tree.<String>empty().put(key, value).ascending(null, null);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.key()).isSameAs(key);
        assertThat(cursor.value()).isSameAs(value);
    }

    /** Bounds absent, on keys, between them (odd numbers of the doubled scale) and outside. */
    private static List<@Nullable Integer> bounds(int size) {
        List<@Nullable Integer> bounds = new ArrayList<>();
        bounds.add(null);
        for (int i = -1; i <= 2 * size + 1; i += size > 40 ? 17 : 1) {
            bounds.add(i);
        }
        return bounds;
    }

    /** 2i is key i, 2i + 1 lies between key i and the next, -1 before all. */
    private static byte @Nullable [] bound(@Nullable Integer doubled) {
        if (doubled == null) {
            return null;
        }
        if (doubled < 0) {
            return new byte[0];
        }
        byte[] key = Keyspace.number(doubled / 2);
        return doubled % 2 == 0 ? key : Arrays.copyOf(key, key.length + 1);
    }

    private static void assertRange(Twin twin, byte @Nullable [] from, byte @Nullable [] to, String where) {
        NavigableMap<byte[], String> expected = twin.model();
        if (from != null && to != null && Arrays.compareUnsigned(from, to) >= 0) {
            expected = Twin.emptyModel();
        } else {
            expected = from == null ? expected : expected.tailMap(from, true);
            expected = to == null ? expected : expected.headMap(to, false);
        }
        String range = where + ": " + Arrays.toString(from) + " to " + Arrays.toString(to);
        assertThat(Twin.text(twin.tree().ascending(from, to))).as(range).isEqualTo(Twin.text(expected));
        assertThat(Twin.text(twin.tree().descending(from, to)))
                .as(range + " descending")
                .isEqualTo(Twin.text(expected.descendingMap()));
    }
}
