package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commits that a rebase or a cherry-pick finds where they are to go already. */
final class PickedAgainTest {
    @AutoClose
    private final Commander commander;

    PickedAgainTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1, m: 1}, {_id: 2, n: 2, m: 2}]}");
        commander.run("shop", "{createBranch: 'dev'}");
    }

    // ---- cherry-pick

    @Test
    void a_commit_that_was_picked_before_is_not_picked_again_and_the_reply_tells_where_it_is() {
        long commit = set("shop~dev", 1, "n", 9);
        commander.run("shop", "{cherryPick: 'dev~" + commit + "', message: 'nine'}");
        long picked = head("main");
        set("shop", 2, "n", 5);
        long before = head("main");

        for (String how : List.of("", ", paths: {items: {n: 'sum'}}", ", strategy: 'theirs'", ", dryRun: true")) {
            BsonDocument again = commander.run("shop", "{cherryPick: 'dev~" + commit + "'" + how + "}");
            assertThat(text(again, "status")).as(how).isEqualTo("upToDate");
            assertThat(number(again, "picked")).isZero();
            assertThat(number(again, "dropped")).isEqualTo(1);
            BsonDocument already = one(already(again));
            assertThat(text(already, "branch")).isEqualTo("dev");
            assertThat(already.getInt64("last_lsn").getValue()).isEqualTo(commit);
            assertThat(text(already.getDocument("as"), "branch")).isEqualTo("main");
            assertThat(already.getDocument("as").getInt64("lsn").getValue()).isEqualTo(picked);
            assertThat(head("main")).isEqualTo(before);
        }
        assertThat(value("shop", 1, "n")).isEqualTo(9);
        commander.fail("shop", "{listConflicts: 1}");
    }

    @Test
    void what_was_changed_since_it_was_picked_stays_changed() {
        long commit = set("shop~dev", 1, "n", 9);
        commander.run("shop", "{cherryPick: 'dev~" + commit + "'}");
        set("shop", 1, "n", 10);

        BsonDocument again = commander.run("shop", "{cherryPick: 'dev~" + commit + "'}");
        assertThat(text(again, "status")).isEqualTo("upToDate");
        assertThat(value("shop", 1, "n")).isEqualTo(10);
    }

    @Test
    void what_was_taken_back_since_is_picked_again() {
        long commit = set("shop~dev", 1, "n", 9);
        commander.run("shop", "{cherryPick: 'dev~" + commit + "'}");
        commander.run("shop", "{undoChanges: 1, lsn: " + head("main") + "}");
        assertThat(value("shop", 1, "n")).isEqualTo(1);

        BsonDocument again = commander.run("shop", "{cherryPick: 'dev~" + commit + "'}");
        assertThat(text(again, "status")).isEqualTo("merged");
        assertThat(again).doesNotContainKey("already");
        assertThat(value("shop", 1, "n")).isEqualTo(9);
        long third = head("main");
        BsonDocument thrice = commander.run("shop", "{cherryPick: 'dev~" + commit + "'}");
        assertThat(text(thrice, "status")).isEqualTo("upToDate");
        assertThat(one(already(thrice)).getDocument("as").getInt64("lsn").getValue())
                .as("the newest")
                .isEqualTo(third);
    }

    @Test
    void after_a_reset_to_before_it_was_picked_it_is_picked_again() {
        long commit = set("shop~dev", 1, "n", 9);
        long before = head("main");
        commander.run("shop", "{cherryPick: 'dev~" + commit + "'}");
        commander.run("shop", "{resetBranch: 'main', to: " + before + "}");

        assertThat(text(commander.run("shop", "{cherryPick: 'dev~" + commit + "'}"), "status"))
                .isEqualTo("merged");
        assertThat(value("shop", 1, "n")).isEqualTo(9);
    }

    @Test
    void within_a_range_those_that_are_there_are_skipped_and_listed() {
        long from = head("dev");
        set("shop~dev", 1, "n", 9);
        long second = set("shop~dev", 1, "m", 9);
        set("shop~dev", 2, "n", 9);
        long fourth = set("shop~dev", 2, "m", 9);
        commander.run("shop", "{cherryPick: 'dev~" + second + "'}");
        commander.run("shop", "{cherryPick: 'dev~" + fourth + "'}");

        BsonDocument range = commander.run("shop", "{cherryPick: 'dev', from: " + from + ", into: 'main'}");
        assertThat(text(range, "status")).isEqualTo("merged");
        assertThat(number(range, "picked")).isEqualTo(2);
        assertThat(number(range, "dropped")).isEqualTo(2);
        assertThat(already(range))
                .extracting(commit -> commit.getInt64("last_lsn").getValue())
                .containsExactly(second, fourth);
        assertThat(content("shop")).isEqualTo(content("shop~dev"));
        commander.restart();
        BsonDocument again = commander.run("shop", "{cherryPick: 'dev', from: " + from + ", into: 'main'}");
        assertThat(text(again, "status")).isEqualTo("upToDate");
        assertThat(already(again)).hasSize(4);
    }

    @Test
    void a_pick_of_a_pick_is_the_same_commit_from_wherever_it_comes() {
        commander.run("shop", "{createBranch: 'second'}");
        commander.run("shop", "{createBranch: 'third'}");
        long commit = set("shop~dev", 1, "n", 9);
        commander.run("shop", "{cherryPick: 'dev~" + commit + "', into: 'second'}");
        commander.run("shop", "{cherryPick: 'second~" + head("second") + "', into: 'third'}");
        commander.run("shop", "{cherryPick: 'third~" + head("third") + "'}");
        long picked = head("main");

        for (String from : List.of("dev", "second", "third")) {
            BsonDocument again = commander.run("shop", "{cherryPick: '" + from + "~" + head(from) + "'}");
            assertThat(text(again, "status")).as(from).isEqualTo("upToDate");
            assertThat(one(already(again)).getDocument("as").getInt64("lsn").getValue())
                    .isEqualTo(picked);
        }
        BsonDocument back = commander.run("shop", "{cherryPick: 'main~" + picked + "', into: 'dev'}");
        assertThat(text(back, "status")).isEqualTo("upToDate");
        assertThat(one(already(back)).getDocument("as").getInt64("lsn").getValue())
                .isEqualTo(commit);
    }

    @Test
    void what_came_by_a_merge_is_there_too() {
        long commit = set("shop~dev", 1, "n", 9);
        set("shop", 2, "n", 5);
        commander.run("shop", "{mergeBranch: 'dev'}");

        BsonDocument again = commander.run("shop", "{cherryPick: 'dev~" + commit + "'}");
        assertThat(text(again, "status")).isEqualTo("upToDate");
        assertThat(already(again)).hasSize(1);
    }

    @Test
    void the_same_change_by_somebody_else_is_still_a_conflict() {
        long commit = set("shop~dev", 1, "n", 9);
        set("shop", 1, "n", 9);
        assertThat(text(commander.run("shop", "{cherryPick: 'dev~" + commit + "'}"), "status"))
                .isEqualTo("conflicts");
    }

    // ---- rebase

    @Test
    void a_rebase_drops_what_was_picked_into_the_new_base_and_says_which() {
        long first = set("shop~dev", 1, "n", 9);
        set("shop~dev", 2, "n", 9);
        commander.run("shop", "{cherryPick: 'dev~" + first + "'}");
        long picked = head("main");
        set("shop", 1, "n", 10);

        BsonDocument dry = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main', dryRun: true}");
        assertThat(already(dry)).hasSize(1);
        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        assertThat(text(rebased, "status")).isEqualTo("merged");
        assertThat(number(rebased, "picked")).isEqualTo(1);
        assertThat(number(rebased, "dropped")).isEqualTo(1);
        BsonDocument already = one(already(rebased));
        assertThat(already.getInt64("last_lsn").getValue()).isEqualTo(first);
        assertThat(already.getDocument("as").getInt64("lsn").getValue()).isEqualTo(picked);
        assertThat(value("shop~dev", 1, "n")).isEqualTo(10);
        assertThat(value("shop~dev", 2, "n")).isEqualTo(9);
    }

    @Test
    void a_rebase_drops_what_was_picked_from_the_new_base() {
        long commit = set("shop", 1, "n", 9);
        commander.run("shop", "{cherryPick: 'main~" + commit + "', into: 'dev'}");
        set("shop~dev", 2, "n", 9);

        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        assertThat(text(rebased, "status")).isEqualTo("merged");
        assertThat(number(rebased, "picked")).isEqualTo(1);
        assertThat(one(already(rebased)).getDocument("as").getInt64("lsn").getValue())
                .isEqualTo(commit);
    }

    @Test
    void what_a_rebase_put_on_a_branch_is_dropped_by_the_next_one_onto_what_has_it() {
        set("shop~dev", 1, "n", 9);
        commander.run("shop", "{createBranch: 'copy', from: 'dev'}");
        set("shop", 2, "m", 7);
        commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        set("shop~copy", 2, "n", 9);

        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'copy', onto: 'dev'}");
        assertThat(text(rebased, "status")).isEqualTo("merged");
        assertThat(number(rebased, "picked")).isEqualTo(1);
        assertThat(already(rebased)).hasSize(1);
        assertThat(value("shop~copy", 1, "n")).isEqualTo(9);
        assertThat(value("shop~copy", 2, "n")).isEqualTo(9);
    }

    @Test
    void a_rebase_keeps_what_the_branch_took_back_and_picked_again() {
        commander.run("shop", "{createBranch: 'other'}");
        long commit = set("shop~other", 1, "n", 9);
        commander.run("shop", "{cherryPick: 'other~" + commit + "'}");
        commander.run("shop", "{cherryPick: 'other~" + commit + "', into: 'dev'}");
        commander.run("shop", "{undoChanges: 1, lsn: " + head("dev") + ", into: 'dev'}");
        commander.run("shop", "{cherryPick: 'other~" + commit + "', into: 'dev'}");
        assertThat(value("shop~dev", 1, "n")).isEqualTo(9);

        BsonDocument rebased = commander.run("shop", "{rebaseBranch: 'dev', onto: 'main'}");
        assertThat(text(rebased, "status")).isEqualTo("merged");
        assertThat(value("shop~dev", 1, "n")).isEqualTo(9);
        assertThat(already(rebased)).hasSize(1);
    }

    @Test
    void what_waits_is_left_out_where_it_came_to_the_branch_meanwhile() {
        long commit = set("shop~dev", 1, "n", 9);
        set("shop", 1, "n", 10);
        assertThat(text(commander.run("shop", "{cherryPick: 'dev~" + commit + "'}"), "status"))
                .isEqualTo("conflicts");
        commander.run("shop", "{createBranch: 'beside'}");
        commander.run("shop", "{cherryPick: 'dev~" + commit + "', strategy: 'theirs', into: 'beside'}");
        commander.run("shop", "{resetBranch: 'main', to: 'beside'}");

        BsonDocument done = commander.run("shop", "{cherryPick: 1, continue: true}");
        assertThat(text(done, "status")).isEqualTo("upToDate");
        assertThat(already(done)).hasSize(1);
        commander.fail("shop", "{listConflicts: 1}");
    }

    private List<BsonDocument> already(BsonDocument reply) {
        BsonDocument already = reply.getDocument("already");
        List<BsonDocument> commits = already.getArray("commits").stream()
                .map(commit -> commit.asDocument())
                .toList();
        assertThat(number(already, "count")).isEqualTo(commits.size());
        return commits;
    }

    private static BsonDocument one(List<BsonDocument> all) {
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    private static int number(BsonDocument reply, String field) {
        return reply.getInt32(field).getValue();
    }

    private static String text(BsonDocument document, String field) {
        return document.getString(field).getValue();
    }

    private String content(String database) {
        return commander.list(database, "{find: 'items', showRecordId: true}").toString();
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private long head(String branch) {
        return project().head(project().branch(branch)).lsn();
    }

    /** Changes a field and answers the LSN of the commit. */
    private long set(String database, int id, String field, int value) {
        commander.run(
                database,
                "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: {" + field + ": " + value + "}}}]}");
        return head(database.equals("shop") ? "main" : database.substring("shop~".length()));
    }

    private int value(String database, int id, String field) {
        return one(commander.list(database, "{find: 'items', filter: {_id: " + id + "}}"))
                .getInt32(field)
                .getValue();
    }
}
