package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Branches merged by commands that any driver can send. */
class MergeBranchTest {
    private static final String SESSION = "{id: {$uuid: '7d1a1a2e-8a4c-4a30-8c6e-3e4f1f2a3b4c'}}";

    @AutoClose
    private final Commander commander;

    MergeBranchTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void twoBranches() {
        insert("shop", "{_id: 1, n: 1}", "{_id: 2, n: 2}");
        commander.run("shop", "{createBranch: 'dev'}");
    }

    // ---- without conflicts

    @Test
    void a_branch_without_changes_of_its_own_is_moved_forward() {
        insert("shop~dev", "{_id: 3}");

        BsonDocument merged = merge("dev", "main", "");

        assertThat(status(merged)).isEqualTo("fastForward");
        assertThat(ids("shop")).containsExactly(1, 2, 3);
        assertThat(status(merge("dev", "main", ""))).isEqualTo("upToDate");
        assertThat(status(merge("main", "dev", ""))).isEqualTo("upToDate");
        insert("shop~dev", "{_id: 4}");
        assertThat(status(merge("dev", "main", ""))).isEqualTo("fastForward");
        commander.restart();
        assertThat(ids("shop")).containsExactly(1, 2, 3, 4);
    }

    @Test
    void rules_for_a_collection_that_no_side_has_are_told() {
        insert("shop~dev", "{_id: 3}");
        insert("shop", "{_id: 4}");
        String rules =
                ", modes: {'*': 'fieldDivergent', itmes: 'documentTouched'}, paths: {items: {n: 'sum'}, d: {n: 'max'}}";

        BsonDocument planned = merge("dev", "main", rules + ", dryRun: true");
        BsonDocument merged = merge("dev", "main", rules + ", txnNumber: {$numberLong: '1'}, lsid: " + SESSION);

        for (BsonDocument reply : List.of(
                planned, merged, merge("dev", "main", rules + ", txnNumber: {$numberLong: '1'}, lsid: " + SESSION))) {
            assertThat(status(reply)).isEqualTo("merged");
            assertThat(reply.getArray("unknown")).containsExactly(new BsonString("itmes"), new BsonString("d"));
        }
        insert("shop~dev", "{_id: 5}");
        assertThat(merge("dev", "main", ", paths: {items: {n: 'sum'}}").containsKey("unknown"))
                .isFalse();
    }

    @Test
    void no_ff_makes_a_commit_with_the_changes_alone() {
        insert("shop~dev", "{_id: 3}");

        BsonDocument merged = merge("dev", "main", ", ff: 'never', message: 'the third'");

        assertThat(status(merged)).isEqualTo("merged");
        assertThat(changes(merged, "inserted")).isEqualTo(1);
        assertThat(ids("shop")).containsExactly(1, 2, 3);
        assertThat(status(merge("dev", "main", ", ff: 'never'"))).isEqualTo("upToDate");
        assertThat(status(merge("main", "dev", ""))).isEqualTo("fastForward");
    }

    @Test
    void both_sides_changes_come_together_and_merging_again_brings_only_what_is_new() {
        insert("shop~dev", "{_id: 3}");
        update("shop~dev", 1, "{$set: {dev: true}}");
        insert("shop", "{_id: 4}");
        update("shop", 2, "{$set: {main: true}}");

        BsonDocument merged = merge("dev", "main", "");

        assertThat(status(merged)).isEqualTo("merged");
        assertThat(changes(merged, "inserted")).isEqualTo(1);
        assertThat(changes(merged, "updated")).isEqualTo(1);
        assertThat(documents("shop"))
                .containsExactly("{_id: 1, n: 1, dev: true}", "{_id: 2, n: 2, main: true}", "{_id: 3}", "{_id: 4}");
        update("shop~dev", 1, "{$set: {dev: false}}");
        update("shop", 1, "{$set: {main: 1}}");
        assertThat(changes(merge("dev", "main", ""), "updated")).isEqualTo(1);
        assertThat(documents("shop").get(0)).isEqualTo("{_id: 1, n: 1, dev: false, main: 1}");
        commander.restart();
        assertThat(documents("shop").get(0)).isEqualTo("{_id: 1, n: 1, dev: false, main: 1}");
        assertThat(status(merge("dev", "main", ""))).isEqualTo("upToDate");
    }

    @Test
    void squash_brings_the_changes_and_leaves_the_base_where_it_was() {
        insert("shop~dev", "{_id: 3}");

        assertThat(status(merge("dev", "main", ", squash: true"))).isEqualTo("merged");
        assertThat(ids("shop")).containsExactly(1, 2, 3);
        BsonDocument again = merge("dev", "main", ", squash: true");
        assertThat(status(again)).isEqualTo("upToDate");
    }

    @Test
    void ff_only_refuses_a_branch_with_changes_of_its_own() {
        insert("shop~dev", "{_id: 3}");
        insert("shop", "{_id: 4}");

        BsonDocument refused = commander.fail(20, "shop", "{mergeBranch: 'dev', ff: 'only'}");

        assertThat(refused.getString("errmsg").getValue()).contains("has changes of its own");
        assertThat(ids("shop")).containsExactly(1, 2, 4);
    }

    // ---- conflicts

    @Test
    void a_conflict_stops_the_merge_and_leaves_the_branch_as_it_is_until_it_is_resolved() {
        update("shop~dev", 1, "{$set: {n: 10, x: 1}}");
        update("shop", 1, "{$set: {n: 11}}");

        BsonDocument stopped = merge("dev", "main", "");

        assertThat(status(stopped)).isEqualTo("conflicts");
        assertThat(stopped.getInt64("conflicts").getValue()).isEqualTo(1);
        assertThat(documents("shop").get(0)).isEqualTo("{_id: 1, n: 11}");
        commander.restart();
        BsonDocument conflict = conflicts("main").get(0);
        assertThat(conflict.getString("type").getValue()).isEqualTo("documentEdit");
        assertThat(conflict.getArray("fields")).containsExactly(new BsonString("n"));
        assertThat(conflict.getDocument("base")).isEqualTo(BsonDocument.parse("{_id: 1, n: 1}"));
        assertThat(conflict.getDocument("ours")).isEqualTo(BsonDocument.parse("{_id: 1, n: 11}"));
        assertThat(conflict.getDocument("theirs")).isEqualTo(BsonDocument.parse("{_id: 1, n: 10, x: 1}"));
        commander.fail(117, "shop", "{mergeBranch: 'dev'}");
        assertThat(status(merge("1", "main", ", continue: true"))).isEqualTo("conflicts");
        resolve(conflict, "take: 'theirs'");
        assertThat(conflicts("main").get(0).getString("take").getValue()).isEqualTo("theirs");
        commander.restart();

        assertThat(status(merge("1", "main", ", continue: true"))).isEqualTo("merged");

        assertThat(documents("shop").get(0)).isEqualTo("{_id: 1, n: 10, x: 1}");
        commander.fail(4, "shop", "{listConflicts: 1}");
        assertThat(status(merge("dev", "main", ""))).isEqualTo("upToDate");
    }

    @Test
    void an_aborted_merge_leaves_nothing() {
        update("shop~dev", 1, "{$set: {n: 10}}");
        update("shop", 1, "{$set: {n: 11}}");
        merge("dev", "main", "");

        assertThat(status(merge("1", "main", ", abort: true"))).isEqualTo("aborted");

        commander.fail(4, "shop", "{listConflicts: 1}");
        commander.fail(4, "shop", "{mergeBranch: 1, continue: true}");
        assertThat(documents("shop").get(0)).isEqualTo("{_id: 1, n: 11}");
        assertThat(status(merge("dev", "main", ""))).isEqualTo("conflicts");
    }

    @Test
    void a_merge_goes_on_or_ends_only_where_the_source_that_is_named_is_its_own() {
        update("shop~dev", 1, "{$set: {n: 10}}");
        update("shop", 1, "{$set: {n: 11}}");
        commander.run("shop", "{createBranch: 'other'}");
        commander.run("shop", "{createTag: 'v1', at: 'dev'}");
        merge("dev", "main", "");

        for (String source : List.of("'other'", "'main'", "'nope'", "'other~1'")) {
            commander.fail(2, "shop", "{mergeBranch: " + source + ", continue: true}");
            commander.fail(2, "shop", "{mergeBranch: " + source + ", abort: true}");
        }

        assertThat(conflicts("main")).hasSize(1);
        for (String source : List.of("'dev'", "'DEV'", "'v1'", "1")) {
            assertThat(status(commander.run("shop", "{mergeBranch: " + source + ", continue: true}")))
                    .isEqualTo("conflicts");
        }
        commander.run("shop", "{mergeBranch: 'dev', abort: true}");
        commander.fail(4, "shop", "{mergeBranch: 'other', continue: true}");
    }

    @Test
    void a_type_of_conflicts_that_does_not_exist_is_refused_and_not_just_empty() {
        update("shop~dev", 1, "{$set: {n: 10}}");
        update("shop", 1, "{$set: {n: 11}}");
        merge("dev", "main", "");

        commander.fail(2, "shop", "{listConflicts: 1, type: 'documentEdits'}");
        assertThat(commander.list("shop", "{listConflicts: 1, type: 'documentEdit'}"))
                .hasSize(1);
        assertThat(commander.list("shop", "{listConflicts: 1, type: 'validation'}"))
                .isEmpty();
        assertThat(commander
                        .fail(2, "shop", "{resolveConflict: {}, take: 'mine'}")
                        .getString("errmsg")
                        .getValue())
                .contains("ours, theirs, base, drop and none");
        String id = conflicts("main").get(0).getString("_id").getValue();
        assertThat(commander
                        .fail(2, "shop", "{resolveConflict: '" + id + "', value: 5}")
                        .getString("errmsg")
                        .getValue())
                .contains("by value 5");
    }

    private void resolve(BsonDocument conflict, String how) {
        commander.run("shop", "{resolveConflict: '" + conflict.getString("_id").getValue() + "', " + how + "}");
    }

    private List<BsonDocument> conflicts(String into) {
        return commander.list("shop", "{listConflicts: 1, into: '" + into + "'}");
    }

    private BsonDocument merge(String source, String into, String more) {
        String from = source.equals("1") ? "1" : "'" + source + "'";
        return commander.run("shop", "{mergeBranch: " + from + ", into: '" + into + "'" + more + "}");
    }

    private static String status(BsonDocument reply) {
        return reply.getString("status").getValue();
    }

    private static long changes(BsonDocument reply, String what) {
        return reply.getDocument("changes").getInt64(what).getValue();
    }

    private void insert(String database, String... documents) {
        commander.run(database, "{insert: 'items', documents: [" + String.join(", ", documents) + "]}");
    }

    private void update(String database, int id, String change) {
        commander.run(database, "{update: 'items', updates: [{q: {_id: " + id + "}, u: " + change + "}]}");
    }

    private List<Integer> ids(String database) {
        BsonArray batch = commander
                .run(database, "{find: 'items', sort: {_id: 1}}")
                .getDocument("cursor")
                .getArray("firstBatch");
        return batch.stream()
                .map(BsonValue::asDocument)
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }

    private List<String> documents(String database) {
        return commander.list(database, "{find: 'items', sort: {_id: 1}}").stream()
                .map(document -> document.toJson().replace("\"", ""))
                .toList();
    }

    @Test
    void a_collection_made_anew_by_both_sides_is_not_mixed_with_the_one_that_theirs_renamed() {
        commander.run("shop", "{insert: 'x', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'side'}");
        commander.run("shop", "{drop: 'x'}");
        commander.run("shop", "{insert: 'x', documents: [{_id: 5}]}");
        commander.run("admin", "{renameCollection: 'shop~side.x', to: 'shop~side.y'}");
        commander.run("shop~side", "{insert: 'y', documents: [{_id: 7, of: 'y'}]}");
        commander.run("shop~side", "{insert: 'x', documents: [{_id: 7, of: 'x'}]}");

        BsonDocument merged = merge("side", "main", ", strategy: 'theirs'");

        assertThat(status(merged)).isEqualTo("merged");
        String x = commander.run("shop", "{find: 'x', sort: {_id: 1}}").toJson();
        assertThat(x).contains("[{\"_id\": 5}, {\"_id\": 7, \"of\": \"x\"}]");
        String y = commander.run("shop", "{find: 'y', sort: {_id: 1}}").toJson();
        assertThat(y).contains("[{\"_id\": 1}, {\"_id\": 7, \"of\": \"y\"}]");
    }

    @Test
    void a_collection_made_anew_against_a_view_of_the_same_name_is_removed_once() {
        commander.run("shop", "{insert: 'x', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'side'}");
        commander.run("shop", "{drop: 'x'}");
        commander.run("shop", "{insert: 'x', documents: [{_id: 5}]}");
        commander.run("shop~side", "{drop: 'x'}");
        commander.run("shop~side", "{create: 'x', viewOn: 'c', pipeline: []}");

        BsonDocument merged = merge("side", "main", ", strategy: 'theirs'");

        assertThat(status(merged)).isEqualTo("merged");
        assertThat(commander
                        .run("shop", "{listCollections: 1, filter: {name: 'x'}}")
                        .toJson())
                .contains("view");
    }

    @Test
    void a_protected_branch_takes_a_merge_that_its_database_names() {
        insert("shop~dev", "{_id: 3}");
        commander.run("shop", "{updateBranch: 'main', protected: true}");

        assertThat(status(commander.run("shop", "{mergeBranch: 'dev'}"))).isEqualTo("fastForward");

        assertThat(ids("shop")).containsExactly(1, 2, 3);
    }
}
