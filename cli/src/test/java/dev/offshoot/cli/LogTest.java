package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.offshoot.store.file.FileStoreOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code offshoot log}, {@code history}, {@code blame} and {@code commit}, for people and for scripts. */
final class LogTest {
    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void fill() {
        offshoot("project create shop").exits(ExitCodes.OK);
        run(
                "shop",
                        "{insert: 'items', documents: [{_id: 1, n: 1, tags: ['a']}, {_id: 'two', n: 2}], comment: 'first'}",
                "shop", "{createBranch: 'dev'}",
                "shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 7}}}], comment: 'on\\ndev'}",
                "shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n'}], comment: 'index'}",
                "shop", "{mergeBranch: 'dev', into: 'main', comment: 'merged'}",
                "shop", "{delete: 'items', deletes: [{q: {_id: 'two'}, limit: 1}]}");
    }

    private Run offshoot(String words) {
        String[] all = (words + " --data").split(" ");
        String[] whole = java.util.Arrays.copyOf(all, all.length + 1);
        whole[all.length] = folder.toString();
        return Run.of(whole);
    }

    private void run(String... databasesAndCommands) {
        try (Target open = Target.embedded(Stores.openOrCreate(folder, FileStoreOptions.defaults()))) {
            for (int i = 0; i < databasesAndCommands.length; i += 2) {
                open.database(databasesAndCommands[i]).runCommand(Document.parse(databasesAndCommands[i + 1]));
            }
        }
    }

    private List<String> lines(String words) {
        return offshoot(words).exits(ExitCodes.OK).out().lines().toList();
    }

    @Test
    void a_commit_is_a_line() {
        List<String> lines = lines("log shop");
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).matches("\\d+  \\S+Z  \\S+  delete  main  items");
        assertThat(lines.get(1))
                .matches("\\d+(-\\d+)?  \\S+Z  \\S+  mergeBranch  main  items  merged dev~\\d+  merged");
        assertThat(lines.get(2)).matches("\\d+  \\S+Z  \\S+  createIndexes  main  items  index");
        assertThat(lines.get(3)).matches("\\d+-\\d+  \\S+Z  \\S+  insert  main  items  first");
        assertThat(lines("log")).as("the only project").isEqualTo(lines);
        assertThat(lines("log shop -n 2")).isEqualTo(lines.subList(0, 2));
        assertThat(lines("log shop~dev").get(0)).endsWith("  update  dev  items  on dev");
        assertThat(lines("log shop --until dev")).isEqualTo(lines.subList(3, 4));
        assertThat(lines("log shop --since dev")).isEqualTo(lines.subList(0, 3));
        assertThat(lines("log shop --collection nothing")).isEmpty();
        assertThat(lines("log shop --collection items --id two")).containsExactly(lines.get(0), lines.get(3));
        assertThat(lines("log shop --actor nobody")).isEmpty();
    }

    @Test
    void counts_and_edits_stand_below() {
        List<String> stat = lines("log shop --stat");
        assertThat(stat.get(1)).isEqualTo("    items: 1 deleted");
        assertThat(stat).contains("    items: createIndex n", "    items: 2 inserted", "    items: createCollection");
        List<String> patch = lines("log shop --patch");
        assertThat(patch)
                .contains(
                        "    - items {\"_id\": \"two\", \"n\": 2}",
                        "    ~ items _id 1",
                        "      ~ n: 1 -> 7",
                        "    + items {\"_id\": 1, \"n\": 1, \"tags\": [\"a\"]}");
    }

    @Test
    void a_graph_shows_what_came_by_merges() {
        List<String> lines = lines("log shop --graph --stat");
        assertThat(lines.stream().map(line -> line.replaceAll("[0-9].*", "")).toList())
                .containsExactly(
                        "* ",
                        "|     items: ",
                        "* ",
                        "|     items: ",
                        "|\\",
                        "* | ",
                        "| |     items: createIndex n",
                        "| * ",
                        "| |     items: ",
                        "|/",
                        "* ",
                        "      items: ",
                        "      items: createCollection");
        assertThat(offshoot("log shop --graph --actor x").exits(ExitCodes.USAGE).err())
                .contains("graph");
    }

    @Test
    void scripts_get_extended_json() throws IOException {
        JsonNode array = offshoot("log shop -o json").exits(ExitCodes.OK).json();
        assertThat(array).hasSize(4);
        assertThat(array.get(3).get("message").asText()).isEqualTo("first");
        List<String> lines = lines("log shop -o ndjson");
        assertThat(new ObjectMapper().readTree(lines.get(0))).isEqualTo(array.get(0));
        assertThat(offshoot("log shop --since main -o json").json()).isEmpty();
        JsonNode versions = offshoot("history shop items two -o json").json();
        assertThat(versions.get(0).get("op").asText()).isEqualTo("deleted");
        assertThat(versions.get(1).get("document").get("n").asInt()).isEqualTo(2);
        JsonNode blame = offshoot("blame shop items 1 -o json").json();
        assertThat(blame.get(1).get("path").asText()).isEqualTo("n");
    }

    @Test
    void versions_have_the_document_below() {
        List<String> lines = lines("history shop items 1");
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).matches("\\d+(-\\d+)?  \\S+Z  \\S+  mergeBranch  updated  merged");
        assertThat(lines.get(1)).isEqualTo("    {\"_id\": 1, \"n\": 7, \"tags\": [\"a\"]}");
        assertThat(lines.get(2)).endsWith("insert  inserted  first");
        assertThat(lines("history shop items 1 -n 1")).isEqualTo(lines.subList(0, 2));
        assertThat(lines("history shop~dev items 1").get(0)).endsWith("update  updated  on dev");
    }

    @Test
    void blame_is_a_table() {
        List<String> lines = lines("blame shop items 1");
        assertThat(lines.get(0)).startsWith("FIELD").contains("LSN", "AT", "ACTOR", "MESSAGE", "VALUE");
        assertThat(lines.get(1)).startsWith("_id ").contains("first");
        assertThat(lines.get(2)).startsWith("n ").contains("on dev").endsWith("7");
        assertThat(lines.get(3)).startsWith("tags ").endsWith("[\"a\"]");
        assertThat(offshoot("blame shop items nothing")
                        .exits(ExitCodes.NOT_FOUND)
                        .err())
                .contains("documentHistory");
    }

    @Test
    void a_commit_names_a_position() {
        assertThat(lines("commit shop~dev -m done").get(0)).matches("LSN \\d+ of shop~dev: done");
        assertThat(lines("log shop~dev -n 1").get(0)).endsWith("commitBranch  dev  done");
        JsonNode commit = offshoot("commit shop -m again -o json").json();
        assertThat(commit.get("branch").asText()).isEqualTo("main");
        offshoot("commit shop~main~3 -m late").exits(ExitCodes.USAGE);
        offshoot("commit nothing -m x").exits(ExitCodes.NOT_FOUND);
    }

    @Test
    void which_project_has_to_be_said_where_there_are_several() {
        offshoot("project create other").exits(ExitCodes.OK);
        assertThat(offshoot("log").exits(ExitCodes.USAGE).err()).contains("several projects");
    }
}
