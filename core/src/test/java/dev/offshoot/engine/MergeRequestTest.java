package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Merges that are asked for, looked at, and then done. */
class MergeRequestTest {
    private static final String NO_NEGATIVE_STOCK =
            "{name: 'stock', aggregate: 'items', pipeline: [{$match: {qty: {$lt: 0}}}]}";

    @AutoClose
    private final Commander commander;

    MergeRequestTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void twoBranches() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, qty: 5}, {_id: 2, qty: 3}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        set("shop~dev", 1, "{qty: 4}");
    }

    private void set(String database, int id, String fields) {
        commander.run(database, "{update: 'items', updates: [{q: {_id: " + id + "}, u: {$set: " + fields + "}}]}");
    }

    private BsonDocument request(String rest) {
        return commander.run("shop", "{mergeRequest: " + rest + "}");
    }

    private List<String> items(String database) {
        return commander
                .run(database, "{find: 'items', sort: {_id: 1}}")
                .getDocument("cursor")
                .getArray("firstBatch")
                .stream()
                .map(document -> document.asDocument().toJson())
                .toList();
    }

    private static String text(BsonDocument reply, String field) {
        return reply.getString(field).getValue();
    }

    @Test
    void what_is_said_in_a_merge_request_says_something_and_is_no_longer_than_a_page() {
        String create = "{mergeRequest: 'create', source: 'dev', into: 'main', title: '";
        String page = "x".repeat(65_536);
        commander.fail(2, "shop", create + "'}");
        commander.fail(2, "shop", create + page + "x'}");
        commander.fail(2, "shop", create + "t', description: '" + page + "x'}");
        assertThat(commander
                        .run("shop", "{mergeRequest: 'list', status: 'all'}")
                        .getArray("mergeRequests"))
                .isEmpty();
        commander.run("shop", create + "t', description: '" + page + "'}");

        commander.fail(2, "shop", "{mergeRequest: 'comment', id: 1, text: ' '}");
        commander.fail(2, "shop", "{mergeRequest: 'comment', id: 1, text: '" + page + "x'}");
        commander.fail(2, "shop", "{mergeRequest: 'edit', id: 1, title: ''}");
        commander.run("shop", "{mergeRequest: 'edit', id: 1, description: ''}");
        commander.run("shop", "{mergeRequest: 'comment', id: 1, text: '" + page + "'}");

        assertThat(text(commander.fail(2, "shop", "{mergeRequest: 'show', id: 1.5}"), "errmsg"))
                .contains("whole numbers, not 1.5");
        BsonDocument shown = commander.run("shop", "{mergeRequest: 'show', id: 1}");
        assertThat(shown.getArray("comments")).hasSize(1);
        assertThat(shown.getString("title").getValue()).isEqualTo("t");
        assertThat(shown.getString("description").getValue()).isEmpty();
    }

    @Test
    void a_request_is_made_commented_approved_checked_and_merged() {
        BsonDocument made = request("'create', source: 'dev', into: 'main', title: 'one sold', approvals: 1, checks: ["
                + NO_NEGATIVE_STOCK + "]");
        assertThat(made.getInt64("id").getValue()).isEqualTo(1);
        assertThat(text(made, "status")).isEqualTo("open");
        assertThat(text(made, "source")).isEqualTo("dev");
        request("'comment', id: 1, text: 'looks right'");
        commander.fail(20, "shop", "{mergeRequest: 'merge', id: 1}");
        request("'approve', id: 1");
        commander.restart();
        BsonDocument shown = request("'show', id: 1");
        assertThat(shown.getArray("comments")).hasSize(1);
        assertThat(shown.getArray("approvedBy")).hasSize(1);
        assertThat(text(shown.getDocument("merge"), "status")).isEqualTo("merged");
        assertThat(request("'check', id: 1").getBoolean("passes").getValue()).isTrue();

        BsonDocument merged = request("'merge', id: 1");

        assertThat(text(merged, "status")).isEqualTo("merged");
        assertThat(items("shop").get(0)).isEqualTo("{\"_id\": 1, \"qty\": 4}");
        assertThat(request("'list'").getArray("mergeRequests")).isEmpty();
        assertThat(request("'list', status: 'merged'").getArray("mergeRequests"))
                .hasSize(1);
        BsonDocument again = commander.fail(20, "shop", "{mergeRequest: 'merge', id: 1}");
        assertThat(text(again, "errmsg")).contains("is merged");
    }

    @Test
    void an_approval_no_longer_counts_when_either_head_moved() {
        request("'create', source: 'dev', into: 'main', title: 't', approvals: 1");
        String plan = text(request("'approve', id: 1"), "plan");
        set("shop~dev", 2, "{qty: 2}");
        assertThat(request("'show', id: 1").getArray("approvedBy")).isEmpty();
        commander.fail(20, "shop", "{mergeRequest: 'merge', id: 1}");
        commander.fail(112, "shop", "{mergeRequest: 'approve', id: 1, plan: '" + plan + "'}");
        request("'approve', id: 1");
        set("shop", 2, "{seen: true}");
        assertThat(request("'show', id: 1").getArray("approvedBy")).isEmpty();
        request("'approve', id: 1");
        request("'merge', id: 1");
        assertThat(items("shop"))
                .containsExactly("{\"_id\": 1, \"qty\": 4}", "{\"_id\": 2, \"qty\": 2, \"seen\": true}");
    }

    @Test
    void a_check_looks_at_what_the_merge_would_make_and_not_at_either_side() {
        request("'create', source: 'dev', into: 'main', title: 't', paths: {items: {qty: 'sum'}}, checks: ["
                + NO_NEGATIVE_STOCK + "]");
        set("shop~dev", 2, "{qty: 0}");
        set("shop", 2, "{qty: 1}");

        BsonDocument checked = request("'check', id: 1"); // 3 - 3 - 2 = -2

        assertThat(checked.getBoolean("passes").getValue()).isFalse();
        BsonValue check = checked.getArray("checks").get(0);
        assertThat(check.asDocument().getArray("found").get(0).asDocument().toJson())
                .isEqualTo("{\"_id\": 2, \"qty\": -2}");
        BsonDocument refused = commander.fail(20, "shop", "{mergeRequest: 'merge', id: 1}");
        assertThat(text(refused, "errmsg")).contains("check 'stock'", "-2");
        assertThat(items("shop").get(1)).as("nothing was merged").isEqualTo("{\"_id\": 2, \"qty\": 1}");
        set("shop", 2, "{qty: 3}");
        assertThat(text(request("'merge', id: 1"), "status")).isEqualTo("merged");
        assertThat(items("shop").get(1)).isEqualTo("{\"_id\": 2, \"qty\": 0}");
    }

    @Test
    void conflicts_are_resolved_and_then_the_same_request_goes_on_with_its_checks() {
        request("'create', source: 'dev', into: 'main', title: 't', checks: [" + NO_NEGATIVE_STOCK + "]");
        set("shop", 1, "{qty: 3}");
        BsonDocument stopped = request("'merge', id: 1");
        assertThat(text(stopped.getDocument("merge"), "status")).isEqualTo("conflicts");
        assertThat(text(stopped, "status")).isEqualTo("open");
        String conflict = commander
                .run("shop", "{listConflicts: 1}")
                .getDocument("cursor")
                .getArray("firstBatch")
                .get(0)
                .asDocument()
                .getString("_id")
                .getValue();
        commander.run("shop", "{resolveConflict: '" + conflict + "', value: {_id: 1, qty: -7}}");
        BsonDocument refused = commander.fail(20, "shop", "{mergeRequest: 'merge', id: 1}");
        assertThat(text(refused, "errmsg")).contains("-7");
        commander.run("shop", "{resolveConflict: '" + conflict + "', take: 'theirs'}");
        assertThat(request("'show', id: 1")
                        .getBoolean("conflictsAreBeingResolved")
                        .getValue())
                .isTrue();
        assertThat(text(request("'merge', id: 1"), "status")).isEqualTo("merged");
        assertThat(items("shop").get(0)).isEqualTo("{\"_id\": 1, \"qty\": 4}");
    }

    private String conflict() {
        return commander
                .run("shop", "{listConflicts: 1}")
                .getDocument("cursor")
                .getArray("firstBatch")
                .get(0)
                .asDocument()
                .getString("_id")
                .getValue();
    }

    @Test
    void an_approval_no_longer_counts_when_a_conflict_is_decided_otherwise() {
        request("'create', source: 'dev', into: 'main', title: 't', approvals: 1, checks: [" + NO_NEGATIVE_STOCK + "]");
        set("shop", 1, "{qty: 3}");
        request("'merge', id: 1");
        commander.run("shop", "{resolveConflict: '" + conflict() + "', take: 'theirs'}");
        String plan = text(request("'approve', id: 1"), "plan");
        assertThat(request("'show', id: 1").getArray("approvedBy")).hasSize(1);

        commander.run("shop", "{resolveConflict: '" + conflict() + "', value: {_id: 1, qty: 100}}");

        assertThat(request("'show', id: 1").getArray("approvedBy")).isEmpty();
        assertThat(text(commander.fail(20, "shop", "{mergeRequest: 'merge', id: 1}"), "errmsg"))
                .contains("needs 1 approvals");
        commander.run("shop", "{resolveConflict: '" + conflict() + "', take: 'theirs'}");
        assertThat(request("'show', id: 1").getArray("approvedBy"))
                .as("decided as it was approved")
                .hasSize(1);
        assertThat(text(request("'merge', id: 1, plan: '" + plan + "'"), "status"))
                .isEqualTo("merged");
        assertThat(items("shop").get(0)).isEqualTo("{\"_id\": 1, \"qty\": 4}");
    }

    @Test
    void what_is_merged_is_what_was_checked_with_the_decisions_of_then() {
        request("'create', source: 'dev', into: 'main', title: 't', checks: [" + NO_NEGATIVE_STOCK + "]");
        set("shop", 1, "{qty: 3}");
        request("'merge', id: 1");
        commander.run("shop", "{resolveConflict: '" + conflict() + "', take: 'theirs'}");
        String plan = text(request("'check', id: 1"), "plan");
        commander.run("shop", "{resolveConflict: '" + conflict() + "', value: {_id: 1, qty: 7}}");

        BsonDocument stale = commander.fail(112, "shop", "{mergeRequest: 'merge', id: 1, plan: '" + plan + "'}");

        assertThat(text(stale, "errmsg")).contains("stale", "decided");
        commander.fail(112, "shop", "{mergeBranch: 1, continue: true, plan: '" + plan + "'}");
        assertThat(items("shop").get(0)).isEqualTo("{\"_id\": 1, \"qty\": 3}");
    }

    @Test
    void a_merge_that_waits_is_that_of_the_request_it_was_begun_by_and_of_no_other() {
        request("'create', source: 'dev', into: 'main', title: 'a'");
        request("'create', source: 'dev', into: 'main', title: 'b', squash: true, paths: {items: {qty: 'sum'}}");
        set("shop", 1, "{qty: 3}");
        request("'merge', id: 1");
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");

        assertThat(request("'show', id: 1")
                        .getBoolean("conflictsAreBeingResolved")
                        .getValue())
                .isTrue();
        assertThat(request("'show', id: 2")
                        .getBoolean("conflictsAreBeingResolved")
                        .getValue())
                .isFalse();
        assertThat(text(commander.fail(117, "shop", "{mergeRequest: 'merge', id: 2}"), "errmsg"))
                .contains("waits for its conflicts");
        commander.run("shop", "{mergeBranch: 1, abort: true}");
        assertThat(text(request("'merge', id: 2"), "status")).isEqualTo("merged");
        assertThat(items("shop").get(0)).isEqualTo("{\"_id\": 1, \"qty\": 2}");
    }

    @Test
    void a_request_whose_branch_was_merged_otherwise_is_merged_by_saying_so() {
        request("'create', source: 'dev', into: 'main', title: 't', approvals: 3");
        commander.run("shop", "{mergeBranch: 'dev', into: 'main'}");
        BsonDocument merged = request("'merge', id: 1");
        assertThat(text(merged.getDocument("merge"), "status")).isEqualTo("upToDate");
        assertThat(text(merged, "status")).isEqualTo("merged");
    }

    @Test
    void a_closed_request_takes_nothing_until_it_is_open_again() {
        request("'create', source: 'dev', into: 'main', title: 't'");
        request("'edit', id: 1, title: 'better', approvals: 0");
        assertThat(text(request("'close', id: 1"), "title")).isEqualTo("better");
        for (String action : List.of("'merge'", "'approve'", "'check'")) {
            commander.fail(20, "shop", "{mergeRequest: " + action + ", id: 1}");
        }
        assertThat(items("shop").get(0)).isEqualTo("{\"_id\": 1, \"qty\": 5}");
        request("'reopen', id: 1");
        request("'merge', id: 1");
        assertThat(items("shop").get(0)).isEqualTo("{\"_id\": 1, \"qty\": 4}");
    }

    @Test
    void what_is_wrong_is_said_and_nothing_is_made() {
        commander.fail(26, "shop", "{mergeRequest: 'create', source: 'dve', into: 'main', title: 't'}");
        commander.fail(2, "shop", "{mergeRequest: 'create', source: 'main', into: 'main', title: 't'}");
        commander.fail(2, "shop", "{mergeRequest: 'destroy'}");
        commander.fail(4, "shop", "{mergeRequest: 'show', id: 9}");
        commander.fail(72, "shop", "{mergeRequest: 'list', id: 9}");
        BsonDocument writes = commander.fail(
                2,
                "shop",
                "{mergeRequest: 'create', source: 'dev', into: 'main', title: 't', checks: [{name: 'w', aggregate: 'items',"
                        + " pipeline: [{$out: 'elsewhere'}]}]}");
        assertThat(text(writes, "errmsg")).contains("only looks");
        assertThat(request("'list', status: 'all'").getArray("mergeRequests")).isEmpty();
    }
}
