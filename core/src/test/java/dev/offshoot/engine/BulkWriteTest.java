package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
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

class BulkWriteTest {
    @AutoClose
    private final Commander commander;

    BulkWriteTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1, n: 1}, {_id: 2, n: 2}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{createBranch: 'test'}");
    }

    @Test
    void one_command_writes_to_several_branches_and_projects() {
        BsonDocument reply = commander.run("admin", """
                {bulkWrite: 1,
                 ops: [{insert: 0, document: {_id: 3}},
                       {insert: 1, document: {_id: 4}},
                       {update: 0, filter: {_id: 1}, updateMods: {$inc: {n: 10}}},
                       {update: 1, filter: {}, updateMods: [{$set: {n: '$$new'}}], constants: {new: 7}, multi: true},
                       {update: 2, filter: {_id: 9}, updateMods: {$set: {x: 1}}, upsert: true},
                       {delete: 0, filter: {_id: 2}},
                       {delete: 1, filter: {n: 7}, multi: true}],
                 nsInfo: [{ns: 'shop.items'}, {ns: 'shop~dev.items'}, {ns: 'other.things'}]}
                """);

        assertThat(sums(reply)).isEqualTo("errors 0 inserted 2 matched 4 modified 4 upserted 1 deleted 4");
        assertThat(items(reply))
                .map(BsonDocument::toJson)
                .containsExactly(
                        "{\"ok\": 1.0, \"idx\": 0, \"n\": 1}",
                        "{\"ok\": 1.0, \"idx\": 1, \"n\": 1}",
                        "{\"ok\": 1.0, \"idx\": 2, \"n\": 1, \"nModified\": 1}",
                        "{\"ok\": 1.0, \"idx\": 3, \"n\": 3, \"nModified\": 3}",
                        "{\"ok\": 1.0, \"idx\": 4, \"n\": 1, \"nModified\": 0, \"upserted\": {\"_id\": 9}}",
                        "{\"ok\": 1.0, \"idx\": 5, \"n\": 1}",
                        "{\"ok\": 1.0, \"idx\": 6, \"n\": 3}");
        assertThat(reply.getDocument("cursor").getString("ns").getValue()).isEqualTo("admin.$cmd.bulkWrite");
        assertThat(reply.containsKey("operationTime")).isTrue();
        assertThat(all("shop")).containsExactly("{\"_id\": 1, \"n\": 11}", "{\"_id\": 3}");
        assertThat(all("shop~dev")).isEmpty();
        assertThat(all("shop~test")).hasSize(2);
        assertThat(commander.list("other", "{find: 'things'}")).hasSize(1);
    }

    @Test
    void an_ordered_one_ends_at_the_first_error_and_an_unordered_one_does_not() {
        String ops = "ops: [{insert: 0, document: {_id: 5}}, {insert: 0, document: {_id: 1}},"
                + " {insert: 0, document: {_id: 6}}, {update: 0, filter: {_id: 2}, updateMods: {$bad: {n: 1}}},"
                + " {delete: 0, filter: {_id: 2}}]";
        BsonDocument ordered = commander.run("admin", bulk("shop", ops));
        BsonDocument unordered = commander.run("admin", bulk("shop~dev", ops + ", ordered: false"));

        assertThat(sums(ordered)).isEqualTo("errors 1 inserted 1 matched 0 modified 0 upserted 0 deleted 0");
        assertThat(items(ordered)).hasSize(2);
        BsonDocument error = items(ordered).get(1);
        assertThat(error.keySet()).containsExactly("ok", "idx", "code", "errmsg", "keyPattern", "keyValue", "n");
        assertThat(error.getInt32("code").getValue()).isEqualTo(11000);
        assertThat(error.getInt32("idx").getValue()).isEqualTo(1);
        assertThat(sums(unordered)).isEqualTo("errors 2 inserted 2 matched 0 modified 0 upserted 0 deleted 1");
        assertThat(items(unordered))
                .map(item -> item.getNumber("ok").intValue())
                .containsExactly(1, 0, 1, 0, 1);
    }

    @Test
    void the_results_come_in_batches_and_can_be_errors_only() {
        String ops =
                "ops: [{insert: 0, document: {_id: 5}}, {insert: 0, document: {_id: 1}}, {insert: 0, document: {_id: 7}}]";
        BsonDocument batches = commander.run("admin", bulk("shop", ops + ", ordered: false, cursor: {batchSize: 1}"));
        long id = batches.getDocument("cursor").getInt64("id").getValue();
        BsonDocument more = commander.run(
                "admin",
                new BsonDocument("getMore", new BsonInt64(id))
                        .append("collection", new org.bson.BsonString("$cmd.bulkWrite")));
        BsonDocument errors = commander.run("admin", bulk("shop~dev", ops + ", ordered: false, errorsOnly: true"));

        assertThat(items(batches)).hasSize(1);
        assertThat(more.getDocument("cursor").getArray("nextBatch")).hasSize(2);
        assertThat(items(errors)).map(item -> item.getInt32("idx").getValue()).containsExactly(1);
        assertThat(sums(errors)).isEqualTo("errors 1 inserted 2 matched 0 modified 0 upserted 0 deleted 0");
    }

    @Test
    void a_retry_does_nothing_again() {
        BsonDocument command = BsonDocument.parse(bulk(
                        "shop",
                        "ops: [{insert: 0, document: {_id: 5}}, {update: 0, filter: {_id: 5}, updateMods: {$inc: {n: 1}}},"
                                + " {delete: 0, filter: {_id: 1}}], stmtIds: [4, 5, 6]"))
                .append("lsid", new BsonDocument("id", new BsonBinary((byte) 4, new byte[16])))
                .append("txnNumber", new BsonInt64(1));
        BsonDocument first = commander.run("admin", command);
        List<String> state = all("shop");
        commander.restart();
        BsonDocument second = commander.run("admin", command);

        assertThat(sums(second)).isEqualTo(sums(first));
        assertThat(items(second)).isEqualTo(items(first));
        assertThat(second.getArray("retriedStmtIds"))
                .isEqualTo(new BsonArray(List.of(new BsonInt32(4), new BsonInt32(5), new BsonInt32(6))));
        assertThat(all("shop")).isEqualTo(state).contains("{\"_id\": 5, \"n\": 1}");
    }

    @Test
    void a_branch_that_is_not_there_is_an_error_of_its_operations() {
        BsonDocument reply = commander.run("admin", """
                {bulkWrite: 1, ordered: false,
                 ops: [{insert: 0, document: {_id: 5}}, {insert: 1, document: {_id: 5}}, {insert: 0, document: {_id: 6}}],
                 nsInfo: [{ns: 'shop~nowhere.items'}, {ns: 'shop.items'}]}
                """);

        assertThat(sums(reply)).isEqualTo("errors 2 inserted 1 matched 0 modified 0 upserted 0 deleted 0");
        assertThat(items(reply).get(0).getInt32("code").getValue()).isEqualTo(26);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "16    | admin | {bulkWrite: 1, ops: [], nsInfo: [{ns: 'shop.items'}]}",
                "13    | shop  | {bulkWrite: 1, ops: [{insert: 0, document: {}}], nsInfo: [{ns: 'shop.items'}]}",
                "2     | admin | {bulkWrite: 1, ops: [{insert: 1, document: {}}], nsInfo: [{ns: 'shop.items'}]}",
                "2     | admin | {bulkWrite: 1, ops: [{insert: -1, document: {}}], nsInfo: [{ns: 'shop.items'}]}",
                "14    | admin | {bulkWrite: 1, ops: [{insert: 'x', document: {}}], nsInfo: [{ns: 'shop.items'}]}",
                "40414 | admin | {bulkWrite: 1, ops: [{insert: 0}], nsInfo: [{ns: 'shop.items'}]}",
                "40415 | admin | {bulkWrite: 1, ops: [{upsert: 0}], nsInfo: [{ns: 'shop.items'}]}",
                "40415 | admin | {bulkWrite: 1, ops: [{delete: 0, filter: {}, x: 1}], nsInfo: [{ns: 'shop.items'}]}",
                "40414 | admin | {bulkWrite: 1, ops: [{update: 0, filter: {}}], nsInfo: [{ns: 'shop.items'}]}",
                "9     | admin | {bulkWrite: 1, ops: [{update: 0, filter: {}, updateMods: 5}], nsInfo: [{ns: 'shop.items'}]}",
                "9     | admin | {bulkWrite: 1, ops: [{update: 0, filter: {}, updateMods: {}, multi: true, sort: {a: 1}}], nsInfo: [{ns: 'shop.items'}]}",
                "73    | admin | {bulkWrite: 1, ops: [{insert: 0, document: {}}], nsInfo: [{ns: 'shop'}]}",
                "40414 | admin | {bulkWrite: 1, ops: [{insert: 0, document: {}}]}",
                "40415 | admin | {bulkWrite: 1, ops: [{insert: 0, document: {}}], nsInfo: [{ns: 'shop.items', x: 1}]}",
                "16    | admin | {bulkWrite: 1, ops: [{insert: 0, document: {}}], nsInfo: [{ns: 'shop.items'}], stmtIds: [1, 2], lsid: {id: {$uuid: '11111111-1111-1111-1111-111111111111'}}, txnNumber: {$numberLong: '1'}}",
            })
    void a_malformed_one_is_an_error_as_a_whole(int code, String database, String command) {
        commander.fail(code, database, command);

        assertThat(all("shop")).hasSize(2);
    }

    @Test
    void it_does_what_single_commands_do() {
        int done = 0;
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            String a = "a" + seed;
            String b = "b" + seed;
            StringBuilder ops = new StringBuilder();
            for (int i = 0; i < 8; i++) {
                int id = random.nextInt(4);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        ops.append("{insert: 0, document: {_id: " + id + "}}, ");
                        commander.reply(
                                "shop", BsonDocument.parse("{insert: '" + b + "', documents: [{_id: " + id + "}]}"));
                    }
                    case 1 -> {
                        ops.append("{delete: 0, filter: {_id: " + id + "}}, ");
                        commander.reply(
                                "shop",
                                BsonDocument.parse(
                                        "{delete: '" + b + "', deletes: [{q: {_id: " + id + "}, limit: 1}]}"));
                    }
                    default -> {
                        String upsert = ", upsert: " + random.nextBoolean() + ", multi: " + random.nextBoolean();
                        ops.append("{update: 0, filter: {_id: {$gte: " + id + "}}, updateMods: {$inc: {n: 1},"
                                + " $setOnInsert: {_id: " + id + "}}" + upsert + "}, ");
                        commander.reply(
                                "shop",
                                BsonDocument.parse("{update: '" + b + "', updates: [{q: {_id: {$gte: " + id
                                        + "}}, u: {$inc: {n: 1}, $setOnInsert: {_id: " + id + "}}" + upsert + "}]}"));
                    }
                }
            }
            commander.run(
                    "admin", "{bulkWrite: 1, ordered: false, ops: [" + ops + "], nsInfo: [{ns: 'shop." + a + "'}]}");
            List<BsonDocument> expected = commander.list("shop", "{find: '" + b + "'}");
            assertThat(commander.list("shop", "{find: '" + a + "'}"))
                    .as("seed %d: %s", seed, ops)
                    .isEqualTo(expected);
            done += expected.size();
        }
        assertThat(done).isGreaterThan(60);
    }

    private static String bulk(String database, String rest) {
        return "{bulkWrite: 1, " + rest + ", nsInfo: [{ns: '" + database + ".items'}]}";
    }

    private List<String> all(String database) {
        return commander.list(database, "{find: 'items', sort: {_id: 1}}").stream()
                .map(BsonDocument::toJson)
                .toList();
    }

    private static List<BsonDocument> items(BsonDocument reply) {
        return reply.getDocument("cursor").getArray("firstBatch").stream()
                .map(BsonValue::asDocument)
                .toList();
    }

    private static String sums(BsonDocument reply) {
        return "errors " + reply.getInt32("nErrors").getValue() + " inserted "
                + reply.getInt32("nInserted").getValue() + " matched "
                + reply.getInt32("nMatched").getValue() + " modified "
                + reply.getInt32("nModified").getValue() + " upserted "
                + reply.getInt32("nUpserted").getValue() + " deleted "
                + reply.getInt32("nDeleted").getValue();
    }
}
