package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Undo, revert, cherry-pick and rebase. */
final class MovingBackTest {
    @AutoClose
    private final Commander commander;

    MovingBackTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1, m: 1}, {_id: 2, n: 2}, {_id: 3, n: 3}]}");
    }

    // ---- undo

    @Test
    void a_range_is_undone_as_one_new_commit_and_the_undo_is_undone() {
        long before = head("main");
        set("shop", 1, "n", 9);
        commander.run("shop", "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]}");
        insert("shop", 4);
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n'}]}");
        commander.run("shop", "{insert: 'new', documents: [{_id: 1}]}");
        long after = head("main");
        String there = content("shop");

        BsonDocument dry = commander.run("shop", "{undoChanges: 1, from: " + before + ", dryRun: true}");
        assertThat(head("main")).isEqualTo(after);
        BsonDocument undone = commander.run("shop", "{undoChanges: 1, from: " + before + "}");

        assertThat(status(dry)).isEqualTo("merged");
        assertThat(status(undone)).isEqualTo("merged");
        assertThat(undone.getString("kind").getValue()).isEqualTo("undo");
        assertThat(number(undone, "head_lsn")).isEqualTo(head("main"));
        for (int pass = 0; pass < 2; pass++) {
            assertThat(content("shop")).isEqualTo(content("shop~main~" + before));
            assertThat(content("shop~main~" + after)).isEqualTo(there);
            commander.restart();
        }
        commander.run("shop", "{undoChanges: 1, lsn: " + head("main") + "}");
        assertThat(content("shop")).isEqualTo(there);
        assertThat(commander
                        .run("shop", "{validate: 'items', full: true}")
                        .getBoolean("valid")
                        .getValue())
                .isTrue();
    }

    @Test
    void a_range_in_the_middle_is_undone_and_what_came_later_stays() {
        long before = head("main");
        set("shop", 1, "n", 9);
        long after = head("main");
        set("shop", 1, "m", 8);
        set("shop", 2, "n", 7);

        commander.run("shop", "{undoChanges: 1, from: " + before + ", to: " + after + "}");

        assertThat(document("shop", 1)).isEqualTo(BsonDocument.parse("{_id: 1, n: 1, m: 8}"));
        assertThat(document("shop", 2)).isEqualTo(BsonDocument.parse("{_id: 2, n: 7}"));
        long last = head("main");
        BsonDocument again = commander.run("shop", "{undoChanges: 1, from: " + before + ", to: " + after + "}");
        assertThat(status(again)).isEqualTo("upToDate");
        assertThat(head("main")).as("undone already").isEqualTo(last);
    }

    @Test
    void what_was_changed_later_is_a_conflict_that_is_resolved_and_survives_a_restart() {
        long before = head("main");
        set("shop", 1, "n", 9);
        set("shop", 2, "n", 9);
        long after = head("main");
        set("shop", 1, "n", 10);
        String untouched = content("shop");

        BsonDocument undo = commander.run("shop", "{undoChanges: 1, from: " + before + ", to: " + after + "}");

        assertThat(status(undo)).isEqualTo("conflicts");
        assertThat(content("shop")).isEqualTo(untouched);
        commander.restart();
        List<BsonDocument> conflicts = commander.list("shop", "{listConflicts: 1}");
        assertThat(conflicts).hasSize(1);
        assertThat(conflicts.get(0).getDocument("base").getInt32("n").getValue())
                .isEqualTo(9);
        assertThat(conflicts.get(0).getDocument("ours").getInt32("n").getValue())
                .isEqualTo(10);
        assertThat(conflicts.get(0).getDocument("theirs").getInt32("n").getValue())
                .isEqualTo(1);
        commander.fail("shop", "{cherryPick: 1, continue: true}");
        commander.fail(117, "shop", "{undoChanges: 1, from: " + before + "}");
        commander.run(
                "shop",
                "{resolveConflict: '" + conflicts.get(0).getString("_id").getValue() + "', take: 'theirs'}");
        BsonDocument done = commander.run("shop", "{undoChanges: 1, continue: true}");
        assertThat(status(done)).isEqualTo("merged");
        assertThat(content("shop")).isEqualTo(content("shop~main~" + before));
    }

    @Test
    void what_goes_on_or_ends_takes_no_dry_run_and_nothing_else_that_would_be_ignored() {
        long before = head("main");
        set("shop", 1, "n", 9);
        long after = head("main");
        set("shop", 1, "n", 10);
        commander.run("shop", "{undoChanges: 1, from: " + before + ", to: " + after + "}");
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");
        String untouched = content("shop");

        for (String verb : List.of("continue", "abort")) {
            for (String beside : List.of("dryRun: true", "strategy: 'ours'", "from: " + before, "message: 'x'")) {
                commander.fail(72, "shop", "{undoChanges: 1, " + verb + ": true, " + beside + "}");
            }
        }
        commander.fail(72, "shop", "{undoChanges: 1, continue: true, abort: true}");

        assertThat(content("shop")).isEqualTo(untouched);
        assertThat(commander.list("shop", "{listConflicts: 1}")).hasSize(1);
        BsonDocument done = commander.run("shop", "{undoChanges: 1, continue: true, dryRun: false, abort: false}");
        assertThat(status(done)).isEqualTo("merged");
    }

    @Test
    void an_undo_is_refused_that_may_be_meant_for_another_branch_or_everybody() {
        long before = head("main");
        set("shop", 1, "n", 9);

        commander.fail(2, "shop", "{undoChanges: 'dev', from: " + before + "}");
        commander.fail(2, "shop", "{undoChanges: 1, from: " + before + ", actor: ' '}");
        commander.fail(2, "shop", "{updateProject: 'other', protect: ['*']}");
        commander.fail(2, "shop", "{diffBranches: 'dev', from: " + before + "}");
        commander.fail(2, "shop", "{listBranches: 'dev'}");
        commander.fail(2, "shop", "{listTags: 'v1'}");

        assertThat(value("shop", 1)).isEqualTo(9);
    }

    @Test
    void a_message_that_is_too_long_is_refused_and_not_cut() {
        long before = head("main");
        set("shop", 1, "n", 9);
        String undo = "{undoChanges: 1, from: " + before + ", message: '";

        commander.fail(2, "shop", undo + "x".repeat(4097) + "'}");
        assertThat(value("shop", 1)).isEqualTo(9);
        commander.run("shop", undo + "x".repeat(4096) + "'}");

        assertThat(value("shop", 1)).isEqualTo(1);
        commander.fail(2, "shop", "{mergeBranch: 'main', into: 'main', message: '" + "x".repeat(4097) + "'}");
    }

    @Test
    void an_undo_with_conflicts_is_given_up_or_decided_by_strategy() {
        long before = head("main");
        set("shop", 1, "n", 9);
        long after = head("main");
        set("shop", 1, "n", 10);
        String range = "{undoChanges: 1, from: " + before + ", to: " + after;
        assertThat(status(commander.run("shop", range + "}"))).isEqualTo("conflicts");
        assertThat(status(commander.run("shop", "{undoChanges: 1, abort: true}")))
                .isEqualTo("aborted");
        commander.run("shop", range + ", strategy: 'ours'}");
        assertThat(value("shop", 1)).isEqualTo(10);
        commander.run("shop", range + ", strategy: 'theirs'}");
        assertThat(value("shop", 1)).isEqualTo(1);
    }

    @Test
    void counters_are_undone_by_what_they_were_changed_by() {
        long before = head("main");
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 5}}}]}");
        long after = head("main");
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 20}}}]}");

        commander.run("shop", "{undoChanges: 1, from: " + before + ", to: " + after + ", paths: {items: {n: 'sum'}}}");

        assertThat(value("shop", 1)).isEqualTo(21);
    }

    @Test
    void one_collection_is_undone_and_the_others_stay() {
        commander.run("shop", "{insert: 'others', documents: [{_id: 1, n: 1}]}");
        long before = head("main");
        set("shop", 1, "n", 9);
        commander.run("shop", "{update: 'others', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}]}");
        commander.run("shop", "{drop: 'others'}");

        commander.run("shop", "{undoChanges: 1, from: " + before + ", collection: 'others'}");
        assertThat(commander.list("shop", "{find: 'others'}")).containsExactly(BsonDocument.parse("{_id: 1, n: 1}"));
        assertThat(value("shop", 1)).isEqualTo(9);
        commander.run("shop", "{undoChanges: 1, from: " + before + ", collection: 'items'}");
        assertThat(value("shop", 1)).isEqualTo(1);
        commander.fail(26, "shop", "{undoChanges: 1, from: " + before + ", collection: 'nope'}");
        commander.restart();
        assertThat(commander.list("shop", "{find: 'others'}")).hasSize(1);
    }

    @Test
    void what_one_actor_did_is_undone_and_what_others_did_stays() {
        long before = head("main");
        commander.as("ann", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}]}");
        commander.as("bob", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {m: 8}}}]}");
        commander.as("ann", "shop", "{insert: 'items', documents: [{_id: 4, n: 4}]}");
        commander.as("ann", "shop", "{delete: 'items', deletes: [{q: {_id: 3}, limit: 1}]}");
        commander.as("bob", "shop", "{update: 'items', updates: [{q: {_id: 2}, u: {$set: {n: 7}}}]}");
        commander.as("ann", "shop", "{insert: 'anns', documents: [{_id: 1}]}");

        BsonDocument undone = commander.run("shop", "{undoChanges: 1, from: " + before + ", actor: 'ann'}");

        assertThat(status(undone)).isEqualTo("merged");
        for (int pass = 0; pass < 2; pass++) {
            assertThat(commander.list("shop", "{find: 'items'}"))
                    .containsExactly(
                            BsonDocument.parse("{_id: 1, n: 1, m: 8}"),
                            BsonDocument.parse("{_id: 2, n: 7}"),
                            BsonDocument.parse("{_id: 3, n: 3}"));
            assertThat(commander.list("shop", "{find: 'anns'}")).isEmpty();
            commander.restart();
        }
        commander.fail(2, "shop", "{undoChanges: 1, from: " + before + ", actor: 'zoe'}");
    }

    @Test
    void what_others_changed_later_in_the_range_is_a_conflict_of_the_undo_of_an_actor() {
        long before = head("main");
        commander.as("ann", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}]}");
        commander.as("bob", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 10, m: 8}}}]}");
        commander.as("ann", "shop", "{update: 'items', updates: [{q: {_id: 2}, u: {$set: {n: 20}}}]}");
        String untouched = content("shop");
        String undo = "{undoChanges: 1, from: " + before + ", actor: 'ann'";

        assertThat(status(commander.run("shop", undo + "}"))).isEqualTo("conflicts");
        commander.restart();

        List<BsonDocument> conflicts = commander.list("shop", "{listConflicts: 1}");
        assertThat(conflicts).hasSize(1);
        assertThat(conflicts.get(0).getArray("fields")).containsExactly(new BsonString("n"));
        assertThat(conflicts.get(0).getDocument("base").getInt32("n").getValue())
                .isEqualTo(9);
        assertThat(conflicts.get(0).getDocument("ours").getInt32("n").getValue())
                .isEqualTo(10);
        assertThat(conflicts.get(0).getDocument("theirs").getInt32("n").getValue())
                .isEqualTo(1);
        assertThat(content("shop")).isEqualTo(untouched);
        commander.run("shop", "{undoChanges: 1, abort: true}");
        commander.run("shop", undo + ", strategy: 'ours'}");
        assertThat(document("shop", 1)).isEqualTo(BsonDocument.parse("{_id: 1, n: 10, m: 8}"));
        assertThat(value("shop", 2)).isEqualTo(2);
        commander.run("shop", "{undoChanges: 1, lsn: " + head("main") + "}");
        commander.run("shop", undo + ", strategy: 'theirs'}");
        assertThat(document("shop", 1)).isEqualTo(BsonDocument.parse("{_id: 1, n: 1, m: 8}"));
    }

    @Test
    void a_document_that_others_changed_between_two_runs_of_an_actor_is_in_conflict() {
        long before = head("main");
        commander.as("ann", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}]}");
        commander.as("bob", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 10}}}]}");
        commander.as("ann", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {m: 9}}}]}");
        commander.as("bob", "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {m: 10}}}]}");

        assertThat(status(commander.run("shop", "{undoChanges: 1, from: " + before + ", actor: 'ann'}")))
                .isEqualTo("conflicts");

        List<BsonDocument> conflicts = commander.list("shop", "{listConflicts: 1}");
        assertThat(conflicts).hasSize(1);
        assertThat(conflicts.get(0).getArray("fields")).contains(new BsonString("n"), new BsonString("m"));
        assertThat(document("shop", 1)).isEqualTo(BsonDocument.parse("{_id: 1, n: 10, m: 10}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // what ann did | what bob did then | the conflict | what its places hold
                "{collMod: 'items', validator: {n: {$gt: 0}}} | {collMod: 'items', validator: {n: {$gt: -1}}} | metadata | validator",
                "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'i'}]} | {dropIndexes: 'items', index: 'i'};"
                        + " {createIndexes: 'items', indexes: [{key: {m: 1}, name: 'i'}]} | metadata | 'i'",
                "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]} | {createIndexes: 'items', indexes: [{key: {n: 1},"
                        + " name: 'u', unique: true}]}; {insert: 'items', documents: [{_id: 9, n: 2}]} | uniqueKeyCollision | 'u'",
                "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]} | {collMod: 'items', validator: {n: {$ne: 2}}} | validation | ''",
                "{create: 'anns'} | {insert: 'anns', documents: [{_id: 1}]} | deleteVersusEdit | ''",
                "{collMod: 'items', validator: {n: {$gt: 0}}} | {drop: 'items'} | deleteVersusEdit | ''",
            })
    void what_others_did_later_to_definitions_and_rules_is_a_conflict_of_the_undo_of_an_actor(
            String ann, String bob, String type, String path) {
        long before = head("main");
        commander.as("ann", "shop", "{insert: 'others', documents: [{_id: 1}]}");
        commander.as("ann", "shop", ann);
        for (String each : bob.split("; ")) {
            commander.as("bob", "shop", each);
        }
        commander.as("ann", "shop", "{insert: 'others', documents: [{_id: 2}]}");
        String untouched = content("shop");
        String undo = "{undoChanges: 1, from: " + before + ", actor: 'ann'}";

        assertThat(status(commander.run("shop", undo))).isEqualTo("conflicts");

        assertThat(content("shop")).isEqualTo(untouched);
        List<BsonDocument> conflicts = commander.list("shop", "{listConflicts: 1}");
        assertThat(conflicts).hasSize(1);
        assertThat(conflicts.get(0).getString("type").getValue()).isEqualTo(type);
        assertThat(conflicts.get(0).toJson()).contains(path.replace("'", ""));
        commander.restart();
        commander.run("shop", "{resolveConflict: {}, take: 'ours'}");
        assertThat(status(commander.run("shop", "{undoChanges: 1, continue: true}")))
                .isEqualTo("merged");
        assertThat(commander.list("shop", "{find: 'others'}")).isEmpty();
        commander.run("shop", "{resetBranch: 1, to: " + head("main") + "}");
        List<String> left = commander.list("shop", "{listCollections: 1}").stream()
                .map(each -> each.getString("name").getValue())
                .toList();
        assertThat(left).doesNotContain("others");
        assertThat(left.contains("items")).isEqualTo(!bob.contains("drop: 'items'"));
        assertThat(left.contains("anns")).isEqualTo(ann.contains("create: 'anns'"));
    }

    @Test
    void what_is_said_of_such_conflicts_is_done() {
        long before = head("main");
        commander.as("ann", "shop", "{collMod: 'items', validator: {n: {$gt: 0}}}");
        commander.as("bob", "shop", "{collMod: 'items', validator: {n: {$gt: -1}}}");
        commander.as("ann", "shop", "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]}");
        commander.as("bob", "shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'u', unique: true}]}");
        commander.as("bob", "shop", "{insert: 'items', documents: [{_id: 9, n: 2}]}");

        BsonDocument begun = commander.run("shop", "{undoChanges: 1, from: " + before + ", actor: 'ann'}");

        assertThat(begun.getInt64("conflicts").getValue()).isEqualTo(2);
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");
        assertThat(status(commander.run("shop", "{undoChanges: 1, continue: true}")))
                .isEqualTo("merged");
        for (int pass = 0; pass < 2; pass++) {
            assertThat(commander.list("shop", "{find: 'items', sort: {_id: 1}}"))
                    .containsExactly(
                            BsonDocument.parse("{_id: 1, n: 1, m: 1}"),
                            BsonDocument.parse("{_id: 2, n: 2}"),
                            BsonDocument.parse("{_id: 3, n: 3}"));
            assertThat(commander.list("shop", "{listCollections: 1}").get(0).getDocument("options"))
                    .doesNotContainKey("validator");
            commander.restart();
        }
    }

    @Test
    void a_collection_that_came_back_as_a_copy_has_a_uuid_of_its_own() {
        commander.as("ann", "shop", "{insert: 'others', documents: [{_id: 1, n: 1}]}");
        long there = head("main");
        commander.as("bob", "shop", "{insert: 'items', documents: [{_id: 9}]}");
        commander.as("ann", "shop", "{drop: 'others'}");
        commander.run("shop", "{undoChanges: 1, from: " + there + ", actor: 'ann'}");

        commander.run("shop", "{restore: 'others', at: " + there + ", as: 'first'}");

        assertThat(commander.list("shop", "{find: 'others'}")).hasSize(1);
        assertThat(commander.list("shop", "{find: 'first'}")).hasSize(1);
        List<BsonDocument> collections = commander.list("shop", "{listCollections: 1}");
        assertThat(collections).hasSize(3);
        assertThat(collections.stream()
                        .map(each -> each.getDocument("info").getBinary("uuid").asUuid()))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_collection_that_was_dropped_before_a_rebase_comes_back_as_the_rebase_found_it() {
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 7, n: 7}]}");
        commander.run("shop~dev", "{drop: 'items'}");
        commander.run("shop~dev", "{insert: 'own', documents: [{_id: 1}]}");
        commander.run("shop", "{insert: 'others', documents: [{_id: 1}]}");
        commander.run("shop~dev", "{rebaseBranch: 1, onto: 'main', squash: true}");
        assertThat(commander.list("shop~dev", "{find: 'items'}")).isEmpty();

        BsonDocument back = commander.run("shop~dev", "{undrop: 1, collection: 'items'}");

        assertThat(back.getBoolean("created").getValue()).isTrue();
        assertThat(commander.list("shop~dev", "{find: 'items'}"))
                .isEqualTo(commander.list("shop", "{find: 'items'}"))
                .hasSize(3);
        commander.restart();
        assertThat(commander.list("shop~dev", "{find: 'items'}")).hasSize(3);
        assertThat(commander.list("shop~dev", "{find: 'own'}")).hasSize(1);
    }

    @Test
    void a_collection_that_an_actor_dropped_comes_back() {
        commander.as("ann", "shop", "{insert: 'others', documents: [{_id: 1, n: 1}]}");
        commander.run("shop", "{createIndexes: 'others', indexes: [{key: {n: 1}, name: 'n', unique: true}]}");
        long before = head("main");
        commander.as("bob", "shop", "{insert: 'others', documents: [{_id: 2, n: 2}]}");
        commander.as("ann", "shop", "{drop: 'others'}");
        commander.as("bob", "shop", "{update: 'items', updates: [{q: {_id: 2}, u: {$set: {n: 7}}}]}");

        commander.run("shop", "{undoChanges: 1, from: " + before + ", actor: 'ann'}");

        for (int pass = 0; pass < 2; pass++) {
            assertThat(commander.list("shop", "{find: 'others', filter: {n: {$gt: 0}}, hint: 'n'}"))
                    .hasSize(2);
            assertThat(value("shop", 2)).isEqualTo(7);
            commander.restart();
        }
    }

    @Test
    void what_cannot_be_undone_is_refused() {
        long before = head("main");
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 4);
        insert("shop", 5);
        long last = project().lastLsn();
        commander.fail(40414, "shop", "{undoChanges: 1}");
        commander.fail(2, "shop", "{undoChanges: 1, from: 'dev'}");
        commander.fail(2, "shop", "{undoChanges: 1, from: " + last + ", to: " + before + "}");
        commander.fail(2, "shop", "{undoChanges: 1, lsn: " + last + ", from: " + before + "}");
        commander.fail(2, "shop", "{undoChanges: 1, lsn: " + (last - 1) + "}");
        commander.fail(2, "shop", "{undoChanges: 1, lsn: " + last + ".5}");
        commander.fail(2, "shop", "{revertMerge: " + last + ".5}");
        commander.fail(115, "shop~main~" + before, "{undoChanges: 1, from: 3}");
        commander.fail(4, "shop", "{undoChanges: 1, continue: true}");
        commander.fail(40415, "shop", "{undoChanges: 1, from: 3, nope: 1}");
        assertThat(project().lastLsn()).isEqualTo(last);
    }

    @Test
    void a_plan_that_was_looked_at_is_applied_as_it_was_or_not_at_all() {
        long before = head("main");
        set("shop", 1, "n", 9);
        String plan = commander
                .run("shop", "{undoChanges: 1, from: " + before + ", to: " + head("main") + ", dryRun: true}")
                .getString("plan")
                .getValue();
        long to = head("main");
        set("shop", 2, "n", 9);
        commander.fail(112, "shop", "{undoChanges: 1, from: " + before + ", to: " + to + ", plan: '" + plan + "'}");
        assertThat(value("shop", 1)).isEqualTo(9);
    }

    @Test
    void a_protected_branch_is_neither_undone_nor_rebased_nor_picked_to() {
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop", 4);
        insert("shop~dev", 5);
        commander.run("shop", "{updateBranch: 'dev', protected: true}");
        String before = content("shop~dev");
        for (String command : List.of(
                "{undoChanges: 1, lsn: " + head("dev") + "}",
                "{rebaseBranch: 'dev', onto: 'main'}",
                "{cherryPick: 'main~" + head("main") + "'}",
                "{restore: 'items', at: 'main'}")) {
            commander.fail(20, "shop~dev", command);
        }
        assertThat(content("shop~dev")).isEqualTo(before);
    }

    // ---- revert

    @Test
    void a_merge_is_reverted_and_the_revert_is_reverted() {
        commander.run("shop", "{createBranch: 'dev'}");
        set("shop~dev", 1, "n", 9);
        insert("shop~dev", 4);
        insert("shop", 5);
        String unmerged = content("shop");
        commander.run("shop", "{mergeBranch: 'dev'}");
        long merge = head("main");
        String merged = content("shop");
        insert("shop", 6);

        BsonDocument reverted = commander.run("shop", "{revertMerge: " + merge + "}");
        assertThat(reverted.getString("kind").getValue()).isEqualTo("revert");
        commander.run("shop", "{delete: 'items', deletes: [{q: {_id: 6}, limit: 1}]}");
        assertThat(content("shop")).isEqualTo(unmerged).isNotEqualTo(merged);
        assertThat(status(commander.run("shop", "{mergeBranch: 'dev'}")))
                .as("merged it is")
                .isEqualTo("upToDate");
        commander.run("shop", "{undoChanges: 1, lsn: " + number(reverted, "head_lsn") + "}");
        assertThat(content("shop")).isEqualTo(merged);
        commander.restart();
        assertThat(content("shop")).isEqualTo(merged);
    }

    @Test
    void what_is_no_merge_is_not_reverted_and_the_error_tells_what_does_it() {
        commander.run("shop", "{createBranch: 'dev'}");
        insert("shop~dev", 4);
        BsonDocument plain = commander.fail(2, "shop~dev", "{revertMerge: " + head("dev") + "}");
        assertThat(plain.getString("errmsg").getValue()).contains("undoChanges");
        commander.run("shop", "{mergeBranch: 'dev'}");
        BsonDocument forward = commander.fail(2, "shop", "{revertMerge: " + head("main") + "}");
        assertThat(forward.getString("errmsg").getValue()).contains("resetBranch: 'main'");
        commander.fail(2, "shop", "{revertMerge: 99999}");
        commander.fail(14, "shop", "{revertMerge: 'dev'}");
    }

    // ---- cherry-pick

    @Test
    void single_commits_and_ranges_are_brought_to_another_branch() {
        commander.run("shop", "{createBranch: 'dev'}");
        set("shop~dev", 1, "n", 9);
        insert("shop~dev", 4);
        long second = head("dev");
        set("shop~dev", 2, "n", 9);

        commander.run("shop", "{cherryPick: 'dev~" + second + "'}");
        assertThat(ids("shop")).containsExactly(1, 2, 3, 4);
        assertThat(value("shop", 1)).isEqualTo(1);
        commander.run("shop", "{cherryPick: 'dev', from: " + second + ", into: 'main'}");
        assertThat(value("shop", 2)).isEqualTo(9);
        assertThat(value("shop", 1)).isEqualTo(1);
        BsonDocument log = commander.list("shop", "{branchLog: 1, limit: 1}").get(0);
        assertThat(log.getDocument("picked").getString("branch").getValue()).isEqualTo("dev");
        commander.fail(40414, "shop", "{cherryPick: 'dev'}");
        commander.fail(2, "shop", "{cherryPick: 'dev', from: 'main'}");
        commander.fail(14, "shop", "{cherryPick: 7}");
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void all_commits_picked_one_by_one_make_the_branch(long seed) {
        Random random = new Random(seed);
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createBranch: 'copy'}");
        List<Long> commits = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long before = head("dev");
            change(random, "shop~dev");
            if (head("dev") > before) {
                commits.add(head("dev"));
            }
        }
        assertThat(commits).hasSizeGreaterThan(20);
        for (long commit : commits) {
            String status = status(commander.run("shop", "{cherryPick: 'dev~" + commit + "', into: 'copy'}"));
            assertThat(status).as("seed %d, commit %d", seed, commit).isEqualTo("merged");
        }
        assertThat(content("shop~copy")).isEqualTo(content("shop~dev"));
        commander.restart();
        assertThat(content("shop~copy")).isEqualTo(content("shop~dev"));
    }

    // ---- rebase

    @Test
    void a_branch_is_put_on_top_of_another_one_and_then_merges_forward() {
        commander.run("shop", "{createBranch: 'dev'}");
        set("shop~dev", 1, "n", 9);
        insert("shop~dev", 4);
        set("shop", 1, "m", 8);
        commander.run("shop", "{delete: 'items', deletes: [{q: {_id: 3}, limit: 1}]}");
        long old = head("dev");
        commander.run("shop", "{createBranch: 'plain'}");
        commander.run("shop", "{mergeBranch: 'dev', into: 'plain'}");

        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");

        assertThat(status(rebased)).isEqualTo("merged");
        assertThat(document("shop~dev", 1)).isEqualTo(BsonDocument.parse("{_id: 1, n: 9, m: 8}"));
        assertThat(ids("shop~dev")).containsExactly(1, 2, 4);
        assertThat(ids("shop~dev~" + old)).as("its history").containsExactly(1, 2, 3, 4);
        long head = head("dev");
        assertThat(status(commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}")))
                .isEqualTo("upToDate");
        assertThat(status(commander.run("shop", "{rebaseBranch: 'dev', onto: 'dev'}")))
                .isEqualTo("upToDate");
        assertThat(head("dev")).isEqualTo(head);
        assertThat(status(commander.run("shop", "{mergeBranch: 'dev', ff: 'only'}")))
                .isEqualTo("fastForward");
        assertThat(content("shop")).as("as a merge would be").isEqualTo(content("shop~plain"));
        commander.restart();
        assertThat(content("shop")).isEqualTo(content("shop~plain"));
        BsonDocument entry = commander
                .run("shop", "{branchReflog: 'dev'}")
                .getArray("entries")
                .get(0)
                .asDocument();
        assertThat(entry.getString("command").getValue()).isEqualTo("rebaseBranch");
        assertThat(ids("shop~" + entry.getString("before").getValue())).containsExactly(1, 2, 3, 4);
    }

    @Test
    void a_rebase_with_conflicts_leaves_the_branch_as_it_is_until_they_are_resolved() {
        commander.run("shop", "{createBranch: 'dev'}");
        set("shop~dev", 1, "n", 9);
        set("shop~dev", 2, "n", 9);
        set("shop", 1, "n", 10);
        String before = content("shop~dev");

        assertThat(status(commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}")))
                .isEqualTo("conflicts");

        assertThat(content("shop~dev")).isEqualTo(before);
        commander.restart();
        List<BsonDocument> conflicts = commander.list("shop", "{listConflicts: 1, into: 'dev'}");
        assertThat(conflicts).hasSize(1);
        assertThat(conflicts.get(0).getDocument("ours").getInt32("n").getValue())
                .isEqualTo(10);
        commander.run(
                "shop",
                "{resolveConflict: '" + conflicts.get(0).getString("_id").getValue() + "', take: 'theirs'}");
        assertThat(status(commander.run("shop", "{rebaseBranch: 'dev', continue: true}")))
                .isEqualTo("merged");
        assertThat(value("shop~dev", 1)).isEqualTo(9);
        assertThat(value("shop~dev", 2)).isEqualTo(9);
        commander.fail(40414, "shop", "{rebaseBranch: 'dev'}");
        commander.fail(40415, "shop", "{rebaseBranch: 'dev', onto: 'main', into: 'main'}");
    }

    // ---- properties

    @ParameterizedTest
    @MethodSource("seeds")
    void an_undo_makes_what_was_there_and_its_undo_what_is_there(long seed) {
        Random random = new Random(seed);
        List<Long> positions = new ArrayList<>(List.of(head("main")));
        int undone = 0;
        for (int i = 0; i < 60; i++) {
            change(random, "shop");
            if (head("main") > positions.get(positions.size() - 1)) {
                positions.add(head("main"));
            }
            if (random.nextInt(6) == 0) {
                long from = positions.get(random.nextInt(positions.size()));
                String before = content("shop");
                String said = "seed " + seed + ", from " + from;
                String status = status(commander.run("shop", "{undoChanges: 1, from: " + from + "}"));
                assertThat(content("shop")).as(said).isEqualTo(content("shop~main~" + from));
                if (status.equals("merged")) {
                    undone++;
                    long undo = head("main");
                    assertThat(status(commander.run("shop", "{undoChanges: 1, lsn: " + undo + "}")))
                            .as(said)
                            .isEqualTo("merged");
                    assertThat(content("shop")).as("%s, undone again", said).isEqualTo(before);
                }
                positions.add(head("main"));
            }
        }
        assertThat(undone).isPositive();
        String live = content("shop");
        commander.restart();
        assertThat(content("shop")).isEqualTo(live);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_rebase_and_a_merge_forward_make_what_a_merge_makes(long seed) {
        Random random = new Random(seed);
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n'}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        for (int i = 0; i < 15; i++) {
            change(random, "shop");
            change(random, "shop~dev");
        }
        commander.run("shop", "{createBranch: 'merged'}");
        commander.run("shop", "{mergeBranch: 'dev', into: 'merged', strategy: 'theirs'}");

        commander.run("shop", "{rebaseBranch: 'dev', onto: 'main', strategy: 'theirs'}");
        assertThat(status(commander.run("shop", "{mergeBranch: 'dev', ff: 'only'}")))
                .as("seed %d", seed)
                .isEqualTo("fastForward");

        assertThat(content("shop")).as("seed %d", seed).isEqualTo(content("shop~merged"));
        commander.restart();
        assertThat(content("shop")).as("seed %d", seed).isEqualTo(content("shop~merged"));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void the_undo_of_an_actor_leaves_what_there_would_be_without(long seed) {
        Random random = new Random(seed);
        commander.run("shop", "{createBranch: 'alone'}");
        long before = head("main");
        int done = 0;
        for (int i = 0; i < 40; i++) {
            boolean ann = random.nextBoolean();
            int id = 10 + random.nextInt(8) * 2 + (ann ? 1 : 0);
            String command = switch (random.nextInt(4)) {
                case 0, 1 ->
                    "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + i + "}}, upsert: true}]}";
                case 2 -> "{delete: 'items', deletes: [{q: {_id: " + id + "}, limit: 1}]}";
                default ->
                    "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {" + (ann ? "a" : "b") + random.nextInt(3)
                            + ": " + i + "}}}]}";
            };
            commander.as(ann ? "ann" : "bob", "shop", command);
            if (!ann) {
                commander.as("bob", "shop~alone", command);
            } else {
                done++;
            }
        }
        assertThat(done).isPositive();

        String status = status(commander.run("shop", "{undoChanges: 1, from: " + before + ", actor: 'ann'}"));

        assertThat(status).as("seed %d", seed).isEqualTo("merged");
        assertThat(documents("shop")).as("seed %d", seed).isEqualTo(documents("shop~alone"));
        commander.restart();
        assertThat(documents("shop")).as("seed %d", seed).isEqualTo(documents("shop~alone"));
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("seeds", 6));
    }

    /** Without the order of the fields that were added, which is another one where somebody else added some between. */
    private List<Object> documents(String database) {
        return commander.list(database, "{find: 'items', sort: {_id: 1}, batchSize: 900}").stream()
                .<Object>map(document -> new TreeMap<>(document))
                .toList();
    }

    private void change(Random random, String database) {
        int id = random.nextInt(20);
        int n = random.nextInt(100);
        switch (random.nextInt(6)) {
            case 0, 1, 2 ->
                commander.run(
                        database,
                        "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + n
                                + "}}, upsert: true}]}");
            case 3 -> commander.run(database, "{delete: 'items', deletes: [{q: {_id: " + id + "}, limit: 1}]}");
            case 4 ->
                commander.run(
                        database,
                        "{update: 'items', updates: [{q: {n: {$lt: " + n / 10 + "}}, u: {$push: {a: " + n
                                + "}}, multi: true}]}");
            default -> commander.run(database, "{insert: 'c" + random.nextInt(3) + "', documents: [{n: " + n + "}]}");
        }
    }

    /** All documents of all collections in natural order, with their record ids, and all indexes. */
    private String content(String database) {
        StringBuilder content = new StringBuilder();
        commander.list(database, "{listCollections: 1, nameOnly: true}").stream()
                .map(collection -> collection.getString("name").getValue())
                .sorted()
                .forEach(name -> content.append(name)
                        .append(commander.list(database, "{find: '" + name + "', showRecordId: true, batchSize: 900}"))
                        .append(commander.list(database, "{listIndexes: '" + name + "'}"))
                        .append('\n'));
        return content.toString();
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private long head(String branch) {
        return project().head(project().branch(branch)).lsn();
    }

    private void insert(String database, int id) {
        commander.run(database, "{insert: 'items', documents: [{_id: " + id + ", n: " + id + "}]}");
    }

    private void set(String database, int id, String field, int value) {
        commander.run(
                database,
                "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: {" + field + ": " + value + "}}}]}");
    }

    private BsonDocument document(String database, int id) {
        return commander
                .list(database, "{find: 'items', filter: {_id: " + id + "}}")
                .get(0);
    }

    private int value(String database, int id) {
        return document(database, id).getInt32("n").getValue();
    }

    private List<Integer> ids(String database) {
        return commander.list(database, "{find: 'items'}").stream()
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }

    private static String status(BsonDocument reply) {
        return reply.getString("status").getValue();
    }

    private static long number(BsonDocument reply, String field) {
        return reply.getNumber(field).longValue();
    }
}
