package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RecordCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates of large documents are in the log as what they change. */
class LargeUpdatesTest {
    private static final String TEXT = "Some words that fill a page. ".repeat(100);

    private final Path folder;
    private final Commander commander;

    LargeUpdatesTest(@TempDir Path folder) {
        this.folder = folder;
        this.commander = Commander.open(folder);
    }

    @Test
    void every_command_that_updates_logs_a_delta_and_a_restart_reads_it() {
        commander.run(
                "shop",
                "{insert: 'pages', documents: [{_id: 1, n: 0, text: '" + TEXT + "'}, {_id: 2, n: 0, text: '" + TEXT
                        + "'}, {_id: 3, n: 0}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{update: 'pages', updates: [{q: {}, u: {$inc: {n: 1}}, multi: true}]}");
        commander.run(
                "shop",
                "{update: 'pages', updates: [{q: {_id: 1}, u: {$push: {tags: 'a'}}},"
                        + " {q: {_id: 1}, u: {$push: {tags: 'b'}}}]}");
        commander.run("shop", "{findAndModify: 'pages', query: {_id: 2}, update: {$set: {'more.x': 5}}, new: true}");
        commander.run("shop~dev", "{update: 'pages', updates: [{q: {_id: 2}, u: [{$set: {n: 100}}]}]}");
        commander.run(
                "shop~dev",
                "{aggregate: 'pages', pipeline: [{$match: {_id: 2}}, {$project: {n: {$add: ['$n', 1]}}},"
                        + " {$merge: {into: 'pages', whenMatched: 'merge'}}], cursor: {}}");
        List<BsonValue> main = documents("shop");
        List<BsonValue> dev = documents("shop~dev");
        assertThat(main.get(0).asDocument().getArray("tags")).hasSize(2);
        assertThat(main.get(1).asDocument().getDocument("more").getInt32("x").getValue())
                .isEqualTo(5);
        assertThat(dev.get(1).asDocument().getInt32("n").getValue()).isEqualTo(101);

        commander.restart();
        assertThat(documents("shop")).isEqualTo(main);
        assertThat(documents("shop~dev")).isEqualTo(dev);
        commander.close();
        assertThat(patches())
                .hasSize(7)
                .allSatisfy(patch -> assertThat(patch.delta()).hasSizeLessThan(60));
    }

    private List<BsonValue> documents(String database) {
        BsonDocument reply = commander.run(database, "{find: 'pages', sort: {_id: 1}}");
        return reply.getDocument("cursor").getArray("firstBatch").getValues();
    }

    private List<Change.Patch> patches() {
        List<Change.Patch> patches = new ArrayList<>();
        try (FileStore store = FileStore.open(folder);
                RecordCursor cursor = store.log("p1").read(1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                RecordCodec.decode(entry)
                        .commits()
                        .forEach(commit -> commit.changes().forEach(change -> {
                            if (change instanceof Change.Patch patch) {
                                patches.add(patch);
                            }
                        }));
            }
        }
        return patches;
    }
}
