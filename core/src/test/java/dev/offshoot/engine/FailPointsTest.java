package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.store.file.FileStore;
import java.nio.file.Path;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Failures on purpose, as drivers' tests ask for them. */
final class FailPointsTest {
    private static final EngineOptions TESTING = new EngineOptions(1 << 20, 100, 60_000, true);

    @AutoClose
    private final Engine engine;

    private final Client client;

    FailPointsTest(@TempDir Path folder) {
        this.engine = Engine.open(FileStore.open(folder), TESTING);
        this.client = engine.connect("127.0.0.1:50123");
    }

    @Test
    void a_command_fails_as_often_as_asked_for() {
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: {times: 2}, data: {failCommands: ['find'], errorCode: 91}}");
        for (int i = 0; i < 2; i++) {
            BsonDocument failed = run("shop", "{find: 'c'}");
            assertThat(failed.getInt32("code").getValue()).isEqualTo(91);
            assertThat(failed.getString("codeName").getValue()).isEqualTo("ShutdownInProgress");
            assertThat(failed).doesNotContainKey("errorLabels");
        }
        assertThat(run("shop", "{find: 'c'}").getDouble("ok").getValue()).isEqualTo(1);
        assertThat(run("admin", "{configureFailPoint: 'failCommand', mode: 'off'}")
                        .getInt32("count")
                        .getValue())
                .isEqualTo(2);
    }

    @Test
    void other_commands_other_applications_and_the_first_ones_are_left_alone() {
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: {skip: 1}, data: {failCommands: ['count'], errorCode: 8}}");
        assertThat(ok(run("shop", "{find: 'c'}"))).isTrue();
        assertThat(ok(run("shop", "{count: 'c'}"))).isTrue();
        assertThat(run("shop", "{count: 'c'}").getString("codeName").getValue()).isEqualTo("Location8");
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: 'alwaysOn', data: {failCommands: ['count'], appName: 'x', errorCode: 8}}");
        assertThat(ok(run("shop", "{count: 'c'}"))).isTrue();
    }

    @Test
    void labels_are_those_asked_for_or_the_one_of_a_retryable_write() {
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: 'alwaysOn', data: {failCommands: ['insert', 'find'], errorCode: 91}}");
        BsonDocument insert = run(
                "shop",
                "{insert: 'c', documents: [{}], txnNumber: {$numberLong: '1'}, lsid: {id: {$uuid: '00112233-4455-6677-8899-aabbccddeeff'}}}");
        assertThat(insert.getArray("errorLabels")).containsExactly(new BsonString("RetryableWriteError"));
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: 'alwaysOn', data: {failCommands: ['find'], errorCode: 91, errorLabels: ['L']}}");
        assertThat(run("shop", "{find: 'c'}").getArray("errorLabels")).containsExactly(new BsonString("L"));
    }

    @Test
    void a_write_concern_error_comes_with_a_write_that_was_done() {
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: {times: 1}, data: {failCommands: ['insert'], writeConcernError: {code: 100, errmsg: 'no'}}}");
        BsonDocument inserted = run("shop", "{insert: 'c', documents: [{_id: 1}]}");
        assertThat(ok(inserted)).isTrue();
        assertThat(inserted.getInt32("n").getValue()).isEqualTo(1);
        assertThat(inserted.getDocument("writeConcernError").getInt32("code").getValue())
                .isEqualTo(100);
        assertThat(run("shop", "{count: 'c'}").getInt32("n").getValue()).isEqualTo(1);
    }

    @Test
    void a_connection_is_closed_instead_of_an_answer() {
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: {times: 1}, data: {failCommands: ['ping'], closeConnection: true}}");
        assertThatExceptionOfType(CloseConnectionException.class).isThrownBy(() -> run("shop", "{ping: 1}"));
        assertThat(ok(run("shop", "{ping: 1}"))).isTrue();
    }

    @Test
    void a_command_can_be_held_up() {
        run(
                "admin",
                "{configureFailPoint: 'failCommand', mode: {times: 1}, data: {failCommands: ['ping'], blockConnection: true, blockTimeMS: 50}}");
        long start = System.nanoTime();
        assertThat(ok(run("shop", "{ping: 1}"))).isTrue();
        assertThat(System.nanoTime() - start).isGreaterThan(40_000_000);
    }

    @Test
    void what_is_not_there_is_refused_and_nothing_is_there_without_the_option(@TempDir Path other) {
        assertThat(run("admin", "{configureFailPoint: 'nonsense', mode: 'off'}")
                        .getInt32("code")
                        .getValue())
                .isEqualTo(219);
        assertThat(run("admin", "{configureFailPoint: 'failCommand', mode: 'off', data: {nonsense: 1}}")
                        .getInt32("code")
                        .getValue())
                .isEqualTo(40415);
        assertThat(run("admin", "{configureFailPoint: 'failCommand', mode: {often: 1}}")
                        .getInt32("code")
                        .getValue())
                .isEqualTo(2);
        try (Commander plain = Commander.open(other)) {
            plain.fail(59, "admin", "{configureFailPoint: 'failCommand', mode: 'off'}");
        }
    }

    private static boolean ok(BsonDocument reply) {
        return reply.getDouble("ok").getValue() == 1;
    }

    private BsonDocument run(String database, String command) {
        return Commander.reply(engine, client, database, BsonDocument.parse(command));
    }
}
