package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tailable cursors on capped collections. */
final class TailingTest {
    @AutoClose
    private final Commander commander;

    TailingTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void create() {
        commander.run("shop", "{create: 'log', capped: true, size: 100000, max: 3}");
        commander.run("shop", "{insert: 'log', documents: [{_id: 1, a: 1}, {_id: 2, a: 2}]}");
    }

    @Test
    void a_tailable_cursor_goes_on_when_documents_come() {
        long id = open("{find: 'log', tailable: true, filter: {a: {$gt: 1}}, projection: {a: 0}}", 2);
        assertThat(more(id)).isEmpty();
        commander.run("shop", "{insert: 'log', documents: [{_id: 3, a: 3}, {_id: 4, a: 0}]}");
        assertThat(more(id)).containsExactly(3);
        assertThat(more(id)).isEmpty();
    }

    @Test
    void one_that_waits_is_woken_by_a_write() {
        long id = open("{find: 'log', tailable: true, awaitData: true}", 1, 2);
        CompletableFuture<List<Integer>> waiting = CompletableFuture.supplyAsync(() -> more(id, 60_000));
        commander.run("shop", "{insert: 'log', documents: [{_id: 3}]}");
        assertThat(waiting.orTimeout(30, TimeUnit.SECONDS).join()).containsExactly(3);
    }

    @Test
    void one_that_waits_gives_up_in_time() {
        long id = open("{find: 'log', tailable: true, awaitData: true}", 1, 2);
        assertThat(more(id, 5)).isEmpty();
        BsonDocument plain =
                commander.run("shop", "{find: 'log', batchSize: 1}").getDocument("cursor");
        assertThat(commander
                        .reply("shop", getMore(plain.getInt64("id").getValue()).append("maxTimeMS", new BsonInt32(5)))
                        .getInt32("code")
                        .getValue())
                .isEqualTo(2);
    }

    @Test
    void a_cursor_whose_position_went_out_is_lost() {
        long id = open("{find: 'log', tailable: true}", 1, 2);
        commander.run("shop", "{insert: 'log', documents: [{_id: 3}, {_id: 4}, {_id: 5}]}");
        assertThat(commander.reply("shop", getMore(id)).getInt32("code").getValue())
                .isEqualTo(136);
        assertThat(commander.reply("shop", getMore(id)).getInt32("code").getValue())
                .isEqualTo(43);
    }

    @Test
    void a_cursor_on_a_dropped_collection_ends_and_a_rename_does_not_matter() {
        long id = open("{find: 'log', tailable: true}", 1, 2);
        commander.run("admin", "{renameCollection: 'shop.log', to: 'shop.old'}");
        commander.run("shop", "{insert: 'old', documents: [{_id: 3}]}");
        assertThat(more(id)).containsExactly(3);
        commander.run("shop", "{drop: 'old'}");
        assertThat(commander.reply("shop", getMore(id)).getInt32("code").getValue())
                .isEqualTo(175);
    }

    @Test
    void bounds_hold_on_a_branch_for_itself_and_after_a_restart() {
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{insert: 'log', documents: [{_id: 3}, {_id: 4}]}");
        commander.restart();
        assertThat(ids(commander.list("shop", "{find: 'log'}"))).containsExactly(1, 2);
        assertThat(ids(commander.list("shop~dev", "{find: 'log'}"))).containsExactly(2, 3, 4);
        commander.run("shop~dev", "{insert: 'log', documents: [{_id: 5}]}");
        assertThat(ids(commander.list("shop~dev", "{find: 'log'}"))).containsExactly(3, 4, 5);
    }

    private long open(String find, Integer... first) {
        BsonDocument cursor = commander.run("shop", find).getDocument("cursor");
        assertThat(ids(cursor.getArray("firstBatch").stream()
                        .map(value -> value.asDocument())
                        .toList()))
                .containsExactly(first);
        assertThat(cursor.getInt64("id").getValue()).isNotZero();
        return cursor.getInt64("id").getValue();
    }

    private List<Integer> more(long id) {
        return batch(commander.run("shop", getMore(id)), id);
    }

    private List<Integer> more(long id, int millis) {
        return batch(commander.run("shop", getMore(id).append("maxTimeMS", new BsonInt32(millis))), id);
    }

    private static List<Integer> batch(BsonDocument reply, long id) {
        BsonDocument cursor = reply.getDocument("cursor");
        assertThat(cursor.getInt64("id").getValue()).isEqualTo(id);
        return ids(cursor.getArray("nextBatch").stream()
                .map(value -> value.asDocument())
                .toList());
    }

    private static List<Integer> ids(List<BsonDocument> documents) {
        return documents.stream()
                .map(document -> document.getInt32("_id").getValue())
                .toList();
    }

    private static BsonDocument getMore(long id) {
        return new BsonDocument("getMore", new BsonInt64(id)).append("collection", new BsonString("log"));
    }
}
