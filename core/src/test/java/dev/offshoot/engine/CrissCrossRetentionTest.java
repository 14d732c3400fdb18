package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where two branches have several newest positions in common, these are merged first; what that takes stays, too. */
class CrissCrossRetentionTest {
    @AutoClose
    private final Commander engine;

    CrissCrossRetentionTest(@TempDir Path folder) {
        this.engine = Commander.open(
                folder, EngineOptions.DEFAULT, FileStoreOptions.defaults().withSegmentBytesMax(4096));
    }

    /** A fix goes into main and into a release, whose branch is younger than that of the fix. */
    @Test
    void a_fix_that_went_into_two_branches() {
        insert("main", 1);
        run("main", "{createBranch: 'fix', from: 'main'}");
        insert("main", 2);
        run("main", "{createBranch: 'release', from: 'main'}");
        insert("fix", 3);
        insert("release", 4);
        insert("main", 5);
        run("main", "{mergeBranch: 'fix', ff: 'never'}");
        run("release", "{mergeBranch: 'fix', ff: 'never'}");
        run("main", "{dropBranch: 'fix'}");
        assertMergesAsBeforeACleanup("release");
    }

    /** Twice each took over what the other one had before it took over. */
    @Test
    void one_criss_cross_on_another() {
        insert("main", 1);
        run("main", "{createBranch: 'b', from: 'main'}");
        insert("main", 2);
        insert("b", 3);
        run("main", "{createBranch: 'x', from: 'main'}");
        run("main", "{mergeBranch: 'b', ff: 'never'}");
        run("b", "{mergeBranch: 'x', ff: 'never'}");
        insert("main", 4);
        insert("b", 5);
        run("main", "{createBranch: 'y', from: 'main'}");
        run("main", "{mergeBranch: 'b', ff: 'never'}");
        run("b", "{mergeBranch: 'y', ff: 'never'}");
        run("main", "{dropBranch: 'x'}");
        run("main", "{dropBranch: 'y'}");
        insert("main", 6);
        insert("b", 7);
        assertMergesAsBeforeACleanup("b");
    }

    private void assertMergesAsBeforeACleanup(String source) {
        BsonDocument before = run("main", "{mergeBranch: '" + source + "', dryRun: true}");
        assertThat(before.getArray("base")).hasSize(2);
        clean();
        BsonDocument merged = run("main", "{mergeBranch: '" + source + "'}");
        for (String field : List.of("base", "changes", "plan", "conflicts")) {
            assertThat(merged.get(field)).as(field).isEqualTo(before.get(field));
        }
    }

    private void insert(String branch, int id) {
        run(branch, "{insert: 'c', documents: [{_id: " + id + "}]}");
    }

    /** Nothing of the log and of what checkpoints keep is left but what has to be. */
    private void clean() {
        run("main", "{createBranch: 'other', from: 'main'}");
        for (int i = 100; i < 200; i++) {
            insert("other", i);
        }
        run("main", "{walCheckpoint: 1}");
        run("main", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
        engine.restart();
        assertThat(engine.reply("p~main~4", BsonDocument.parse("{find: 'c'}"))
                        .getString("errmsg")
                        .getValue())
                .contains("no longer kept");
    }

    private BsonDocument run(String branch, String command) {
        return engine.run("p~" + branch, BsonDocument.parse(command));
    }
}
