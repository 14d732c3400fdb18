package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Value;
import dev.offshoot.state.BranchLog;
import dev.offshoot.state.DocumentHistory;
import dev.offshoot.state.LogQuery;
import dev.offshoot.state.Project;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.TestClocks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code branchLog} and {@code commitBranch} answer. */
final class BranchLogTest {
    private static final int BAD_VALUE = 2;
    private static final int NAMESPACE_NOT_FOUND = 26;
    private static final int COMMAND_NOT_SUPPORTED = 115;

    @AutoClose
    private final Commander commander;

    BranchLogTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    private List<BsonDocument> log(String database, String fields) {
        String all = "{branchLog: 1, cursor: {batchSize: 100000}" + (fields.isEmpty() ? "" : ", " + fields) + "}";
        return commander.list(database, all);
    }

    private List<String> messages(String database, String fields) {
        return log(database, fields).stream()
                .map(entry -> entry.getString("message", new BsonString("")).getValue())
                .toList();
    }

    private void insert(String database, int id, String comment) {
        commander.run(database, "{insert: 'c', documents: [{_id: " + id + "}], comment: '" + comment + "'}");
    }

    private long lsn(String database) {
        return commander
                .run(database, "{branchLog: 1, limit: 1}")
                .getInt64("lsn")
                .getValue();
    }

    private static BsonValue changes(BsonDocument entry) {
        return entry.getArray("changes");
    }

    private static BsonArray json(String array) {
        return BsonArray.parse(array);
    }

    @Test
    void what_touched_a_collection_is_found_among_many_writes_to_others() {
        commander.run("rareshop", "{insert: 'rare', documents: [{_id: 1}]}");
        commander.run("rareshop", "{createBranch: 'dev'}");
        commander.run("rareshop~dev", "{update: 'rare', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}]}");
        for (int i = 0; i < 300; i++) {
            commander.run("rareshop", "{insert: 'often', documents: [{_id: " + i + "}]}");
        }
        commander.run("rareshop", "{mergeBranch: 'dev'}");
        commander.run("admin", "{renameCollection: 'rareshop.rare', to: 'rareshop.seldom'}");
        commander.run("rareshop", "{update: 'seldom', updates: [{q: {_id: 1}, u: {$set: {n: 2}}}]}");
        assertThat(commander.list("rareshop", "{branchLog: 1, collection: 'rare'}"))
                .extracting(entry -> entry.getString("command").getValue())
                .contains("mergeBranch", "insert")
                .hasSizeBetween(2, 3);
        assertThat(commander.list("rareshop", "{branchLog: 1, collection: 'seldom'}"))
                .extracting(entry -> entry.getString("command").getValue())
                .startsWith("update");
        assertThat(commander.list("rareshop", "{branchLog: 1, collection: 'often', cursor: {batchSize: 1000}}"))
                .hasSize(300);
    }

    @Test
    void each_commit_is_one_entry_the_newest_first() {
        commander.run("shop", "{insert: 'c', documents: [{_id: 1}, {_id: 2}, {_id: 3}], comment: 'three'}");
        commander.run("shop", "{update: 'c', updates: [{q: {_id: {$gt: 1}}, u: {$set: {n: 1}}, multi: true}]}");
        commander.run("shop", "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}");
        List<BsonDocument> entries = log("shop", "");
        assertThat(entries).hasSize(3);
        assertThat(changes(entries.get(0)))
                .isEqualTo(json("[{ns: 'c', inserted: {$numberLong: '0'}, updated:"
                        + " {$numberLong: '0'}, deleted: {$numberLong: '1'}}]"));
        assertThat(changes(entries.get(1)))
                .isEqualTo(json("[{ns: 'c', inserted: {$numberLong: '0'}, updated:"
                        + " {$numberLong: '2'}, deleted: {$numberLong: '0'}}]"));
        BsonDocument first = entries.get(2);
        assertThat(changes(first))
                .isEqualTo(json("[{ns: 'c', inserted: {$numberLong: '3'}, updated:"
                        + " {$numberLong: '0'}, deleted: {$numberLong: '0'}}]"));
        assertThat(first.getArray("definitions")).isEqualTo(json("[{op: 'createCollection', ns: 'c'}]"));
        assertThat(first.getString("message").getValue()).isEqualTo("three");
        assertThat(first.getString("actor").getValue()).isEqualTo("127.0.0.1");
        assertThat(first.getString("command").getValue()).isEqualTo("insert");
        assertThat(first.getString("branch").getValue()).isEqualTo("main");
        assertThat(first.getDateTime("at").getValue()).isPositive();
        assertThat(first.getTimestamp("time").getTime()).isPositive();
        long next = lsn("shop");
        for (BsonDocument entry : entries) {
            assertThat(entry.getInt64("last_lsn").getValue()).isEqualTo(next);
            next = entry.getInt64("lsn").getValue() - 1;
        }
        assertThat(next).as("what made the branch").isEqualTo(1);
    }

    @Test
    void a_branch_has_what_it_was_made_from_and_not_what_others_did_later() {
        insert("shop", 1, "before");
        commander.run("shop", "{createBranch: 'exp'}");
        insert("shop", 2, "on main");
        insert("shop~exp", 3, "on exp");
        commander.run("shop~exp", "{createBranch: 'deep'}");
        insert("shop~exp", 4, "on exp later");
        insert("shop~deep", 5, "on deep");
        assertThat(messages("shop", "")).containsExactly("on main", "before");
        assertThat(messages("shop~exp", "")).containsExactly("on exp later", "on exp", "before");
        assertThat(messages("shop~deep", "")).containsExactly("on deep", "on exp", "before");
        assertThat(log("shop~deep", ""))
                .extracting(entry -> entry.getString("branch").getValue())
                .containsExactly("deep", "exp", "main");
    }

    @Test
    void a_past_position_sees_what_was_before_it() {
        insert("shop", 1, "a");
        long then = lsn("shop");
        insert("shop", 2, "b");
        assertThat(messages("shop~main~" + then, "")).containsExactly("a");
        assertThat(messages("shop", "until: " + then)).containsExactly("a");
        assertThat(messages("shop", "until: '" + then + "'")).containsExactly("a");
        assertThat(messages("shop", "since: " + then)).containsExactly("b");
        assertThat(messages("shop", "since: " + then + ", until: " + then)).isEmpty();
    }

    @Test
    void another_branch_bounds_the_log_by_what_both_see() {
        insert("shop", 1, "both");
        commander.run("shop", "{createBranch: 'exp'}");
        insert("shop", 2, "on main");
        insert("shop~exp", 3, "on exp");
        insert("shop", 4, "on main later");
        assertThat(messages("shop", "since: 'exp'")).containsExactly("on main later", "on main");
        assertThat(messages("shop~exp", "since: 'main'")).containsExactly("on exp");
        assertThat(messages("shop", "until: 'exp'")).containsExactly("both");
        assertThat(commander.list("shop", "{branchLog: 'exp'}")).isEqualTo(log("shop~exp", ""));
        assertThat(commander.list("shop~exp", "{branchLog: 'main'}")).isEqualTo(log("shop", ""));
        commander.fail("shop", "{branchLog: 'nothing'}");
        commander.fail("shop", "{branchLog: 1, since: 'nothing'}");
    }

    @Test
    void a_position_inside_a_commit_is_the_end_of_the_one_before() {
        insert("shop", 1, "a");
        commander.run("shop", "{insert: 'c', documents: [{_id: 2}, {_id: 3}, {_id: 4}], comment: 'b'}");
        long inside = lsn("shop") - 1;
        assertThat(messages("shop", "until: " + inside)).containsExactly("a");
        assertThat(messages("shop", "since: " + inside)).containsExactly("b");
    }

    @Test
    void times_bound_the_log_as_positions_do() throws InterruptedException {
        insert("shop", 1, "a");
        long time = log("shop", "").get(0).getDateTime("at").getValue();
        TestClocks.waitUntilAfter(time);
        insert("shop", 2, "b");
        String iso = java.time.Instant.ofEpochMilli(time).toString();
        assertThat(messages("shop", "until: {$date: " + time + "}")).containsExactly("a");
        assertThat(messages("shop", "until: '" + iso + "'")).containsExactly("a");
        assertThat(messages("shop", "since: '" + iso + "'")).containsExactly("b");
        assertThat(messages("shop", "since: {$date: {$numberLong: '1000'}}")).containsExactly("b", "a");
    }

    @Test
    void the_log_can_be_read_in_pages() {
        for (int i = 0; i < 300; i++) {
            insert("shop", i, "m" + i);
        }
        List<String> expected =
                IntStream.range(0, 300).mapToObj(i -> "m" + (299 - i)).toList();
        assertThat(messages("shop", "")).isEqualTo(expected);

        List<String> paged = new ArrayList<>();
        long before = Long.MAX_VALUE;
        while (paged.size() < 300) {
            List<BsonDocument> page = log("shop", "limit: 7, before: {$numberLong: '" + before + "'}");
            assertThat(page).hasSizeBetween(1, 7);
            page.forEach(entry -> paged.add(entry.getString("message").getValue()));
            before = page.get(page.size() - 1).getInt64("lsn").getValue();
        }
        assertThat(paged).isEqualTo(expected);
        assertThat(log("shop", "before: " + before)).isEmpty();

        BsonDocument cursor =
                commander.run("shop", "{branchLog: 1, cursor: {batchSize: 10}}").getDocument("cursor");
        assertThat(cursor.getArray("firstBatch")).hasSize(10);
        BsonDocument more = commander
                .run(
                        "shop",
                        new BsonDocument("getMore", cursor.getInt64("id"))
                                .append("collection", new BsonString("$cmd.branchLog"))
                                .append("batchSize", new BsonInt64(290)))
                .getDocument("cursor");
        assertThat(more.getArray("nextBatch")).hasSize(290);
        assertThat(more.getInt64("id").getValue()).isZero();
    }

    @Test
    void filters_by_actor() {
        insert("shop", 1, "a");
        Client till = commander.engine().connect("10.0.0.7:1");
        till.introduce("till");
        String insert = "{insert: 'c', documents: [{_id: 2}], comment: 'b', $db: 'shop'}";
        commander.engine().run(till, Request.of(Commander.encode(BsonDocument.parse(insert))));
        insert("shop", 3, "c");
        assertThat(messages("shop", "actor: 'till@10.0.0.7'")).containsExactly("b");
        assertThat(messages("shop", "actor: 'till'")).containsExactly("b");
        assertThat(messages("shop", "actor: '127.'")).containsExactly("c", "a");
        assertThat(messages("shop", "actor: 'nobody'")).isEmpty();
    }

    @Test
    void filters_by_the_name_that_a_collection_had_then() {
        insert("shop", 1, "made c");
        commander.run("admin", "{renameCollection: 'shop.c', to: 'shop.d', comment: 'renamed'}");
        commander.run("shop", "{insert: 'd', documents: [{_id: 2}], comment: 'into d'}");
        insert("shop", 1, "made c again");
        commander.run("shop", "{drop: 'c', comment: 'dropped c'}");
        commander.run("shop", "{dropDatabase: 1, comment: 'dropped all'}");
        insert("shop", 9, "and again");
        assertThat(messages("shop", "collection: 'c'"))
                .containsExactly("and again", "dropped c", "made c again", "renamed", "made c");
        assertThat(messages("shop", "collection: 'd'")).containsExactly("dropped all", "into d", "renamed");
        assertThat(messages("shop", "collection: 'x'")).isEmpty();
        assertThat(log("shop", "").stream()
                        .map(entry -> entry.getArray("definitions", new BsonArray()))
                        .toList())
                .containsExactly(
                        json("[{op: 'createCollection', ns: 'c'}]"),
                        json("[{op: 'dropCollection', ns: 'd'}]"),
                        json("[{op: 'dropCollection', ns: 'c'}]"),
                        json("[{op: 'createCollection', ns: 'c'}]"),
                        new BsonArray(),
                        json("[{op: 'renameCollection', ns: 'd', from: 'c'}]"),
                        json("[{op: 'createCollection', ns: 'c'}]"));
    }

    @Test
    void a_rename_over_another_collection_tells_both() {
        insert("shop", 1, "c");
        commander.run("shop", "{insert: 'd', documents: [{_id: 1}], comment: 'd'}");
        commander.run("admin", "{renameCollection: 'shop.c', to: 'shop.d', dropTarget: true, comment: 'over'}");
        assertThat(log("shop", "limit: 1").get(0).getArray("definitions"))
                .isEqualTo(json("[{op: 'dropCollection', ns: 'd'}, {op: 'renameCollection', ns: 'd', from: 'c'}]"));
        assertThat(messages("shop", "collection: 'd'")).containsExactly("over", "d");
        assertThat(messages("shop", "collection: 'c'")).containsExactly("over", "c");
    }

    @Test
    void filters_by_document() {
        for (int i = 0; i < 5; i++) {
            insert("shop", i, "i" + i);
        }
        commander.run("shop", "{update: 'c', updates: [{q: {_id: 2}, u: {$set: {a: 1}}}], comment: 'u2'}");
        commander.run("shop", "{update: 'c', updates: [{q: {_id: 3}, u: {$set: {a: 1}}}], comment: 'u3'}");
        commander.run("shop", "{delete: 'c', deletes: [{q: {}, limit: 0}], comment: 'gone'}");
        insert("shop", 2, "again");
        assertThat(messages("shop", "collection: 'c', _id: 2")).containsExactly("again", "gone", "u2", "i2");
        assertThat(messages("shop", "collection: 'c', _id: 2.0")).hasSize(4);
        assertThat(messages("shop", "collection: 'c', _id: 2, limit: 2")).containsExactly("again", "gone");
        assertThat(messages("shop", "collection: 'c', _id: 7")).isEmpty();
        commander.fail(BAD_VALUE, "shop", "{branchLog: 1, _id: 2}");
    }

    @Test
    void a_patch_tells_what_became_of_each_document() {
        commander.run("shop", "{insert: 'c', documents: [{_id: 1, a: 1, b: {x: 1}}, {_id: 2}]}");
        commander.run("shop", "{update: 'c', updates: [{q: {_id: 1}, u: {$set: {'b.x': 2}, $unset: {a: 1}}}]}");
        commander.run("shop", "{delete: 'c', deletes: [{q: {_id: 2}, limit: 1}]}");
        List<BsonDocument> entries = log("shop", "patch: true");
        assertThat(entries.get(0).getArray("edits"))
                .isEqualTo(json("[{ns: 'c', _id: 2, op: 'deleted', before: {_id: 2}}]"));
        assertThat(entries.get(1).getArray("edits"))
                .isEqualTo(
                        json(
                                "[{ns: 'c', _id: 1, op: 'updated', fields: ["
                                        + "{path: 'a', op: 'removed', before: 1}, {path: 'b.x', op: 'changed', before: 1, after: 2}]}]"));
        assertThat(entries.get(2).getArray("edits"))
                .isEqualTo(json("[{ns: 'c', _id: 1, op: 'inserted', after: {_id: 1, a: 1, b: {x: 1}}},"
                        + " {ns: 'c', _id: 2, op: 'inserted', after: {_id: 2}}]"));
    }

    @Test
    void a_patch_of_many_documents_goes_on_in_further_parts() {
        String documents = IntStream.range(0, 2500)
                .mapToObj(i -> "{_id: " + i + "}")
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        commander.run("shop", "{insert: 'c', documents: [" + documents + "]}");
        insert("shop", 9999, "last");
        commander.run("shop", "{update: 'c', updates: [{q: {}, u: {$set: {a: 1}}, multi: true}], comment: 'all'}");
        List<BsonDocument> rows = log("shop", "patch: true, limit: 1");
        assertThat(rows).hasSize(3);
        assertThat(rows.stream().mapToInt(row -> row.getArray("edits").size()).sum())
                .isEqualTo(2501);
        assertThat(rows.get(1).getInt32("part").getValue()).isEqualTo(1);
        assertThat(rows.get(2).getInt32("part").getValue()).isEqualTo(2);
        assertThat(rows)
                .extracting(row -> row.getInt64("lsn"))
                .containsOnly(rows.get(0).getInt64("lsn"));
    }

    @Test
    void edits_of_the_largest_documents_are_told() {
        String text = "x".repeat((16 << 20) - 100);
        BsonDocument large = new BsonDocument("_id", new BsonString("large")).append("text", new BsonString(text));
        commander.run(
                "shop",
                new BsonDocument("insert", new BsonString("c"))
                        .append("documents", new BsonArray(List.of(large)))
                        .append("comment", new BsonString("x".repeat(Origin.MESSAGE_CHARS_MAX))));
        commander.run("shop", "{update: 'c', updates: [{q: {}, u: {$set: {text: '" + "y".repeat(9 << 20) + "'}}}]}");
        List<BsonDocument> edits = log("shop", "patch: true, limit: 1").get(0).getArray("edits").stream()
                .map(BsonValue::asDocument)
                .toList();
        assertThat(edits).hasSize(1);
        assertThat(edits.get(0).getInt32("too_large").getValue()).isGreaterThan(24 << 20);
        BsonDocument cursor = commander
                .run("shop", "{branchLog: 1, patch: true, cursor: {batchSize: 2}}")
                .getDocument("cursor");
        assertThat(cursor.getArray("firstBatch")).hasSize(2);
        BsonDocument rest = commander
                .run(
                        "shop",
                        new BsonDocument("getMore", cursor.getInt64("id"))
                                .append("collection", new BsonString("$cmd.branchLog")))
                .getDocument("cursor");
        BsonDocument part = rest.getArray("nextBatch").get(0).asDocument();
        assertThat(part.getInt32("part").getValue()).isEqualTo(1);
        assertThat(part.getArray("edits").get(0).asDocument().getDocument("after"))
                .isEqualTo(large);
    }

    @Test
    void a_message_names_a_position() {
        insert("shop", 1, "a");
        BsonDocument reply = commander.run("shop", "{commitBranch: 'spring prices'}");
        assertThat(reply.getInt64("lsn").getValue()).isEqualTo(lsn("shop"));
        assertThat(reply.getString("branch").getValue()).isEqualTo("main");
        insert("shop", 2, "b");
        List<BsonDocument> entries = log("shop", "");
        assertThat(entries.get(1).getString("message").getValue()).isEqualTo("spring prices");
        assertThat(entries.get(1).getBoolean("mark").getValue()).isTrue();
        assertThat(entries.get(1).getArray("changes")).isEmpty();
        assertThat(entries.get(1).getInt64("lsn")).isEqualTo(reply.getInt64("lsn"));
        commander.restart();
        assertThat(log("shop", "")).isEqualTo(entries);
    }

    @Test
    void a_commit_needs_a_message_of_a_bearable_length() {
        insert("shop", 1, "a");
        long before = lsn("shop");
        commander.fail(BAD_VALUE, "shop", "{commitBranch: ''}");
        commander.fail(BAD_VALUE, "shop", "{commitBranch: ' '}");
        commander.fail("shop", "{commitBranch: 1}");
        commander.fail(BAD_VALUE, "shop", "{commitBranch: '" + "x".repeat(Origin.MESSAGE_CHARS_MAX + 1) + "'}");
        commander.fail(COMMAND_NOT_SUPPORTED, "shop~main~" + before, "{commitBranch: 'late'}");
        commander.fail("nothing", "{commitBranch: 'm'}");
        commander.fail("admin", "{commitBranch: 'm'}");
        assertThat(lsn("shop")).isEqualTo(before);
        commander.run("shop", "{commitBranch: '" + "x".repeat(Origin.MESSAGE_CHARS_MAX) + "'}");
    }

    @Test
    void what_it_does_not_know_is_refused() {
        insert("shop", 1, "a");
        commander.fail("shop", "{branchLog: 1, author: 'x'}");
        commander.fail(NAMESPACE_NOT_FOUND, "shop", "{branchLog: 1, since: 'yesterday'}");
        commander.fail("nothing", "{branchLog: 1}");
        commander.fail("shop~nothing", "{branchLog: 1}");
        commander.fail("shop", "{branchLog: 1, limit: -1}");
    }

    @Test
    void a_graph_tells_the_parents() {
        insert("shop", 1, "a");
        insert("shop", 2, "b");
        List<BsonDocument> entries = log("shop", "graph: true");
        assertThat(entries.get(0).getArray("parents").get(0))
                .isEqualTo(entries.get(1).getInt64("lsn"));
        assertThat(entries.get(1).getArray("parents")).isEmpty();
        commander.fail(BAD_VALUE, "shop", "{branchLog: 1, graph: true, actor: 'x'}");
    }

    @Test
    void a_merge_tells_what_it_took_and_the_graph_shows_it() {
        insert("shop", 1, "base");
        commander.run("shop", "{createBranch: 'exp'}");
        insert("shop~exp", 2, "on exp");
        commander.run("shop~exp", "{update: 'c', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}], comment: 'on exp too'}");
        insert("shop", 3, "on main");
        commander.run("shop", "{mergeBranch: 'exp', into: 'main', comment: 'merge'}");
        insert("shop", 4, "after");

        List<BsonDocument> entries = log("shop", "");
        assertThat(entries.stream().map(entry -> entry.getString("message").getValue()))
                .containsExactly("after", "merge", "on main", "base");
        BsonDocument merge = entries.get(1);
        assertThat(merge.getDocument("merged").getString("branch").getValue()).isEqualTo("exp");
        assertThat(merge.getDocument("merged").getInt64("lsn").getValue()).isEqualTo(lsn("shop~exp"));
        assertThat(changes(merge))
                .isEqualTo(json("[{ns: 'c', inserted: {$numberLong: '1'}, updated:"
                        + " {$numberLong: '1'}, deleted: {$numberLong: '0'}}]"));

        List<BsonDocument> graph = log("shop", "graph: true");
        assertThat(graph.stream().map(entry -> entry.getString("message").getValue()))
                .containsExactly("after", "merge", "on main", "on exp too", "on exp", "base");
        assertThat(graph.stream()
                        .map(entry -> entry.getArray("parents").stream()
                                .map(parent -> message(graph, parent))
                                .toList()))
                .containsExactly(
                        List.of("merge"),
                        List.of("on main", "on exp too"),
                        List.of("base"),
                        List.of("on exp"),
                        List.of("base"),
                        List.of());
    }

    private static String message(List<BsonDocument> entries, BsonValue lsn) {
        return entries.stream()
                .filter(entry -> entry.getInt64("lsn").equals(lsn))
                .map(entry -> entry.getString("message").getValue())
                .findFirst()
                .orElse("?");
    }

    @Test
    void a_document_that_one_commit_deletes_and_inserts_again_is_one_edit() {
        commander.run(
                "shop", "{insert: 'c', documents: [{_id: 1, n: 1}, {_id: 2, n: 1}, {_id: 3, n: 1}, {_id: 4, n: 1}]}");
        commander.run("shop", "{createBranch: 'again'}");
        for (int id = 1; id <= 3; id++) {
            commander.run("shop~again", "{delete: 'c', deletes: [{q: {_id: " + id + "}, limit: 1}]}");
        }
        commander.run("shop~again", "{insert: 'c', documents: [{_id: 2, n: 1}, {_id: 1, n: 5}, {_id: 6}]}");
        commander.run("shop", "{update: 'c', updates: [{q: {_id: 4}, u: {$set: {n: 7}}}]}");
        commander.run("shop", "{mergeBranch: 'again'}");

        List<BsonDocument> edits = log("shop", "patch: true, limit: 1").get(0).getArray("edits").stream()
                .map(BsonValue::asDocument)
                .toList();

        assertThat(edits)
                .containsExactlyInAnyOrder(
                        BsonDocument.parse("{ns: 'c', _id: 1, op: 'updated', fields: [{path: 'n', op: 'changed',"
                                + " before: 1, after: 5}]}"),
                        BsonDocument.parse("{ns: 'c', _id: 3, op: 'deleted', before: {_id: 3, n: 1}}"),
                        BsonDocument.parse("{ns: 'c', _id: 6, op: 'inserted', after: {_id: 6}}"));
        commander.run("shop", "{undoChanges: 1, lsn: " + lsn("shop") + "}");
        assertThat(log("shop", "patch: true, limit: 1").get(0).getArray("edits"))
                .as("and back")
                .hasSize(3);
    }

    @Test
    void a_search_that_finds_nothing_is_ended_between_any_two_records() {
        for (int id = 0; id < 200; id++) {
            insert("shop", 1000 + id, "m");
        }
        Project project = Objects.requireNonNull(commander.engine().projects().find("shop"));
        LogQuery nobody = new LogQuery(0, Long.MAX_VALUE, "nobody", null, lsn -> true, false, origin -> false, null, 0);
        int[] asked = {0};
        Runnable patience = () -> {
            if (++asked[0] == 150) {
                throw new IllegalStateException("ended");
            }
        };

        BranchLog log = project.log(project.branch("main"), project.lastLsn(), nobody, patience);

        assertThatThrownBy(log::hasNext).hasMessage("ended");
        assertThat(asked[0]).isEqualTo(150);
        asked[0] = 0;
        DocumentHistory versions =
                project.documentHistory(project.branch("main"), project.lastLsn(), "c", Value.of(-1), patience);
        assertThatThrownBy(versions::hasNext).hasMessage("ended");
    }
}
