package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TreeShapeTest {
    @Test
    void keys_that_arrive_in_order_fill_every_leaf_through_an_editor_and_through_puts() {
        Editor<String> editor = Tree.<String>empty().edit();
        Tree<String> puts = Tree.empty();
        for (int i = 0; i < Tree.FAN_OUT * 100 + 1; i++) {
            editor.put(Keyspace.number(i), "v");
            puts = puts.put(Keyspace.number(i), "v");
        }
        Tree<String> edited = editor.build();
        edited.check();
        puts.check();
        for (Tree<String> tree : List.of(edited, puts)) {
            List<Integer> lengths = leafLengths(tree);
            assertThat(lengths).hasSize(101).endsWith(1);
            assertThat(lengths.subList(0, 100)).containsOnly(Tree.FAN_OUT);
        }
    }

    @Test
    void a_bulk_load_fills_every_leaf_and_refuses_keys_out_of_order() {
        assertThat(leafLengths(Twin.ofNumbers(64, 0, 64 * 100).tree()))
                .hasSize(100)
                .containsOnly(64);
        Entry<String> two = new Entry<>(new byte[] {2}, "two");
        Entry<String> one = new Entry<>(new byte[] {1}, "one");
        assertThatThrownBy(() -> Tree.bulkLoad(List.of(two, one).iterator()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Tree.bulkLoad(List.of(two, two).iterator()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void single_changes_leave_arrays_of_exactly_the_length_they_need() {
        Random random = new Random(3);
        Tree<String> tree = Tree.empty(8);
        for (int i = 0; i < 5000; i++) {
            byte[] key = Keyspace.number(random.nextInt(1000));
            boolean put = random.nextInt(10) < (i / 1000 % 2 == 0 ? 7 : 3);
            tree = put ? tree.put(key, "v") : tree.remove(key);
            assertExact(tree.root.node());
        }
        assertThat(tree.height()).isPositive();
    }

    @Test
    void an_inner_node_uses_the_array_of_a_leafs_key() {
        Tree<String> tree = Tree.empty(4);
        for (int i = 0; i < 5; i++) {
            tree = tree.put(Keyspace.number(i), "v");
        }
        Inner<String> root = (Inner<String>) tree.root;
        assertThat(root.key(0)).isSameAs(root.children[1].node().key(0));
    }

    @Test
    void a_check_finds_a_tree_that_is_out_of_order() {
        Tree<String> tree = Twin.ofNumbers(4, 0, 100).tree();
        Cursor<String> cursor = tree.ascending(Keyspace.number(50), null);
        assertThat(cursor.next()).isTrue();
        cursor.key()[0] = 1;
        assertThatThrownBy(tree::check).isInstanceOf(AssertionError.class).hasMessageContaining("tree is damaged");
    }

    private static List<Integer> leafLengths(Tree<String> tree) {
        Pages pages = new Pages();
        pages.store(tree);
        return pages.leafLengths;
    }

    private static void assertExact(Node<String> node) {
        if (node instanceof Leaf<String> leaf) {
            assertThat(leaf.keys.length).isEqualTo(leaf.length());
        } else {
            Inner<String> inner = (Inner<String>) node;
            assertThat(inner.children).hasSize(inner.length());
            assertThat(inner.keys.length).isEqualTo(inner.length() - 1);
            for (Child<String> child : inner.children) {
                assertExact(child.node());
            }
        }
    }
}
