package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code offshoot diff}, for people and for scripts. */
final class DiffTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void fill() {
        offshoot("project create shop --data " + folder).exits(ExitCodes.OK);
        run(
                "shop", "{create: 'items'}",
                "shop", "{insert: 'items', documents: [{_id: 1, n: 1, tags: ['a'], old: true}, {_id: 2}, {_id: 3}]}",
                "shop", "{insert: 'gone', documents: [{_id: 1}]}",
                "shop", "{create: 'ruled', validator: {n: {$gt: 0}}}",
                "shop", "{createBranch: 'dev'}",
                "shop~dev",
                        "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 7}, $push: {tags: 'b'}, $unset: {old: 1}}}]}",
                "shop~dev", "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]}",
                "shop~dev", "{insert: 'items', documents: [{_id: 4, text: 'new'}]}",
                "shop~dev", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n'}]}",
                "shop~dev", "{drop: 'gone'}",
                "shop~dev", "{collMod: 'ruled', validator: {n: {$gt: 1}}}",
                "shop~dev", "{create: 'seen', viewOn: 'items', pipeline: []}",
                "admin", "{renameCollection: 'shop~dev.ruled', to: 'shop~dev.rules'}");
    }

    @Test
    void people_see_signs_and_paths() {
        assertThat(lines("diff shop main dev")).first().asString().matches("shop~main~\\d+ -> shop~dev~\\d+");
        assertThat(lines("diff shop main dev").stream().skip(1))
                .containsExactly(
                        "- collection gone",
                        "  - {\"_id\": 1}",
                        "  collection items",
                        "  + index n {\"v\": 2, \"key\": {\"n\": 1}, \"name\": \"n\"}",
                        "  ~ 1",
                        "    ~ n: 1 -> 7",
                        "    + tags[1]: \"b\"",
                        "    - old: true",
                        "  - {\"_id\": 2}",
                        "  + {\"_id\": 4, \"text\": \"new\"}",
                        "~ collection rules, renamed from ruled",
                        "  ~ option validator",
                        "    ~ n.$gt: 0 -> 1",
                        "  + option validationLevel \"strict\"", // as collMod makes them explicit
                        "  + option validationAction \"error\"",
                        "+ view seen {\"viewOn\": \"items\", \"pipeline\": []}");
    }

    @Test
    void the_two_sides_are_named_as_git_does() {
        List<String> both = lines("diff shop main dev");
        assertThat(both).isNotEmpty();
        assertThat(lines("diff shop main..dev")).isEqualTo(both);
        assertThat(lines("diff shop~dev main")).isEqualTo(both);
        assertThat(lines("diff shop ..dev")).isEqualTo(both);
        assertThat(lines("diff shop~dev").subList(1, both.size())).isEqualTo(both.subList(1, both.size()));
        assertThat(lines("diff shop dev..").get(0)).matches("shop~dev~\\d+ -> shop~main~\\d+");
        assertThat(lines("diff shop dev dev")).isEmpty();
        assertThat(lines("diff shop main...dev").subList(1, both.size())).isEqualTo(both.subList(1, both.size()));
        assertThat(lines("diff shop~dev main...")).isEqualTo(lines("diff shop main...dev"));
        assertThat(lines("diff shop dev...main")).isEmpty();
        assertThat(data("diff shop").exits(ExitCodes.USAGE).err()).contains("was made from no other");
        assertThat(data("diff shop main....dev").exits(ExitCodes.USAGE).err()).contains("FROM..TO");
        assertThat(data("diff shop main nowhere").exits(ExitCodes.NOT_FOUND).err())
                .contains("dev, main");
        assertThat(data("diff shop main dev --collection item")
                        .exits(ExitCodes.NOT_FOUND)
                        .err())
                .contains("'item'");
    }

    @Test
    void stat_is_a_table_and_summary_leaves_documents_out() {
        assertThat(lines("diff shop main dev --stat").stream()
                        .skip(1)
                        .map(line -> line.replaceAll(" +", " ").strip()))
                .containsExactly(
                        "COLLECTION ADDED REMOVED CHANGED METADATA",
                        "gone 0 1 0 changed",
                        "items 1 1 1 changed",
                        "rules 0 0 0 changed",
                        "seen 0 0 0 changed",
                        "4 collections: 1 added, 2 removed, 1 changed");
        assertThat(lines("diff shop main dev --summary --collection items --collection gone"))
                .containsSequence(
                        "- collection gone",
                        "  collection items",
                        "  + index n {\"v\": 2, \"key\": {\"n\": 1}, \"name\": \"n\"}")
                .hasSize(4);
        assertThat(lines("diff shop main dev --whole --collection items"))
                .contains(
                        "  - {\"_id\": 1, \"n\": 1, \"tags\": [\"a\"], \"old\": true}",
                        "  + {\"_id\": 1, \"n\": 7, \"tags\": [\"a\", \"b\"]}");
    }

    @Test
    void scripts_get_an_array_or_a_line_for_each() throws IOException {
        JsonNode array = data("diff shop main dev -o json").exits(ExitCodes.OK).json();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : lines("diff shop main dev -o ndjson")) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(array).hasSize(11).containsExactlyElementsOf(lines);
        assertThat(array.get(3).get("fields").get(0).get("path").asText()).isEqualTo("n");
        assertThat(data("diff shop dev dev -o json").exits(ExitCodes.OK).json()).isEmpty();
        assertThat(data("diff shop dev dev -o ndjson").exits(ExitCodes.OK).out())
                .isEmpty();
    }

    @Test
    void the_exit_code_says_whether_they_differ_where_asked() {
        data("diff shop main dev").exits(ExitCodes.OK);
        data("diff shop main dev --exit-code").exits(6);
        data("diff shop main dev --exit-code --stat -o json").exits(6);
        data("diff shop main main --exit-code").exits(ExitCodes.OK);
        data("diff shop main dev --exit-code --summary --collection seen").exits(6);
    }

    @Test
    void more_than_a_batch_streams_and_long_values_are_cut_for_people() {
        StringBuilder many =
                new StringBuilder("{insert: 'items', documents: [{_id: 9999, text: '" + "x".repeat(500) + "'}");
        for (int i = 100; i < 1100; i++) {
            many.append(", {_id: ").append(i).append('}');
        }
        run("shop~dev", many + "]}");
        List<String> lines = lines("diff shop main dev --collection items");
        assertThat(lines.stream().filter(line -> line.startsWith("  + {"))).hasSize(1002);
        assertThat(lines).anyMatch(line -> line.matches("  \\+ \\{.*x{100}\\.\\.\\. \\(5\\d\\d characters\\)"));
        assertThat(lines("diff shop main dev -o ndjson --collection items"))
                .anyMatch(line -> line.contains("x".repeat(500)));
    }

    @Test
    void values_that_read_the_same_are_shown_with_their_types() {
        run(
                "shop",
                "{insert: 'types', documents: [{_id: 1, n: 2, s: 'x'}]}",
                "shop",
                "{createBranch: 'typed'}",
                "shop~typed",
                "{update: 'types', updates: [{q: {_id: 1}, u: {$set: {n: {$numberLong: '2'}, s: 'y'}}}]}");
        assertThat(lines("diff shop main typed --collection types"))
                .contains("    ~ n: {\"$numberInt\": \"2\"} -> {\"$numberLong\": \"2\"}", "    ~ s: \"x\" -> \"y\"");
    }

    private void run(String... databasesAndCommands) {
        try (Target open = Target.embedded(Stores.open(folder, new SyncOptions().ofFolder()))) {
            for (int i = 0; i < databasesAndCommands.length; i += 2) {
                Document unused =
                        open.database(databasesAndCommands[i]).runCommand(Document.parse(databasesAndCommands[i + 1]));
            }
        }
    }

    private List<String> lines(String words) {
        return data(words).exits(ExitCodes.OK).out().lines().toList();
    }

    private Run data(String words) {
        return offshoot(words + " --data " + folder);
    }

    private static Run offshoot(String words) {
        return Run.of(words.split(" ", -1));
    }
}
