package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tags made, listed and dropped by commands that any driver can send. */
class TagCommandsTest {
    @AutoClose
    private final Commander commander;

    TagCommandsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        insert("shop", 1); // 2 collection, 3 document
        insert("shop", 2); // 4
        commander.run("shop", "{createBranch: 'dev'}"); // 5
        insert("shop~dev", 3); // 6
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "shop        | null    | main | 4 | 1,2",
                "shop~dev    | null    | dev  | 6 | 1,2,3",
                "shop~main~3 | null    | main | 3 | 1",
                "shop        | 'dev'   | dev  | 6 | 1,2,3",
                "shop        | 'dev~4' | dev  | 4 | 1,2",
                "shop        | 3       | main | 3 | 1",
            })
    void a_tag_keeps_its_position_whatever_happens_to_the_branch(
            String database, String at, String branch, long lsn, String ids) {
        BsonDocument made = commander.run(database, "{createTag: 'v1', at: " + at + "}");

        assertThat(made.getString("name").getValue()).isEqualTo("v1");
        assertThat(made.getString("branch").getValue()).isEqualTo(branch);
        assertThat(made.getInt64("lsn").getValue()).isEqualTo(lsn);
        assertThat(made.getInt64("id").getValue()).isEqualTo(7);
        assertThat(made.getDateTime("created").getValue()).isPositive();
        insert("shop", 8);
        insert("shop~dev", 9);
        commander.run("shop", "{dropBranch: 'dev'}");
        assertThat(ids("shop~v1")).isEqualTo(ids);
        commander.run("shop~v1", "{createTag: 'v1-again'}");
        assertThat(ids("shop~v1-again")).isEqualTo(ids);
        commander.restart();
        assertThat(ids("shop~v1")).isEqualTo(ids);
        assertThat(commander
                        .run("shop", "{listTags: 1}")
                        .getArray("tags")
                        .get(0)
                        .asDocument()
                        .getBoolean("branch_dropped")
                        .getValue())
                .isEqualTo(branch.equals("dev"));
    }

    @Test
    void tags_are_listed_by_name_and_answer_what_they_were_when_they_are_dropped() {
        commander.run("shop", "{createTag: 'v2', comment: 'second'}");
        BsonDocument made = commander.run("shop", "{createTag: 'v1', at: 3}");
        BsonDocument list = commander.run("shop~dev", "{listTags: 1}");
        assertThat(list.getString("project").getValue()).isEqualTo("shop");
        assertThat(names()).containsExactly("v1", "v2");
        BsonDocument listed = list.getArray("tags").get(0).asDocument();
        assertThat(listed).isEqualTo(without(made));

        BsonDocument dropped = commander.run("shop", "{dropTag: 'V1'}");

        assertThat(without(dropped)).isEqualTo(listed);
        assertThat(names()).containsExactly("v2");
        commander.fail(26, "shop~v1", "{count: 'items'}");
        commander.run("shop", "{createBranch: 'v1', from: 'main'}");
        assertThat(ids("shop~v1")).isEqualTo("1,2");
        commander.restart();
        assertThat(names()).containsExactly("v2");
        assertThat(ids("shop~v1")).isEqualTo("1,2");
    }

    @Test
    void tags_are_no_databases_of_their_own_in_a_list() {
        commander.run("shop", "{createTag: 'v1'}");
        assertThat(commander.run("admin", "{listDatabases: 1, nameOnly: true}").getArray("databases"))
                .extracting(entry -> entry.asDocument().getString("name").getValue())
                .contains("shop", "shop~dev")
                .doesNotContain("shop~v1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "48 | {createTag: 'V1'}            | tag 'V1' already exists",
                "48 | {createTag: 'main'}          | branch 'main' already exists",
                "48 | {createBranch: 'v1'}         | tag 'v1' already exists",
                "48 | {renameBranch: 'dev', to: 'V1'} | tag 'V1' already exists",
                "2  | {createTag: 'v1.2'}          | 'v1.2' cannot be a tag's name",
                "2  | {createTag: '42'}            | try 't42'",
                "2  | {createTag: 'x', at: 99}     | its positions are 0 to 7",
                "26 | {createTag: 'x', at: 'devv'} | did you mean 'dev'?",
                "14 | {createTag: 'x', at: true}   | createTag.at",
                "26 | {dropTag: 'v3'}              | tag 'v3' not found in 'shop'; did you mean 'v1'? it has: v1",
                "26 | {dropTag: 'dev'}             | that is a branch",
                "40415 | {createTag: 'x', from: 3} | from",
            })
    void what_cannot_be_is_refused_with_the_reason(int code, String command, String message) {
        commander.run("shop", "{createTag: 'v1'}");

        BsonDocument reply = commander.fail(code, "shop", command);

        assertThat(reply.getString("errmsg").getValue()).contains(message);
        assertThat(names()).containsExactly("v1");
    }

    private static BsonDocument without(BsonDocument reply) {
        BsonDocument copy = reply.clone();
        List.of("ok", "operationTime", "$clusterTime").forEach(copy::remove);
        return copy;
    }

    private void insert(String database, int id) {
        commander.run(database, "{insert: 'items', documents: [{_id: " + id + "}]}");
    }

    private String ids(String database) {
        List<String> ids = commander.list(database, "{find: 'items', sort: {_id: 1}}").stream()
                .map(document -> String.valueOf(document.getInt32("_id").getValue()))
                .toList();
        return String.join(",", ids);
    }

    private List<String> names() {
        return commander.run("shop", "{listTags: 1}").getArray("tags").stream()
                .map(tag -> tag.asDocument().getString("name").getValue())
                .toList();
    }
}
