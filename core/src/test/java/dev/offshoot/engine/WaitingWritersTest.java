package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Statement;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.View;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.wal.GatedLogStore;
import dev.offshoot.wal.Origin;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code killOp} and {@code maxTimeMS} do to a write that waits: they end the wait for a turn, not that for a commit. */
@Timeout(60)
class WaitingWritersTest {
    private final Semaphore appends = new Semaphore(1_000_000);
    private final Engine engine;
    private final Client client;

    /** Opened to let go of the branch's turn. */
    private final CountDownLatch turnOver = new CountDownLatch(1);

    WaitingWritersTest(@TempDir Path folder) {
        this.engine = Engine.open(new Gated(FileStore.open(folder), appends));
        this.client = engine.connect("test");
    }

    @BeforeEach
    void fill() {
        BsonDocument reply = run("shop", "{insert: 'c', documents: [{_id: 1, n: 0}, {_id: 2, n: 0}]}");
        assertThat(reply.getNumber("n").intValue()).isEqualTo(2);
    }

    @AfterEach
    void close() {
        turnOver.countDown();
        appends.release(1_000_000);
        engine.close();
    }

    @Test
    void max_time_ends_the_wait_for_a_turn() {
        CompletableFuture<Boolean> holder = holdTurn();

        BsonDocument reply = run("shop", "{update: 'c', maxTimeMS: 60, updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}]}");

        assertThat(reply.getNumber("code").intValue()).as("%s", reply).isEqualTo(50);
        assertThat(holder).isNotDone();
        turnOver.countDown();
        assertThat(holder.join()).isTrue();
        assertThat(n(1)).isZero();
    }

    @Test
    void kill_op_ends_the_wait_for_a_turn() throws Exception {
        CompletableFuture<Boolean> holder = holdTurn();
        CompletableFuture<BsonDocument> waiting = CompletableFuture.supplyAsync(
                () -> run("shop", "{insert: 'c', comment: 'waits', documents: [{_id: 3}]}"));

        kill("waits");

        BsonDocument reply = waiting.get(50, TimeUnit.SECONDS);
        assertThat(reply.getNumber("code").intValue()).as("%s", reply).isEqualTo(11601);
        assertThat(holder).isNotDone();
        turnOver.countDown();
        assertThat(holder.join()).isTrue();
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void kill_op_does_not_end_the_wait_for_a_commit() throws Exception {
        appends.drainPermits();
        CompletableFuture<BsonDocument> writing = CompletableFuture.supplyAsync(
                () -> run("shop", "{update: 'c', comment: 'commits', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}]}"));
        while (!appends.hasQueuedThreads()) {
            Thread.onSpinWait();
        }

        kill("commits");
        assertThat(writing).isNotDone();
        appends.release(1_000_000);

        BsonDocument reply = writing.get(50, TimeUnit.SECONDS);
        assertThat(reply.getNumber("ok").intValue()).as("%s", reply).isEqualTo(1);
        assertThat(reply.getNumber("nModified").intValue()).isEqualTo(1);
        assertThat(n(1)).isEqualTo(1);
    }

    /** Takes the turn of the branch main, and keeps it until {@link #turnOver}. */
    private CompletableFuture<Boolean> holdTurn() {
        Project project = Objects.requireNonNull(engine.openProject("shop"));
        CountDownLatch taken = new CountDownLatch(1);
        CompletableFuture<Boolean> holder = CompletableFuture.supplyAsync(
                () -> project.write(project.branch(Branch.MAIN), new Origin("test", "test", "main", "c"), turn -> {
                    taken.countDown();
                    await(turnOver);
                    return Statement.Draft.unchanged(true);
                }));
        await(taken);
        return holder;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void kill(String comment) {
        while (true) {
            BsonDocument running = run("admin", "{currentOp: 1, 'command.comment': '" + comment + "'}");
            for (BsonValue found : running.getArray("inprog")) {
                run(
                        "admin",
                        "{killOp: 1, op: " + found.asDocument().getInt32("opid").getValue() + "}");
                return;
            }
        }
    }

    private int n(int id) {
        return run("shop", "{find: 'c', filter: {_id: " + id + "}}")
                .getDocument("cursor")
                .getArray("firstBatch")
                .get(0)
                .asDocument()
                .getInt32("n")
                .getValue();
    }

    private int count() {
        return run("shop", "{count: 'c'}").getNumber("n").intValue();
    }

    private BsonDocument run(String database, String command) {
        return Commander.reply(engine, client, database, BsonDocument.parse(command));
    }

    /** A store whose appends need a permit. */
    private record Gated(Store behind, Semaphore permits) implements Store {
        @Override
        public LogStore log(String id) {
            return new GatedLogStore(behind.log(id), permits);
        }

        @Override
        public PageStore pages(String id) {
            return behind.pages(id);
        }

        @Override
        public CheckpointStore checkpoints(String id) {
            return behind.checkpoints(id);
        }

        @Override
        public boolean shared() {
            return behind.shared();
        }

        @Override
        public String describe() {
            return behind.describe();
        }

        @Override
        public void publish(View view) {
            behind.publish(view);
        }

        @Override
        public void close() {
            behind.close();
        }
    }
}
