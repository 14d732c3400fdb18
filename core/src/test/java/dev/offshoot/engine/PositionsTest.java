package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.TestClocks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and positions of a project, in the names of databases and in fields of commands. */
class PositionsTest {
    private static final Origin ORIGIN = new Origin("test", "test", "main", "");

    @AutoClose
    private final Commander commander;

    PositionsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        insert("shop", 1); // 2 collection, 3 document
        insert("shop", 2); // 4
        commander.run("shop", "{createBranch: 'dev'}"); // 5
        insert("shop~dev", 3); // 6
        insert("shop", 4); // 7
        project().createTag("v1", main(), 3, ORIGIN); // 8
        project().createTag("Dev-1", project().branch("dev"), 6, ORIGIN); // 9
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "shop           | 'v1'                 | main | 3   | v1      | 1",
                "shop           | 'V1'                 | main | 3   | V1      | 1",
                "shop           | 'dev-1'              | dev  | 6   | dev-1   | 1,2,3",
                "shop           | 'dev'                | dev  |     | dev     | 1,2,3",
                "shop~v1        | null                 | main | 3   | v1      | 1",
                "shop~v1        | 'main'               | main |     | main    | 1,2,4",
                "shop~v1        | 4                    | main | 4   | main~4  | 1,2",
                "shop~dev-1     | '5'                  | dev  | 5   | dev~5   | 1,2",
                "shop~dev       | {$numberLong: '4'}   | dev  | 4   | dev~4   | 1,2",
                "shop~dev~4     | null                 | dev  | 4   | dev~4   | 1,2",
                "shop~dev~4     | 3                    | dev  | 3   | dev~3   | 1",
                "shop           | 'dev@4'              | dev  | 4   | dev~4   | 1,2",
                "shop           | null                 | main |     | main    | 1,2,4",
            })
    void a_position_is_a_branch_and_an_lsn(
            String database, String position, String branch, Long lsn, String text, String ids) {
        Target target = resolve(database, "{createBranch: 'x', from: " + position + "}");

        assertThat(target.branch().name()).isEqualTo(branch);
        assertThat(target.at()).isEqualTo(lsn);
        assertThat(target.text()).isEqualTo(text);
        assertThat(target.lsn()).isEqualTo(lsn == null ? target.snapshot().lsn() : lsn);
        BsonDocument made = commander.run(database, "{createBranch: 'x', from: " + position + "}");
        assertThat(made.getString("parent").getValue()).isEqualTo(branch);
        assertThat(ids("shop~x")).isEqualTo(numbers(ids));
        commander.restart();
        assertThat(ids("shop~x")).isEqualTo(numbers(ids));
    }

    @Test
    void a_tag_is_read_by_every_command_that_reads() {
        assertThat(ids("shop~v1")).containsExactly(1);
        assertThat(ids("shop@V1")).containsExactly(1);
        assertThat(ids("shop~dev-1")).containsExactly(1, 2, 3);
        assertThat(commander.run("shop~v1", "{count: 'items'}").getInt32("n").getValue())
                .isEqualTo(1);
        assertThat(commander.list("shop~v1", "{aggregate: 'items', pipeline: [{$match: {_id: 1}}], cursor: {}}"))
                .hasSize(1);
        BsonDocument described =
                commander.list("shop~v1", "{listCollections: 1}").get(0);
        assertThat(described.getDocument("info").getBoolean("readOnly").getValue())
                .isTrue();
        assertThat(commander
                        .list("shop", "{listCollections: 1}")
                        .get(0)
                        .getDocument("info")
                        .getBoolean("readOnly")
                        .getValue())
                .isFalse();
        assertThat(commander
                        .run("shop~v1", "{validate: 'items'}")
                        .getBoolean("readOnly")
                        .getValue())
                .isTrue();
        assertThat(commander
                        .run("shop~v1", "{explain: {find: 'items'}}")
                        .getDocument("queryPlanner")
                        .isEmpty())
                .isFalse();
        commander.run("shop~dev", "{drop: 'items'}");
        assertThat(ids("shop~dev-1")).containsExactly(1, 2, 3);
        commander.run("shop", "{dropBranch: 'dev'}");
        assertThat(ids("shop~dev-1")).as("a tag of a branch that is gone").containsExactly(1, 2, 3);
        commander.run("shop", "{createBranch: 'again', from: 'dev-1'}");
        commander.restart();
        assertThat(ids("shop~dev-1")).containsExactly(1, 2, 3);
        assertThat(ids("shop~again")).containsExactly(1, 2, 3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{insert: 'items', documents: [{_id: 9}]}",
                "{update: 'items', updates: [{q: {}, u: {$set: {a: 1}}}]}",
                "{delete: 'items', deletes: [{q: {}, limit: 0}]}",
                "{findAndModify: 'items', query: {}, remove: true}",
                "{create: 'x'}",
                "{drop: 'items'}",
                "{dropDatabase: 1}",
                "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a'}]}",
                "{aggregate: 'items', pipeline: [{$out: 'x'}], cursor: {}}",
            })
    void a_tag_is_not_written(String command) {
        BsonDocument refused = commander.fail(115, "shop~v1", command);

        assertThat(refused.getString("errmsg").getValue())
                .isEqualTo("'shop~v1' is a past position and cannot be written; make a branch from it: {createBranch:"
                        + " 'NAME', from: 'v1'} on 'shop'");
        assertThat(ids("shop~v1")).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "26 | shop~v2      | {count: 'items'}               | did you mean 'v1'? it has: v1, dev, main, Dev-1",
                "26 | shop~v2      | {count: 'items'}               | branch or tag 'v2' not found in 'shop'",
                "26 | shop         | {createBranch: 'x', from: 'v'} | branch or tag 'v' not found",
                "2  | shop~v1~4    | {count: 'items'}               | is shop~main~LSN",
                "2  | shop~v1@4    | {insert: 'items', documents: [{}]} | tag 'v1' is one position, LSN 3 of branch 'main'",
                "2  | shop         | {createBranch: 'x', from: 'v1~4'} | nothing stands behind it",
                "2  | shop~dev~999 | {count: 'items'}               | its positions are 0 to 10",
                "26 | shop         | {dropBranch: 'v1'}             | branch 'v1' not found in 'shop'; that is a tag",
                "48 | shop         | {createBranch: 'V1'}           | tag 'V1' already exists",
                "26 | shop         | {dropBranch: '.offshoot'}      | branch '.offshoot' not found",
                "26 | shop         | {renameBranch: '.offshoot', to: 'x'} | branch '.offshoot' not found",
                "2  | shop         | {createBranch: '.offshoot'}    | try 'offshoot'",
                "2  | shop         | {createBranch: 'x', from: '.offshoot'} | try 'offshoot'",
            })
    void what_names_nothing_is_refused_with_what_there_is(int code, String database, String command, String message) {
        Branch unused = project().internal(ORIGIN);

        BsonDocument refused = commander.fail(code, database, command);

        assertThat(refused.getString("errmsg").getValue()).contains(message);
    }

    @Test
    void a_time_means_what_was_there_then_also_for_a_cursor_that_goes_on() {
        long before = project().lastMillis();
        TestClocks.waitUntilAfter(before);
        insert("shop", 5);
        String past = "shop~main~" + Instant.ofEpochMilli(before);

        BsonDocument cursor =
                commander.run(past, "{find: 'items', batchSize: 1}").getDocument("cursor");
        insert("shop", 6);

        assertThat(ids(past)).containsExactly(1, 2, 4);
        assertThat(commander.engine().cursors().list())
                .singleElement()
                .satisfies(open -> assertThat(open.positions).containsExactly(9L));
        assertThat(commander
                        .run(
                                past,
                                "{getMore: {$numberLong: '"
                                        + cursor.getInt64("id").getValue() + "'}, collection: 'items'}")
                        .getDocument("cursor")
                        .getArray("nextBatch"))
                .hasSize(2);
    }

    private Target resolve(String database, String command) {
        Doc body = Commander.encode(BsonDocument.parse(command).append("$db", new org.bson.BsonString(database)));
        try (Invocation call =
                new Invocation(commander.engine(), commander.client(), Request.of(body), "createBranch")) {
            return Positions.of(call, "from");
        }
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().openProject("shop"));
    }

    private Branch main() {
        return project().branch("main");
    }

    private void insert(String database, int id) {
        commander.run(database, "{insert: 'items', documents: [{_id: " + id + "}]}");
    }

    private List<Integer> ids(String database) {
        return commander.list(database, "{find: 'items', sort: {_id: 1}}").stream()
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }

    private static List<Integer> numbers(String list) {
        return List.of(list.split(",")).stream().map(Integer::valueOf).toList();
    }
}
