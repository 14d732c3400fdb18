package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import java.nio.file.Path;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What waits for conflicts to be resolved keeps what it needs to go on. */
final class HeldMergesTest {
    @AutoClose
    private final Commander commander;

    private long fork;
    private long base;
    private long commit;

    HeldMergesTest(@TempDir Path folder) {
        this.commander = Commander.open(
                folder, EngineOptions.DEFAULT, FileStoreOptions.defaults().withSegmentBytesMax(4096));
    }

    @BeforeEach
    void fill() {
        commander.run("shop", "{insert: 'c', documents: [{_id: 1, n: 0}, {_id: 2, n: 0}, {_id: 3, n: 0}]}");
        write(100);
        commander.run("shop", "{walCheckpoint: 1}");
        write(50);
        fork = head("shop");
        commander.run("shop", "{createBranch: 'dev'}");
        write(10);
        commander.as("ann", "shop~dev", "{insert: 'c', documents: [{_id: 4, n: 4}]}");
        commander.as("bob", "shop~dev", "{insert: 'c', documents: [{_id: 5, n: 5}]}");
        base = head("shop~dev");
        commander.as("ann", "shop~dev", "{update: 'c', updates: [{q: {_id: 2}, u: {$set: {n: 7}}}]}");
        commit = head("shop~dev");
        commander.as("ann", "shop~dev", "{insert: 'c', documents: [{_id: 6, n: 6}]}");
        commander.run("shop", "{createBranch: 'into', from: 'main'}");
        set("shop~into", 2, 8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{mergeBranch: 'dev', into: 'into'}                                     | into | 7 | 1 2 3 4 5 6",
                "{mergeBranch: 'dev~COMMIT', into: 'into', squash: true}                | into | 7 | 1 2 3 4 5",
                "{cherryPick: 'dev~COMMIT', into: 'into'}                               | into | 7 | 1 2 3",
                "{cherryPick: 'dev', from: BASE, into: 'into'}                          | into | 7 | 1 2 3 6",
                "{cherryPick: 'dev', from: 'main~FORK', into: 'into', squash: true}     | into | 7 | 1 2 3 4 5 6",
                "{rebaseBranch: 'dev', onto: 'into'}                                    | dev  | 7 | 1 2 3 4 5 6",
                "{rebaseBranch: 'dev', onto: 'into', squash: true}                      | dev  | 7 | 1 2 3 4 5 6",
                "{undoChanges: 1, from: BASE, to: COMMIT, into: 'dev'}                  | dev  | 0 | 1 2 3 4 5 6",
                "{undoChanges: 1, from: FORK, to: COMMIT, actor: 'ann', into: 'dev'}    | dev  | 0 | 1 2 3 5 6",
                "{revertMerge: MERGE, into: 'merged'}                                   | merged | 0 | 1 2 3",
            })
    void what_waits_goes_on_after_what_it_needs_grew_old(String template, String into, int n, String ids) {
        if (template.startsWith("{undo")) {
            set("shop~dev", 2, 9);
        }
        commander.run("shop", "{createBranch: 'merged', from: 'main'}");
        commander.run("shop", "{mergeBranch: 'dev', into: 'merged', ff: 'never'}");
        String command = template.replace("FORK", "" + fork)
                .replace("BASE", "" + base)
                .replace("COMMIT", "" + commit)
                .replace("MERGE", "" + head("shop~merged"));
        set("shop~merged", 2, 9);
        String onto = "shop~" + into;
        BsonDocument stopped = commander.run(onto, command);
        assertThat(stopped.getString("status").getValue()).isEqualTo("conflicts");
        List<BsonDocument> conflicts = commander.list(onto, "{listConflicts: 1, into: '" + into + "'}");

        for (int pass = 0; pass < 3; pass++) {
            trim();
            assertThat(commander.list(onto, "{listConflicts: 1, into: '" + into + "'}"))
                    .isEqualTo(conflicts)
                    .isNotEmpty();
        }
        commander.fail(2, "shop~main~30", "{find: 'c'}");
        commander.run(onto, "{resolveConflict: {}, into: '" + into + "', take: 'theirs'}");
        trim();
        commander.run(onto, "{mergeBranch: 1, into: '" + into + "', continue: true}");
        assertThat(commander.list(onto, "{find: 'c', sort: {_id: 1}}").stream()
                        .map(document -> "" + document.getInt32("_id").getValue()))
                .containsExactly(ids.split(" "));
        assertThat(commander
                        .list(onto, "{find: 'c', filter: {_id: 2}}")
                        .get(0)
                        .getInt32("n")
                        .getValue())
                .isEqualTo(n);
    }

    @Test
    void what_was_given_up_or_has_no_branch_to_go_to_holds_nothing() {
        for (String end : List.of("{cherryPick: 1, abort: true, into: 'into'}", "{dropBranch: 'into'}")) {
            commander.run("shop", "{cherryPick: 'dev', from: " + base + ", into: 'into'}");
            trim();
            trim();
            long held = first();
            assertThat(held).isLessThanOrEqualTo(base + 1);
            commander.run("shop", end);
            trim();
            trim();
            assertThat(first()).isGreaterThan(base + 1);
            if (!end.startsWith("{drop")) {
                commander.as("ann", "shop~dev", "{insert: 'c', documents: [{_id: 7, n: 6}]}");
                base = head("shop~dev");
                set("shop~dev", 2, 70);
            }
        }
    }

    private void trim() {
        commander.run("shop", "{walCheckpoint: 1}");
        write(100);
        commander.run("shop", "{walCheckpoint: 1}");
        commander.restart(); // nobody is in the middle of reading what goes
        commander.run("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
    }

    private void write(int times) {
        for (int i = 0; i < times; i++) {
            commander.run("shop", "{update: 'c', updates: [{q: {_id: 1}, u: {$inc: {n: 1}}}]}");
        }
    }

    private void set(String database, int id, int n) {
        commander.run(database, "{update: 'c', updates: [{q: {_id: " + id + "}, u: {$set: {n: " + n + "}}}]}");
    }

    private long first() {
        return commander
                .run("shop", "{branchLog: 1, limit: 1}")
                .getInt64("first_lsn")
                .getValue();
    }

    private long head(String database) {
        return commander.run(database, "{branchReflog: 1}").getInt64("head_lsn").getValue();
    }
}
