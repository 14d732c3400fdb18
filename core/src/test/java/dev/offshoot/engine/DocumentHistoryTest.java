package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code documentHistory} and {@code documentBlame} answer. */
final class DocumentHistoryTest {
    private static final int NO_SUCH_KEY = 4;

    @AutoClose
    private final Commander commander;

    DocumentHistoryTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    private List<BsonDocument> history(String database, String collection, String id) {
        return commander.list(
                database, "{documentHistory: '" + collection + "', _id: " + id + ", cursor: {batchSize: 100000}}");
    }

    /** Each version as its operation, its message and the document. */
    private List<String> versions(String database, String collection, String id) {
        return history(database, collection, id).stream()
                .map(version -> version.getString("op").getValue() + " "
                        + version.getString("message", new BsonString("")).getValue() + " "
                        + (version.containsKey("document")
                                ? version.getDocument("document").toJson()
                                : "-"))
                .toList();
    }

    private void run(String database, String command, String comment) {
        commander.run(database, BsonDocument.parse(command).append("comment", new BsonString(comment)));
    }

    private void insert(String database, String document, String comment) {
        run(database, "{insert: 'c', documents: [" + document + "]}", comment);
    }

    private void set(String database, int id, String fields, String comment) {
        run(database, "{update: 'c', updates: [{q: {_id: " + id + "}, u: {$set: " + fields + "}}]}", comment);
    }

    @Test
    void every_version_is_told_the_newest_first() {
        insert("shop", "{_id: 1, n: 1}", "made");
        insert("shop", "{_id: 2, n: 1}", "another");
        set("shop", 1, "{n: 2}", "two");
        set("shop", 1, "{n: 2}", "nothing");
        run("shop", "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}", "gone");
        insert("shop", "{_id: 1, n: 3}", "again");
        assertThat(versions("shop", "c", "1"))
                .containsExactly(
                        "inserted again {\"_id\": 1, \"n\": 3}",
                        "deleted gone -",
                        "updated two {\"_id\": 1, \"n\": 2}",
                        "inserted made {\"_id\": 1, \"n\": 1}");
        BsonDocument newest = history("shop", "c", "1").get(0);
        assertThat(newest.getString("actor").getValue()).isEqualTo("127.0.0.1");
        assertThat(newest.getString("command").getValue()).isEqualTo("insert");
        assertThat(newest.getString("branch").getValue()).isEqualTo("main");
        assertThat(newest.getDateTime("at").getValue()).isPositive();
        assertThat(commander.list("shop", "{documentHistory: 'c', _id: 1, limit: 2}"))
                .isEqualTo(history("shop", "c", "1").subList(0, 2));
        assertThat(commander.list(
                        "shop",
                        "{documentHistory: 'c', _id: 1, at: "
                                + newest.getInt64("lsn").getValue() + "}"))
                .isEqualTo(history("shop", "c", "1"));
        assertThat(commander.list("shop", "{documentHistory: 'c', _id: 1, at: 2}"))
                .isEmpty();
        assertThat(versions("shop", "c", "7")).isEmpty();
        assertThat(versions("shop", "x", "1")).isEmpty();
    }

    @Test
    void deltas_become_documents() {
        String text = "x".repeat(2000);
        insert("shop", "{_id: 1, n: 0, text: '" + text + "'}", "0");
        for (int i = 1; i < 20; i++) {
            set("shop", 1, "{n: " + i + "}", String.valueOf(i));
        }
        List<BsonDocument> versions = history("shop", "c", "1");
        assertThat(versions).hasSize(20);
        for (int i = 0; i < 20; i++) {
            assertThat(versions.get(i).getDocument("document"))
                    .isEqualTo(BsonDocument.parse("{_id: 1, n: " + (19 - i) + ", text: '" + text + "'}"));
        }
    }

    @Test
    void a_branch_sees_the_versions_of_what_it_was_made_from() {
        insert("shop", "{_id: 1, n: 1}", "a");
        commander.run("shop", "{createBranch: 'exp'}");
        set("shop", 1, "{n: 2}", "main");
        set("shop~exp", 1, "{n: 3}", "exp");
        assertThat(versions("shop~exp", "c", "1"))
                .containsExactly("updated exp {\"_id\": 1, \"n\": 3}", "inserted a {\"_id\": 1, \"n\": 1}");
        assertThat(versions("shop", "c", "1"))
                .containsExactly("updated main {\"_id\": 1, \"n\": 2}", "inserted a {\"_id\": 1, \"n\": 1}");
        assertThat(history("shop~exp", "c", "1"))
                .extracting(version -> version.getString("branch").getValue())
                .containsExactly("exp", "main");
    }

    @Test
    void versions_go_back_through_checkpoints() {
        for (int i = 0; i < 12; i++) {
            if (i % 3 == 0) {
                insert("shop", "{_id: 1, n: " + i + "}", "i" + i);
            } else if (i % 3 == 1) {
                set("shop", 1, "{n: " + i + "}", "u" + i);
            } else {
                run("shop", "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}", "d" + i);
            }
            commander.run("shop", "{walCheckpoint: 1}");
        }
        List<String> messages = history("shop", "c", "1").stream()
                .map(version -> version.getString("message").getValue())
                .toList();
        assertThat(messages).containsExactly("d11", "u10", "i9", "d8", "u7", "i6", "d5", "u4", "i3", "d2", "u1", "i0");
    }

    /** It was looked for again and again in the log that is gone. */
    @Test
    void a_branch_of_nothing_has_no_versions_before_also_when_the_log_of_that_is_gone(@TempDir Path other) {
        FileStoreOptions files = FileStoreOptions.defaults().withSegmentBytesMax(500);
        try (Commander small = Commander.open(other, EngineOptions.DEFAULT, files)) {
            small.run("admin", "{createProject: 'shop'}");
            BsonDocument branch = small.run("shop", "{createBranch: 'empty'}");
            for (int i = 0; i < 5; i++) {
                small.run("shop", "{insert: 'c', documents: [{_id: " + i + "}]}");
            }
            small.run("shop~empty", "{insert: 'c', documents: [{_id: 1}]}");
            small.run("shop", "{walCheckpoint: 1}");
            small.run("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
            BsonDocument log = small.run("shop", "{walStats: 1}");
            assertThat(log.getNumber("first_lsn").longValue())
                    .as("the first LSN in the log: %s", log)
                    .isGreaterThan(branch.getNumber("id").longValue());

            String history = "{documentHistory: 'c', _id: 2, cursor: {}}";
            assertThat(small.list("shop~empty", history)).isEmpty();
            assertThat(small.list("shop~empty", history.replace("2", "1")))
                    .extracting(version -> version.getString("op").getValue())
                    .containsExactly("kept");
        }
    }

    @Test
    void a_document_is_followed_through_the_names_of_its_collection() {
        insert("shop", "{_id: 1, n: 0}", "old c");
        run("shop", "{drop: 'c'}", "dropped");
        insert("shop", "{_id: 1, n: 1}", "new c");
        run("admin", "{renameCollection: 'shop.c', to: 'shop.d'}", "renamed");
        insert("shop", "{_id: 1, n: 7}", "another c");
        run("shop", "{update: 'd', updates: [{q: {_id: 1}, u: {$set: {n: 2}}}]}", "in d");
        assertThat(versions("shop", "d", "1"))
                .containsExactly(
                        "updated in d {\"_id\": 1, \"n\": 2}",
                        "inserted new c {\"_id\": 1, \"n\": 1}",
                        "deleted dropped -",
                        "inserted old c {\"_id\": 1, \"n\": 0}");
        assertThat(versions("shop", "c", "1"))
                .containsExactly(
                        "inserted another c {\"_id\": 1, \"n\": 7}",
                        "deleted renamed -",
                        "inserted new c {\"_id\": 1, \"n\": 1}",
                        "deleted dropped -",
                        "inserted old c {\"_id\": 1, \"n\": 0}");
        commander.run("shop", "{walCheckpoint: 1}");
        assertThat(versions("shop", "d", "1")).hasSize(4);
    }

    @Test
    void an_id_is_the_same_as_the_collection_says() {
        run("shop", "{create: 'c', collation: {locale: 'en', strength: 2}}", "made");
        insert("shop", "{_id: 'Ann', n: 1}", "a");
        run("shop", "{delete: 'c', deletes: [{q: {_id: 'ann'}, limit: 1}]}", "gone");
        insert("shop", "{_id: 'ANN', n: 2}", "b");
        assertThat(versions("shop", "c", "'ann'"))
                .containsExactly(
                        "inserted b {\"_id\": \"ANN\", \"n\": 2}",
                        "deleted gone -",
                        "inserted a {\"_id\": \"Ann\", \"n\": 1}");
        run("shop", "{insert: 'e', documents: [{_id: 1}]}", "int");
        assertThat(versions("shop", "e", "{$numberLong: '1'}")).containsExactly("inserted int {\"_id\": 1}");
        assertThat(versions("shop", "e", "1.0")).containsExactly("inserted int {\"_id\": 1}");
        assertThat(versions("shop", "e", "'1'")).isEmpty();
    }

    @Test
    void views_have_no_versions() {
        insert("shop", "{_id: 1}", "a");
        run("shop", "{create: 'v', viewOn: 'c', pipeline: []}", "view");
        assertThat(versions("shop", "v", "1")).isEmpty();
    }

    @Test
    void one_command_may_make_a_version_of_many_statements() {
        insert("shop", "{_id: 1, n: 0}", "a");
        run(
                "shop",
                "{update: 'c', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}, {q: {_id: 1}, u: {$inc: {n: 1}}}]}",
                "two");
        assertThat(versions("shop", "c", "1"))
                .containsExactly(
                        "updated two {\"_id\": 1, \"n\": 2}",
                        "updated two {\"_id\": 1, \"n\": 1}",
                        "inserted a {\"_id\": 1, \"n\": 0}");
    }

    @Test
    void what_it_cannot_look_for_is_refused() {
        insert("shop", "{_id: 1}", "a");
        commander.fail("shop", "{documentHistory: 'c'}");
        commander.fail("shop", "{documentHistory: 'c', _id: [1]}");
        commander.fail("shop", "{documentHistory: 1, _id: 1}");
        commander.fail("shop", "{documentHistory: 'c', _id: 1, follow: true}");
        commander.fail("nothing", "{documentHistory: 'c', _id: 1}");
    }

    // ---- blame

    private Map<String, String> blame(String database, String id) {
        return commander.list(database, "{documentBlame: 'c', _id: " + id + "}").stream()
                .collect(Collectors.toMap(
                        row -> row.getString("path").getValue(),
                        row -> row.getString("message").getValue()));
    }

    @Test
    void blame_tells_who_gave_each_field_its_value() {
        insert(
                "shop",
                "{_id: 1, a: 1, b: {x: 1, y: 1}, tags: ['p'], lines: [{_id: 'l1', n: 1}, {_id: 'l2', n: 1}]}",
                "made");
        set("shop", 1, "{'b.x': 2}", "x");
        set("shop", 1, "{a: 5}", "five");
        set("shop", 1, "{a: 1}", "one");
        run("shop", "{update: 'c', updates: [{q: {_id: 1}, u: {$push: {tags: 'q'}}}]}", "tag");
        run("shop", "{update: 'c', updates: [{q: {_id: 1, 'lines._id': 'l2'}, u: {$set: {'lines.$.n': 9}}}]}", "line");
        run(
                "shop",
                "{update: 'c', updates: [{q: {_id: 1}, u: {$push: {lines: {$each: [{_id: 'l0', n: 0}], $position: 0}}}}]}",
                "first");
        assertThat(blame("shop", "1"))
                .isEqualTo(Map.ofEntries(
                        Map.entry("_id", "made"),
                        Map.entry("a", "one"),
                        Map.entry("b.x", "x"),
                        Map.entry("b.y", "made"),
                        Map.entry("tags", "tag"),
                        Map.entry("lines[_id:\"l0\"]._id", "first"),
                        Map.entry("lines[_id:\"l0\"].n", "first"),
                        Map.entry("lines[_id:\"l1\"]._id", "made"),
                        Map.entry("lines[_id:\"l1\"].n", "made"),
                        Map.entry("lines[_id:\"l2\"]._id", "made"),
                        Map.entry("lines[_id:\"l2\"].n", "line")));
        BsonDocument row =
                commander.list("shop", "{documentBlame: 'c', _id: 1}").get(1);
        assertThat(row.getString("path").getValue()).isEqualTo("a");
        assertThat(row.get("value")).isEqualTo(new BsonInt32(1));
        assertThat(row.getString("op").getValue()).isEqualTo("updated");
        assertThat(row.getInt64("lsn").getValue()).isPositive();
    }

    @Test
    void what_a_merge_took_over_is_blamed_on_who_made_it() {
        insert("shop", "{_id: 1, a: 1, b: 1, c: 1}", "made");
        commander.run("shop", "{createBranch: 'exp'}");
        set("shop~exp", 1, "{a: 2}", "on exp");
        set("shop", 1, "{b: 2}", "on main");
        commander.run("shop", "{mergeBranch: 'exp', into: 'main', comment: 'merge'}");
        assertThat(blame("shop", "1")).isEqualTo(Map.of("_id", "made", "a", "on exp", "b", "on main", "c", "made"));
        assertThat(versions("shop", "c", "1"))
                .containsExactly(
                        "updated merge {\"_id\": 1, \"a\": 2, \"b\": 2, \"c\": 1}",
                        "updated on main {\"_id\": 1, \"a\": 1, \"b\": 2, \"c\": 1}",
                        "inserted made {\"_id\": 1, \"a\": 1, \"b\": 1, \"c\": 1}");
    }

    @Test
    void what_a_merge_took_over_is_blamed_on_who_made_it_whatever_the_collection_was_called() {
        insert("shop", "{_id: 1, a: 1, b: 1, d: 1}", "made");
        commander.run("shop", "{createBranch: 'exp'}");
        set("shop~exp", 1, "{a: 2}", "on exp");
        set("shop", 1, "{b: 2}", "on main");
        commander.run("shop", "{mergeBranch: 'exp', into: 'main', comment: 'merge'}");
        commander.run("shop", "{createBranch: 'old'}");
        commander.run("shop~old", "{update: 'c', updates: [{q: {_id: 1}, u: {$set: {d: 2}}}], comment: 'on old'}");
        run("admin", "{renameCollection: 'shop.c', to: 'shop.e'}", "renamed");
        commander.run("shop", "{mergeBranch: 'old', into: 'main', comment: 'merge'}");
        run("admin", "{renameCollection: 'shop.e', to: 'shop.f'}", "renamed");
        assertThat(commander.list("shop", "{documentBlame: 'f', _id: 1}").stream()
                        .map(row -> row.getString("path").getValue() + " "
                                + row.getString("message").getValue()))
                .containsExactly("_id made", "a on exp", "b on main", "d on old");
    }

    /** Its first commit has several LSNs, so the one before its end is no end of what the branch was before. */
    @Test
    void a_rebased_branch_has_the_history_of_what_it_is_on() {
        commander.run("shop", "{insert: 'other', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'exp'}");
        insert("shop", "{_id: 1, n: 1}", "made");
        run("shop", "{drop: 'c'}", "dropped");
        insert("shop~exp", "{_id: 1, n: 2}", "on exp");
        commander.run("shop~exp", "{rebaseBranch: 1, onto: 'main', squash: true, comment: 'rebased'}");
        assertThat(versions("shop~exp", "c", "1"))
                .containsExactly(
                        "inserted rebased {\"_id\": 1, \"n\": 2}",
                        "deleted dropped -",
                        "inserted made {\"_id\": 1, \"n\": 1}");
    }

    @Test
    void a_partial_branch_that_was_rebased_has_no_history_of_what_it_leaves_out() {
        insert("shop", "{_id: 1, n: 1}", "made");
        commander.run("shop", "{insert: 'other', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'exp', collections: ['other']}");
        set("shop", 1, "{n: 2}", "on main");
        commander.run("shop~exp", "{update: 'other', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}]}");
        commander.run("shop~exp", "{rebaseBranch: 1, onto: 'main', squash: true}");
        assertThat(versions("shop~exp", "c", "1")).isEmpty();
        assertThat(versions("shop~exp", "other", "1")).hasSize(2);
    }

    @Test
    void a_document_that_was_inserted_anew_is_blamed_on_that() {
        insert("shop", "{_id: 1, a: 1}", "first");
        run("shop", "{delete: 'c', deletes: [{q: {_id: 1}, limit: 1}]}", "gone");
        insert("shop", "{_id: 1, a: 1}", "second");
        assertThat(blame("shop", "1")).isEqualTo(Map.of("_id", "second", "a", "second"));
    }

    @Test
    void a_document_that_is_not_there_has_nobody_to_blame() {
        insert("shop", "{_id: 1, a: 1}", "first");
        commander.fail(NO_SUCH_KEY, "shop", "{documentBlame: 'c', _id: 2}");
        commander.fail(NO_SUCH_KEY, "shop", "{documentBlame: 'x', _id: 1}");
        commander.fail("shop", "{documentBlame: 'c'}");
    }
}
