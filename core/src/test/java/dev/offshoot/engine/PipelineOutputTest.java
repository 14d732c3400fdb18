package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code $out} and {@code $merge} across branches and positions. */
class PipelineOutputTest {
    @AutoClose
    private final Commander commander;

    PipelineOutputTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1}, {_id: 2, n: 2}]}");
        commander.run("shop", "{createBranch: 'exp', from: 'main'}");
    }

    private void aggregate(String database, String stages) {
        assertThat(commander.list(database, "{aggregate: 'items', cursor: {}, pipeline: [" + stages + "]}"))
                .isEmpty();
    }

    private void assertDocuments(String database, String collection, String... documents) {
        assertThat(commander.list(database, "{find: '" + collection + "', sort: {_id: 1}}"))
                .as("%s.%s", database, collection)
                .isEqualTo(List.of(documents).stream().map(BsonDocument::parse).toList());
    }

    private long head(String database) {
        return commander.run(database, "{listBranches: 1}").getArray("branches").stream()
                .map(branch -> branch.asDocument())
                .filter(branch -> branch.getString("name").getValue().equals(database.substring(5)))
                .findFirst()
                .orElseThrow()
                .getNumber("head_lsn")
                .longValue();
    }

    @Test
    void a_pipeline_writes_to_its_own_branch() {
        aggregate("shop~exp", "{$set: {n: {$multiply: ['$n', 10]}}}, {$out: 'items'}");

        assertDocuments("shop~exp", "items", "{_id: 1, n: 10}", "{_id: 2, n: 20}");
        assertDocuments("shop", "items", "{_id: 1, n: 1}", "{_id: 2, n: 2}");
    }

    @Test
    void a_pipeline_on_one_branch_writes_to_another() {
        aggregate("shop", "{$match: {_id: 1}}, {$out: {db: 'shop~exp', coll: 'copy'}}");
        aggregate("shop", "{$set: {m: 1}}, {$merge: {into: {db: 'shop~exp', coll: 'items'}}}");

        assertDocuments("shop~exp", "copy", "{_id: 1, n: 1}");
        assertDocuments("shop~exp", "items", "{_id: 1, n: 1, m: 1}", "{_id: 2, n: 2, m: 1}");
        assertDocuments("shop", "copy");
        assertDocuments("shop", "items", "{_id: 1, n: 1}", "{_id: 2, n: 2}");
    }

    @Test
    void a_pipeline_writes_to_another_project_also_to_one_that_it_makes() {
        aggregate("shop~exp", "{$merge: {into: {db: 'archive', coll: 'items'}}}");
        aggregate("shop", "{$match: {_id: 2}}, {$out: {db: 'archive', coll: 'items'}}");

        assertDocuments("archive", "items", "{_id: 2, n: 2}");
    }

    @Test
    void a_pipeline_brings_the_past_back() {
        aggregate("shop", "{$out: 'copy'}");
        long before = head("shop~main");
        commander.run("shop", "{delete: 'items', deletes: [{q: {}, limit: 0}]}");

        aggregate("shop~main~" + before, "{$out: {db: 'shop', coll: 'items'}}");

        assertDocuments("shop", "items", "{_id: 1, n: 1}", "{_id: 2, n: 2}");
    }

    @Test
    void nothing_is_written_to_the_past_or_to_a_branch_that_is_not_there() {
        long before = head("shop~main");
        for (String stage : List.of("{$out: 'copy'}", "{$merge: 'copy'}")) {
            commander.fail(115, "shop~main~" + before, "{aggregate: 'items', cursor: {}, pipeline: [" + stage + "]}");
        }
        commander.fail(
                26, "shop", "{aggregate: 'items', cursor: {}, pipeline: [{$out: {db: 'shop~none', coll: 'copy'}}]}");
        assertThat(head("shop~main")).isEqualTo(before);
    }

    @Test
    void out_replaces_a_collection_in_one_commit_that_survives_a_restart() {
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n_1', unique: true}]}");
        long before = head("shop~main");

        aggregate("shop", "{$set: {n: {$add: ['$n', 1]}}}, {$out: 'items'}");

        long after = head("shop~main");
        assertThat(after).isGreaterThan(before);
        for (long at = before; at < after; at++) { // a position within the commit is the end of the one before
            assertDocuments("shop~main~" + at, "items", "{_id: 1, n: 1}", "{_id: 2, n: 2}");
        }
        commander.restart();
        assertDocuments("shop", "items", "{_id: 1, n: 2}", "{_id: 2, n: 3}");
        commander.run("shop", "{find: 'items', filter: {n: 2}, hint: 'n_1'}");
        BsonDocument again = commander.run("shop", "{insert: 'items', documents: [{_id: 3, n: 2}]}");
        assertThat(again.getArray("writeErrors")).hasSize(1);
    }

    @Test
    void explain_writes_nothing() {
        commander.run("shop", "{explain: {aggregate: 'items', cursor: {}, pipeline: [{$out: 'copy'}]}}");

        assertDocuments("shop", "copy");
    }
}
