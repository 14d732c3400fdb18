package dev.offshoot.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoClientSettings;
import com.mongodb.MongoSocketException;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Client;
import dev.offshoot.engine.Engine;
import dev.offshoot.engine.EngineOptions;
import dev.offshoot.engine.Request;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.wire.Commands;
import dev.offshoot.wire.Door;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands whose reply is lost after they were done. */
@Timeout(60)
final class OnceCommandTest {
    private static final Document SUM = Document.parse("{paths: {items: {n: 'sum'}}}");

    private static final Doc FAIL_POINT = new DocBuilder()
            .append("configureFailPoint", "failCommand")
            .startDocument("mode")
            .append("times", 1)
            .end()
            .startDocument("data")
            .append("closeConnection", true)
            .startArray("failCommands")
            .add(Value.of("whatsmyuri"))
            .end()
            .end()
            .append("$db", "admin")
            .buildDoc();

    private static final Doc BROKEN =
            new DocBuilder().append("whatsmyuri", 1).append("$db", "admin").buildDoc();

    private final Engine engine;
    private final AtomicInteger losses = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger numbered = new AtomicInteger();
    private final OffshootClient client;

    OnceCommandTest(@TempDir Path folder) {
        engine = Engine.open(
                FileStore.open(folder),
                new EngineOptions(
                        EngineOptions.DEFAULT.memoryBytes(),
                        EngineOptions.DEFAULT.tailMillis(),
                        EngineOptions.DEFAULT.ttlMillis(),
                        true));
        client = OffshootClients.create(door(), MongoClientSettings.builder().build(), () -> {});
    }

    @BeforeEach
    void fill() {
        client.mongo().getDatabase("shop").getCollection("items").insertOne(Document.parse("{_id: 1, n: 1}"));
        client.createBranch("shop", "dev");
        add("shop~dev", 5);
        add("shop", 10);
    }

    @AfterEach
    void close() {
        client.close();
        engine.close();
    }

    /** A door behind which the connection breaks when the engine has done what it was asked, as often as {@link #losses} says. */
    private Door door() {
        Door real = Door.of(engine);
        return address -> {
            Commands commands = real.connect(address);
            Client breaker = engine.connect(address);
            return request -> {
                Doc reply = commands.run(request);
                boolean isOwn = List.of("mergeBranch", "cherryPick", "undoChanges", "resetBranch", "rebaseBranch")
                        .contains(request.body().first().name());
                if (isOwn && request.body().has("txnNumber")) {
                    numbered.incrementAndGet();
                }
                if (isOwn && losses.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    lost.incrementAndGet();
                    engine.run(breaker, new Request(FAIL_POINT, Map.of()));
                    return engine.run(breaker, new Request(BROKEN, Map.of()));
                }
                return reply;
            };
        };
    }

    @Test
    void a_merge_whose_reply_is_lost_is_sent_again_and_done_once() {
        losses.set(1);
        MergeInfo merged = client.merge("shop", "dev", new Document(SUM).append("squash", true));
        assertThat(merged.status()).isEqualTo("merged");
        assertThat(merged.headLsn()).isPositive();
        assertThat(n("shop")).isEqualTo(16);
        assertThat(lost).hasValue(1);
        assertThat(numbered).hasValue(2);
    }

    @Test
    void without_retryable_writes_it_has_no_number_and_is_sent_once() {
        MongoClientSettings settings =
                MongoClientSettings.builder().retryWrites(false).build();
        try (OffshootClient once = OffshootClients.create(door(), settings, () -> {})) {
            losses.set(1);
            assertThatThrownBy(() -> once.merge("shop", "dev", new Document(SUM).append("squash", true)))
                    .isInstanceOf(MongoSocketException.class)
                    .hasNoSuppressedExceptions();
            assertThat(lost).hasValue(1);
            assertThat(n("shop")).isEqualTo(16);
            assertThat(once.branch("dev").reset("shop", "main").getBoolean("changed"))
                    .isTrue();
            assertThat(numbered).hasValue(0);
        }
    }

    @Test
    void so_are_undos_picks_and_resets() {
        losses.set(1);
        assertThat(client.cherryPick("shop", "dev", new Document(SUM).append("from", "main~" + base()))
                        .status())
                .isEqualTo("merged");
        assertThat(n("shop")).isEqualTo(16);
        losses.set(1);
        assertThat(client.undo("shop", new Document(SUM).append("lsn", head("shop")))
                        .status())
                .isEqualTo("merged");
        assertThat(n("shop")).isEqualTo(11);
        losses.set(1);
        assertThat(client.reset("shop", "dev").getBoolean("changed")).isTrue();
        assertThat(n("shop")).isEqualTo(6);
        assertThat(lost).hasValue(3);
    }

    @Test
    void a_second_loss_is_an_error_and_the_command_was_done() {
        losses.set(2);
        assertThatThrownBy(() -> client.merge("shop", "dev", new Document(SUM).append("squash", true)))
                .isInstanceOf(MongoSocketException.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
        assertThat(lost).hasValue(2);
        assertThat(n("shop")).isEqualTo(16);
    }

    private void add(String database, int n) {
        client.mongo()
                .getDatabase(database)
                .getCollection("items")
                .updateOne(new Document("_id", 1), new Document("$inc", new Document("n", n)));
    }

    private int n(String database) {
        Document found = client.mongo()
                .getDatabase(database)
                .getCollection("items")
                .find()
                .first();
        assertThat(found).isNotNull();
        return found.getInteger("n");
    }

    private long base() {
        Document branch = client
                .mongo()
                .getDatabase("shop")
                .runCommand(new Document("listBranches", 1))
                .getList("branches", Document.class)
                .stream()
                .filter(listed -> listed.getString("name").equals("dev"))
                .findFirst()
                .orElseThrow();
        return branch.getLong("base_lsn");
    }

    private long head(String database) {
        return client.mongo()
                .getDatabase(database)
                .runCommand(new Document("branchReflog", 1))
                .getLong("head_lsn");
    }
}
