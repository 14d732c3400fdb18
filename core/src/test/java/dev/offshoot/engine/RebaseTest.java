package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.SimulatedLogStore.Fault;
import dev.offshoot.wal.SimulatedStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rebases and cherry-picks that keep commits apart. */
final class RebaseTest {
    @AutoClose
    private final Commander commander;

    RebaseTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1, m: 1}, {_id: 2, n: 2}, {_id: 3, n: 3}]}");
        commander.run("shop", "{createBranch: 'dev'}");
    }

    // ---- who did what

    @Test
    void each_commit_keeps_its_author_its_command_and_its_message() {
        commander.as(
                "ann", "shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}], comment: 'nine'}");
        commander.as("bob", "shop~dev", "{insert: 'items', documents: [{_id: 4, n: 4}]}");
        commander.as("ann", "shop~dev", "{commitBranch: 'a note'}");
        commander.as("cyd", "shop~dev", "{delete: 'items', deletes: [{q: {_id: 3}, limit: 1}], comment: 'gone'}");
        set("shop", 1, "m", 7);
        List<BsonDocument> old = commander.list("shop~dev", "{branchLog: 1, limit: 4}");

        BsonDocument rebased =
                commander.as("dan", "shop", "{rebaseBranch: 'dev', onto: 'main', message: 'onto the new prices'}");

        assertThat(status(rebased)).isEqualTo("merged");
        assertThat(rebased.getInt32("picked").getValue()).isEqualTo(4);
        for (int pass = 0; pass < 2; pass++) {
            List<BsonDocument> log = commander.list("shop~dev", "{branchLog: 1, limit: 6}");
            for (int i = 0; i < 4; i++) {
                for (String field : List.of("actor", "command", "message", "changes", "mark")) {
                    assertThat(log.get(i).get(field))
                            .as(field)
                            .isEqualTo(old.get(i).get(field));
                }
                assertThat(log.get(i).getDocument("picked").get("lsn"))
                        .isEqualTo(old.get(i).get("last_lsn"));
                assertThat(log.get(i).getDocument("picked").getString("by").getValue())
                        .startsWith("dan");
            }
            assertThat(text(log.get(4), "command")).isEqualTo("rebaseBranch");
            assertThat(text(log.get(4), "message")).isEqualTo("onto the new prices");
            assertThat(text(log.get(4), "actor")).startsWith("dan");
            assertThat(text(log.get(5), "branch")).isEqualTo("main");
            List<BsonDocument> blame = commander.list("shop~dev", "{documentBlame: 'items', _id: 1}");
            assertThat(blame)
                    .filteredOn(row -> text(row, "path").equals("n"))
                    .singleElement()
                    .satisfies(row -> assertThat(text(row, "actor")).startsWith("ann"))
                    .satisfies(row -> assertThat(text(row, "message")).isEqualTo("nine"));
            List<BsonDocument> history = commander.list("shop~dev", "{documentHistory: 'items', _id: 4}");
            assertThat(history)
                    .singleElement()
                    .satisfies(row -> assertThat(text(row, "op")).isEqualTo("inserted"));
            commander.restart();
        }
        BsonDocument picked = commander
                .list("shop~dev", "{branchLog: 1, limit: 4, patch: true}")
                .get(3);
        assertThat(picked.getArray("edits")).hasSize(1);

        commander.run("shop~dev", "{undoChanges: 1, from: 'main', actor: 'ann'}");
        assertThat(value("shop~dev", 1)).isEqualTo(1);
        assertThat(ids("shop~dev")).containsExactly(1, 2, 4);
    }

    @Test
    void each_commit_is_a_position_of_its_own() {
        insert("shop~dev", 4);
        insert("shop~dev", 5);
        insert("shop", 6);
        commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        List<BsonDocument> log = commander.list("shop~dev", "{branchLog: 1, limit: 3}");
        for (int pass = 0; pass < 2; pass++) {
            assertThat(ids("shop~dev~" + last(log.get(0)))).containsExactlyInAnyOrder(1, 2, 3, 6, 4, 5);
            assertThat(ids("shop~dev~" + last(log.get(1)))).containsExactlyInAnyOrder(1, 2, 3, 6, 4);
            assertThat(ids("shop~dev~" + last(log.get(2)))).containsExactlyInAnyOrder(1, 2, 3, 6);
            commander.restart();
        }
        commander.run("shop~dev", "{undoChanges: 1, lsn: " + last(log.get(1)) + "}");
        assertThat(ids("shop~dev")).containsExactlyInAnyOrder(1, 2, 3, 6, 5);
    }

    @Test
    void the_reflog_has_one_line_for_it_and_leads_back() {
        insert("shop~dev", 4);
        insert("shop~dev", 5);
        insert("shop", 6);
        String before = content("shop~dev");
        commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        String after = content("shop~dev");
        commander.run("shop", "{cherryPick: 'dev', from: 'main', into: 'main'}");

        List<BsonDocument> entries = reflog("dev");
        assertThat(text(entries.get(0), "command")).isEqualTo("rebaseBranch");
        assertThat(entries.get(0).getInt64("lsn").getValue()).isEqualTo(head("dev"));
        assertThat(text(entries.get(1), "command")).isEqualTo("createBranch");
        assertThat(text(reflog("main").get(0), "command")).isEqualTo("cherryPick");
        String back = text(entries.get(0), "before");
        assertThat(content("shop~" + back)).isEqualTo(before);
        commander.run("shop", "{resetBranch: 'dev', to: '" + back + "'}");
        assertThat(content("shop~dev")).isEqualTo(before);
        commander.run("shop", "{resetBranch: 'dev', to: '" + text(reflog("dev").get(0), "before") + "'}");
        assertThat(content("shop~dev")).isEqualTo(after);
    }

    // ---- conflicts

    @Test
    void the_first_commit_in_conflict_stops_it_and_it_goes_on_from_there() {
        insert("shop~dev", 4);
        commander.as(
                "ann", "shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {n: 9}}}], comment: 'nine'}");
        set("shop~dev", 2, "n", 9);
        set("shop~dev", 1, "n", 11);
        set("shop", 1, "n", 10);
        set("shop", 2, "n", 10);
        String before = content("shop~dev");

        BsonDocument stopped = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        assertThat(status(stopped)).isEqualTo("conflicts");
        BsonDocument at = stopped.getDocument("stopped_at");
        assertThat(at.getInt32("number").getValue()).isEqualTo(2);
        assertThat(at.getInt32("of").getValue()).isEqualTo(4);
        assertThat(text(at, "message")).isEqualTo("nine");
        assertThat(text(at, "actor")).startsWith("ann");
        assertThat(content("shop~dev")).isEqualTo(before);
        commander.restart();
        BsonDocument first = one(conflicts());
        assertThat(first.getInt64("commit")).isEqualTo(at.getInt64("last_lsn"));
        assertThat(first.getDocument("base").getInt32("n").getValue()).isEqualTo(1);
        assertThat(first.getDocument("ours").getInt32("n").getValue()).isEqualTo(10);
        assertThat(first.getDocument("theirs").getInt32("n").getValue()).isEqualTo(9);
        resolve(first, "take: 'theirs'");

        BsonDocument again = commander.run("shop", "{rebaseBranch: 'dev', continue: true}");
        assertThat(status(again)).isEqualTo("conflicts");
        assertThat(again.getDocument("stopped_at").getInt32("number").getValue())
                .isEqualTo(3);
        BsonDocument second = one(conflicts());
        assertThat(second.getDocument("theirs").getInt32("_id").getValue()).isEqualTo(2);
        insert("shop~dev", 5);
        commander.run("shop", "{resolveConflict: {}, into: 'dev', take: 'ours'}");
        commander.restart();

        BsonDocument done = commander.run("shop", "{rebaseBranch: 'dev', continue: true}");
        assertThat(status(done)).isEqualTo("merged");
        assertThat(done.getInt32("picked").getValue()).isEqualTo(4);
        assertThat(done.getInt32("dropped").getValue())
                .as("'ours' left nothing of it")
                .isEqualTo(1);
        assertThat(value("shop~dev", 1)).isEqualTo(11);
        assertThat(value("shop~dev", 2)).isEqualTo(10);
        assertThat(ids("shop~dev")).containsExactly(1, 2, 3, 4, 5);
        assertThat(commander.list("shop~dev", "{documentHistory: 'items', _id: 1, limit: 3}"))
                .extracting(
                        version -> version.getDocument("document").getInt32("n").getValue())
                .containsExactly(11, 9, 10);
        commander.fail("shop", "{listConflicts: 1, into: 'dev'}");
    }

    @Test
    void given_up_it_leaves_the_branch_as_it_was() {
        insert("shop~dev", 4);
        set("shop~dev", 1, "n", 9);
        set("shop", 1, "n", 10);
        String before = content("shop~dev");
        long head = head("dev");
        assertThat(status(commander.run("shop", "{rebaseBranch: 'dev', onto: 'main', dryRun: true}")))
                .isEqualTo("conflicts");
        assertThat(status(commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}")))
                .isEqualTo("conflicts");
        assertThat(commander
                        .fail(117, "shop", "{rebaseBranch: 'dev', onto: 'main'}")
                        .getString("errmsg")
                        .getValue())
                .contains("rebase");
        commander.run("shop", "{rebaseBranch: 'dev', abort: true}");
        assertThat(content("shop~dev")).isEqualTo(before);
        assertThat(head("dev")).isEqualTo(head);
        assertThat(status(commander.run("shop", "{rebaseBranch: 'dev', onto: 'main', strategy: 'theirs'}")))
                .isEqualTo("merged");
        assertThat(value("shop~dev", 1)).isEqualTo(9);
    }

    @Test
    void what_comes_to_nothing_is_left_out() {
        set("shop~dev", 1, "n", 9);
        insert("shop~dev", 4);
        commander.run("shop", "{cherryPick: 'dev', from: 'main', to: 'dev', into: 'main'}");
        insert("shop", 5);
        set("shop~dev", 2, "n", 9);

        BsonDocument rebased =
                commander.run("shop", "{rebaseBranch: 'dev', onto: 'main', modes: {'*': 'fieldDivergent'}}");

        assertThat(rebased.getInt32("picked").getValue()).isEqualTo(1);
        assertThat(rebased.getInt32("dropped").getValue()).isEqualTo(2);
        assertThat(ids("shop~dev")).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
        assertThat(value("shop~dev", 2)).isEqualTo(9);
    }

    // ---- merges in between

    @Test
    void merges_of_the_new_base_are_left_out_and_others_are_merged_again() {
        commander.run("shop", "{createBranch: 'other'}");
        insert("shop~other", 8);
        insert("shop~dev", 4);
        insert("shop", 5);
        commander.run("shop", "{mergeBranch: 'main', into: 'dev'}");
        set("shop~dev", 5, "n", 55);
        commander.run("shop", "{mergeBranch: 'other', into: 'dev', message: 'the others'}");
        insert("shop~dev", 6);
        insert("shop", 7);

        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");

        assertThat(rebased.getInt32("picked").getValue()).isEqualTo(4);
        assertThat(rebased.getInt32("dropped").getValue()).isEqualTo(1);
        for (int pass = 0; pass < 2; pass++) {
            assertThat(ids("shop~dev")).containsExactlyInAnyOrder(1, 2, 3, 4, 5, 6, 7, 8);
            assertThat(value("shop~dev", 5)).isEqualTo(55);
            assertThat(commander.list("shop~dev", "{branchLog: 1, limit: 5}"))
                    .extracting(entry -> entry.containsKey("message") ? text(entry, "message") : text(entry, "command"))
                    .containsExactly("insert", "the others", "update", "insert", "rebase dev onto main");
            commander.restart();
        }
        assertThat(status(commander.run("shop", "{mergeBranch: 'other', into: 'dev'}")))
                .isEqualTo("upToDate");
        assertThat(status(commander.run("shop", "{mergeBranch: 'dev', ff: 'only'}")))
                .isEqualTo("fastForward");
    }

    @Test
    void a_branch_of_a_branch_brings_the_commits_of_both() {
        insert("shop~dev", 4);
        commander.run("shop", "{createBranch: 'deep', from: 'dev'}");
        insert("shop~dev", 5);
        insert("shop~deep", 6);
        insert("shop", 7);
        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'deep', onto: 'main'}");
        assertThat(rebased.getInt32("picked").getValue()).isEqualTo(2);
        assertThat(ids("shop~deep")).containsExactlyInAnyOrder(1, 2, 3, 4, 6, 7);
        assertThat(status(commander.run("shop", "{rebaseBranch: 'deep', onto: 'main'}")))
                .isEqualTo("upToDate");
    }

    @Test
    void a_branch_without_commits_of_its_own_moves_to_the_new_base() {
        insert("shop", 4);
        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        assertThat(rebased.getInt32("picked").getValue()).isZero();
        assertThat(content("shop~dev")).isEqualTo(content("shop"));
    }

    @Test
    void a_branch_that_was_reset_or_rebased_before_brings_what_it_shows() {
        insert("shop~dev", 4);
        long four = head("dev");
        insert("shop~dev", 5);
        commander.run("shop", "{resetBranch: 'dev', to: " + four + "}");
        insert("shop~dev", 6);
        insert("shop", 7);
        commander.run("shop", "{rebaseBranch: 'dev', onto: 'main', squash: true}");
        insert("shop~dev", 8);
        insert("shop", 9);
        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        assertThat(rebased.getInt32("picked").getValue())
                .as("the squash, and one")
                .isEqualTo(2);
        assertThat(ids("shop~dev")).containsExactlyInAnyOrder(1, 2, 3, 4, 6, 7, 8, 9);
    }

    // ---- definitions

    @Test
    void collections_and_indexes_that_one_commit_makes_and_the_next_ones_change_come_out_right() {
        commander.run(
                "shop~dev", "{createIndexes: 'items', indexes: [{key: {n: 1}, name: 'n'}, {key: {m: 1}, name: 'm'}]}");
        commander.run("shop~dev", "{collMod: 'items', index: {name: 'n', hidden: true}}");
        commander.run("shop~dev", "{dropIndexes: 'items', index: 'm'}");
        commander.run("shop~dev", "{insert: 'new', documents: [{_id: 1, n: 1}]}");
        commander.run("shop~dev", "{createIndexes: 'new', indexes: [{key: {n: 1}, name: 'n'}]}");
        commander.run("shop~dev", "{update: 'new', updates: [{q: {_id: 1}, u: {$set: {n: 2}}}]}");
        commander.run("shop~dev", "{collMod: 'new', validator: {n: {$gt: 0}}}");
        commander.run("shop~dev", "{insert: 'gone', documents: [{_id: 1}]}");
        commander.run("shop~dev", "{drop: 'gone'}");
        commander.run("shop~dev", "{insert: 'new', documents: [{_id: 2, n: 5}]}");
        commander.run("admin", "{renameCollection: 'shop~dev.new', to: 'shop~dev.newer'}");
        commander.run("shop~dev", "{insert: 'newer', documents: [{_id: 3, n: 5}]}");
        insert("shop", 7);
        commander.run("shop", "{createBranch: 'one', from: 'dev'}");
        commander.run("shop", "{rebaseBranch: 'one', onto: 'main', squash: true}");

        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");

        assertThat(rebased.getInt32("picked").getValue()).isGreaterThan(10);
        for (int pass = 0; pass < 2; pass++) {
            assertThat(content("shop~dev")).isEqualTo(content("shop~one")).contains("newer");
            replaysAreTheSame();
            commander.restart();
        }
        assertThat(commander.run("shop~dev", "{insert: 'newer', documents: [{_id: 9, n: -1}]}"))
                .containsKey("writeErrors");
    }

    // ---- the algebra

    @ParameterizedTest
    @MethodSource("seeds")
    void without_conflicts_it_comes_to_what_one_commit_comes_to(long seed) {
        Random random = new Random(seed);
        int own = 0;
        for (int i = 0; i < 40; i++) {
            own += change(random, "shop~dev", 100);
            change(random, "shop", 200);
            if (random.nextInt(12) == 0) {
                commander.run("shop", "{mergeBranch: 'main', into: 'dev', ff: 'never'}");
            }
        }
        insert("shop", 4); // so that it was not all merged already
        commander.run("shop", "{createBranch: 'one', from: 'dev'}");
        commander.run("shop", "{createBranch: 'picks', from: 'main'}");

        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        commander.run("shop", "{rebaseBranch: 'one', onto: 'main', squash: true}");

        String said = "seed " + seed + ": " + rebased;
        assertThat(status(rebased)).as(said).isEqualTo("merged");
        assertThat(rebased.getInt32("picked").getValue()).as(said).isBetween(10, own);
        assertThat(content("shop~dev")).as(said).isEqualTo(content("shop~one"));
        BsonDocument picks = commander.run("shop", "{cherryPick: 'dev', from: 'main', into: 'picks'}");
        assertThat(picks.getInt32("picked")).as(said).isEqualTo(rebased.getInt32("picked"));
        assertThat(content("shop~picks")).as(said).isEqualTo(content("shop~dev"));
        replaysAreTheSame();
        commander.restart();
        assertThat(content("shop~dev")).as(said).isEqualTo(content("shop~one"));
        assertThat(content("shop~picks")).as(said).isEqualTo(content("shop~dev"));
        assertThat(status(commander.run("shop", "{mergeBranch: 'dev', ff: 'only'}")))
                .isEqualTo("fastForward");
    }

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("seeds", 8));
    }

    /** Changes documents from one id up, so that two branches do not meet; says whether there is a commit for it. */
    private int change(Random random, String database, int from) {
        int id = from + random.nextInt(15);
        int n = random.nextInt(100);
        String command = switch (random.nextInt(7)) {
            case 0, 1, 2 ->
                "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + n + "}}, upsert: true}]}";
            case 3 -> "{delete: 'items', deletes: [{q: {_id: " + id + "}, limit: 1}]}";
            case 4 ->
                "{update: 'items', updates: [{q: {_id: {$gte: " + from + ", $lt: " + (from + 100) + "}, n: {$lt: " + n
                        + "}}, u: {$push: {a: " + n + "}}, multi: true}]}";
            case 5 -> "{insert: 'c" + from + "', documents: [{n: " + n + "}]}";
            default ->
                n % 2 == 0
                        ? "{createIndexes: 'c" + from + "', indexes: [{key: {n: 1}, name: 'n'}]}"
                        : "{dropIndexes: 'c" + from + "', index: 'n'}";
        };
        long before = head(branch(database));
        BsonDocument reply = commander.reply(database, BsonDocument.parse(command));
        assertThat(reply.getNumber("ok").intValue() == 1 || command.startsWith("{dropIndexes"))
                .as("%s", reply)
                .isTrue();
        return head(branch(database)) > before ? 1 : 0;
    }

    // ---- picks

    @Test
    void a_range_is_picked_commit_by_commit_or_as_one() {
        commander.as("ann", "shop~dev", "{insert: 'items', documents: [{_id: 4}], comment: 'four'}");
        long four = head("dev");
        commander.as("ann", "shop~dev", "{insert: 'items', documents: [{_id: 5}], comment: 'five'}");
        commander.as("bob", "shop~dev", "{insert: 'items', documents: [{_id: 6}]}");

        BsonDocument picked = commander.as("dan", "shop", "{cherryPick: 'dev', from: " + four + ", into: 'main'}");
        assertThat(picked.getInt32("picked").getValue()).isEqualTo(2);
        assertThat(ids("shop")).containsExactly(1, 2, 3, 5, 6);
        List<BsonDocument> log = commander.list("shop", "{branchLog: 1, limit: 2}");
        assertThat(text(log.get(1), "message")).isEqualTo("five");
        assertThat(text(log.get(1), "actor")).startsWith("ann");
        assertThat(text(log.get(0), "actor")).startsWith("bob");
        assertThat(text(log.get(0).getDocument("picked"), "by")).startsWith("dan");

        commander.run("shop", "{cherryPick: 'dev~" + four + "', message: 'the fourth'}");
        BsonDocument one = commander.list("shop", "{branchLog: 1, limit: 1}").get(0);
        assertThat(text(one, "message")).isEqualTo("the fourth");
        assertThat(text(one, "actor")).startsWith("ann");
        assertThat(status(commander.run("shop", "{cherryPick: 'dev~" + four + "', modes: {'*': 'fieldDivergent'}}")))
                .isEqualTo("upToDate");

        commander.run("shop", "{createBranch: 'whole', from: " + four + "}");
        BsonDocument squashed =
                commander.as("dan", "shop", "{cherryPick: 'dev', from: " + four + ", into: 'whole', squash: true}");
        assertThat(squashed).doesNotContainKey("picked");
        BsonDocument whole =
                commander.list("shop~whole", "{branchLog: 1, limit: 1}").get(0);
        assertThat(text(whole, "actor")).startsWith("dan");
        assertThat(text(whole, "command")).isEqualTo("cherryPick");
    }

    // ---- how many

    @Test
    void many_commits_are_kept_apart_and_more_than_a_record_has_room_for_are_refused() {
        for (int i = 0; i < 400; i++) {
            insert("shop~dev", 100 + i);
        }
        insert("shop", 4);
        assertThat(commander
                        .run("shop", "{rebaseBranch: 'dev', onto: 'main'}")
                        .getInt32("picked")
                        .getValue())
                .isEqualTo(400);
        String text = "x".repeat(4000);
        for (int i = 0; i < 300; i++) {
            commander.run(
                    "shop~dev",
                    "{update: 'items', updates: [{q: {_id: 100}, u: {$set: {n: " + i + "}}}], comment: '" + i + text
                            + "'}");
        }
        insert("shop", 5);
        String before = content("shop~dev");
        BsonDocument refused = commander.fail(10334, "shop", "{rebaseBranch: 'dev', onto: 'main'}");
        assertThat(text(refused, "errmsg")).contains("squash: true").contains("701 commits");
        assertThat(content("shop~dev")).isEqualTo(before);
        commander.run("shop", "{rebaseBranch: 'dev', onto: 'main', squash: true}");
        assertThat(value("shop~dev", 100)).isEqualTo(299);
    }

    // ---- all or nothing

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"REFUSED", "UNKNOWN_STORED", "UNKNOWN_NOT_STORED"})
    void who_stops_in_the_middle_leaves_the_old_branch_or_the_new_one(Fault fault) {
        SimulatedStore store = SimulatedStore.calm();
        String before;
        String after;
        try (Engine engine = Engine.open(store, EngineOptions.DEFAULT)) {
            Commander.run(engine, "admin", "{createProject: 'shop'}");
            Commander.run(engine, "shop", "{insert: 'items', documents: [{_id: 1}]}");
            Commander.run(engine, "shop", "{createBranch: 'dev'}");
            for (int i = 2; i < 12; i++) {
                Commander.run(engine, "shop~dev", "{insert: 'items', documents: [{_id: " + i + "}]}");
            }
            Commander.run(engine, "shop", "{insert: 'items', documents: [{_id: 20}]}");
            Commander.run(engine, "shop", "{createBranch: 'twin', from: 'dev'}");
            Commander.run(engine, "shop", "{rebaseBranch: 'twin', onto: 'main'}");
            before = find(engine, "dev");
            after = find(engine, "twin");
            long id = Objects.requireNonNull(engine.projects().find("shop")).id();
            SimulatedLogStore log = store.log("p" + id);
            int records = log.records().size();
            log.failNext(fault);
            BsonDocument reply = Commander.reply(engine, "shop", "{rebaseBranch: 'dev', onto: 'main'}");
            assertThat(reply.getNumber("ok").intValue()).as("%s", reply).isZero();
            assertThat(log.fired(fault)).isEqualTo(1);
            assertThat(log.records().size() - records).isEqualTo(fault == Fault.UNKNOWN_STORED ? 1 : 0);
            try (Engine next = Engine.open(store.reopened(), EngineOptions.DEFAULT)) {
                assertThat(find(next, "dev")).isEqualTo(fault == Fault.UNKNOWN_STORED ? after : before);
            }
        }
        assertThat(after).isNotEqualTo(before);
    }

    // ---- beside others

    @Test
    void writers_and_another_rebase_go_on_beside_it() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                int from = 1000 * (t + 1);
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        insert("shop~dev", from + i);
                    }
                    return 100;
                }));
            }
            running.add(threads.submit(() -> {
                int rebased = 0;
                for (int i = 0; i < 15; i++) {
                    insert("shop", 5000 + 2 * i);
                    BsonDocument reply = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
                    rebased += status(reply).equals("merged") ? 1 : 0;
                }
                return rebased;
            }));
            int rebased = 0;
            for (int i = 0; i < 15; i++) {
                insert("shop", 5001 + 2 * i);
                BsonDocument reply = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
                rebased += status(reply).equals("merged") ? 1 : 0;
            }
            int sum = 0;
            for (Future<Integer> each : running) {
                sum += each.get();
            }
            assertThat(rebased + sum - 200).isPositive();
            commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
            for (int pass = 0; pass < 2; pass++) {
                List<Integer> expected = new ArrayList<>(List.of(1, 2, 3));
                IntStream.range(0, 100).forEach(i -> expected.addAll(List.of(1000 + i, 2000 + i)));
                IntStream.range(5000, 5030).forEach(expected::add);
                expected.removeAll(ids("shop~dev"));
                assertThat(expected).as("lost").isEmpty();
                assertThat(ids("shop~dev")).hasSize(233);
                assertThat(commander.list("shop~dev", "{branchLog: 1, since: 'main', cursor: {batchSize: 900}}"))
                        .hasSize(201);
                commander.restart();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- tools

    private static String find(Engine engine, String branch) {
        return Commander.run(engine, "shop~" + branch, "{find: 'items', showRecordId: true}")
                .getDocument("cursor")
                .getArray("firstBatch")
                .toString();
    }

    private void replaysAreTheSame() {
        Project project = project();
        for (String branch : List.of("main", "dev")) {
            for (long lsn = 3; lsn <= project.lastLsn(); lsn += 3) {
                assertThat(project.replay(project.branch(branch), lsn, () -> {}).isSame())
                        .as("%s at %d", branch, lsn)
                        .isTrue();
            }
        }
    }

    /** All documents of all collections in natural order, with their record ids, and all indexes. */
    private String content(String database) {
        StringBuilder content = new StringBuilder();
        commander.list(database, "{listCollections: 1, nameOnly: true}").stream()
                .map(collection -> text(collection, "name"))
                .sorted()
                .forEach(name -> content.append(name)
                        .append(commander.list(database, "{find: '" + name + "', showRecordId: true, batchSize: 900}"))
                        .append(commander.list(database, "{listIndexes: '" + name + "'}"))
                        .append('\n'));
        return content.toString();
    }

    private List<BsonDocument> conflicts() {
        return commander.list("shop", "{listConflicts: 1, into: 'dev'}");
    }

    private static BsonDocument one(List<BsonDocument> all) {
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private void resolve(BsonDocument conflict, String how) {
        commander.run("shop", "{resolveConflict: '" + text(conflict, "_id") + "', " + how + "}");
    }

    private List<BsonDocument> reflog(String branch) {
        return commander.run("shop", "{branchReflog: '" + branch + "'}").getArray("entries").stream()
                .map(entry -> entry.asDocument())
                .toList();
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private static String branch(String database) {
        return database.equals("shop") ? "main" : database.substring("shop~".length());
    }

    private long head(String branch) {
        return project().head(project().branch(branch)).lsn();
    }

    private static long last(BsonDocument commit) {
        return commit.getInt64("last_lsn").getValue();
    }

    private static String text(BsonDocument document, String field) {
        return document.getString(field).getValue();
    }

    private static String status(BsonDocument reply) {
        return text(reply, "status");
    }

    private void insert(String database, int id) {
        commander.run(database, "{insert: 'items', documents: [{_id: " + id + ", n: " + id + "}]}");
    }

    private void set(String database, int id, String field, int value) {
        commander.run(
                database,
                "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: {" + field + ": " + value + "}}}]}");
    }

    private int value(String database, int id) {
        return commander
                .list(database, "{find: 'items', filter: {_id: " + id + "}}")
                .get(0)
                .getInt32("n")
                .getValue();
    }

    private List<Integer> ids(String database) {
        return commander.list(database, "{find: 'items', batchSize: 900}").stream()
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }
}
