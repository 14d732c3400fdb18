package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import java.nio.file.Path;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which commands are refused, and with which of MongoDB's errors. */
class DispatchTest {
    @AutoClose
    private final Commander commander;

    DispatchTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "59    | {noSuchCommand: 1}                       | CommandNotFound | no such command: 'noSuchCommand'",
                "59    | {Ping: 1}                                | CommandNotFound | no such command: 'Ping'",
                "40415 | {count: 'c', nonsense: 1}                | Location40415   | 'count.nonsense' is an unknown field",
                "40415 | {drop: 'x', filter: {}}                  | Location40415   | 'drop.filter' is an unknown field",
                "40414 | {renameBranch: 'x'}                      | Location40414   | 'renameBranch.to' is missing",
                "40414 | {createIndexes: 'x'}                     | Location40414   | 'createIndexes.indexes' is missing",
                "14    | {listCollections: 1, filter: 5}          | TypeMismatch    | 'listCollections.filter'",
                "14    | {listCollections: 1, nameOnly: 'yes'}    | TypeMismatch    | wrong type 'string'",
                "14    | {dbStats: 1, scale: 'big'}               | TypeMismatch    | 'dbStats.scale'",
                "51024 | {dbStats: 1, scale: -1}                  | Location51024   | must be >= 0",
                "51024 | {dbStats: 1, scale: 0}                   | Location51024   | must be >= 1",
                "14    | {createBranch: 7}                        | TypeMismatch    | 'createBranch.createBranch'",
                "14    | {createIndexes: 'x', indexes: [1]}       | TypeMismatch    | 'createIndexes.indexes.0'",
                "73    | {drop: 5}                                | InvalidNamespace | invalid type int",
                "73    | {drop: ''}                               | InvalidNamespace | 'shop.'",
                "73    | {drop: '.x'}                             | InvalidNamespace | 'shop..x'",
                "73    | {drop: 'a$b'}                            | InvalidNamespace | 'shop.a$b'",
                "13    | {listDatabases: 1}                       | Unauthorized    | admin database",
                "263   | {ping: 1, txnNumber: {$numberLong: '1'}, autocommit: false} | OperationNotSupportedInTransaction"
                        + " | Transactions",
                "72    | {find: 'x', readConcern: {level: 'snapshot'}} | InvalidOptions | name a position",
                "322   | {ping: 1, apiVersion: '2'}               | APIVersionError | API version must be",
                "4886600 | {ping: 1, apiStrict: true}             | Location4886600 | without passing apiVersion",
                "323   | {distinct: 'x', key: 'a', apiVersion: '1', apiStrict: true} | APIStrictError | distinct is not in",
            })
    void a_wrong_command_gets_the_error_of_mongodb(int code, String command, String name, String message) {
        BsonDocument reply = commander.fail("shop", command);

        assertThat(reply.getInt32("code").getValue()).isEqualTo(code);
        assertThat(reply.getString("codeName").getValue()).isEqualTo(name);
        assertThat(reply.getString("errmsg").getValue()).contains(message);
    }

    @Test
    void a_command_without_database_or_without_fields_is_refused() {
        Doc noDatabase = commander.engine().run(commander.client(), Request.of(json("{ping: 1}")));
        Doc odd = commander.engine().run(commander.client(), Request.of(json("{ping: 1, $db: 5}")));
        Doc nothing = commander.engine().run(commander.client(), Request.of(Doc.EMPTY));

        assertThat(Commander.decode(noDatabase).getInt32("code").getValue()).isEqualTo(40414);
        assertThat(Commander.decode(odd).getInt32("code").getValue()).isEqualTo(40414);
        assertThat(Commander.decode(nothing).getInt32("code").getValue()).isEqualTo(9);
    }

    @Test
    void a_field_that_is_there_twice_is_refused() {
        Doc twice = new DocBuilder()
                .append("ping", 1)
                .append("comment", 1)
                .append("comment", 2)
                .append("$db", "shop")
                .buildDoc();

        Doc reply = commander.engine().run(commander.client(), Request.of(twice));

        assertThat(Commander.decode(reply).getInt32("code").getValue()).isEqualTo(40413);
    }

    @Test
    void fields_that_every_command_takes_are_taken() {
        commander.run(
                "admin",
                "{ping: 1, comment: 'x', maxTimeMS: 5, lsid: {id: {$uuid: '7d1a1a2e-8a4c-4a30-8c6e-3e4f1f2a3b4c'}},"
                        + " $readPreference: {mode: 'primary'}, readConcern: {level: 'local'}, apiVersion: '1',"
                        + " $clusterTime: {clusterTime: {$timestamp: {t: 1, i: 1}}}}");
    }

    @Test
    void every_type_of_number_and_null_stand_for_booleans() {
        for (String flag : new String[] {"true", "1", "1.0", "{$numberLong: '1'}", "{$numberDecimal: '1'}"}) {
            BsonDocument reply = commander.run("admin", "{listDatabases: 1, nameOnly: " + flag + "}");
            assertThat(reply).doesNotContainKey("totalSize");
        }
        for (String flag : new String[] {"false", "0", "null", "{$numberDecimal: '0'}"}) {
            BsonDocument reply = commander.run("admin", "{listDatabases: 1, nameOnly: " + flag + "}");
            assertThat(reply).containsKey("totalSize");
        }
    }

    @Test
    void a_namespace_is_limited_to_255_bytes() {
        commander.run("shop", "{create: '" + "c".repeat(250) + "'}");
        commander.fail(73, "shop", "{create: '" + "c".repeat(251) + "'}");
    }

    @Test
    void replies_carry_times_of_the_project_that_never_go_back() {
        commander.run("shop", "{create: 'a'}");
        BsonDocument first = commander.run("shop", "{ping: 1}");
        commander.run("shop", "{create: 'b'}");
        BsonDocument second = commander.run("shop", "{ping: 1}");

        assertThat(second.getTimestamp("operationTime")).isGreaterThan(first.getTimestamp("operationTime"));
        assertThat(second.getDocument("$clusterTime").getTimestamp("clusterTime"))
                .isEqualTo(second.getTimestamp("operationTime"));
    }

    private static Doc json(String json) {
        return Commander.encode(BsonDocument.parse(json));
    }

    /** As PyMongo sends them. */
    @Test
    void the_name_of_a_command_may_stand_behind_its_id() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 7, n: 1}, {_id: 8, n: 1}]}");
        commander.run("shop", "{update: 'items', updates: [{q: {}, u: {$set: {n: 2}}, multi: true}]}");

        BsonDocument history = commander.run("shop", "{_id: 7, documentHistory: 'items', limit: 5}");
        assertThat(history.getDocument("cursor").getArray("firstBatch")).hasSize(2);
        BsonDocument log = commander.run("shop", "{_id: 7, branchLog: 1, collection: 'items'}");
        assertThat(log.getDocument("cursor").getArray("firstBatch")).hasSize(2);
        commander.run("shop", "{_id: 7, restore: 'items', at: 4}");
        assertThat(commander
                        .run("shop", "{count: 'items', query: {n: 1}}")
                        .getInt32("n")
                        .getValue())
                .isEqualTo(1);

        assertThat(commander.fail("shop", "{_id: 7}").getString("errmsg").getValue())
                .isEqualTo("no such command: '_id'");
        assertThat(commander
                        .fail("shop", "{_id: 7, branchReflog: 1}")
                        .getString("errmsg")
                        .getValue())
                .contains("'branchReflog._id' is an unknown field");
    }
}
