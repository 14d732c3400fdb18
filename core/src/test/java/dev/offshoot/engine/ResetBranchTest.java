package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.TestClocks;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Branches that are set back, or to another branch; nothing is lost by it, and nothing that was discarded shows. */
final class ResetBranchTest {
    @AutoClose
    private final Commander commander;

    ResetBranchTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n', unique: true}]}");
        insert("shop", 1);
    }

    @Test
    void a_reset_shows_the_position_and_tells_how_to_get_back() {
        long first = head("main");
        insert("shop", 2);
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 77}}}]}");
        long second = head("main");

        BsonDocument reply = commander.run("shop", "{resetBranch: 'main', to: " + first + "}");

        assertThat(reply.getBoolean("changed").getValue()).isTrue();
        assertThat(lsn(reply, "old_head_lsn")).isEqualTo(second);
        assertThat(lsn(reply, "head_lsn")).isEqualTo(second + 1).isEqualTo(head("main"));
        assertThat(reply.getString("before").getValue()).isEqualTo("main~" + second);
        assertThat(ids("shop")).containsExactly(1);
        assertThat(values("shop~main~" + second)).as("history").containsExactly(77, 2);
        commander.restart();
        assertThat(ids("shop")).containsExactly(1);
        commander.run(
                "shop",
                "{resetBranch: 'main', to: '" + reply.getString("before").getValue() + "'}");
        assertThat(values("shop")).containsExactly(77, 2);
    }

    @Test
    void nothing_that_was_discarded_shows_in_counts_indexes_aggregations_or_unique_keys() {
        long first = head("main");
        insert("shop", 2);
        insert("shop", 3);
        commander.run("shop", "{create: 'other'}");
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {s: 1}, name: 's'}]}");
        commander.run("shop", "{resetBranch: 'main', to: " + first + "}");

        for (int pass = 0; pass < 2; pass++) {
            assertThat(number("{count: 'items'}")).isEqualTo(1);
            assertThat(number("{count: 'items', query: {n: {$gte: 0}}, hint: 'n'}"))
                    .isEqualTo(1);
            assertThat(commander.list("shop", "{find: 'items', filter: {n: 2}}"))
                    .isEmpty();
            assertThat(commander.list(
                            "shop",
                            "{aggregate: 'items', pipeline: [{$group: {_id: null, c: {$sum: 1}}}], cursor: {}}"))
                    .containsExactly(BsonDocument.parse("{_id: null, c: 1}"));
            assertThat(commander.run("shop", "{distinct: 'items', key: 'n'}").getArray("values"))
                    .hasSize(1);
            assertThat(commander.list("shop", "{listCollections: 1}")).hasSize(1);
            assertThat(commander.list("shop", "{listIndexes: 'items'}")).hasSize(2);
            assertThat(commander
                            .run("shop", "{validate: 'items'}")
                            .getBoolean("valid")
                            .getValue())
                    .isTrue();
            commander.restart();
        }
        insert("shop", 2);
        assertThat(ids("shop")).as("its unique keys are free again").containsExactly(1, 2);
    }

    @Test
    void an_open_cursor_keeps_its_state_and_a_new_one_has_the_new() {
        long first = head("main");
        for (int i = 2; i <= 9; i++) {
            insert("shop", i);
        }
        BsonDocument cursor =
                commander.run("shop", "{find: 'items', batchSize: 2}").getDocument("cursor");
        commander.run("shop", "{resetBranch: 'main', to: " + first + "}");

        List<BsonValue> rest = commander
                .run(
                        "shop",
                        new BsonDocument("getMore", cursor.getInt64("id"))
                                .append("collection", new BsonString("items")))
                .getDocument("cursor")
                .getArray("nextBatch");
        assertThat(rest).hasSize(7);
        assertThat(ids("shop")).containsExactly(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"'main~4'", "4", "'4'", "{$numberLong: '4'}", "'dev'", "'DEV'", "'dev~5'", "'v1'", "'dev@5'"})
    void a_branch_is_reset_to_any_kind_of_position(String to) {
        commander.run("shop", "{createBranch: 'dev'}");
        project().createTag("v1", project().branch("main"), 4, new Origin("test", "test", "", ""));
        insert("shop", 2);
        assertThat(ids("shop")).containsExactly(1, 2);

        commander.run("shop", "{resetBranch: 'main', to: " + to + "}");

        assertThat(ids("shop")).containsExactly(1);
        insert("shop", 3);
        assertThat(ids("shop")).containsExactly(1, 3);
        assertThat(ids("shop~dev")).containsExactly(1);
    }

    @Test
    void a_branch_is_reset_to_a_time() {
        long before = project().lastMillis();
        TestClocks.waitUntilAfter(before);
        insert("shop", 2);
        String time = Instant.ofEpochMilli(before).toString();

        commander.run("shop", "{resetBranch: 'main', to: '" + time + "'}");

        assertThat(ids("shop")).containsExactly(1);
    }

    @Test
    void an_lsn_alone_is_a_position_of_the_branch_that_is_reset_whatever_database_was_asked() {
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 5);
        long there = head("dev");
        insert("shop~dev", 6);

        commander.run("shop", "{resetBranch: 'dev', to: " + there + "}");

        assertThat(ids("shop~dev")).containsExactly(1, 5);
        assertThat(ids("shop")).containsExactly(1);
    }

    @Test
    void a_branch_is_reset_to_another_one_with_its_later_changes_left_there() {
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 5);
        insert("shop", 6);

        commander.run("shop", "{resetBranch: 'dev', to: 'main'}");
        insert("shop", 7);

        assertThat(ids("shop~dev")).containsExactly(1, 6);
        commander.restart();
        assertThat(ids("shop~dev")).containsExactly(1, 6);
    }

    @Test
    void a_reset_to_where_it_is_does_nothing() {
        commander.run("shop", "{createBranch: 'dev'}");
        long head = head("main");
        long last = project().lastLsn();
        for (String to : List.of("'main'", "'dev'", "" + head, "'main~" + last + "'")) {
            BsonDocument reply = commander.run("shop", "{resetBranch: 'main', to: " + to + "}");
            assertThat(reply.getBoolean("changed").getValue()).as(to).isFalse();
            assertThat(reply).as(to).doesNotContainKey("before");
            assertThat(lsn(reply, "head_lsn")).as(to).isEqualTo(head);
        }
        assertThat(commander
                        .run("shop", "{resetBranch: 'dev', to: 'main'}")
                        .getBoolean("changed")
                        .getValue())
                .isFalse();
        assertThat(project().lastLsn()).isEqualTo(last);
        insert("shop", 2);
        commander.run("shop", "{resetBranch: 'main', to: " + head + "}");
        long once = project().lastLsn();
        commander.run("shop", "{resetBranch: 'main', to: " + head + "}");
        assertThat(project().lastLsn()).as("the same again").isEqualTo(once);
    }

    @Test
    void one_that_expects_another_head_is_refused_and_told_which_it_is() {
        long head = head("main");
        insert("shop", 2);

        BsonDocument refused = commander.fail(112, "shop", "{resetBranch: 'main', to: 3, expect: " + head + "}");

        assertThat(refused.getString("errmsg").getValue())
                .contains("the head of branch 'main' is " + (head + 1) + ", not " + head);
        assertThat(ids("shop")).containsExactly(1, 2);
        commander.run("shop", "{resetBranch: 'main', to: " + head + ", expect: " + (head + 1) + "}");
        assertThat(ids("shop")).containsExactly(1);
    }

    @Test
    void what_cannot_be_is_refused_and_changes_nothing() {
        long last = project().lastLsn();
        commander.fail(40414, "shop", "{resetBranch: 'main'}");
        commander.fail(26, "shop", "{resetBranch: 'nope', to: 3}");
        commander.fail(26, "shop", "{resetBranch: 'main', to: 'nope'}");
        commander.fail(2, "shop", "{resetBranch: 'main', to: 4000}");
        commander.fail(14, "shop", "{resetBranch: 'main', to: true}");
        commander.fail(40415, "shop", "{resetBranch: 'main', to: 3, hard: true}");
        commander.fail(26, "shop", "{resetBranch: '.offshoot', to: 3}");
        commander.fail(73, "admin", "{resetBranch: 'main', to: 3}");
        assertThat(project().lastLsn()).isEqualTo(last);
    }

    @Test
    void a_retry_of_a_write_that_was_acknowledged_before_the_reset_is_answered_and_not_done_again() {
        long first = head("main");
        BsonDocument write = BsonDocument.parse("{insert: 'items', documents: [{_id: 2, n: 2}]}")
                .append("lsid", new BsonDocument("id", new BsonBinary(new java.util.UUID(3, 3))))
                .append("txnNumber", new BsonInt64(1));
        commander.run("shop", write);
        commander.run("shop", "{resetBranch: 'main', to: " + first + "}");
        for (int pass = 0; pass < 2; pass++) {
            BsonDocument retried = commander.run("shop", write);
            assertThat(retried.getInt32("n").getValue()).isEqualTo(1);
            assertThat(retried).containsKey("retriedStmtIds");
            assertThat(ids("shop")).containsExactly(1);
            commander.restart();
        }
    }

    @Test
    void a_tailable_cursor_whose_position_was_discarded_is_lost_and_one_before_it_goes_on() {
        commander.run("shop", "{create: 'log', capped: true, size: 100000}");
        commander.run("shop", "{insert: 'log', documents: [{_id: 1}]}");
        long then = head("main");
        long kept = tail(1);
        commander.run("shop", "{insert: 'log', documents: [{_id: 2}]}");
        long lost = tail(2);

        commander.run("shop", "{resetBranch: 'main', to: " + then + "}");
        commander.run("shop", "{insert: 'log', documents: [{_id: 3}]}");

        BsonDocument goesOn = commander.run("shop", getMore(kept));
        assertThat(goesOn.getDocument("cursor").getArray("nextBatch")).containsExactly(BsonDocument.parse("{_id: 3}"));
        BsonDocument refused = commander.reply("shop", getMore(lost));
        assertThat(refused.getInt32("code").getValue()).as("%s", refused).isEqualTo(136);
    }

    private long tail(int expected) {
        BsonDocument cursor =
                commander.run("shop", "{find: 'log', tailable: true}").getDocument("cursor");
        assertThat(cursor.getArray("firstBatch")).hasSize(expected);
        return cursor.getInt64("id").getValue();
    }

    private static BsonDocument getMore(long cursor) {
        return new BsonDocument("getMore", new BsonInt64(cursor)).append("collection", new BsonString("log"));
    }

    @Test
    void the_reflog_tells_where_the_head_was_and_each_entry_can_be_read() {
        long first = head("main");
        insert("shop", 2);
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 3);
        commander.run("shop", "{resetBranch: 'dev', to: " + first + ", comment: 'start again'}");
        insert("shop~dev", 4);
        commander.run("shop", "{renameBranch: 'dev', to: 'feature'}");
        commander.run("shop", "{resetBranch: 'feature', to: 'main'}");

        for (int pass = 0; pass < 2; pass++) {
            BsonDocument reflog = commander.run("shop", "{branchReflog: 'feature'}");
            List<BsonDocument> entries = reflog.getArray("entries").stream()
                    .map(BsonValue::asDocument)
                    .toList();
            assertThat(entries)
                    .extracting(entry -> entry.getString("command").getValue())
                    .containsExactly("resetBranch", "renameBranch", "resetBranch", "createBranch");
            assertThat(ids("shop~" + entries.get(0).getString("before").getValue()))
                    .containsExactly(1, 4);
            assertThat(ids("shop~" + entries.get(1).getString("before").getValue()))
                    .containsExactly(1, 4);
            assertThat(ids("shop~" + entries.get(2).getString("before").getValue()))
                    .containsExactly(1, 2, 3);
            assertThat(entries.get(3)).doesNotContainKey("before");
            assertThat(entries.get(2).getString("message").getValue()).isEqualTo("start again");
            assertThat(entries.get(2).getString("from").getValue()).isEqualTo("feature~" + first);
            assertThat(entries.get(0).getString("from").getValue()).isEqualTo("main~" + (first + 1));
            assertThat(entries.get(0).getDateTime("at").getValue()).isPositive();
            assertThat(entries.get(0).getString("actor").getValue()).isNotEmpty();
            assertThat(lsn(reflog, "head_lsn")).isEqualTo(lsn(entries.get(0), "lsn"));
            commander.restart();
        }
        assertThat(commander.run("shop", "{branchReflog: 'feature', limit: 1}").getArray("entries"))
                .hasSize(1);
        assertThat(commander.run("shop", "{branchReflog: 'main'}").getArray("entries"))
                .as("what others did is not in it")
                .hasSize(1);
    }

    @Test
    void a_protected_branch_is_not_reset() {
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 2);
        commander.run("shop", "{updateBranch: 'dev', protected: true}");
        commander.fail(20, "shop", "{resetBranch: 'dev', to: 'main'}");
        assertThat(ids("shop~dev")).containsExactly(1, 2);
        commander.run("shop", "{updateBranch: 'dev', protected: false}");
        commander.run("shop~dev", "{resetBranch: 1, to: 'main'}");
        assertThat(ids("shop~dev")).containsExactly(1);
        assertThat(commander
                        .run("shop~dev", "{branchReflog: 1}")
                        .getString("name")
                        .getValue())
                .isEqualTo("dev");
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private long head(String branch) {
        return project().head(branch).lsn();
    }

    private void insert(String database, int id) {
        commander.run(database, "{insert: 'items', documents: [{_id: " + id + ", n: " + id + "}]}");
    }

    private int number(String command) {
        return commander.run("shop", command).getInt32("n").getValue();
    }

    private List<Integer> ids(String database) {
        return ints(database, "_id");
    }

    private List<Integer> values(String database) {
        return ints(database, "n");
    }

    private List<Integer> ints(String database, String field) {
        return commander.list(database, "{find: 'items'}").stream()
                .map(document -> document.getInt32(field).getValue())
                .toList();
    }

    private static long lsn(BsonDocument reply, String field) {
        return reply.getInt64(field).getValue();
    }
}
