package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges while branches move on: plans, merges that wait, criss-cross histories. */
class MergeProgressTest {
    private static final Origin ORIGIN = new Origin("test", "test", "main", "c");

    @AutoClose
    private final Commander commander;

    MergeProgressTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void twoBranches() {
        insert("shop", "{_id: 1, n: 0}", "{_id: 2, n: 0}", "{_id: 3, n: 0}");
        commander.run("shop", "{createBranch: 'dev'}");
    }

    // ---- plans

    @Test
    void a_plan_is_done_as_it_was_shown() {
        insert("shop~dev", "{_id: 4}");
        insert("shop", "{_id: 5}");
        BsonDocument planned = merge(", dryRun: true");
        assertThat(status(planned)).isEqualTo("merged");
        assertThat(numbers("shop")).as("a dry run changes nothing").hasSize(4);
        String plan = planned.getString("plan").getValue();

        BsonDocument done = merge(", plan: '" + plan + "'");

        assertThat(done.getDocument("changes")).isEqualTo(planned.getDocument("changes"));
        assertThat(numbers("shop")).hasSize(5);
        BsonDocument again = commander.fail(112, "shop", "{mergeBranch: 'dev', plan: '" + plan + "'}");
        assertThat(message(again)).contains("branch 'main', the target, moved from");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "shop     | ''                                   | branch 'main', the target, moved from",
                "shop~dev | ''                                   | branch 'dev' moved from",
                "-        | , modes: {c: 'documentTouched'}      | it was made with other modes",
                "-        | , ff: 'never'                        | it was made with other modes",
                "-        | , into: 'dev'                        | it was made for other branches",
            })
    void a_stale_plan_is_refused_with_what_moved(String moving, String more, String expected) {
        insert("shop~dev", "{_id: 4}");
        insert("shop", "{_id: 5}");
        commander.run("shop", "{createBranch: 'other'}");
        insert("shop~other", "{_id: 6}");
        String plan = merge(", dryRun: true").getString("plan").getValue();
        if (!moving.equals("-")) {
            insert(moving, "{_id: 7}");
        }

        String source = more.contains("into") ? "other" : "dev";
        BsonDocument refused = commander.fail(
                112, "shop", "{mergeBranch: '" + source + "', plan: '" + plan + "'" + more.replace("''", "") + "}");

        assertThat(message(refused)).contains(expected, "nothing was changed");
    }

    @Test
    void a_dry_run_counts_the_conflicts_and_keeps_none() {
        update("shop~dev", 1, 1);
        update("shop", 1, 2);

        BsonDocument planned = merge(", dryRun: true");

        assertThat(status(planned)).isEqualTo("conflicts");
        assertThat(planned.getInt64("conflicts").getValue()).isEqualTo(1);
        commander.fail(4, "shop", "{listConflicts: 1}");
    }

    // ---- merges that wait

    @Test
    void the_target_is_written_meanwhile_and_what_was_said_counts_where_nothing_changed() {
        for (int id = 1; id <= 3; id++) {
            update("shop~dev", id, 10 * id);
            update("shop", id, id);
        }
        merge("");
        commander.run("shop", "{resolveConflict: {}, into: 'main', take: 'theirs'}");
        List<BsonValue> before = ids();
        update("shop", 2, 22);
        insert("shop", "{_id: 4, n: 4}");
        update("shop~dev", 3, 99);

        BsonDocument stopped = proceed();

        assertThat(status(stopped)).isEqualTo("conflicts");
        assertThat(stopped.getInt64("conflicts").getValue()).isEqualTo(1);
        List<BsonDocument> open = commander.list("shop", "{listConflicts: 1, open: true}");
        assertThat(open.get(0).getDocument("ours")).isEqualTo(BsonDocument.parse("{_id: 2, n: 22}"));
        assertThat(commander.list("shop", "{listConflicts: 1, open: false}")).hasSize(2);
        assertThat(ids()).contains(before.get(0), before.get(2)).doesNotContain(before.get(1));
        commander.run(
                "shop", "{resolveConflict: '" + open.get(0).getString("_id").getValue() + "', take: 'ours'}");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(numbers("shop"))
                .as("theirs is what it was when the merge began")
                .containsExactly(10, 22, 30, 4);
    }

    @Test
    void who_stopped_between_the_commit_and_forgetting_the_merge_commits_nothing_twice() {
        update("shop~dev", 1, 10);
        update("shop", 1, 1);
        BsonDocument begun = merge(", squash: true");
        assertThat(status(begun)).isEqualTo("conflicts");
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");
        List<Change> waiting = internal();
        assertThat(waiting).isNotEmpty();
        assertThat(status(proceed())).isEqualTo("merged");
        update("shop", 1, 5);
        long head = head();
        putBack(waiting);
        commander.restart();

        assertThat(status(proceed())).isEqualTo("merged");

        assertThat(numbers("shop")).containsExactly(5, 0, 0);
        assertThat(head()).isEqualTo(head);
        commander.fail(4, "shop", "{mergeBranch: 1, continue: true}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{dropBranch: 'dev'}", "{resetBranch: 'dev', to: 'main'}"})
    void what_is_merged_has_to_be_there_still(String command) {
        update("shop~dev", 1, 10);
        update("shop", 1, 1);
        merge("");
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");
        commander.run("shop", command);

        BsonDocument refused = commander.fail(20, "shop", "{mergeBranch: 1, continue: true}");

        assertThat(message(refused)).contains("branch 'dev', which is being merged, was", "abort");
        commander.run("shop", "{mergeBranch: 1, abort: true}");
        assertThat(numbers("shop")).containsExactly(1, 0, 0);
    }

    @Test
    void a_target_that_was_reset_meanwhile_is_merged_as_it_is_now() {
        update("shop~dev", 1, 10);
        update("shop", 1, 1);
        long before = head();
        update("shop", 2, 2);
        merge("");
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");
        commander.run("shop", "{resetBranch: 'main', to: " + before + "}");

        assertThat(status(proceed())).isEqualTo("merged");

        assertThat(numbers("shop")).containsExactly(10, 0, 0);
    }

    @Test
    void what_was_said_is_taken_back() {
        update("shop~dev", 1, 10);
        update("shop", 1, 1);
        merge("");
        String id = ids().get(0).asString().getValue();
        commander.run("shop", "{resolveConflict: '" + id + "', take: 'theirs'}");

        commander.run("shop", "{resolveConflict: '" + id + "', take: 'none'}");

        assertThat(status(proceed())).isEqualTo("conflicts");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2     | take: 'nobody'             | cannot be resolved by 'nobody'",
                "72    | take: 'ours', value: {}    | exactly one",
                "72    | into: 'main'               | exactly one",
                "66    | value: {_id: 2}            | _id 1",
                "2     | value: 7                   | cannot be resolved by value",
                "53    | value: {_id: [1]}          | _id",
            })
    void a_resolution_that_cannot_be_is_refused(int code, String how, String expected) {
        update("shop~dev", 1, 10);
        update("shop", 1, 1);
        merge("");
        String id = ids().get(0).asString().getValue();

        assertThat(message(commander.fail(code, "shop", "{resolveConflict: '" + id + "', " + how + "}")))
                .contains(expected);
        assertThat(message(commander.fail(4, "shop", "{resolveConflict: 'x', take: 'ours'}")))
                .contains("there is no conflict 'x'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "14    | {mergeBranch: 1}                                           | a branch, a tag or a position",
                "26    | {mergeBranch: 'devv'}                                      | did you mean 'dev'?",
                "2     | {mergeBranch: 'dev', strategy: 'sum'}                      | 'ours' or 'theirs'",
                "2     | {mergeBranch: 'dev', modes: {c: 'x'}}                      | merge mode 'x' is unknown",
                "2     | {mergeBranch: 'dev', ff: 'x'}                              | 'auto', 'only' or 'never'",
                "2     | {mergeBranch: 'dev', plan: 'x'}                            | is not the plan of a merge",
                "72    | {mergeBranch: 1, continue: true, squash: true}             | cannot stand beside",
                "72    | {mergeBranch: 'dev', squash: true, ff: 'only'}             | cannot stand beside",
                "40415 | {mergeBranch: 'dev', fast: true}                           | unknown field",
            })
    void what_makes_no_sense_is_refused(int code, String command, String expected) {
        insert("shop~dev", "{_id: 4}");

        assertThat(message(commander.fail(code, "shop", command))).contains(expected);
        assertThat(numbers("shop")).hasSize(3);
    }

    // ---- sizes

    @Test
    void thousands_of_conflicts_come_in_batches() {
        String documents =
                IntStream.range(10, 3010).mapToObj(id -> "{_id: " + id + "}").collect(Collectors.joining(", "));
        insert("shop", documents);
        insert("shop~dev", documents);

        assertThat(merge("").getInt64("conflicts").getValue()).isEqualTo(3000);

        BsonDocument cursor = commander
                .run("shop", "{listConflicts: 1, cursor: {batchSize: 1000}}")
                .getDocument("cursor");
        int seen = cursor.getArray("firstBatch").size();
        long id = cursor.getInt64("id").getValue();
        while (id != 0) {
            BsonDocument next = commander
                    .run("shop", "{getMore: {$numberLong: '" + id + "'}, collection: '$cmd.listConflicts'}")
                    .getDocument("cursor");
            seen += next.getArray("nextBatch").size();
            id = next.getInt64("id").getValue();
        }
        assertThat(seen).isEqualTo(3000);
        BsonDocument all = commander.run("shop", "{resolveConflict: {type: 'documentEdit'}, take: 'ours'}");
        assertThat(all.getInt64("resolved").getValue()).isEqualTo(3000);
        assertThat(status(proceed())).isEqualTo("merged");
    }

    @Test
    void a_conflict_of_large_documents_shows_each_side_alone() {
        String large = "x".repeat(7 << 20);
        for (String database : List.of("shop", "shop~dev")) {
            commander.run(
                    database,
                    new BsonDocument("update", new BsonString("c"))
                            .append(
                                    "updates",
                                    BsonDocument.parse("{a: [{q: {_id: 1}, u: {$set: {t: '" + large + database
                                                    + "', n: 7}}}]}")
                                            .getArray("a")));
        }
        assertThat(status(merge(""))).isEqualTo("conflicts");

        BsonDocument conflict = commander.list("shop", "{listConflicts: 1}").get(0);
        String id = conflict.getString("_id").getValue();
        BsonDocument theirs = commander
                .list("shop", "{listConflicts: '" + id + "', side: 'theirs'}")
                .get(0);

        assertThat(theirs.getString("t").getValue()).isEqualTo(large + "shop~dev");
        assertThat(conflict.getBoolean("large").getValue()).isTrue();
        assertThat(conflict.containsKey("theirs")).isFalse();
        assertThat(commander.list("shop", "{listConflicts: '" + id + "', side: 'base'}"))
                .containsExactly(BsonDocument.parse("{_id: 1, n: 0}"));
    }

    // ---- histories

    @Test
    void a_protected_branch_takes_merges() {
        insert("shop~dev", "{_id: 4, n: 4}");
        insert("shop", "{_id: 5, n: 5}");
        commander.run("shop", "{updateBranch: 'main', protected: true}");

        assertThat(status(merge(""))).isEqualTo("merged");
        assertThat(numbers("shop")).containsExactly(0, 0, 0, 4, 5);
    }

    @Test
    void a_past_position_and_a_tag_are_merged() {
        insert("shop~dev", "{_id: 4, n: 4}");
        commander.run("shop~dev", "{createTag: 'v1'}");
        insert("shop~dev", "{_id: 5, n: 5}");
        insert("shop", "{_id: 6, n: 6}");

        assertThat(status(commander.run("shop", "{mergeBranch: 'v1', into: 'main'}")))
                .isEqualTo("merged");
        assertThat(numbers("shop")).containsExactly(0, 0, 0, 4, 6);
        assertThat(merge("").getDocument("changes").getInt64("inserted").getValue())
                .isEqualTo(1);
        assertThat(numbers("shop")).containsExactly(0, 0, 0, 4, 5, 6);
    }

    @Test
    void criss_cross_merges_are_merged_on_both_bases() {
        update("shop", 1, 1);
        update("shop~dev", 2, 2);
        commander.run("shop", "{createBranch: 'a', from: 'main'}");
        commander.run("shop", "{createBranch: 'b', from: 'dev'}");
        mergeInto("b", "main");
        mergeInto("a", "dev");
        update("shop", 1, 11);
        update("shop~dev", 2, 22);

        BsonDocument merged = merge("");

        assertThat(merged.getArray("base")).hasSize(2);
        assertThat(status(merged)).isEqualTo("merged");
        assertThat(numbers("shop")).containsExactly(11, 22, 0);
    }

    @Test
    void what_bases_of_a_criss_cross_merge_disagree_on_counts_as_changed_by_both() {
        update("shop", 1, 1);
        update("shop~dev", 1, 2);
        update("shop", 2, 5);
        commander.run("shop", "{createBranch: 'a', from: 'main'}");
        commander.run("shop", "{createBranch: 'b', from: 'dev'}");
        commander.run("shop", "{mergeBranch: 'b', into: 'main', strategy: 'ours'}");
        commander.run("shop", "{mergeBranch: 'a', into: 'dev', strategy: 'ours'}");
        update("shop~dev", 3, 3);

        assertThat(status(merge(""))).isEqualTo("conflicts");

        List<BsonDocument> conflicts = commander.list("shop", "{listConflicts: 1}");
        assertThat(conflicts).hasSize(1);
        assertThat(conflicts.get(0).getDocument("base")).isEqualTo(BsonDocument.parse("{_id: 1, n: 0}"));
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");
        assertThat(status(proceed())).isEqualTo("merged");
        assertThat(numbers("shop")).containsExactly(2, 5, 3);
    }

    @Test
    void after_a_reset_below_a_merge_it_brings_everything_again() {
        insert("shop", "{_id: 6, n: 6}");
        long before = head();
        insert("shop~dev", "{_id: 4, n: 4}");
        merge("");
        commander.run("shop", "{resetBranch: 'main', to: " + before + "}");
        assertThat(numbers("shop")).containsExactly(0, 0, 0, 6);

        assertThat(status(merge(""))).isEqualTo("merged");

        assertThat(numbers("shop")).containsExactly(0, 0, 0, 4, 6);
    }

    // ---- what the tests say and see

    /** What the internal branch holds, as the changes that put it there. */
    private List<Change> internal() {
        Project project = project();
        Snapshot state = project.head(Objects.requireNonNull(project.internal()));
        List<Change> changes = new ArrayList<>();
        for (CollectionSnapshot collection : state.all()) {
            Cursor<byte[]> cursor = collection.documents().ascending(null, null);
            while (cursor.next()) {
                changes.add(new Change.Put(collection.id(), RecordId.of(cursor.key()), cursor.value()));
            }
        }
        return changes;
    }

    private void putBack(List<Change> changes) {
        Project project = project();
        Branch internal = Objects.requireNonNull(project.internal());
        project.write(internal, ORIGIN, turn -> new Statement.Draft<>(0, changes, List.of()));
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().projects().find("shop"));
    }

    private long head() {
        return project().head("main").lsn();
    }

    private BsonDocument merge(String more) {
        return commander.run("shop", "{mergeBranch: 'dev'" + more + "}");
    }

    private void mergeInto(String source, String into) {
        assertThat(status(commander.run("shop", "{mergeBranch: '" + source + "', into: '" + into + "'}")))
                .isEqualTo("merged");
    }

    private BsonDocument proceed() {
        return commander.run("shop", "{mergeBranch: 1, continue: true}");
    }

    private List<BsonValue> ids() {
        return commander.list("shop", "{listConflicts: 1}").stream()
                .map(conflict -> conflict.get("_id"))
                .toList();
    }

    private static String status(BsonDocument reply) {
        return reply.getString("status").getValue();
    }

    private static String message(BsonDocument reply) {
        return reply.getString("errmsg").getValue();
    }

    private void insert(String database, String... documents) {
        commander.run(database, "{insert: 'c', documents: [" + String.join(", ", documents) + "]}");
    }

    private void update(String database, int id, int n) {
        commander.run(database, "{update: 'c', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + n + "}}}]}");
    }

    private List<Integer> numbers(String database) {
        return commander.list(database, "{find: 'c', sort: {_id: 1}}").stream()
                .map(document ->
                        document.containsKey("n") ? document.getInt32("n").getValue() : -1)
                .toList();
    }
}
