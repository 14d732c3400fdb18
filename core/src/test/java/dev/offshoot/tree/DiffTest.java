package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiffTest {
    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 16, 64})
    void a_diff_of_two_versions_reports_what_their_models_differ_in(int fanOut) {
        for (long seed = 1; seed <= 20; seed++) {
            String name = "fan-out " + fanOut + ", seed " + seed;
            Random random = new Random(seed);
            List<Twin> versions = new ArrayList<>(List.of(Twin.empty(fanOut)));
            int reported = 0;
            for (int i = 0; i < 12; i++) {
                Twin base = versions.get(random.nextInt(versions.size()));
                versions.add(change(base, random, Keyspace.of(seed)));
                Twin one = versions.get(random.nextInt(versions.size()));
                Twin other = versions.get(random.nextInt(versions.size()));
                reported += assertDiff(one, other, name + ", version " + i);
                assertDiff(other, one, name + ", backwards, version " + i);
            }
            assertThat(reported).as(name).isPositive();
        }
    }

    @Test
    void a_diff_of_trees_that_share_nothing_compares_them_whole() {
        Twin loaded = Twin.ofNumbers(4, 0, 500);
        Twin grown = Twin.empty(4);
        for (int i = 700; i >= 3; i -= 2) {
            grown = put(grown, i, "v" + i);
        }
        assertThat(assertDiff(loaded, grown, "loaded and grown")).isPositive();
        assertDiff(grown, loaded, "grown and loaded");
        assertThat(assertDiff(loaded, Twin.ofNumbers(4, 0, 500), "equal content"))
                .isZero();
    }

    @Test
    void values_that_are_arrays_are_compared_by_content() {
        Tree<byte[]> one =
                Tree.<byte[]>empty().put(new byte[] {1}, new byte[] {7}).put(new byte[] {2}, new byte[] {8});
        Tree<byte[]> other =
                Tree.<byte[]>empty().put(new byte[] {1}, new byte[] {7}).put(new byte[] {2}, new byte[] {9});
        DiffCursor<byte[]> cursor = Tree.diff(one, other);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.key()).containsExactly(2);
        assertThat(cursor.before()).containsExactly(8);
        assertThat(cursor.after()).containsExactly(9);
        assertThat(cursor.next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 8, 64})
    void the_pages_a_diff_loads_depend_on_the_differences_and_not_on_the_trees(int fanOut) {
        for (int differences : new int[] {1, 3, 10}) {
            for (long seed = 1; seed <= 30; seed++) {
                Random random = new Random(seed);
                Pages pages = new Pages();
                Twin base = shaken(Twin.ofNumbers(fanOut, 0, 300 * fanOut), random, fanOut);
                Tree<String> before = pages.store(base.tree());
                Tree<String> after = pages.store(
                        few(pages.reopen(before), random, differences, fanOut).build());
                AtomicInteger found = new AtomicInteger();
                int loads = pages.loadsOf(() -> found.set(count(Tree.diff(pages.reopen(before), pages.reopen(after)))));
                int levels = 1 + Math.max(before.height(), after.height());
                assertThat(found).as("seed %d", seed).hasValue(differences);
                assertThat(loads)
                        .as("fan-out %d, seed %d, %d differences in %d levels", fanOut, seed, differences, levels)
                        .isLessThanOrEqualTo(differences * 4 * levels);
            }
        }
    }

    @Test
    void a_difference_in_height_does_not_make_a_diff_load_more() {
        Pages pages = new Pages();
        Tree<String> before = pages.store(Twin.ofNumbers(16, 0, 16 * 16 * 16).tree());
        Tree<String> after = pages.store(before.put(new byte[] {0, 0, 0, 0, 0, 0, 4, 4, 1}, "between"));
        assertThat(after.height()).isEqualTo(before.height() + 1);
        List<String> found = new ArrayList<>();
        int loads = pages.loadsOf(() -> found.addAll(values(Tree.diff(before, after))));
        loads += pages.loadsOf(() -> found.addAll(values(Tree.diff(after, before))));
        assertThat(found).containsExactly("null>between", "between>null");
        // All nodes on the way are split: 3 nodes before, 1 + 2 + 2 + 2 after, both ways.
        assertThat(loads).isEqualTo(2 * (3 + 7));
    }

    @Test
    void appending_to_a_small_tree_until_it_is_tall_leaves_the_old_pages_closed() {
        Pages pages = new Pages();
        Tree<String> before = pages.store(Twin.ofNumbers(8, 0, 1024).tree());
        Editor<String> editor = before.edit();
        for (int i = 1024; i < 5000; i++) {
            editor.put(Keyspace.number(i), "v" + i);
        }
        int written = pages.writes.get();
        Tree<String> after = pages.store(editor.build());
        int added = pages.writes.get() - written;
        AtomicInteger found = new AtomicInteger();
        int loads = pages.loadsOf(() -> found.set(count(Tree.diff(before, after))));
        assertThat(found).hasValue(5000 - 1024);
        assertThat(loads).isLessThanOrEqualTo(added + 2 * after.height());
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 24})
    void the_nodes_a_diff_opens_depend_on_the_differences_wherever_the_trees_are(int fanOut) {
        for (int differences : new int[] {1, 4, 40}) {
            for (long seed = 1; seed <= 20; seed++) {
                Random random = new Random(seed);
                Pages pages = new Pages();
                Tree<String> inMemory = shaken(Twin.ofNumbers(fanOut, 0, 300 * fanOut), random, fanOut)
                        .tree();
                Tree<String> changed =
                        few(inMemory, random, differences, fanOut).build();
                String name = "fan-out " + fanOut + ", " + differences + " differences, seed " + seed;
                assertFewNodes(inMemory, changed, differences, "both in memory, " + name);
                Tree<String> stored = pages.store(inMemory);
                assertFewNodes(stored, changed, differences, "one stored, " + name);
                assertFewNodes(inMemory, changed, differences, "one whose nodes were stored, " + name);
                assertFewNodes(pages.reopen(stored), changed, differences, "one reopened, " + name);
                Tree<String> storedLater = pages.store(changed);
                assertFewNodes(inMemory, storedLater, differences, "the other stored later, " + name);
                assertFewNodes(pages.reopen(stored), pages.reopen(storedLater), differences, "both reopened, " + name);
                Tree<String> onTop = few(pages.reopen(storedLater), random, differences, fanOut)
                        .build();
                int more = count(Tree.diff(inMemory, onTop));
                assertFewNodes(pages.reopen(stored), onTop, more, "changed on top of pages, " + name);
            }
        }
    }

    /** Places where all nodes on the way are divided, and such where they are joined again, until a level goes. */
    @ParameterizedTest
    @ValueSource(ints = {4, 8, 24})
    void splits_and_joins_open_no_more_nodes_than_the_changes_made(int fanOut) {
        for (long seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            int size = fanOut * fanOut * fanOut;
            Tree<String> before = Twin.ofNumbers(fanOut, 0, size).tree();
            int at = random.nextInt(size / 2);
            Editor<String> grown = before.edit();
            Editor<String> shrunk = before.edit();
            for (int i = 0; i < 3 * fanOut; i++) {
                byte[] between = Arrays.copyOf(Keyspace.number(at), 9);
                between[8] = (byte) i;
                grown.put(between, "between");
                shrunk.remove(Keyspace.number(at + i));
            }
            String name = "fan-out " + fanOut + ", seed " + seed;
            assertFewNodes(before, grown.build(), 3 * fanOut, "split, " + name);
            assertFewNodes(grown.build(), before, 3 * fanOut, "joined, " + name);
            assertFewNodes(before, shrunk.build(), 3 * fanOut, "emptied, " + name);
            assertFewNodes(shrunk.build(), grown.build(), count(Tree.diff(shrunk.build(), grown.build())), name);
        }
    }

    @Test
    void trees_of_one_root_differ_nowhere_and_are_not_opened() {
        Pages pages = new Pages();
        Tree<String> tree = Twin.ofNumbers(8, 0, 1000).tree();
        Tree<String> stored = pages.store(tree);
        assertThat(opened(tree, tree)).isZero();
        assertThat(opened(stored, pages.reopen(stored))).isZero();
        assertThat(tree.sharesAllWith(stored)).as("by its page").isTrue();
        assertThat(pages.reopen(stored).sharesAllWith(stored)).isTrue();
        assertThat(tree.put(Keyspace.number(7), "other").sharesAllWith(tree)).isFalse();
    }

    @Test
    void a_walk_ends_where_its_caller_says_so() {
        Tree<String> tree = Twin.ofNumbers(4, 0, 1000).tree();
        AtomicInteger left = new AtomicInteger(5);
        DiffCursor<String> cursor = Tree.diff(Tree.empty(4), tree, () -> {
            if (left.decrementAndGet() < 0) {
                throw new IllegalStateException("enough");
            }
        });
        assertThatThrownBy(() -> count(cursor)).hasMessage("enough");
    }

    private static void assertFewNodes(Tree<String> before, Tree<String> after, int differences, String name) {
        int levels = 1 + Math.max(before.height(), after.height());
        assertThat(count(Tree.diff(before, after))).as(name).isEqualTo(differences);
        assertThat(opened(before, after)).as(name).isBetween(1, differences * 4 * levels);
        assertThat(opened(after, before)).as("backwards, " + name).isBetween(1, differences * 4 * levels);
    }

    private static int opened(Tree<String> before, Tree<String> after) {
        AtomicInteger nodes = new AtomicInteger();
        int unused = count(Tree.diff(before, after, nodes::incrementAndGet));
        return nodes.get();
    }

    private static int count(DiffCursor<String> cursor) {
        int found = 0;
        while (cursor.next()) {
            found++;
        }
        assertThat(cursor.next()).as("next after the end").isFalse();
        return found;
    }

    static List<String> values(DiffCursor<String> cursor) {
        List<String> values = new ArrayList<>();
        while (cursor.next()) {
            values.add(cursor.before() + ">" + cursor.after());
        }
        return values;
    }

    /** Makes half-full nodes and stale separators of a loaded tree. */
    private static Twin shaken(Twin twin, Random random, int fanOut) {
        Editor<String> editor = twin.tree().edit();
        for (int i = 0; i < 150 * fanOut; i++) {
            byte[] key = Keyspace.number(random.nextInt(600 * fanOut));
            if (random.nextBoolean()) {
                editor.put(key, "shaken");
            } else {
                editor.remove(key);
            }
        }
        return new Twin(editor.build(), twin.model());
    }

    /** Changes that many keys, each by a put of a new value or by a removal. */
    private static Editor<String> few(Tree<String> tree, Random random, int count, int fanOut) {
        Editor<String> editor = tree.edit();
        NavigableSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        while (keys.size() < count) {
            keys.add(Keyspace.number(random.nextInt(600 * fanOut)));
        }
        for (byte[] key : keys) {
            if (editor.get(key) == null || random.nextInt(3) == 0) {
                editor.put(key, "changed");
            } else {
                editor.remove(key);
            }
        }
        return editor;
    }

    private static Twin put(Twin twin, int number, String value) {
        twin.model().put(Keyspace.number(number), value);
        return new Twin(twin.tree().put(Keyspace.number(number), value), twin.model());
    }

    private static Twin change(Twin base, Random random, Keyspace keyspace) {
        Editor<String> editor = base.tree().edit();
        NavigableMap<byte[], String> model = Twin.copy(base.model());
        int range = 30 * base.tree().fanOut;
        int putsOfTen = 2 + random.nextInt(8);
        for (int i = random.nextInt(3) == 0 ? range / 2 : random.nextInt(6); i >= 0; i--) {
            byte[] key = keyspace.any(random, range);
            if (random.nextInt(10) < putsOfTen) {
                String value = "v" + random.nextInt(3);
                editor.put(key, value);
                model.put(key, value);
            } else {
                editor.remove(key);
                model.remove(key);
            }
        }
        return new Twin(editor.build(), model);
    }

    private static int assertDiff(Twin one, Twin other, String name) {
        List<String> found = new ArrayList<>();
        DiffCursor<String> cursor = Tree.diff(one.tree(), other.tree());
        while (cursor.next()) {
            found.add(Arrays.toString(cursor.key()) + " " + cursor.before() + ">" + cursor.after());
        }
        NavigableSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
        keys.addAll(one.model().keySet());
        keys.addAll(other.model().keySet());
        List<String> expected = new ArrayList<>();
        for (byte[] key : keys) {
            String old = one.model().get(key);
            String young = other.model().get(key);
            if (old == null || !old.equals(young)) {
                expected.add(Arrays.toString(key) + " " + old + ">" + young);
            }
        }
        assertThat(found).as(name).isEqualTo(expected);
        return found.size();
    }
}
