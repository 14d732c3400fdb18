package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The drawing of a history. */
final class GraphLanesTest {
    private static final int GRAPHS = 2000;

    /** A commit and what it comes after. */
    private record Node(long id, List<Long> parents) {}

    private static List<String> drawn(List<Node> newestFirst) {
        GraphLanes lanes = new GraphLanes();
        List<String> rows = new ArrayList<>();
        for (Node node : newestFirst) {
            List<String> drawn = lanes.commit(node.id, node.parents);
            rows.addAll(drawn.subList(0, drawn.size() - 1));
            rows.add(drawn.get(drawn.size() - 1) + node.id);
            rows.addAll(lanes.behind(node.parents));
        }
        return rows.stream().map(String::stripTrailing).toList();
    }

    @Test
    void a_line_of_commits_is_a_line() {
        assertThat(drawn(List.of(new Node(3, List.of(2L)), new Node(2, List.of(1L)), new Node(1, List.of()))))
                .containsExactly("* 3", "* 2", "* 1");
    }

    @Test
    void a_merge_opens_a_lane_that_joins_again() {
        assertThat(drawn(List.of(
                        new Node(5, List.of(4L, 3L)),
                        new Node(4, List.of(1L)),
                        new Node(3, List.of(2L)),
                        new Node(2, List.of(1L)),
                        new Node(1, List.of()))))
                .containsExactly("* 5", "|\\", "* | 4", "| * 3", "| * 2", "|/", "* 1");
    }

    @Test
    void a_lane_passes_those_between() {
        assertThat(drawn(List.of(
                        new Node(9, List.of(8L, 5L)),
                        new Node(8, List.of(1L, 4L)),
                        new Node(5, List.of(1L)),
                        new Node(4, List.of(1L)),
                        new Node(1, List.of()))))
                .containsExactly("* 9", "|\\", "* | 8", "|\\ \\", "| | * 5", "| * | 4", "| |/", "|/|", "|/", "* 1");
    }

    @Test
    void a_history_that_ends_gives_its_place_to_others() {
        assertThat(drawn(List.of(
                        new Node(4, List.of(3L, 2L)),
                        new Node(3, List.of()),
                        new Node(2, List.of(1L)),
                        new Node(1, List.of()))))
                .containsExactly("* 4", "|\\", "* | 3", " /", "* 2", "* 1");
    }

    @Test
    void what_is_said_of_a_commit_stands_beside_the_lanes() {
        GraphLanes lanes = new GraphLanes();
        lanes.commit(4, List.of(3L, 2L));
        assertThat(lanes.margin()).isEqualTo("| ");
        lanes.behind(List.of(3L, 2L));
        lanes.commit(3, List.of());
        assertThat(lanes.margin()).isEqualTo("  | ");
    }

    @Test
    void who_follows_the_lines_finds_the_parents() {
        int merges = 0;
        for (long seed = 1; seed <= GRAPHS; seed++) {
            Random random = new Random(seed);
            List<Node> nodes = new ArrayList<>();
            Set<String> edges = new HashSet<>();
            int size = 2 + random.nextInt(14);
            Set<Long> reached = new HashSet<>(Set.of((long) size));
            for (long id = size; id >= 1; id--) {
                if (!reached.contains(id)) {
                    continue;
                }
                List<Long> parents = new ArrayList<>();
                if (id > 1 && random.nextInt(12) > 0) {
                    parents.add(id - 1 - random.nextInt((int) Math.min(3, id - 1)));
                    long other = id - 1 - random.nextInt((int) Math.min(6, id - 1));
                    if (random.nextInt(3) == 0 && other != parents.get(0)) {
                        parents.add(other);
                        merges++;
                    }
                }
                for (long parent : parents) {
                    edges.add(id + ">" + parent);
                }
                reached.addAll(parents);
                nodes.add(new Node(id, parents));
            }
            List<String> rows = drawn(nodes);
            assertThat(followed(rows))
                    .as("seed %s%n%s", seed, String.join("\n", rows))
                    .isEqualTo(edges);
        }
        assertThat(merges).isGreaterThan(GRAPHS / 2);
    }

    /** Reads a drawing from above, each row with the one before. */
    private static Set<String> followed(List<String> rows) {
        Set<String> edges = new HashSet<>();
        Map<Integer, Set<String>> before = new HashMap<>();
        String above = "";
        for (String row : rows) {
            int star = row.indexOf('*');
            Map<Integer, Set<String>> now = new HashMap<>();
            for (int x = 0;
                    x < row.length() && (star < 0 || x < star + 1 || row.charAt(x) == '|' || row.charAt(x) == ' ');
                    x++) {
                char c = row.charAt(x);
                if (c != ' ') {
                    now.put(x, from(before, above, row, x, c));
                }
            }
            if (star >= 0) {
                String id = row.substring(row.lastIndexOf(' ') + 1);
                now.getOrDefault(star, Set.of()).forEach(child -> edges.add(child + ">" + id));
                now.put(star, new HashSet<>(Set.of(id)));
            }
            before = now;
            above = row;
        }
        return edges;
    }

    /** Whose lines lead to a place. */
    private static Set<String> from(Map<Integer, Set<String>> before, String above, String row, int x, char c) {
        Set<String> found = new HashSet<>();
        if (c == '|' || c == '*') {
            if (at(above, x) == '|' || at(above, x) == '*') {
                found.addAll(before.getOrDefault(x, Set.of()));
            }
            if (at(above, x - 1) == '\\') {
                found.addAll(before.getOrDefault(x - 1, Set.of()));
            }
            if (at(above, x + 1) == '/' && at(row, x - 1) != '/') {
                found.addAll(before.getOrDefault(x + 1, Set.of()));
            }
        } else if (c == '/') {
            if (at(above, x + 2) == '/') {
                found.addAll(before.getOrDefault(x + 2, Set.of()));
            }
            if (at(above, x) == '\\') {
                found.addAll(before.getOrDefault(x, Set.of()));
            }
            if (at(row, x + 1) != '|' && (at(above, x + 1) == '|' || at(above, x + 1) == '*')) {
                found.addAll(before.getOrDefault(x + 1, Set.of()));
            }
        } else {
            found.addAll(before.getOrDefault(x - 1, Set.of()));
        }
        return found;
    }

    private static char at(String row, int x) {
        return x < 0 || x >= row.length() ? ' ' : row.charAt(x);
    }
}
