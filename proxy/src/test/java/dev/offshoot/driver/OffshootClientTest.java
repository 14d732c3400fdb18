package dev.offshoot.driver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.WriteConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.wire.CannedMongos;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class OffshootClientTest {
    private final CannedMongos mongos = new CannedMongos(OffshootClientTest::answer);
    private final AtomicBoolean engineClosed = new AtomicBoolean();
    private OffshootClient client = open(MongoClientSettings.builder().build());

    private OffshootClient open(MongoClientSettings settings) {
        return OffshootClients.create(mongos, settings, () -> engineClosed.set(true));
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static Doc answer(Request request) {
        return switch (CannedMongos.name(request)) {
            case "insert" -> new DocBuilder().append("n", 1).append("ok", 1.0).buildDoc();
            case "find" -> cursor(request, "firstBatch", 77);
            case "getMore" -> cursor(request, "nextBatch", 0);
            case "createBranch" ->
                branch("createBranch", request).append("ok", 1.0).buildDoc();
            case "renameBranch" -> branch("to", request).append("ok", 1.0).buildDoc();
            case "listBranches" -> branches();
            case "dropBranch" -> throw new CommandException(ErrorCode.NAMESPACE_NOT_FOUND, "branch not found");
            default -> CannedMongos.ok();
        };
    }

    private static DocBuilder branch(String nameField, Request request) {
        return new DocBuilder()
                .append("name", requireNonNull(request.body().get(nameField)))
                .append("head_lsn", 42L)
                .append("base_lsn", 40)
                .append("parent", "main");
    }

    private static Doc branches() {
        return new DocBuilder()
                .startArray("branches")
                .addDocument()
                .append("name", "main")
                .append("head_lsn", 9L)
                .append("base_lsn", 0L)
                .appendNull("parent")
                .end()
                .end()
                .append("ok", 1.0)
                .buildDoc();
    }

    private static Doc cursor(Request request, String batch, long id) {
        return new DocBuilder()
                .startDocument("cursor")
                .startArray(batch)
                .add(new DocBuilder().append("x", id).buildDoc())
                .end()
                .append("id", id)
                .append("ns", database(request) + ".items")
                .end()
                .append("ok", 1.0)
                .buildDoc();
    }

    private static String database(Request request) {
        return requireNonNull(request.body().get("$db")).asString();
    }

    private List<String> databases(String command) {
        return mongos.requests(command).stream()
                .map(OffshootClientTest::database)
                .toList();
    }

    @Test
    void the_official_driver_pings_and_writes_in_memory() {
        assertThat(client.mongo().getDatabase("admin").runCommand(new Document("ping", 1)))
                .isEqualTo(new Document("ok", 1.0));
        client.mongo().getDatabase("shop@dev").getCollection("items").insertOne(new Document("_id", 1));
        assertThat(databases("insert")).containsExactly("shop@dev");
        assertThat(mongos.requests("insert").get(0).sequences().get("documents"))
                .containsExactly(new DocBuilder().append("_id", 1).buildDoc());
    }

    @Test
    void an_unacknowledged_write_runs_without_a_reply() {
        client.mongo()
                .getDatabase("shop")
                .getCollection("items")
                .withWriteConcern(WriteConcern.UNACKNOWLEDGED)
                .insertOne(new Document("_id", 1));
        assertThat(mongos.requests("insert")).hasSize(1);
    }

    @Test
    void a_time_out_of_the_application_is_honoured() {
        client.close();
        client =
                open(MongoClientSettings.builder().timeout(20, TimeUnit.SECONDS).build());
        assertThat(client.mongo().getDatabase("shop").runCommand(new Document("ping", 1)))
                .containsEntry("ok", 1.0);
    }

    @Test
    void settings_that_name_a_network_are_left_out_and_the_others_stay() {
        client.close();
        List<String> started = new CopyOnWriteArrayList<>();
        MongoClientSettings settings = MongoClientSettings.builder()
                .applyConnectionString(new ConnectionString("mongodb://user:secret@db1.invalid,db2.invalid/?tls=true"
                        + "&compressors=zlib&replicaSet=rs0&proxyHost=p.invalid&appName=till&w=2"))
                .addCommandListener(new CommandListener() {
                    @Override
                    public void commandStarted(CommandStartedEvent event) {
                        started.add(event.getCommandName());
                    }
                })
                .build();
        client = open(settings);
        client.mongo().getDatabase("shop").getCollection("items").insertOne(new Document("_id", 1));
        assertThat(started).containsExactly("insert");
        assertThat(mongos.requests("insert").get(0).body().get("writeConcern"))
                .isEqualTo(Value.document(new DocBuilder().append("w", 2).buildDoc()));
        assertThat(mongos.requests("saslStart")).isEmpty();
    }

    @Test
    void a_plain_name_in_a_view_is_its_branch_and_a_full_or_system_name_is_itself() {
        MongoClient exp = client.branch("exp").mongo();
        for (String name : List.of("shop", "shop~dev", "shop@main@7", "admin", "local", "config")) {
            exp.getDatabase(name).runCommand(new Document("ping", 1));
        }
        client.mongo().getDatabase("shop").runCommand(new Document("ping", 1));
        assertThat(databases("ping"))
                .containsExactly("shop~exp", "shop~dev", "shop@main@7", "admin", "local", "config", "shop");
    }

    @Test
    void cursors_and_sessions_work_in_a_view() {
        MongoClient exp = client.branch("exp").mongo();
        List<Document> found = new ArrayList<>();
        try (ClientSession session = exp.startSession()) {
            exp.getDatabase("shop").getCollection("items").find(session).into(found);
        }
        assertThat(found).hasSize(2);
        assertThat(databases("find")).containsExactly("shop~exp");
        assertThat(databases("getMore")).containsExactly("shop~exp");
        assertThat(mongos.requests("getMore").get(0).body().has("lsid")).isTrue();
    }

    @Test
    void renaming_a_collection_in_a_view_stays_on_the_branch() {
        Doc rename = new DocBuilder()
                .append("renameCollection", "shop.a.b")
                .append("to", "shop~dev.c")
                .append("$db", "admin")
                .buildDoc();
        assertThat(new BranchDoor(mongos, "exp").onBranch(rename))
                .isEqualTo(new DocBuilder()
                        .append("renameCollection", "shop~exp.a.b")
                        .append("to", "shop~dev.c")
                        .append("$db", "admin")
                        .buildDoc());
    }

    @Test
    void a_pipeline_that_names_the_database_to_write_to_means_the_branch() {
        assertThat(new BranchDoor(mongos, "exp").onBranch(merge("shop", "shop")))
                .isEqualTo(merge("shop~exp", "shop~exp"));
        assertThat(new BranchDoor(mongos, "exp").onBranch(merge("shop", "shop~dev")))
                .isEqualTo(merge("shop~exp", "shop~dev"));
    }

    @Test
    void an_explained_command_means_the_branch() {
        assertThat(new BranchDoor(mongos, "exp").onBranch(explained(bulk("shop"), "shop")))
                .isEqualTo(explained(bulk("shop~exp"), "shop~exp"));
    }

    private static Doc bulk(String database) {
        return new DocBuilder()
                .append("bulkWrite", 1)
                .startArray("nsInfo")
                .add(Value.document(
                        new DocBuilder().append("ns", database + ".items").buildDoc()))
                .end()
                .append("$db", database)
                .buildDoc();
    }

    private static Doc explained(Doc command, String database) {
        return new DocBuilder()
                .append("explain", Value.document(command))
                .append("$db", database)
                .buildDoc();
    }

    private static Doc merge(String database, String into) {
        return new DocBuilder()
                .append("aggregate", "items")
                .startArray("pipeline")
                .addDocument()
                .startDocument("$match")
                .append("db", "shop")
                .end()
                .end()
                .addDocument()
                .startDocument("$merge")
                .startDocument("into")
                .append("db", into)
                .append("coll", "copy")
                .end()
                .end()
                .end()
                .end()
                .append("$db", database)
                .buildDoc();
    }

    @Test
    void only_the_name_of_the_database_changes_in_a_command() {
        Doc nested = new DocBuilder().append("$db", "shop").append("n", 1L).buildDoc();
        DocBuilder command = new DocBuilder().append("find", "items").append("filter", nested);
        DocBuilder onBranch = new DocBuilder().append("find", "items").append("filter", nested);
        assertThat(new BranchDoor(mongos, "exp")
                        .onBranch(
                                command.append("$db", "shop").append("limit", 3).buildDoc()))
                .isEqualTo(onBranch.append("$db", "shop~exp").append("limit", 3).buildDoc());
    }

    @Test
    void branches_are_made_renamed_and_listed_by_typed_methods() {
        assertThat(client.createBranch("shop", "exp")).isEqualTo(new BranchInfo("exp", 42, 40, "main"));
        assertThat(client.createBranch("shop", "old", "17").name()).isEqualTo("old");
        assertThat(mongos.requests("createBranch").get(1).body().get("from")).isEqualTo(Value.of("17"));
        assertThat(client.renameBranch("shop", "exp", "try").name()).isEqualTo("try");
        assertThat(client.listBranches("shop")).containsExactly(new BranchInfo("main", 9, 0, null));
        assertThat(client.branch("exp").createBranch("shop", "sub").name()).isEqualTo("sub");
        assertThat(databases("createBranch")).containsExactly("shop", "shop", "shop~exp");
        assertThatThrownBy(() -> client.dropBranch("shop", "nix"))
                .isInstanceOf(MongoCommandException.class)
                .hasMessageContaining("NamespaceNotFound");
    }

    @Test
    void a_view_is_the_same_until_it_is_closed_and_closes_with_its_client() {
        OffshootClient exp = client.branch("exp");
        assertThat(client.branch("exp")).isSameAs(exp);
        assertThat(exp.branch("exp")).isSameAs(exp);
        exp.close();
        OffshootClient again = client.branch("exp");
        assertThat(again).isNotSameAs(exp);
        again.mongo().getDatabase("shop").runCommand(new Document("ping", 1));
        assertThat(engineClosed).isFalse();
        client.close();
        assertThat(engineClosed).isTrue();
        assertThatThrownBy(() -> again.mongo().getDatabase("shop").runCommand(new Document("ping", 1)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.branch("exp")).isInstanceOf(IllegalStateException.class);
    }
}
