package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ViewTest {
    @Test
    void every_way_to_read_a_view_goes_through_its_function() {
        Tree<String> view = numbers(500).view(ViewTest::loud);
        Finder<String> finder = view.finder();
        for (int i = 0; i < 500; i++) {
            assertThat(view.get(key(i))).isEqualTo("v" + i + "!");
            assertThat(finder.get(key(i))).isEqualTo("v" + i + "!");
        }
        Cursor<String> up = view.ascending(key(100), key(200));
        for (int i = 100; i < 200; i++) {
            assertThat(up.next()).isTrue();
            assertThat(up.value()).isEqualTo("v" + i + "!");
        }
        assertThat(up.next()).isFalse();
        Cursor<String> down = view.descending(null, null);
        for (int i = 499; i >= 0; i--) {
            assertThat(down.next()).isTrue();
            assertThat(down.value()).isEqualTo("v" + i + "!");
        }
        assertThat(view.size()).isEqualTo(500);
        assertThat(view.count(key(10), key(20))).isEqualTo(10);
        assertThat(view.get(key(500))).isNull();
        view.check();
    }

    @Test
    void a_view_of_a_stored_tree_shows_what_its_pages_hold() {
        Pages pages = new Pages();
        Tree<String> stored = numbers(500).store(pages, pages);
        assertThat(pages.writes.get()).isPositive();
        assertThat(stored.view(ViewTest::loud).get(key(77))).isEqualTo("v77!");
    }

    @Test
    void a_view_of_a_view_goes_through_the_inner_function_first() {
        Tree<String> view = numbers(100).view(ViewTest::loud).view(value -> value + "?");
        assertThat(view.get(key(7))).isEqualTo("v7!?");
        assertThat(view.viewed().get(key(7))).isEqualTo("v7!");
        assertThat(view.viewed().viewed().get(key(7))).isEqualTo("v7");
    }

    @Test
    void two_views_by_one_function_are_compared_past_what_their_trees_share() {
        Tree<String> before = numbers(10_000);
        Tree<String> after =
                before.put(key(5), "other").put(key(9_000), "V9000").remove(key(42));
        int[] looked = {0};
        UnaryOperator<String> counting = value -> {
            looked[0]++;
            return value.toLowerCase(Locale.ROOT);
        };
        assertThat(differences(before.view(counting), after.view(counting)))
                .containsExactly("v5 other", "v42 null"); // which of v9000 and V9000 it is, the view does not show
        assertThat(looked[0]).isPositive().isLessThan(100);
    }

    @Test
    void a_view_and_its_tree_differ_in_every_value_that_the_function_changes() {
        Tree<String> tree = numbers(100);
        assertThat(differences(tree, tree.view(ViewTest::loud))).hasSize(100).contains("v42 v42!");
    }

    @Test
    void a_view_can_be_neither_changed_nor_stored() {
        Tree<String> view = numbers(100).view(ViewTest::loud);
        Pages pages = new Pages();
        assertThatThrownBy(() -> view.put(key(1), "x")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> view.remove(key(1))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(view::edit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> view.store(pages, pages)).isInstanceOf(IllegalStateException.class);
        assertThat(view.address()).isNull();
    }

    private static String loud(String value) {
        return value + "!";
    }

    private static List<String> differences(Tree<String> before, Tree<String> after) {
        List<String> found = new ArrayList<>();
        DiffCursor<String> cursor = Tree.diff(before, after);
        while (cursor.next()) {
            found.add(cursor.before() + " " + cursor.after());
        }
        return found;
    }

    private static Tree<String> numbers(int n) {
        Tree<String> tree = Tree.empty(4);
        for (int i = 0; i < n; i++) {
            tree = tree.put(key(i), "v" + i);
        }
        return tree;
    }

    private static byte[] key(int i) {
        return String.format("%08d", i).getBytes(StandardCharsets.UTF_8);
    }
}
