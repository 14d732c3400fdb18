package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Statement;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.SimulatedStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Merges, undos, cherry-picks, restores and their like that are sent again with their session and transaction number. */
class RetriedMovesTest {
    private static final UUID SESSION = new UUID(7, 7);
    private static final List<SimulatedLogStore.Fault> UNKNOWN = List.of(
            SimulatedLogStore.Fault.UNKNOWN_STORED,
            SimulatedLogStore.Fault.UNKNOWN_NOT_STORED,
            SimulatedLogStore.Fault.UNKNOWN_STORED_LATER);
    private static final String ADD = "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 10}}}]}";

    @AutoClose
    private final Commander commander;

    private long before;
    private long added;

    RetriedMovesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    /** A counter that both branches add to, so that what is done twice is seen. */
    @BeforeEach
    void twoBranches() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1}, {_id: 2, n: 2}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 5}}}]}");
        before = head("shop");
        commander.run("shop", ADD);
        added = head("shop");
        commander.run("shop", "{update: 'items', updates: [{q: {_id: 2}, u: {$inc: {n: 1}}}]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{mergeBranch: 'dev', SUM}",
                "{mergeBranch: 'dev', squash: true, SUM}",
                "{cherryPick: 'dev', from: BEFORE_DEV, SUM}",
                "{undoChanges: 1, lsn: ADDED, SUM}",
                "{rebaseBranch: 'main', onto: 'dev', SUM}",
                "{restore: 'items', at: BEFORE}",
                "{restore: 'items', at: BEFORE, _id: 1}",
                "{restore: 'items', at: BEFORE, as: 'copy'}",
                "{resetBranch: 'main', to: BEFORE}",
                "{resetBranch: 'main', to: 'dev'}",
            })
    void what_is_sent_again_is_answered_as_before_and_not_done_again(String template) {
        String command = template.replace("SUM", "paths: {items: {n: 'sum'}}")
                .replace("BEFORE_DEV", "'dev~" + before + "'")
                .replace("BEFORE", "" + before)
                .replace("ADDED", "" + added);
        String untouched = content();
        BsonDocument first = sent(1, command);
        assertThat(content()).as("done once").isNotEqualTo(untouched);
        commander.run("shop", ADD);
        String state = content();

        BsonDocument second = sent(1, command);
        commander.restart();
        BsonDocument third = sent(1, command);

        assertThat(second).as("sent again").isEqualTo(first);
        assertThat(third).as("sent again after a restart").isEqualTo(first);
        assertThat(content()).isEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{cherryPick: 'dev', from: BEFORE, SUM}", "{rebaseBranch: 'main', onto: 'dev', SUM}"})
    void commits_that_are_kept_apart_are_made_once_and_all_of_them(String template) {
        commander.run("shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 7}}}]}");
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 9}]}");
        String command =
                template.replace("SUM", "paths: {items: {n: 'sum'}}").replace("BEFORE", "'dev~" + before + "'");
        BsonDocument first = sent(1, command);
        assertThat(first.getInt64("head_lsn").getValue()).isEqualTo(head("shop"));
        assertThat(content()).contains("\"n\": 23");
        commander.run("shop", ADD);
        String state = content();

        assertThat(sent(1, command)).isEqualTo(first);
        commander.restart();
        assertThat(sent(1, command)).isEqualTo(first);
        assertThat(content()).isEqualTo(state);
    }

    @Test
    void a_revert_is_done_once() {
        commander.run("shop", "{mergeBranch: 'dev', ff: 'never', paths: {items: {n: 'sum'}}}");
        String revert = "{revertMerge: " + head("shop") + ", paths: {items: {n: 'sum'}}}";
        BsonDocument first = sent(1, revert);
        assertThat(first.getString("status").getValue()).isEqualTo("merged");
        String state = content();

        assertThat(sent(1, revert)).isEqualTo(first);
        assertThat(content()).isEqualTo(state);
        sent(2, revert);
        assertThat(content()).as("a counter that is reverted twice").isNotEqualTo(state);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{restore: 'items'}", "{undrop: 1, collection: 'items'}"})
    void a_collection_that_came_back_comes_back_once(String command) {
        commander.run("shop", "{drop: 'items'}");
        BsonDocument first = sent(1, command);
        commander.run("shop", ADD);
        String state = content();

        assertThat(sent(1, command)).isEqualTo(first);
        assertThat(content()).isEqualTo(state);
        commander.fail(50768, "shop", retryable(2, "{undrop: 'dev'}").toJson());
    }

    @Test
    void a_command_that_left_conflicts_says_so_again_and_what_goes_on_is_done_once() {
        BsonDocument begun = sent(1, "{mergeBranch: 'dev', squash: true}");
        assertThat(begun.getString("status").getValue()).isEqualTo("conflicts");
        assertThat(sent(1, "{mergeBranch: 'dev', squash: true}")).isEqualTo(begun);
        commander.fail(
                117, "shop", retryable(2, "{mergeBranch: 'dev', squash: true}").toJson());
        commander.run("shop", "{resolveConflict: {}, take: 'theirs'}");

        BsonDocument done = sent(3, "{mergeBranch: 1, continue: true}");
        commander.run("shop", ADD);
        String state = content();

        assertThat(done.getString("status").getValue()).isEqualTo("merged");
        commander.restart();
        assertThat(sent(3, "{mergeBranch: 1, continue: true}")).isEqualTo(done);
        assertThat(content()).isEqualTo(state);
        commander.fail(
                4, "shop", retryable(4, "{mergeBranch: 1, continue: true}").toJson());
    }

    @Test
    void what_was_given_up_is_given_up_once() {
        sent(2, "{mergeBranch: 'dev', modes: {'*': 'documentTouched'}}");
        BsonDocument aborted = sent(3, "{mergeBranch: 1, abort: true}");
        assertThat(aborted.getString("status").getValue()).isEqualTo("aborted");
        sent(4, "{mergeBranch: 'dev', modes: {'*': 'documentTouched'}}");

        commander.fail(
                225, "shop", retryable(3, "{mergeBranch: 1, abort: true}").toJson());
        BsonDocument again = sent(5, "{mergeBranch: 1, abort: true}");
        assertThat(sent(5, "{mergeBranch: 1, abort: true}")).isEqualTo(again);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{undoChanges: 1, lsn: ADDED}                    | by \"mergeBranch\" before",
                "{restore: 'items', at: ADDED}                   | by \"mergeBranch\" before",
                "{mergeRequest: 'create', source: 'dev', into: 'main', title: 't'} | by \"mergeBranch\" before",
            })
    void the_number_of_another_command_is_refused(String command, String expected) {
        commander.run("shop", "{mergeRequest: 'create', source: 'dev', into: 'main', title: 'there is one'}");
        sent(1, "{mergeBranch: 'dev', paths: {items: {n: 'sum'}}}");
        String state = content();

        BsonDocument refused = commander.fail(
                72, "shop", retryable(1, command.replace("ADDED", "" + added)).toJson());

        assertThat(refused.getString("errmsg").getValue()).contains(expected);
        assertThat(content()).isEqualTo(state);
    }

    @Test
    void a_dry_run_takes_no_number() {
        sent(1, "{mergeBranch: 'dev', paths: {items: {n: 'sum'}}, dryRun: true}");

        assertThat(sent(1, "{mergeBranch: 'dev', paths: {items: {n: 'sum'}}}")
                        .getString("status")
                        .getValue())
                .isEqualTo("merged");
        assertThat(content()).contains("\"n\": 16");
    }

    @Test
    void a_merge_request_is_made_approved_and_merged_once() {
        String create = "{mergeRequest: 'create', source: 'dev', into: 'main', title: 't', squash: true,"
                + " approvals: 1, paths: {items: {n: 'sum'}}}";
        BsonDocument made = sent(1, create);
        assertThat(sent(1, create)).isEqualTo(made);
        BsonDocument approved = sent(2, "{mergeRequest: 'approve', id: 1}");
        assertThat(sent(2, "{mergeRequest: 'approve', id: 1}")).isEqualTo(approved);
        sent(3, "{mergeRequest: 'comment', id: 1, text: 'a'}");
        sent(3, "{mergeRequest: 'comment', id: 1, text: 'a'}");
        assertThat(commander.run("shop", "{mergeRequest: 'show', id: 1}").getArray("comments"))
                .hasSize(1);
        BsonDocument merged = sent(4, "{mergeRequest: 'merge', id: 1}");
        commander.run("shop", ADD);
        String state = content();

        commander.restart();
        assertThat(sent(4, "{mergeRequest: 'merge', id: 1}")).isEqualTo(merged);
        assertThat(merged.getDocument("merge").getString("status").getValue()).isEqualTo("merged");
        assertThat(content()).isEqualTo(state);
        assertThat(commander
                        .run("shop", "{mergeRequest: 'list', status: 'all'}")
                        .getArray("mergeRequests"))
                .hasSize(1);
    }

    @Test
    void who_stopped_before_the_request_said_that_it_was_merged_merges_nothing_twice() {
        commander.run(
                "shop",
                "{mergeRequest: 'create', source: 'dev', into: 'main', title: 't', squash: true, paths: {items: {n: 'sum'}}}");
        Project project = Objects.requireNonNull(commander.engine().projects().find("shop"));
        Branch internal = Objects.requireNonNull(project.internal());
        CollectionSnapshot requests =
                Objects.requireNonNull(project.head(internal).collection("mergeRequests"));
        Cursor<byte[]> cursor = requests.documents().ascending(null, null);
        assertThat(cursor.next()).isTrue();
        Change putBack = new Change.Put(requests.id(), RecordId.of(cursor.key()), cursor.value());
        commander.run("shop", "{mergeRequest: 'merge', id: 1}");
        String state = content();
        project.write(
                internal,
                new Origin("test", "test", "main", "c"),
                turn -> new Statement.Draft<>(0, List.of(putBack), List.of()));
        assertThat(commander.run("shop", "{mergeRequest: 'list'}").getArray("mergeRequests"))
                .hasSize(1);
        commander.restart();

        BsonDocument merged = commander.run("shop", "{mergeRequest: 'merge', id: 1}");

        assertThat(merged.getString("status").getValue()).isEqualTo("merged");
        assertThat(content()).isEqualTo(state).contains("\"n\": 16");
    }

    @Test
    void commands_that_race_under_one_number_are_done_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int txn = 1; txn <= 20; txn++) {
                long from = commander
                        .run("shop~dev", "{branchReflog: 1}")
                        .getInt64("head_lsn")
                        .getValue();
                commander.run("shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 5}}}]}");
                String command = "{cherryPick: 'dev', from: 'dev~" + from + "', paths: {items: {n: 'sum'}}}";
                CyclicBarrier start = new CyclicBarrier(3);
                List<Future<BsonDocument>> replies = new ArrayList<>();
                BsonDocument sent = retryable(txn, command);
                for (int i = 0; i < 3; i++) {
                    replies.add(threads.submit(() -> {
                        start.await();
                        return commander.run("shop", sent);
                    }));
                }
                for (Future<BsonDocument> reply : replies) {
                    assertThat(reply.get().getString("status").getValue()).isEqualTo("merged");
                }
                assertThat(content()).as("after number %d", txn).contains("\"n\": " + (11 + 5 * txn));
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void a_command_whose_answer_the_store_lost_is_sent_again_until_there_is_one_and_done_once() {
        int lost = 0;
        for (long seed = 0; seed < 12; seed++) {
            SimulatedStore store = SimulatedStore.hostile(seed, 0, 0);
            try (Engine engine = Engine.open(store, EngineOptions.DEFAULT)) {
                Commander.reply(engine, "admin", "{createProject: 'shop'}");
                Commander.reply(engine, "shop", "{insert: 'items', documents: [{_id: 1, n: 1}]}");
                Commander.reply(engine, "shop", "{createBranch: 'dev'}");
                Commander.reply(engine, "shop~dev", "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 5}}}]}");
                Commander.reply(engine, "shop", ADD);
                store.log("p1").failNext(UNKNOWN.get((int) seed % UNKNOWN.size()));
                String merge = retryable(1, "{mergeBranch: 'dev', squash: true, paths: {items: {n: 'sum'}}}")
                        .toJson();
                BsonDocument reply = Commander.reply(engine, "shop", merge);
                while (reply.getNumber("ok").intValue() == 0) {
                    assertThat(reply.getArray("errorLabels")).contains(new BsonString("RetryableWriteError"));
                    lost++;
                    reply = Commander.reply(engine, "shop", merge);
                }
                assertThat(reply.getString("status").getValue()).isEqualTo("merged");
                assertThat(Commander.reply(engine, "shop", "{find: 'items'}").toJson())
                        .as("seed %d", seed)
                        .contains("\"n\": 16");
            }
        }
        assertThat(lost).isPositive();
    }

    private BsonDocument sent(long txn, String command) {
        BsonDocument reply = commander.run("shop", retryable(txn, command));
        reply.remove("operationTime");
        reply.remove("$clusterTime");
        return reply;
    }

    private static BsonDocument retryable(long txn, String command) {
        return BsonDocument.parse(command)
                .append("lsid", new BsonDocument("id", new BsonBinary(SESSION)))
                .append("txnNumber", new BsonInt64(txn));
    }

    private long head(String database) {
        return commander.run(database, "{branchReflog: 1}").getInt64("head_lsn").getValue();
    }

    private String content() {
        StringBuilder all = new StringBuilder();
        for (String collection : List.of("items", "copy")) {
            all.append(commander.list("shop", "{find: '" + collection + "'}"));
        }
        return all.append(head("shop")).toString();
    }
}
