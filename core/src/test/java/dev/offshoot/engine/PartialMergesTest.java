package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That what a partial branch leaves out is neither removed nor passed over, whichever way it goes through branches. */
class PartialMergesTest {
    @AutoClose
    private final Commander commander;

    PartialMergesTest(@TempDir Path folder) {
        this.commander = Commander.open(
                folder, EngineOptions.DEFAULT, FileStoreOptions.defaults().withSegmentBytesMax(4096));
    }

    @BeforeEach
    void shop() {
        insert("main", "a", 1, 2);
        insert("main", "b", 1, 2);
    }

    @Test
    void a_branch_that_was_reset_to_a_partial_one_removes_nothing_where_it_is_merged() {
        run("main", "{createBranch: 'dev'}");
        run("main", "{createBranch: 'moved'}");
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("part", "a", 3);
        run("dev", "{resetBranch: 1, to: 'part'}");
        run("moved", "{resetBranch: 1, to: 'part'}");
        insert("dev", "a", 4);
        merge("dev", "main");
        assertThat(ids("main", "b")).containsExactly(1, 2);
        assertThat(ids("main", "a")).containsExactly(1, 2, 3, 4);
        insert("main", "b", 3);
        merge("moved", "main");
        merge("main", "dev");
        merge("dev", "main");
        assertThat(ids("main", "b")).containsExactly(1, 2, 3);
        assertThat(ids("dev", "b")).containsExactly(1, 2, 3);
    }

    @Test
    void what_comes_through_a_partial_branch_is_not_all_that_its_parent_has() {
        run("main", "{createBranch: 'dev'}");
        insert("main", "a", 3);
        insert("main", "b", 3);
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("part", "a", 4);
        merge("part", "dev");
        assertThat(ids("dev", "a")).containsExactly(1, 2, 3, 4);
        assertThat(ids("dev", "b")).containsExactly(1, 2);
        run("main", "{createBranch: 'copy'}");
        merge("dev", "main");
        assertThat(ids("main", "a")).containsExactly(1, 2, 3, 4);
        assertThat(ids("main", "b")).containsExactly(1, 2, 3);
        merge("copy", "dev");
        assertThat(ids("dev", "a")).containsExactly(1, 2, 3, 4);
        assertThat(ids("dev", "b")).containsExactly(1, 2, 3);
        assertThat(merge("copy", "dev")).isEqualTo("upToDate");
    }

    @Test
    void what_both_had_before_a_partial_branch_came_between_is_kept_when_the_log_is_trimmed() {
        run("main", "{createBranch: 'dev'}");
        insert("dev", "a", 10);
        insert("main", "a", 3);
        insert("main", "b", 3);
        merge("main", "dev");
        insert("main", "b", 4);
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("part", "a", 4);
        merge("part", "dev");
        trim();
        merge("dev", "main");
        assertThat(ids("main", "a")).containsExactly(1, 2, 3, 4, 10);
        assertThat(ids("main", "b")).containsExactly(1, 2, 3, 4);
        trim();
        insert("main", "b", 5);
        merge("main", "dev");
        merge("main", "part");
        assertThat(ids("dev", "b")).containsExactly(1, 2, 3, 4, 5);
        assertThat(ids("part", "a")).containsExactly(1, 2, 3, 4, 10);
    }

    @Test
    void what_came_through_one_of_several_partial_branches_is_kept_when_the_log_is_trimmed() {
        insert("main", "c", 1, 2);
        run("main", "{createBranch: 'dev'}");
        insert("dev", "c", 10);
        for (String collection : List.of("c", "b", "a")) {
            insert("main", collection, 3);
            run("main", "{createBranch: 'part-" + collection + "', collections: ['" + collection + "']}");
            insert("part-" + collection, collection, 4);
            merge("part-" + collection, "dev");
            run("main", "{dropBranch: 'part-" + collection + "'}");
            insert("main", collection, 5);
        }
        insert("main", "c", 6);
        trim();
        merge("main", "dev");
        for (String collection : List.of("a", "b")) {
            assertThat(ids("dev", collection)).containsExactly(1, 2, 3, 4, 5);
        }
        assertThat(ids("dev", "c")).containsExactly(1, 2, 3, 4, 5, 6, 10);
        trim();
        merge("dev", "main");
        assertThat(ids("main", "c")).containsExactly(1, 2, 3, 4, 5, 6, 10);
    }

    @Test
    void what_did_not_come_through_a_partial_branch_is_no_difference_and_counts_as_behind() {
        run("main", "{createBranch: 'dev'}");
        insert("dev", "a", 10);
        insert("main", "b", 3);
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("part", "a", 4);
        merge("part", "dev");
        insert("main", "a", 5);

        List<BsonDocument> found =
                commander.list("shop", "{diffBranches: 1, from: 'main', to: 'dev', mergeBase: true}");
        assertThat(found.stream()
                        .filter(event -> event.containsKey("op"))
                        .map(event -> event.getString("collection").getValue() + " "
                                + event.getString("op").getValue() + " "
                                + event.getInt32("_id").getValue()))
                .containsExactly("a added 10", "a added 4");
        assertThat(commander.list("shop~dev", "{diffBranches: 1}")).isEqualTo(found);
        BsonDocument dev = counts("dev");
        assertThat(dev.getNumber("ahead").longValue())
                .as("two inserts and the merge")
                .isEqualTo(3);
        assertThat(dev.getNumber("behind").longValue())
                .as("what part has not shown, too")
                .isEqualTo(2);
        merge("main", "dev");
        assertThat(counts("dev").getNumber("behind").longValue()).isZero();
        assertThat(counts("part").getNumber("behind").longValue()).isEqualTo(1);
        assertThat(ids("dev", "b")).containsExactly(1, 2, 3);
    }

    private BsonDocument counts(String branch) {
        return commander.run("shop", "{listBranches: 1, aheadBehind: 'main'}").getArray("branches").stream()
                .map(listed -> listed.asDocument())
                .filter(listed -> listed.getString("name").getValue().equals(branch))
                .findFirst()
                .orElseThrow();
    }

    private void trim() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 60; i++) {
                run("main", "{update: 'other', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}, upsert: true}]}");
            }
            run("main", "{walCheckpoint: 1}");
        }
        commander.restart(); // nobody is in the middle of reading what goes
        run("main", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
        assertThat(run("main", "{branchLog: 1, limit: 1}").getInt64("first_lsn").getValue())
                .isGreaterThan(60);
    }

    @Test
    void what_a_partial_branch_did_not_take_still_comes_from_where_it_was() {
        run("main", "{createBranch: 'dev'}");
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("dev", "a", 3);
        insert("dev", "b", 3);
        merge("dev", "part");
        merge("part", "main");
        assertThat(ids("main", "a")).containsExactly(1, 2, 3);
        assertThat(ids("main", "b")).containsExactly(1, 2);
        merge("dev", "main");
        assertThat(ids("main", "a")).containsExactly(1, 2, 3);
        assertThat(ids("main", "b")).containsExactly(1, 2, 3);
        assertThat(merge("dev", "main")).isEqualTo("upToDate");
        assertThat(merge("dev", "part")).isEqualTo("upToDate");
        assertThat(merge("part", "main")).isEqualTo("upToDate");
    }

    @Test
    void a_collection_that_was_made_on_the_partial_branch_stays_there_when_its_parent_is_merged_into_it() {
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("part", "own", 1, 2);
        merge("part", "main");
        insert("main", "own", 3);
        insert("main", "a", 3);
        merge("main", "part");
        assertThat(ids("part", "a")).containsExactly(1, 2, 3);
        assertThat(ids("part", "own")).containsExactly(1, 2);
        run("part", "{update: 'own', updates: [{q: {_id: 1}, u: {$set: {n: 1}}}]}");
        run("part", "{delete: 'own', deletes: [{q: {_id: 2}, limit: 1}]}");
        merge("part", "main");
        assertThat(ids("main", "own")).containsExactly(1, 3);
        assertThat(commander.list("shop", "{find: 'own', filter: {n: 1}}")).hasSize(1);
    }

    @Test
    void a_document_that_was_written_on_a_branch_without_documents_stays_there_when_its_parent_is_merged_into_it() {
        run("main", "{createBranch: 'schema', schemaOnly: true}");
        insert("schema", "a", 8, 9);
        merge("schema", "main");
        assertThat(ids("main", "a")).containsExactly(1, 2, 8, 9);
        run("main", "{createIndexes: 'a', indexes: [{key: {n: 1}, name: 'n_1'}]}");
        insert("main", "a", 10);
        merge("main", "schema");
        assertThat(ids("schema", "a")).containsExactly(8, 9);
        assertThat(commander.list("shop~schema", "{listIndexes: 'a'}")).hasSize(2);
        run("schema", "{update: 'a', updates: [{q: {_id: 8}, u: {$set: {n: 1}}}]}");
        run("schema", "{delete: 'a', deletes: [{q: {_id: 9}, limit: 1}]}");
        merge("schema", "main");
        assertThat(ids("main", "a")).containsExactly(1, 2, 8, 10);
        assertThat(commander.list("shop", "{find: 'a', filter: {n: 1}}")).hasSize(1);
        merge("main", "schema");
        assertThat(ids("schema", "a")).containsExactly(8);
    }

    @Test
    void a_rebase_onto_a_partial_branch_keeps_what_that_one_leaves_out() {
        run("main", "{createBranch: 'dev'}");
        insert("dev", "a", 3);
        insert("dev", "b", 3);
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("part", "a", 4);
        run("dev", "{rebaseBranch: 1, onto: 'part'}");
        assertThat(ids("dev", "a")).containsExactly(1, 2, 3, 4);
        assertThat(ids("dev", "b")).containsExactly(1, 2, 3);
        merge("dev", "main");
        assertThat(ids("main", "a")).containsExactly(1, 2, 3, 4);
        assertThat(ids("main", "b")).containsExactly(1, 2, 3);
    }

    @Test
    void a_cherry_pick_up_to_a_branch_that_was_reset_to_a_partial_one_removes_nothing() {
        run("main", "{createBranch: 'dev'}");
        run("main", "{createBranch: 'part', collections: ['a']}");
        insert("part", "a", 3);
        run("dev", "{resetBranch: 1, to: 'part'}");
        insert("dev", "a", 4);
        long base = commander
                .run("shop", "{listBranches: 1}")
                .getArray("branches")
                .get(0)
                .asDocument()
                .getInt64("head_lsn")
                .getValue();
        run("main", "{cherryPick: 'dev', from: 'main~" + base + "', into: 'main'}");
        assertThat(ids("main", "a")).containsExactly(1, 2, 3, 4);
        assertThat(ids("main", "b")).containsExactly(1, 2);
    }

    @Test
    void a_collection_is_not_restored_to_what_a_branch_without_documents_has_of_it() {
        run("main", "{createBranch: 'schema', schemaOnly: true}");
        insert("schema", "a", 9);
        BsonDocument refused = commander.fail(20, "shop", "{restore: 'a', at: 'schema'}");
        assertThat(refused.getString("errmsg").getValue()).contains("leaves documents out");
        commander.fail(20, "shop", "{restore: 'a', at: 'schema', filter: {}}");
        assertThat(ids("main", "a")).containsExactly(1, 2);
        commander.run("shop~schema", "{delete: 'a', deletes: [{q: {}, limit: 0}]}");
        long before = commander.run("shop", "{listBranches: 1}").getInt64("lsn").getValue() - 1;
        commander.run("shop~schema", "{restore: 'a', at: " + before + "}");
        assertThat(ids("schema", "a")).containsExactly(9);
    }

    @Test
    void a_reset_to_a_partial_branch_is_done_also_where_that_one_was_reset_to_the_same_position() {
        run("main", "{createBranch: 'dev'}");
        run("main", "{createBranch: 'part', collections: ['a']}");
        run("part", "{resetBranch: 1, to: 'dev'}");
        assertThat(run("part", "{resetBranch: 1, to: 'dev'}")
                        .getBoolean("changed")
                        .getValue())
                .isFalse();
        run("dev", "{resetBranch: 1, to: 'part'}");
        assertThat(ids("dev", "b")).isEmpty();
        assertThat(ids("dev", "a")).containsExactly(1, 2);
    }

    @Test
    void an_undrop_on_a_partial_branch_brings_nothing_that_it_leaves_out() {
        run("main", "{drop: 'b'}");
        run("main", "{createBranch: 'part', collections: ['a']}");
        run("main", "{createBranch: 'schema', schemaOnly: true}");
        run("schema", "{undrop: 1, collection: 'b'}");
        assertThat(ids("schema", "b")).isEmpty();
        commander.fail(26, "shop~part", "{undrop: 1, collection: 'b'}");
    }

    private String merge(String source, String into) {
        BsonDocument reply = commander.run("shop", "{mergeBranch: '" + source + "', into: '" + into + "'}");
        assertThat(reply.getString("status").getValue()).isNotEqualTo("conflicts");
        for (String branch : List.of(source, into)) {
            BsonDocument replayed = commander.reply("shop~" + branch, BsonDocument.parse("{walReplay: 1}"));
            assertThat(replayed.getBoolean("same", BsonBoolean.TRUE).getValue()).isTrue(); // or its log is trimmed
        }
        return reply.getString("status").getValue();
    }

    private void insert(String branch, String collection, int... ids) {
        for (int id : ids) {
            run(branch, "{insert: '" + collection + "', documents: [{_id: " + id + "}]}");
        }
    }

    private BsonDocument run(String branch, String command) {
        return commander.run("shop~" + branch, command);
    }

    private List<Integer> ids(String branch, String collection) {
        return commander.list("shop~" + branch, "{find: '" + collection + "', sort: {_id: 1}}").stream()
                .map(found -> found.getInt32("_id").getValue())
                .toList();
    }
}
