package dev.offshoot.driver;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gte;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Updates.inc;
import static com.mongodb.client.model.Updates.set;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoNamespace;
import com.mongodb.MongoWriteException;
import com.mongodb.ServerAddress;
import com.mongodb.WriteConcern;
import com.mongodb.client.ClientSession;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.UpdateOptions;
import com.mongodb.client.model.bulk.ClientNamespacedWriteModel;
import dev.offshoot.engine.Engine;
import dev.offshoot.server.Server;
import dev.offshoot.server.ServerOptions;
import dev.offshoot.store.file.FileStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official driver does the same over TCP and in memory: every test runs through both doors of one engine. */
@Timeout(120)
final class BothDoorsTest {
    enum DoorKind {
        TCP,
        IN_MEMORY
    }

    private final Path folder;
    private Engine engine;
    private Server server;
    private OffshootClient wrapped;
    private MongoClient remote;

    BothDoorsTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void open() throws IOException {
        MongoClientSettings.Builder oneConnection = MongoClientSettings.builder()
                .applyToClusterSettings(b -> b.serverSelectionTimeout(5, TimeUnit.SECONDS))
                .applyToConnectionPoolSettings(b -> b.maxSize(1));
        engine = Engine.open(FileStore.open(folder));
        server = Server.start(engine, ServerOptions.of("127.0.0.1", 0));
        wrapped = OffshootClients.create(engine, oneConnection.build());
        remote = MongoClients.create(oneConnection
                .applyToClusterSettings(b -> b.hosts(List.of(new ServerAddress(server.address()))))
                .build());
    }

    @AfterEach
    void close() {
        remote.close();
        wrapped.close();
        server.close();
        engine.close();
    }

    private MongoClient client(DoorKind door) {
        return door == DoorKind.TCP ? remote : wrapped.mongo();
    }

    private MongoDatabase shop(DoorKind door) {
        return client(door).getDatabase("shop");
    }

    private MongoCollection<Document> items(DoorKind door) {
        return shop(door).getCollection("items");
    }

    private static List<Document> numbered(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Document("_id", i).append("qty", i % 10))
                .toList();
    }

    @ParameterizedTest
    @EnumSource
    void what_differs_streams_in_batches(DoorKind door) {
        items(door).insertMany(numbered(3));
        shop(door).runCommand(new Document("createBranch", "dev"));
        client(door)
                .getDatabase("shop~dev")
                .getCollection("items")
                .insertMany(numbered(400).subList(3, 400));
        Document command = new Document("diffBranches", 1).append("to", "dev");

        List<Integer> added = new ArrayList<>();
        try (CommandCursor events = CommandCursor.open(client(door), shop(door), command)) {
            assertThat(events.reply().getDocument("to").getString("branch").getValue())
                    .isEqualTo("dev");
            events.forEachRemaining(event -> added.add(event.getInt32("_id").getValue()));
        }
        assertThat(added).isEqualTo(IntStream.range(3, 400).boxed().toList());
        try (CommandCursor events = wrapped.diff("shop", "dev", "main")) {
            assertThat(events.next().getString("op").getValue()).isEqualTo("removed");
        }
        try (CommandCursor events = wrapped.branch("dev").diff("shop")) {
            assertThat(events.next().getString("op").getValue()).isEqualTo("added");
        }
        assertThat(client(door)
                        .getDatabase("admin")
                        .aggregate(List.of(Document.parse("{$currentOp: {idleCursors: true}}")))
                        .map(operation -> operation.getString("type")))
                .as("closed before their end")
                .doesNotContain("idleCursor");
    }

    @ParameterizedTest
    @EnumSource
    void a_tag_is_a_database_that_is_read_and_not_written(DoorKind door) {
        items(door).insertMany(numbered(3));
        TagInfo tag = wrapped.createTag("shop", "v1");
        items(door).insertOne(new Document("_id", 3));
        MongoDatabase tagged = client(door).getDatabase("shop~v1");

        assertThat(tagged.getCollection("items").countDocuments()).isEqualTo(3);
        assertThat(tagged.getCollection("items").find(eq("_id", 2)).first()).isNotNull();
        assertThatThrownBy(() -> tagged.getCollection("items").insertOne(new Document()))
                .isInstanceOf(MongoCommandException.class)
                .hasMessageContaining("make a branch from it: {createBranch: 'NAME', from: 'v1'} on 'shop'");
        assertThat(wrapped.listTags("shop")).containsExactly(tag);
        assertThat(wrapped.createTag("shop", "v0", String.valueOf(tag.lsn())).branch())
                .isEqualTo("main");
        assertThat(wrapped.dropTag("shop", "v1")).isEqualTo(tag);
        assertThatThrownBy(() -> tagged.getCollection("items").countDocuments())
                .hasMessageContaining("did you mean 'v0'?");
    }

    @ParameterizedTest
    @EnumSource
    void a_branch_is_protected_dropped_and_brought_back(DoorKind door) {
        items(door).insertMany(numbered(3));
        BranchInfo made = wrapped.createBranch("shop", "dev");
        wrapped.updateBranch("shop", "dev", new Document("protected", true).append("description", "kept"));
        MongoDatabase dev = client(door).getDatabase("shop~dev");
        assertThatThrownBy(() -> dev.getCollection("items").insertOne(new Document()))
                .isInstanceOf(MongoCommandException.class)
                .hasMessageContaining("is protected");
        wrapped.updateBranch("shop", "dev", new Document("protected", false));
        wrapped.dropBranch("shop", "dev");
        assertThat(wrapped.undropBranch("shop", "dev")).isEqualTo(made);
        assertThat(dev.getCollection("items").countDocuments()).isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource
    void log_history_and_blame_stream_in_batches(DoorKind door) {
        for (int i = 0; i < 150; i++) {
            items(door)
                    .updateOne(
                            eq("_id", 1),
                            set("n", i),
                            new UpdateOptions().upsert(true).comment("m" + i));
        }
        long lsn = wrapped.commit("shop", "done");
        List<String> messages = new ArrayList<>();
        Document command = new Document("branchLog", 1);
        try (CommandCursor commits = CommandCursor.open(client(door), shop(door), command)) {
            commits.forEachRemaining(
                    commit -> messages.add(commit.getString("message").getValue()));
        }
        assertThat(messages).hasSize(151).startsWith("done", "m149", "m148").endsWith("m0");
        try (CommandCursor commits = wrapped.log("shop", "main~" + lsn)) {
            assertThat(commits.next().getInt64("lsn").getValue()).isEqualTo(lsn);
        }
        try (CommandCursor commits = wrapped.log("shop")) {
            assertThat(commits.next().getBoolean("mark").getValue()).isTrue();
        }
        try (CommandCursor versions = wrapped.documentHistory("shop", "items", 1)) {
            assertThat(versions.next().getDocument("document").getInt32("n").getValue())
                    .isEqualTo(149);
        }
        try (CommandCursor fields = wrapped.documentBlame("shop", "items", 1)) {
            assertThat(fields.next().getString("message").getValue()).isEqualTo("m0");
            assertThat(fields.next().getString("message").getValue()).isEqualTo("m149");
        }
    }

    @ParameterizedTest
    @EnumSource
    void branches_are_merged_and_conflicts_stream_in_batches(DoorKind door) {
        client(door).getDatabase("admin").runCommand(new Document("createProject", "shop"));
        shop(door).runCommand(new Document("createBranch", "dev"));
        items(door).insertMany(numbered(400));
        client(door).getDatabase("shop~dev").getCollection("items").insertMany(numbered(400));

        Document stopped = shop(door).runCommand(new Document("mergeBranch", "dev"));
        assertThat(stopped).containsEntry("status", "conflicts").containsEntry("conflicts", 400L);
        List<String> ids = new ArrayList<>();
        Document command = new Document("listConflicts", 1);
        try (CommandCursor conflicts = CommandCursor.open(client(door), shop(door), command)) {
            conflicts.forEachRemaining(
                    conflict -> ids.add(conflict.getString("_id").getValue()));
        }
        assertThat(ids).hasSize(400).doesNotHaveDuplicates();
        wrapped.resolve("shop", ids.get(0), "drop");
        wrapped.resolve("shop", ids.get(1), BsonDocument.parse("{_id: 1, merged: true}"));
        try (CommandCursor conflicts = wrapped.conflicts("shop")) {
            assertThat(conflicts.next().getString("take").getValue()).isEqualTo("drop");
        }
        assertThat(wrapped.continueMerge("shop").conflicts()).isEqualTo(398);
        wrapped.abortMerge("shop");

        MergeInfo planned = wrapped.merge("shop", "dev", new Document("strategy", "ours").append("dryRun", true));
        assertThat(planned.hasConflicts()).isFalse();
        Document exactly = new Document("strategy", "ours").append("plan", planned.plan());
        assertThat(wrapped.merge("shop", "dev", exactly).status()).isEqualTo("merged");
        assertThat(wrapped.branch("dev").merge("shop", "main").status()).isEqualTo("fastForward");
    }

    @ParameterizedTest
    @EnumSource
    void branches_are_moved_back_picked_rebased_and_reviewed(DoorKind door) {
        items(door).insertMany(numbered(3));
        shop(door).runCommand(new Document("createBranch", "dev"));
        MongoCollection<Document> dev = client(door).getDatabase("shop~dev").getCollection("items");
        dev.insertOne(new Document("_id", 10));
        dev.insertOne(new Document("_id", 11));
        items(door).insertOne(new Document("_id", 20));
        OffshootClient view = wrapped.branch("dev");

        MergeInfo rebased = view.rebase("shop", "main", new Document());
        assertThat(rebased.reply()).containsEntry("picked", 2).containsEntry("dropped", 0);
        assertThat(dev.countDocuments()).isEqualTo(6);
        MergeInfo again = view.rebase("shop", "main", new Document());
        assertThat(again.status()).isEqualTo("upToDate");
        assertThat(again.plan()).isEmpty();
        assertThat(view.reflog("shop").get(0)).containsEntry("command", "rebaseBranch");

        MergeInfo picked = wrapped.cherryPick("shop", "dev~" + rebased.headLsn(), new Document());
        assertThat(picked.status()).isEqualTo("merged");
        assertThat(items(door).countDocuments()).isEqualTo(5);
        wrapped.undo("shop", new Document("lsn", picked.headLsn()));
        assertThat(items(door).countDocuments()).isEqualTo(4);

        MergeInfo merged = wrapped.merge("shop", "dev", new Document("ff", "never"));
        assertThat(items(door).countDocuments()).isEqualTo(6);
        wrapped.revertMerge("shop", merged.headLsn());
        assertThat(items(door).countDocuments()).isEqualTo(4);
        Document reset = wrapped.reset("shop", "main~" + merged.headLsn());
        assertThat(reset).containsEntry("changed", true);
        assertThat(items(door).countDocuments()).isEqualTo(6);

        items(door).deleteOne(eq("_id", 1));
        wrapped.restore("shop", "items", new Document("at", merged.headLsn()).append("_id", 1));
        items(door).drop();
        wrapped.undropCollection("shop", "items");
        assertThat(items(door).countDocuments()).isEqualTo(6);

        wrapped.updateProject("shop", new Document("protect", List.of("release-*")));
        wrapped.createBranch("shop", "release-1", new Document("schemaOnly", true));
        MongoDatabase release = client(door).getDatabase("shop~release-1");
        assertThat(release.getCollection("items").countDocuments()).isZero();
        assertThatThrownBy(() -> release.getCollection("items").insertOne(new Document()))
                .hasMessageContaining("is protected");
        dev.insertOne(new Document("_id", 30));
        Document asked = wrapped.mergeRequest(
                "shop",
                "create",
                new Document("source", "dev").append("into", "main").append("title", "more"));
        assertThat(wrapped.mergeRequest("shop", "merge", new Document("id", asked.get("id"))))
                .containsEntry("ok", 1.0);
        assertThat(items(door).find(eq("_id", 30)).first()).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void a_client_finds_a_mongos(DoorKind door) {
        Document hello = client(door).getDatabase("admin").runCommand(new Document("hello", 1));
        assertThat(hello)
                .containsEntry("msg", "isdbgrid")
                .containsEntry("ok", 1.0)
                .doesNotContainKey("topologyVersion");
        assertThat(client(door).getDatabase("admin").runCommand(new Document("ping", 1)))
                .containsEntry("ok", 1.0);
    }

    @ParameterizedTest
    @EnumSource
    void documents_are_written_read_changed_and_removed(DoorKind door) {
        MongoCollection<Document> items = items(door);
        assertThat(items.insertMany(numbered(20)).getInsertedIds()).hasSize(20);
        assertThat(items.countDocuments()).isEqualTo(20);
        assertThat(items.find(eq("_id", 7)).first()).isEqualTo(new Document("_id", 7).append("qty", 7));
        assertThat(items.updateOne(eq("_id", 7), inc("qty", 5)).getModifiedCount())
                .isEqualTo(1);
        assertThat(items.updateMany(lt("_id", 3), set("low", true)).getMatchedCount())
                .isEqualTo(3);
        assertThat(items.replaceOne(eq("_id", 8), new Document("name", "pen")).getModifiedCount())
                .isEqualTo(1);
        assertThat(items.deleteMany(gte("_id", 10)).getDeletedCount()).isEqualTo(10);
        assertThat(items.find().sort(ascending("_id")).into(new ArrayList<>()))
                .startsWith(new Document("_id", 0).append("qty", 0).append("low", true))
                .contains(new Document("_id", 7).append("qty", 12), new Document("_id", 8).append("name", "pen"))
                .hasSize(10);
    }

    @ParameterizedTest
    @EnumSource
    void an_upsert_and_a_find_and_modify_answer_what_they_made(DoorKind door) {
        assertThat(items(door)
                        .updateOne(eq("_id", 1), inc("n", 1), new UpdateOptions().upsert(true))
                        .getUpsertedId())
                .isEqualTo(new org.bson.BsonInt32(1));
        assertThat(items(door)
                        .findOneAndUpdate(
                                eq("_id", 1),
                                inc("n", 1),
                                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
                .isEqualTo(new Document("_id", 1).append("n", 2));
    }

    @ParameterizedTest
    @EnumSource
    void five_thousand_documents_come_in_pages(DoorKind door) {
        items(door).insertMany(numbered(5_000));
        List<Document> found = items(door).find().batchSize(333).into(new ArrayList<>());
        assertThat(found).hasSize(5_000).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource
    void a_cursor_that_is_closed_early_is_forgotten(DoorKind door) {
        items(door).insertMany(numbered(100));
        try (var cursor = items(door).find().batchSize(10).cursor()) {
            assertThat(cursor.next()).containsEntry("_id", 0);
            assertThat(requireNonNull(cursor.getServerCursor()).getId()).isNotZero();
        }
        assertThat(items(door).countDocuments()).isEqualTo(100);
    }

    @ParameterizedTest
    @EnumSource
    void a_duplicate_key_is_an_error_with_its_number(DoorKind door) {
        items(door).insertOne(new Document("_id", 1));
        MongoWriteException e = catchThrowableOfType(
                MongoWriteException.class, () -> items(door).insertOne(new Document("_id", 1)));
        assertThat(e.getError().getCategory()).isEqualTo(ErrorCategory.DUPLICATE_KEY);
        assertThat(e.getCode()).isEqualTo(11000);
    }

    @ParameterizedTest
    @EnumSource
    void an_unknown_command_is_an_error_with_its_number(DoorKind door) {
        assertThatThrownBy(() -> shop(door).runCommand(new Document("fly", 1)))
                .isInstanceOfSatisfying(
                        MongoCommandException.class,
                        e -> assertThat(e.getCode()).isEqualTo(59));
    }

    @ParameterizedTest
    @EnumSource
    void a_write_without_acknowledgement_is_done_before_the_next_command(DoorKind door) {
        items(door).withWriteConcern(WriteConcern.UNACKNOWLEDGED).insertOne(new Document("_id", 1));
        assertThat(items(door).countDocuments()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void sessions_are_accepted(DoorKind door) {
        try (ClientSession session = client(door).startSession()) {
            items(door).insertOne(session, new Document("_id", 1));
            assertThat(items(door).find(session).into(new ArrayList<>())).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_goes_in_comes_out_byte_for_byte(DoorKind door) {
        BsonDocument mixed =
                BsonDocument.parse("{_id: {b: 1, a: [1.5, {$numberLong: '7'}, {$numberDecimal: '1.50'}, null]},"
                        + " z: {$binary: {base64: 'AQID', subType: '80'}}, a: {$timestamp: {t: 5, i: 1}}, m: {$maxKey: 1},"
                        + " r: {$regularExpression: {pattern: 'x', options: 'i'}}, c: {$code: 'f()', $scope: {x: 1}},"
                        + " d: {$date: '2026-01-01T00:00:00Z'}, s: {$symbol: 'y'}, u: {$undefined: true}}");
        RawBsonDocument sent = new RawBsonDocument(mixed, new org.bson.codecs.BsonDocumentCodec());
        MongoCollection<RawBsonDocument> raw = shop(door).getCollection("raw", RawBsonDocument.class);
        raw.insertOne(sent);
        RawBsonDocument found = requireNonNull(raw.find().first());
        assertThat(bytes(found)).isEqualTo(bytes(sent));
    }

    private static byte[] bytes(RawBsonDocument document) {
        byte[] array = document.getByteBuffer().array();
        int start = document.getByteBuffer().position();
        return Arrays.copyOfRange(array, start, start + document.getByteBuffer().remaining());
    }

    @ParameterizedTest
    @EnumSource
    void a_branch_sees_its_own_writes_and_its_parent_does_not(DoorKind door) {
        items(door).insertOne(new Document("_id", 1));
        shop(door).runCommand(new Document("createBranch", "exp"));
        MongoCollection<Document> onBranch =
                client(door).getDatabase("shop@exp").getCollection("items");
        onBranch.insertOne(new Document("_id", 2));
        assertThat(onBranch.countDocuments()).isEqualTo(2);
        assertThat(items(door).countDocuments()).isEqualTo(1);
    }

    @Test
    void both_doors_show_one_state() {
        items(DoorKind.TCP).insertOne(new Document("_id", 1));
        items(DoorKind.IN_MEMORY).updateOne(eq("_id", 1), set("by", "memory"));
        assertThat(items(DoorKind.TCP).find().first()).isEqualTo(new Document("_id", 1).append("by", "memory"));
    }

    @Test
    void a_view_of_a_branch_is_a_whole_client_of_that_branch() {
        items(DoorKind.IN_MEMORY).insertMany(numbered(300));
        BranchInfo made = wrapped.createBranch("shop", "exp");
        assertThat(made.name()).isEqualTo("exp");
        assertThat(made.parent()).isEqualTo("main");
        assertThat(made.headLsn()).isEqualTo(made.baseLsn());
        MongoClient exp = wrapped.branch("exp").mongo();
        MongoCollection<Document> onBranch = exp.getDatabase("shop").getCollection("items");
        exp.bulkWrite(List.of(
                ClientNamespacedWriteModel.insertOne(new MongoNamespace("shop", "items"), new Document("_id", 300))));
        assertThat(onBranch.find().batchSize(50).into(new ArrayList<>())).hasSize(301);
        assertThat(items(DoorKind.TCP).countDocuments()).isEqualTo(300);
        assertThat(remote.getDatabase("shop~exp").getCollection("items").countDocuments())
                .isEqualTo(301);
        assertThat(wrapped.listBranches("shop")).extracting(BranchInfo::name).containsExactlyInAnyOrder("main", "exp");
        assertThat(wrapped.renameBranch("shop", "exp", "try").name()).isEqualTo("try");
        wrapped.dropBranch("shop", "try");
        assertThat(wrapped.listBranches("shop")).extracting(BranchInfo::name).containsExactly("main");
    }

    @Test
    void a_client_on_a_folder_closes_its_files_and_finds_them_again() {
        Path own = folder.resolve("own");
        for (int opened = 1; opened <= 2; opened++) {
            try (OffshootClient client = OffshootClients.create(own)) {
                MongoCollection<Document> items =
                        client.mongo().getDatabase("shop").getCollection("items");
                items.insertOne(new Document("_id", opened));
                assertThat(items.countDocuments()).isEqualTo(opened);
            }
        }
    }
}
