package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeModelTest {
    private static final int SEEDS = 12;

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 16, 64})
    void single_changes_give_what_a_sorted_map_gives_and_keep_every_invariant(int fanOut) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            new Program(fanOut, seed).singleChanges(60 * fanOut);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 16, 64})
    void editors_give_what_a_sorted_map_gives_and_frozen_trees_never_change(int fanOut) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            new Program(fanOut, seed).editors(60 * fanOut);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6, 7, 16, 64})
    void a_tree_that_is_emptied_in_any_order_passes_through_valid_trees(int fanOut) {
        for (long seed = 1; seed <= SEEDS; seed++) {
            new Program(fanOut, seed).empty(20 * fanOut);
        }
    }

    /** One random program. Grows and shrinks in turns, so that splits, joins and changes of height all come up. */
    private static final class Program {
        private final Random random;
        private final String name;
        private final Keyspace keyspace;
        private final int range;
        private final int fanOut;
        private int steps;
        private int removed;
        private int heightMax;

        Program(int fanOut, long seed) {
            this.fanOut = fanOut;
            this.random = new Random(seed);
            this.keyspace = Keyspace.of(seed);
            this.range = 30 * fanOut;
            this.name = "fan-out " + fanOut + ", seed " + seed;
        }

        void singleChanges(int count) {
            Twin twin = Twin.empty(fanOut);
            for (steps = 0; steps < count; steps++) {
                Twin before = twin;
                NavigableMap<byte[], String> old = fanOut <= 7 ? Twin.copy(twin.model()) : twin.model();
                twin = singleChange(twin);
                heightMax = Math.max(heightMax, twin.tree().height());
                if (fanOut <= 7 || steps % 16 == 0) {
                    twin.check(when());
                }
                if (fanOut <= 7) {
                    new Twin(before.tree(), old).check(when() + ", the tree before");
                }
            }
            assertWorked();
        }

        private Twin singleChange(Twin twin) {
            byte[] key = keyspace.any(random, range);
            Tree<String> tree = twin.tree();
            assertThat(tree.get(key)).as(when()).isEqualTo(twin.model().get(key));
            if (isPut()) {
                String value = value();
                twin.model().put(key, value);
                Tree<String> changed = tree.put(key, value);
                assertThat(changed.put(key, value)).as(when()).isSameAs(changed);
                return new Twin(changed, twin.model());
            }
            Tree<String> changed = tree.remove(key);
            if (twin.model().remove(key) == null) {
                assertThat(changed).as(when()).isSameAs(tree);
            } else {
                removed++;
            }
            return new Twin(changed, twin.model());
        }

        void editors(int count) {
            List<Twin> frozen = new ArrayList<>(List.of(Twin.empty(fanOut)));
            while (steps < count) {
                Twin base = frozen.get(random.nextInt(frozen.size()));
                Editor<String> editor = base.tree().edit();
                NavigableMap<byte[], String> model = Twin.copy(base.model());
                for (int builds = random.nextInt(4); builds >= 0; builds--) {
                    edit(editor, model, random.nextInt(8 * fanOut));
                    Twin built = new Twin(editor.build(), Twin.copy(model));
                    built.check(when());
                    heightMax = Math.max(heightMax, built.tree().height());
                    frozen.add(built);
                }
                edit(editor, model, random.nextInt(2 * fanOut));
                frozen.get(random.nextInt(frozen.size())).check(when() + ", an older tree");
                base.check(when() + ", the tree the editor began with");
            }
            for (Twin twin : frozen) {
                twin.check(when() + ", at the end");
            }
            assertWorked();
        }

        private void edit(Editor<String> editor, NavigableMap<byte[], String> model, int count) {
            for (int i = 0; i < count; i++, steps++) {
                byte[] key = keyspace.any(random, range);
                assertThat(editor.get(key)).as(when()).isEqualTo(model.get(key));
                if (isPut()) {
                    String value = value();
                    assertThat(editor.put(key, value)).as(when()).isEqualTo(model.put(key, value));
                } else {
                    String gone = model.remove(key);
                    assertThat(editor.remove(key)).as(when()).isEqualTo(gone);
                    removed += gone == null ? 0 : 1;
                }
                assertThat(editor.size()).as(when()).isEqualTo(model.size());
            }
            assertThat(Twin.text(editor.ascending(null, null))).as(when()).isEqualTo(Twin.text(model));
            assertThat(Twin.text(editor.descending(null, null))).as(when()).isEqualTo(Twin.text(model.descendingMap()));
        }

        void empty(int count) {
            Twin twin = Twin.ofNumbers(fanOut, 0, count);
            twin.check(name + ", loaded");
            List<byte[]> keys = new ArrayList<>(twin.model().keySet());
            int order = random.nextInt(3);
            while (!keys.isEmpty()) {
                int i = order == 0 ? 0 : order == 1 ? keys.size() - 1 : random.nextInt(keys.size());
                byte[] key = keys.remove(i);
                twin.model().remove(key);
                twin = new Twin(twin.tree().remove(key), twin.model());
                twin.tree().check();
                assertThat(twin.tree().size()).as(when()).isEqualTo(keys.size());
                if (keys.size() % fanOut == 0) {
                    twin.check(when());
                }
            }
            assertThat(twin.tree().height()).as(when()).isZero();
            assertThat(twin.tree().isEmpty()).as(when()).isTrue();
        }

        private boolean isPut() {
            boolean growing = steps / (20 * fanOut) % 2 == 0;
            return random.nextInt(10) < (growing ? 8 : 2);
        }

        private String value() {
            return "v" + random.nextInt(1000);
        }

        private String when() {
            return name + ", step " + steps;
        }

        private void assertWorked() {
            assertThat(removed).as(name).isGreaterThan(fanOut);
            assertThat(heightMax).as(name).isPositive();
        }
    }
}
