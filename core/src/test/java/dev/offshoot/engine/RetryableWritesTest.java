package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A write that is sent again with its session and transaction number is answered, not done again. */
class RetryableWritesTest {
    private static final UUID SESSION = new UUID(7, 7);
    private static final String INCREMENT = "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}]}";

    @AutoClose
    private final Commander commander;

    RetryableWritesTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 0}, {_id: 2, n: 0}]}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{insert: 'items', documents: [{_id: 5}, {n: 9}]}",
                "{insert: 'new', documents: [{n: 9}]}",
                "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}, {q: {_id: 2}, u: {$inc: {n: 1}}}]}",
                "{update: 'items', updates: [{q: {_id: 8}, u: {$inc: {n: 1}}, upsert: true}]}",
                "{update: 'items', updates: [{q: {x: 8}, u: {$inc: {n: 1}}, upsert: true}]}",
                "{delete: 'items', deletes: [{q: {n: 0}, limit: 1}]}",
                "{delete: 'items', deletes: [{q: {n: 0}, limit: 1}, {q: {n: 0}, limit: 1}]}",
                "{findAndModify: 'items', query: {_id: 1}, update: {$inc: {n: 1}}}",
                "{findAndModify: 'items', query: {_id: 1}, update: {$inc: {n: 1}}, new: true, fields: {n: 1, _id: 0}}",
                "{findAndModify: 'items', query: {x: 1}, update: {$inc: {n: 1}}, new: true, upsert: true}",
                "{findAndModify: 'items', query: {n: 0}, remove: true, sort: {_id: -1}}",
            })
    void a_retry_gets_the_first_answer_also_after_a_restart(String command) {
        BsonDocument first = written(1, command);
        List<BsonDocument> state = state();
        BsonDocument second = written(1, command);
        commander.restart();
        BsonDocument third = written(1, command);

        assertThat(without(second)).as("retry").isEqualTo(first);
        assertThat(without(third)).as("retry after a restart").isEqualTo(first);
        assertThat(state()).isEqualTo(state);
        assertThat(written(2, command)).as("the next transaction does it again").isNotEqualTo(new BsonDocument());
    }

    /** A reply to a retry, without the numbers of the statements that had been executed, which have to be there. */
    private static BsonDocument without(BsonDocument reply) {
        BsonDocument rest = reply.clone();
        boolean many = rest.remove("retriedStmtIds") != null;
        boolean one = rest.remove("retriedStmtId") != null;
        assertThat(many != one).as("retried statements of %s", reply).isTrue();
        return rest;
    }

    @Test
    void a_transaction_number_of_another_command_answers_what_that_did() {
        written(1, "{findAndModify: 'items', query: {_id: 1}, update: {$inc: {n: 1}}}");
        assertThat(written(1, INCREMENT).getInt32("nModified").getValue()).isEqualTo(1);
        assertThat(n(1)).isEqualTo(1);

        written(2, "{delete: 'items', deletes: [{q: {_id: 2}, limit: 1}]}");
        commander.fail(
                40606,
                "shop",
                retryable(SESSION, 2, "{findAndModify: 'items', query: {_id: 1}, update: {$inc: {n: 1}}}")
                        .toJson());
        written(3, "{findAndModify: 'items', query: {_id: 1}, update: {$inc: {n: 1}}}");
        commander.fail(
                40610,
                "shop",
                retryable(SESSION, 3, "{findAndModify: 'items', query: {_id: 1}, remove: true}")
                        .toJson());
        assertThat(n(1)).isEqualTo(2);
    }

    @Test
    void a_reply_names_the_statements_that_had_been_executed() {
        written(1, "{insert: 'items', documents: [{_id: 7}], stmtIds: [5]}");
        BsonDocument reply = written(1, "{insert: 'items', documents: [{_id: 8}, {_id: 7}], stmtIds: [4, 5]}");

        assertThat(reply.getArray("retriedStmtIds").getValues()).containsExactly(new BsonInt32(5));
        assertThat(reply.getInt32("n").getValue()).isEqualTo(2);
    }

    @Test
    void the_next_transaction_number_does_it_again() {
        written(1, INCREMENT);
        written(2, INCREMENT);
        written(2, INCREMENT);

        assertThat(n(1)).isEqualTo(2);
    }

    @Test
    void a_retry_is_answered_whatever_became_of_the_document() {
        written(1, INCREMENT);
        commander.run("shop", "{drop: 'items'}");

        assertThat(written(1, INCREMENT).getInt32("nModified").getValue()).isEqualTo(1);
        assertThat(written(1, "{insert: 'other', documents: [{_id: 1}]}")
                        .getInt32("n")
                        .getValue())
                .isEqualTo(1);
        assertThat(commander.list("shop", "{listCollections: 1}")).isEmpty();
    }

    @Test
    void sessions_are_told_apart() {
        written(1, INCREMENT);
        BsonDocument other = retryable(new UUID(8, 8), 1, INCREMENT);
        commander.run("shop", other);

        assertThat(n(1)).isEqualTo(2);
    }

    @Test
    void branches_share_the_results_of_their_project() {
        written(1, INCREMENT);
        commander.run("shop", "{createBranch: 'dev'}");
        written(2, INCREMENT);

        commander.run("shop~dev", retryable(SESSION, 2, INCREMENT));
        assertThat(commander.list("shop~dev", "{find: 'items', filter: {_id: 1}}"))
                .containsExactly(BsonDocument.parse("{_id: 1, n: 1}"));
    }

    @Test
    void of_a_batch_only_what_was_not_done_is_done() {
        written(1, "{insert: 'items', documents: [{_id: 10}, {_id: 11}]}");
        BsonDocument more = written(
                1,
                "{insert: 'items', documents: [{_id: 10}, {_id: 11}, {_id: 12}, {_id: 1}, {_id: 13}], ordered: false}");

        assertThat(more.getInt32("n").getValue()).isEqualTo(4);
        assertThat(indexes(more)).containsExactly(3);
        assertThat(state()).hasSize(6);

        String updates = "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}, %s]}";
        written(2, updates.formatted("{q: {_id: 2}, u: {$inc: {n: 'x'}}}"));
        written(2, updates.formatted("{q: {_id: 2}, u: {$inc: {n: 5}}}"));
        assertThat(n(1)).isEqualTo(1);
        assertThat(n(2)).isEqualTo(5);
    }

    @Test
    void a_big_insert_that_is_retried_is_there_once() {
        StringBuilder documents = new StringBuilder();
        for (int i = 0; i < 2500; i++) {
            documents.append(i == 0 ? "" : ",").append("{n: 7}");
        }
        String insert = "{insert: 'many', documents: [" + documents + "]}";

        assertThat(written(1, insert).getInt32("n").getValue()).isEqualTo(2500);
        assertThat(written(1, insert).getInt32("n").getValue()).isEqualTo(2500);
        commander.restart();
        assertThat(written(1, insert).getInt32("n").getValue()).isEqualTo(2500);
        assertThat(commander.run("shop", "{count: 'many'}").getInt32("n").getValue())
                .isEqualTo(2500);
    }

    @Test
    void statement_ids_name_the_statements_of_a_batch() {
        written(1, "{insert: 'items', documents: [{n: 7}, {n: 8}], stmtIds: [4, 6]}");
        written(1, "{insert: 'items', documents: [{n: 6}, {n: 8}], stmtIds: [5, 6]}");
        written(1, "{insert: 'items', documents: [{n: 6}, {n: 8}], stmtId: 5}");
        written(1, "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}], stmtIds: [9]}");
        written(1, "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}], stmtIds: [9]}");
        written(1, "{findAndModify: 'items', query: {_id: 2}, update: {$inc: {n: 1}}, stmtId: 10}");
        written(1, "{findAndModify: 'items', query: {_id: 2}, update: {$inc: {n: 1}}, stmtId: 10}");

        assertThat(state()).hasSize(5);
        assertThat(n(1)).isEqualTo(1);
        assertThat(n(2)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{insert: 'items', documents: [{_id: 50}]}",
                "{update: 'items', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}]}",
                "{delete: 'items', deletes: [{q: {_id: 1}, limit: 1}]}",
                "{findAndModify: 'items', query: {_id: 1}, update: {$inc: {n: 1}}}",
            })
    void an_older_transaction_fails_as_a_whole_also_after_a_restart(String command) {
        written(5, INCREMENT);
        List<BsonDocument> state = state();

        assertTooOld(command);
        commander.restart();
        assertTooOld(command);
        assertThat(state()).isEqualTo(state);
    }

    private void assertTooOld(String command) {
        BsonDocument reply = commander.reply("shop", retryable(SESSION, 4, command));
        assertThat(reply.getNumber("ok").intValue()).as("%s", reply).isZero();
        assertThat(reply.getInt32("code").getValue()).isEqualTo(225);
        assertThat(reply.getString("codeName").getValue()).isEqualTo("TransactionTooOld");
        assertThat(reply).doesNotContainKey("errorLabels");
    }

    @Test
    void a_write_that_failed_is_tried_again() {
        String insert = "{insert: 'items', documents: [{_id: 1, other: true}]}";
        assertThat(indexes(written(1, insert))).containsExactly(0);
        assertThat(indexes(written(1, insert))).containsExactly(0);
        commander.run("shop", "{delete: 'items', deletes: [{q: {_id: 1}, limit: 1}]}");

        assertThat(written(1, insert).getInt32("n").getValue()).isEqualTo(1);
    }

    @Test
    void a_retry_on_another_connection_while_the_first_runs_is_done_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int txn = 1; txn <= 50; txn++) {
                race(threads, txn);
                assertThat(n(1)).as("after transaction %d", txn).isEqualTo(txn);
            }
        } finally {
            threads.shutdown();
        }
    }

    private void race(ExecutorService threads, int txn) throws Exception {
        CyclicBarrier start = new CyclicBarrier(4);
        List<Future<BsonDocument>> replies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            replies.add(threads.submit(() -> {
                start.await();
                return commander.reply("shop", retryable(SESSION, txn, INCREMENT));
            }));
        }
        for (Future<BsonDocument> reply : replies) {
            assertThat(reply.get().getInt32("nModified").getValue()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "72 | {update: 'items', updates: [{q: {}, u: {$inc: {n: 1}}, multi: true}]} | multi=true",
                "72 | {delete: 'items', deletes: [{q: {}, limit: 0}]}                       | limit=0",
                "50768 | {find: 'items'}                                                   | retryable write",
                "50768 | {drop: 'items'}                                                   | retryable write",
                "16 | {insert: 'items', documents: [{}, {}], stmtIds: [1]}                  | statement ids",
                "72 | {insert: 'items', documents: [{}], stmtIds: [1], stmtId: 1}           | both stmtId and stmtIds",
                "14 | {insert: 'items', documents: [{}], stmtIds: ['a']}                    | stmtIds",
                "14 | {insert: 'items', documents: [{}], stmtIds: 5}                        | stmtIds",
                "14 | {insert: 'items', documents: [{}], stmtId: 'a'}                       | stmtId",
            })
    void what_cannot_be_retried_is_refused(int code, String command, String message) {
        BsonDocument reply = commander.reply("shop", retryable(SESSION, 1, command));

        assertThat(reply.getNumber("ok").intValue()).as("%s", reply).isZero();
        assertThat(reply.getInt32("code").getValue()).as("%s", reply).isEqualTo(code);
        assertThat(reply.getString("errmsg").getValue()).contains(message);
        assertThat(state()).hasSize(2);
    }

    @Test
    void a_transaction_number_is_a_long_of_a_session() {
        commander.fail(72, "shop", "{insert: 'items', documents: [{}], txnNumber: {$numberLong: '1'}}");
        String session = "lsid: {id: {$uuid: '7d1a1a2e-8a4c-4a30-8c6e-3e4f1f2a3b4c'}}";
        commander.fail(14, "shop", "{insert: 'items', documents: [{}], txnNumber: 'a', " + session + "}");
        commander.fail(
                72, "shop", "{insert: 'items', documents: [{}], txnNumber: {$numberLong: '-1'}, " + session + "}");
        commander.fail(14, "shop", "{insert: 'items', documents: [{}], txnNumber: {$numberLong: '1'}, lsid: {id: 5}}");

        assertThat(state()).hasSize(2);
    }

    private BsonDocument written(long txn, String command) {
        BsonDocument reply = commander.run("shop", retryable(SESSION, txn, command));
        reply.remove("operationTime");
        reply.remove("$clusterTime");
        return reply;
    }

    private static BsonDocument retryable(UUID session, long txn, String command) {
        return BsonDocument.parse(command)
                .append("lsid", new BsonDocument("id", new BsonBinary(session)))
                .append("txnNumber", new BsonInt64(txn));
    }

    private static List<Integer> indexes(BsonDocument reply) {
        List<Integer> indexes = new ArrayList<>();
        for (BsonValue error : reply.getArray("writeErrors", new BsonArray())) {
            indexes.add(error.asDocument().getInt32("index").getValue());
        }
        return indexes;
    }

    private int n(int id) {
        return commander
                .list("shop", "{find: 'items', filter: {_id: " + id + "}}")
                .get(0)
                .getInt32("n")
                .getValue();
    }

    private List<BsonDocument> state() {
        return commander.list("shop", "{find: 'items'}");
    }
}
