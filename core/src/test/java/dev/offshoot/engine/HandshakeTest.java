package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What drivers, shells and tools ask before they do anything else. */
class HandshakeTest {
    private final Path folder;

    @AutoClose
    private final Commander commander;

    HandshakeTest(@TempDir Path folder) {
        this.folder = folder;
        this.commander = Commander.open(folder);
    }

    @Test
    void hello_presents_a_mongos_of_wire_version_21() {
        BsonDocument hello = commander.run("admin", "{hello: 1, helloOk: true, backpressure: true}");

        assertThat(hello.getBoolean("isWritablePrimary").getValue()).isTrue();
        assertThat(hello.getBoolean("helloOk").getValue()).isTrue();
        assertThat(hello.getString("msg").getValue()).isEqualTo("isdbgrid");
        assertThat(hello.getInt32("maxBsonObjectSize").getValue()).isEqualTo(16_777_216);
        assertThat(hello.getInt32("maxMessageSizeBytes").getValue()).isEqualTo(48_000_000);
        assertThat(hello.getInt32("maxWriteBatchSize").getValue()).isEqualTo(100_000);
        assertThat(hello.getInt32("logicalSessionTimeoutMinutes").getValue()).isEqualTo(30);
        assertThat(hello.getInt32("minWireVersion").getValue()).isZero();
        assertThat(hello.getInt32("maxWireVersion").getValue()).isEqualTo(25);
        assertThat(hello.getBoolean("readOnly").getValue()).isFalse();
        assertThat(hello.isDateTime("localTime")).isTrue();
        assertThat(hello.getInt64("connectionId").getValue())
                .isEqualTo(commander.client().connectionId());
        assertThat(hello).doesNotContainKeys("topologyVersion", "hosts", "setName", "ismaster");
    }

    @Test
    void older_drivers_ask_is_master_in_two_spellings() {
        for (String spelling : new String[] {"isMaster", "ismaster"}) {
            BsonDocument hello = commander.run("admin", "{" + spelling + ": 1}");

            assertThat(hello.getBoolean("ismaster").getValue()).isTrue();
            assertThat(hello).doesNotContainKeys("isWritablePrimary", "helloOk");
        }
    }

    @Test
    void the_application_says_its_name_in_the_handshake() {
        commander.run("admin", "{hello: 1, client: {application: {name: 'shop-web'}, driver: {name: 'x'}}}");

        assertThat(commander.client().appName()).isEqualTo("shop-web");
        assertThat(commander.client().actor()).isEqualTo("shop-web@127.0.0.1");
    }

    @Test
    void a_handshake_with_odd_metadata_is_no_error() {
        commander.run("admin", "{hello: 1, client: {application: 5}}");
        commander.run("admin", "{hello: 1, client: {}}");
        commander.fail(14, "admin", "{hello: 1, client: 'x'}");

        assertThat(commander.client().appName()).isEmpty();
    }

    @Test
    void build_info_names_both_versions() {
        BsonDocument build = commander.run("admin", "{buildInfo: 1}");

        assertThat(build.getString("version").getValue()).startsWith("8.0.");
        assertThat(build.getArray("versionArray").subList(0, 2).toString())
                .isEqualTo("[BsonInt32{value=8}, BsonInt32{value=0}]");
        assertThat(build.getArray("modules")).isEmpty();
        assertThat(build.getDocument("offshoot").getString("version").getValue())
                .matches("[0-9]+\\.[0-9]+\\.[0-9]+.*");
        assertThat(commander.run("admin", "{buildinfo: 1}")).isEqualTo(build);
    }

    @Test
    void parameters_are_told_by_name_or_all_at_once() {
        BsonDocument one = commander.run("admin", "{getParameter: 1, featureCompatibilityVersion: 1}");
        BsonDocument all = commander.run("admin", "{getParameter: '*'}");
        BsonDocument same = commander.run("admin", "{getParameter: {allParameters: true}}");

        assertThat(one.getDocument("featureCompatibilityVersion")).isEqualTo(BsonDocument.parse("{version: '8.0'}"));
        assertThat(one).hasSize(2);
        assertThat(all).containsKeys("featureCompatibilityVersion", "requireApiVersion", "authenticationMechanisms");
        assertThat(same).isEqualTo(all);
        BsonDocument unknown = commander.fail(72, "admin", "{getParameter: 1, noSuchParameter: 1}");
        assertThat(unknown.getString("errmsg").getValue()).isEqualTo("no option found to get");
    }

    @Test
    void shells_and_tools_get_what_they_show_at_their_start() {
        assertThat(commander
                        .run("admin", "{connectionStatus: 1, showPrivileges: true}")
                        .getDocument("authInfo"))
                .containsKeys("authenticatedUsers", "authenticatedUserRoles", "authenticatedUserPrivileges");
        assertThat(commander.run("admin", "{whatsmyuri: 1}").getString("you").getValue())
                .isEqualTo("127.0.0.1:50123");
        assertThat(commander
                        .run("admin", "{hostInfo: 1}")
                        .getDocument("system")
                        .getInt32("numCores")
                        .getValue())
                .isPositive();
        assertThat(commander.run("admin", "{getCmdLineOpts: 1}").getArray("argv"))
                .hasSize(1);
        assertThat(commander.run("admin", "{getLog: 'startupWarnings'}").getArray("log"))
                .isEmpty();
        assertThat(commander.run("admin", "{getLog: '*'}").getArray("names")).hasSize(2);
        commander.fail(96, "admin", "{getLog: 'nonsense'}");
        commander.fail(59, "admin", "{atlasVersion: 1}");
        commander.fail(59, "admin", "{getFreeMonitoringStatus: 1}");
    }

    @Test
    void server_status_counts_connections_and_tells_the_store() {
        commander.engine().connect("127.0.0.1:50999");
        BsonDocument status = commander.run("admin", "{serverStatus: 1, repl: 0}");

        assertThat(status.getDocument("connections").getInt32("current").getValue())
                .isEqualTo(2);
        assertThat(status.getString("process").getValue()).isEqualTo("mongos");
        assertThat(status.getDocument("offshoot").getString("store").getValue()).isEqualTo(folder.toString());
        assertThat(status.getDocument("offshoot").getBoolean("shared").getValue())
                .isFalse();
    }

    @Test
    void list_commands_tells_every_command_with_its_help() {
        BsonDocument commands = commander.run("admin", "{listCommands: 1}").getDocument("commands");

        assertThat(commands).containsKeys("ping", "hello", "createBranch", "listIndexes");
        assertThat(commands.values())
                .allSatisfy(command -> assertThat(
                                command.asDocument().getString("help").getValue())
                        .isNotEmpty());
        assertThat(commands.getDocument("listDatabases").getBoolean("adminOnly").getValue())
                .isTrue();
    }

    @Test
    void sessions_are_started_refreshed_and_ended() {
        BsonDocument session = commander.run("admin", "{startSession: 1}");
        String id = session.getDocument("id").toJson();

        assertThat(session.getDocument("id").getBinary("id").getType()).isEqualTo((byte) 4);
        assertThat(session.getInt32("timeoutMinutes").getValue()).isEqualTo(30);
        for (String command : new String[] {"refreshSessions", "endSessions", "killSessions"}) {
            commander.run("admin", "{" + command + ": [" + id + "]}");
            commander.fail(14, "admin", "{" + command + ": [{id: 7}]}");
            commander.fail(14, "admin", "{" + command + ": 1}");
        }
        commander.run("admin", "{killAllSessions: []}");
    }

    @Test
    void a_session_that_ends_takes_its_cursors_along() {
        String session =
                commander.run("admin", "{startSession: 1}").getDocument("id").toJson();
        commander.run("shop", "{insert: 'items', documents: [{_id: 1}, {_id: 2}]}");
        BsonDocument cursor = commander
                .run("shop", "{find: 'items', batchSize: 1, lsid: " + session + "}")
                .getDocument("cursor");
        String getMore = "{getMore: {$numberLong: '" + cursor.getInt64("id").getValue() + "'}, collection: 'items'}";

        commander.run("admin", "{endSessions: [" + session + "]}");

        commander.fail(43, "shop", getMore);
    }
}
