package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of a past that is no longer kept: where it ends, and all that is behind that. */
final class TrimmedLogTest {
    @AutoClose
    private final Commander commander;

    private final List<String> messages = new ArrayList<>();

    TrimmedLogTest(@TempDir Path folder) {
        this.commander = Commander.open(
                folder, EngineOptions.DEFAULT, FileStoreOptions.defaults().withSegmentBytesMax(4096));
    }

    @BeforeEach
    void trim() {
        commander.run("shop", "{insert: 'c', documents: [{_id: 1, n: 0, old: 1}, {_id: 2}], comment: 'made'}");
        commander.run("shop", "{createBranch: 'exp'}");
        write("shop", 100);
        commander.run("shop", "{walCheckpoint: 1}");
        write("shop", 100);
        commander.run("shop", "{walCheckpoint: 1}");
        commander.restart(); // nobody is in the middle of reading what goes
        commander.run("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
        messages.clear();
        write("shop", 30);
        assertThat(first()).as("trimmed").isGreaterThan(100);
    }

    private void write(String database, int times) {
        for (int i = 0; i < times; i++) {
            messages.add(0, "m" + messages.size());
            commander.run(
                    database,
                    "{update: 'c', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}], comment: '" + messages.get(0) + "'}");
        }
    }

    private long first() {
        return commander
                .run("shop", "{branchLog: 1, limit: 1}")
                .getInt64("first_lsn")
                .getValue();
    }

    private static String message(BsonDocument entry) {
        return entry.getString("message", new BsonString("")).getValue();
    }

    @Test
    void a_commit_that_is_no_longer_in_the_log_is_not_said_to_be_in_no_history() {
        for (String command : List.of("{revertMerge: 50}", "{undoChanges: 1, lsn: 50}", "{cherryPick: 'main~50'}")) {
            assertThat(commander
                            .fail(2, "shop~exp", command)
                            .getString("errmsg")
                            .getValue())
                    .as(command)
                    .contains("50")
                    .contains("no longer kept");
        }
    }

    @Test
    void the_log_goes_back_as_far_as_it_is_kept_and_says_so() {
        List<BsonDocument> entries = commander.list("shop", "{branchLog: 1, cursor: {batchSize: 1000}}");
        assertThat(entries.stream().map(TrimmedLogTest::message).toList()).startsWith(messages.toArray(String[]::new));
        assertThat(entries.get(entries.size() - 1).getInt64("lsn").getValue()).isGreaterThanOrEqualTo(first());
        assertThat(entries).hasSizeBetween(30, 130);
        assertThat(commander.list("shop", "{branchLog: 1, since: 1, cursor: {batchSize: 1000}}"))
                .isEqualTo(entries);
        assertThat(commander.list(
                        "shop", "{branchLog: 1, since: {$date: {$numberLong: '1000'}}, cursor: {batchSize: 1000}}"))
                .isEqualTo(entries);
        assertThat(commander.list("shop~exp", "{branchLog: 1}")).isEmpty();
    }

    @Test
    void edits_are_told_where_the_state_before_is_kept() {
        List<BsonDocument> entries = commander.list("shop", "{branchLog: 1, patch: true, cursor: {batchSize: 1000}}");
        assertThat(entries.subList(0, 30))
                .allSatisfy(entry -> assertThat(entry.getArray("edits")).hasSize(1));
    }

    @Test
    void the_versions_end_with_the_one_that_was_there_then() {
        List<BsonDocument> versions =
                commander.list("shop", "{documentHistory: 'c', _id: 1, cursor: {batchSize: 1000}}");
        assertThat(versions.stream().map(TrimmedLogTest::message).toList()).startsWith(messages.toArray(String[]::new));
        BsonDocument last = versions.get(versions.size() - 1);
        assertThat(last.getString("op").getValue()).isEqualTo("kept");
        assertThat(last.containsKey("actor")).isFalse();
        assertThat(last.getDocument("document").getInt32("n").getValue()).isEqualTo(200);
        BsonDocument reply = commander.run("shop", "{documentHistory: 'c', _id: 1}");
        assertThat(last.getInt64("lsn")).isEqualTo(reply.getInt64("oldest_lsn"));
        assertThat(commander.list("shop", "{documentHistory: 'c', _id: 2}")).hasSize(1);
        assertThat(commander.list("shop", "{documentHistory: 'c', _id: 3}")).isEmpty();
        assertThat(commander
                        .list("shop~exp", "{documentHistory: 'c', _id: 1}")
                        .get(0)
                        .getDocument("document"))
                .isEqualTo(BsonDocument.parse("{_id: 1, n: 0, old: 1}"));
    }

    @Test
    void fields_that_are_older_have_nobody_to_blame() {
        List<BsonDocument> rows = commander.list("shop", "{documentBlame: 'c', _id: 1}");
        BsonDocument old = rows.get(2);
        assertThat(old.getString("path").getValue()).isEqualTo("old");
        assertThat(old.getString("op").getValue()).isEqualTo("kept");
        assertThat(old.get("lsn")).isInstanceOf(BsonInt64.class);
        assertThat(message(rows.get(1))).isEqualTo(messages.get(0));
    }

    @Test
    void a_branch_that_was_moved_to_what_only_a_checkpoint_has_is_computed_again() {
        commander.run("shop", "{createTag: 'then', at: 'exp'}");
        commander.run("shop", "{walCheckpoint: 1}");
        commander.run("shop", "{resetBranch: 1, to: 'then'}");
        write("shop", 3);
        BsonDocument replay = commander.run("shop", "{walReplay: 1}");
        assertThat(replay.getBoolean("same").getValue()).as("%s", replay).isTrue();
        assertThat(replay.getNumber("records").longValue()).isPositive();
    }

    // ---- merges

    private String merge(String source, String into) {
        return commander
                .run("shop", "{mergeBranch: '" + source + "', into: '" + into + "', strategy: 'theirs'}")
                .getString("status")
                .getValue();
    }

    private void trimAgain() {
        commander.run("shop", "{walCheckpoint: 1}");
        write("shop", 100);
        commander.run("shop", "{walCheckpoint: 1}");
        commander.restart();
        commander.run("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
    }

    @Test
    void branches_that_have_nothing_in_common_are_merged_on_nothing() {
        commander.run("shop", "{createBranch: 'empty', from: 0}");
        commander.run("shop~empty", "{insert: 'c', documents: [{_id: 9}]}");
        trimAgain();

        assertThat(merge("empty", "main")).isEqualTo("merged");
        assertThat(commander.run("shop", "{count: 'c'}").getInt32("n").getValue())
                .isEqualTo(3);
        assertThat(merge("main", "empty")).isEqualTo("fastForward");
    }

    @Test
    void a_branch_that_was_reset_to_another_history_is_merged_with_those_of_before() {
        commander.run("shop", "{createBranch: 'empty', from: 0}");
        commander.run("shop~empty", "{insert: 'd', documents: [{_id: 9}]}");
        commander.run("shop", "{createBranch: 'old'}");
        commander.run("shop~old", "{insert: 'e', documents: [{_id: 1}]}");
        commander.run("shop", "{resetBranch: 'main', to: 'empty'}");
        commander.run("shop", "{insert: 'c', documents: [{_id: 1, n: 0}]}");
        trimAgain();

        assertThat(merge("old", "main")).isEqualTo("merged");
        assertThat(merge("exp", "main")).isEqualTo("upToDate");
        assertThat(commander.run("shop", "{count: 'e'}").getInt32("n").getValue())
                .isEqualTo(1);
        assertThat(commander.run("shop", "{count: 'd'}").getInt32("n").getValue())
                .isEqualTo(1);
    }

    @Test
    void branches_whose_common_parent_was_dropped_long_ago_are_merged() {
        commander.run("shop", "{createBranch: 'parent'}");
        write("shop~parent", 3);
        commander.run("shop", "{createBranch: 'a', from: 'parent'}");
        write("shop~parent", 3);
        commander.run("shop", "{createBranch: 'b', from: 'parent'}");
        commander.run("shop", "{dropBranch: 'parent'}");
        commander.run("shop~a", "{insert: 'd', documents: [{_id: 1}]}");
        commander.run("shop~b", "{insert: 'e', documents: [{_id: 1}]}");
        trimAgain();
        trimAgain();

        assertThat(merge("a", "b")).isEqualTo("merged");
        assertThat(merge("b", "main")).isEqualTo("merged");
        assertThat(merge("exp", "a")).isEqualTo("upToDate");
        assertThat(commander.run("shop", "{count: 'd'}").getInt32("n").getValue())
                .isEqualTo(1);
    }

    @Test
    void what_waits_and_came_to_need_a_position_that_is_gone_says_so_and_how_it_ends() {
        commander.run("shop~exp", "{insert: 'e', documents: [{_id: 1}]}");
        trimAgain();
        trimAgain();
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{update: 'c', updates: [{q: {_id: 2}, u: {$set: {n: 1}}}]}");
        commander.run("shop", "{update: 'c', updates: [{q: {_id: 2}, u: {$set: {n: 2}}}]}");
        assertThat(commander
                        .run("shop", "{rebaseBranch: 'dev', onto: 'main'}")
                        .getString("status")
                        .getValue())
                .isEqualTo("conflicts");
        commander.run("shop", "{resetBranch: 'dev', to: 'exp'}");

        assertThat(commander
                        .fail(2, "shop~dev", "{rebaseBranch: 1, continue: true}")
                        .getString("errmsg")
                        .getValue())
                .contains(
                        "of project 'shop' is no longer kept",
                        "So the rebase into branch 'dev' cannot go on",
                        "{mergeBranch: 1, into: 'dev', abort: true}");
        commander.run("shop", "{mergeBranch: 1, into: 'dev', abort: true}");
        assertThat(merge("dev", "main")).isEqualTo("merged");
    }
}
