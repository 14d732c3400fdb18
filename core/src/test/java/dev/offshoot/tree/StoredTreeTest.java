package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoredTreeTest {
    private final Pages pages = new Pages();

    @Test
    void a_reopened_tree_answers_size_without_loading_and_a_key_with_one_page_a_level() {
        Twin twin = Twin.ofNumbers(4, 0, 1000);
        Tree<String> tree = pages.reopen(pages.store(twin.tree()));
        assertThat(pages.loadsOf(() -> assertThat(tree.size()).isEqualTo(1000))).isZero();
        assertThat(pages.loadsOf(() -> assertThat(tree.get(Keyspace.number(77))).isEqualTo("v77")))
                .isEqualTo(tree.height() + 1);
        new Twin(tree, twin.model()).check("reopened");
    }

    @Test
    void a_range_loads_only_the_pages_that_hold_it() {
        Tree<String> tree = pages.reopen(pages.store(Twin.ofNumbers(4, 0, 1024).tree()));
        byte[] from = Keyspace.number(256);
        byte[] to = Keyspace.number(264);
        int wayAndNextLeaf = tree.height() + 1 + 1;
        assertThat(pages.loadsOf(
                        () -> assertThat(Twin.text(tree.ascending(from, to))).hasSize(8)))
                .isEqualTo(wayAndNextLeaf);
        assertThat(pages.loadsOf(
                        () -> assertThat(Twin.text(tree.descending(from, to))).hasSize(8)))
                .isEqualTo(wayAndNextLeaf);
        assertThat(pages.loadsOf(
                        () -> assertThat(Twin.text(tree.ascending(to, from))).isEmpty()))
                .isZero();
    }

    @Test
    void a_change_of_a_reopened_tree_writes_only_the_nodes_on_its_way() {
        Twin twin = Twin.ofNumbers(4, 0, 1000);
        Tree<String> stored = pages.store(twin.tree());
        int written = pages.writes.get();
        Tree<String> reopened = pages.reopen(stored);
        Tree<String> changed = reopened.put(Keyspace.number(500), "new");
        assertThat(changed.address()).isNull();
        Tree<String> storedAgain = pages.store(changed);
        assertThat(pages.writes.get() - written).isEqualTo(changed.height() + 1);
        assertThat(pages.loadsOf(() -> pages.store(storedAgain))).isZero();
        assertThat(pages.writes.get() - written).isEqualTo(changed.height() + 1);
        new Twin(pages.reopen(stored), twin.model()).check("the version before");
        twin.model().put(Keyspace.number(500), "new");
        new Twin(pages.reopen(storedAgain), twin.model()).check("the changed version");
    }

    @Test
    void storing_lets_go_of_the_nodes_in_every_version_that_shares_them() {
        Tree<String> tree = Twin.ofNumbers(4, 0, 1000).tree();
        Tree<String> younger = tree.put(Keyspace.number(0), "new");
        assertThat(pages.loadsOf(() -> younger.get(Keyspace.number(999)))).isZero();
        pages.store(tree);
        assertThat(pages.loadsOf(() -> younger.get(Keyspace.number(999)))).isPositive();
        assertThat(pages.loadsOf(() -> younger.get(Keyspace.number(0)))).isZero();
    }

    @Test
    void storing_goes_on_where_a_failing_sink_stopped_it() {
        Twin twin = Twin.ofNumbers(4, 0, 1000);
        Pages whole = new Pages();
        whole.store(Twin.ofNumbers(4, 0, 1000).tree());
        pages.writesMax = 100;
        assertThatThrownBy(() -> pages.store(twin.tree())).hasMessage("no room for more pages");
        twin.check("after the failure");
        pages.writesMax = Integer.MAX_VALUE;
        new Twin(pages.store(twin.tree()), twin.model()).check("after going on");
        assertThat(pages.writes.get()).isEqualTo(whole.writes.get());
    }

    @Test
    void an_editor_refuses_to_go_on_only_after_a_removal_that_failed_half_way() {
        Twin twin = Twin.ofNumbers(4, 0, 256);
        int refused = 0;
        int goneOn = 0;
        for (int loads = 0; loads < 12; loads++) {
            Tree<String> stored = pages.reopen(pages.store(twin.tree()));
            Editor<String> editor = stored.edit();
            editor.put(Keyspace.number(100), "v100");
            pages.loadsMax = pages.loads.get() + loads;
            assertThatThrownBy(() -> removeAll(editor, 100, 200)).hasMessage("no page can be loaded");
            pages.loadsMax = Integer.MAX_VALUE;
            try {
                editor.build().check();
                goneOn++;
            } catch (IllegalStateException half) {
                assertThatThrownBy(() -> editor.put(new byte[0], "v")).hasMessage(half.getMessage());
                refused++;
            }
            new Twin(stored, twin.model()).check("the tree before, after " + loads + " loads");
        }
        assertThat(refused).isPositive();
        assertThat(goneOn).isPositive();
    }

    private static void removeAll(Editor<String> editor, int from, int to) {
        for (int i = from; i < to; i++) {
            editor.remove(Keyspace.number(i));
        }
    }

    @Test
    void an_empty_tree_is_stored_and_reopened() {
        Tree<String> tree = pages.reopen(pages.store(Tree.empty()));
        new Twin(tree, Twin.emptyModel()).check("empty");
        assertThat(tree.put(new byte[] {1}, "one").size()).isEqualTo(1);
    }

    @Test
    void equal_addresses_are_skipped_by_a_diff_without_loading() {
        Tree<String> stored = pages.store(Twin.ofNumbers(4, 0, 1000).tree());
        List<String> differences = new ArrayList<>();
        int loads = pages.loadsOf(
                () -> differences.addAll(DiffTest.values(Tree.diff(pages.reopen(stored), pages.reopen(stored)))));
        assertThat(loads).isZero();
        assertThat(differences).isEmpty();
        Tree<String> changed = pages.reopen(pages.store(pages.reopen(stored).put(Keyspace.number(500), "new")));
        loads = pages.loadsOf(() -> differences.addAll(DiffTest.values(Tree.diff(pages.reopen(stored), changed))));
        assertThat(differences).containsExactly("v500>new");
        assertThat(loads).isEqualTo(2 * (changed.height() + 1));
    }

    @Test
    void a_page_that_holds_another_number_of_entries_than_its_parent_says_is_not_used() {
        Tree<String> stored = pages.store(Twin.ofNumbers(4, 0, 100).tree());
        Object address = Objects.requireNonNull(stored.address());
        Tree<String> wrong = Tree.stored(4, address, stored.height(), 99, pages);
        assertThatThrownBy(() -> wrong.get(Keyspace.number(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("holds 100 entries, its parent says 99");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 7, 64})
    void random_programs_on_trees_that_are_stored_and_reopened_in_between_give_what_a_sorted_map_gives(int fanOut) {
        for (long seed = 1; seed <= 10; seed++) {
            String name = "fan-out " + fanOut + ", seed " + seed;
            Random random = new Random(seed);
            List<Twin> versions = new ArrayList<>(List.of(Twin.empty(fanOut)));
            for (int round = 0; round < 40; round++) {
                Twin base = versions.get(random.nextInt(versions.size()));
                Twin next = change(base, random, Keyspace.of(seed), fanOut);
                Tree<String> tree = next.tree();
                if (random.nextInt(2) == 0) {
                    tree = pages.store(tree);
                    tree = random.nextBoolean() ? pages.reopen(tree) : tree;
                }
                versions.add(new Twin(tree, next.model()));
                versions.get(random.nextInt(versions.size())).check(name + ", round " + round);
            }
            for (Twin version : versions) {
                version.check(name + ", at the end");
            }
        }
        assertThat(pages.loads.get()).isPositive();
        assertThat(pages.writes.get()).isPositive();
    }

    private static Twin change(Twin base, Random random, Keyspace keyspace, int fanOut) {
        Editor<String> editor = base.tree().edit();
        NavigableMap<byte[], String> model = Twin.copy(base.model());
        int putsOfTen = random.nextInt(11);
        for (int i = random.nextInt(6 * fanOut); i > 0; i--) {
            byte[] key = keyspace.any(random, 30 * fanOut);
            if (random.nextInt(10) < putsOfTen) {
                editor.put(key, "v" + i);
                model.put(key, "v" + i);
            } else {
                editor.remove(key);
                model.remove(key);
            }
        }
        return new Twin(editor.build(), model);
    }

    @Test
    void readers_see_the_same_tree_while_another_thread_stores_it() throws Exception {
        Twin twin = Twin.ofNumbers(4, 0, 5000);
        List<String> expected = Twin.text(twin.model());
        AtomicBoolean stored = new AtomicBoolean();
        CountDownLatch reading = new CountDownLatch(1);
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> reader = threads.submit(() -> {
                int scans = 0;
                for (boolean last = false; !last; scans++) {
                    last = stored.get();
                    assertThat(Twin.text(twin.tree().ascending(null, null))).isEqualTo(expected);
                    reading.countDown();
                }
                return scans;
            });
            reading.await();
            new Twin(pages.store(twin.tree()), twin.model()).check("stored");
            stored.set(true);
            assertThat(reader.get()).isGreaterThan(1);
        } finally {
            threads.shutdownNow();
        }
    }
}
