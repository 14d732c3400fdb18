package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.state.Project;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Branches that change only by merges. */
class ProtectionTest {
    /** Commands that change a branch, as they would change the branch BRANCH; those to admin say so. A command may have several. */
    private static final List<String> WRITES = List.of(
            "{insert: 'items', documents: [{_id: 9}]}",
            "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {a: 1}}}]}",
            "{update: 'items', updates: [{q: {_id: 77}, u: {$set: {a: 1}}, upsert: true}]}",
            "{delete: 'items', deletes: [{q: {_id: 1}, limit: 1}]}",
            "{findAndModify: 'items', query: {_id: 1}, remove: true}",
            "admin {bulkWrite: 1, ops: [{insert: 0, document: {_id: 9}}], nsInfo: [{ns: 'shop~BRANCH.items'}]}",
            "{aggregate: 'items', pipeline: [{$out: 'copy'}], cursor: {}}",
            "{aggregate: 'items', pipeline: [{$set: {b: 1}}, {$merge: 'items'}], cursor: {}}",
            "shop {aggregate: 'items', pipeline: [{$set: {b: 1}}, {$merge: {into: {db: 'shop~BRANCH', coll: 'items'}}}],"
                    + " cursor: {}}",
            "{create: 'other'}",
            "{createIndexes: 'items', indexes: [{key: {a: 1}, name: 'a_1'}]}",
            "{dropIndexes: 'items', index: 'b_1'}",
            "{collMod: 'items', validator: {a: {$exists: false}}}",
            "{convertToCapped: 'items', size: 100000}",
            "{drop: 'items'}",
            "{dropDatabase: 1}",
            "admin {renameCollection: 'shop~BRANCH.items', to: 'shop~BRANCH.things'}",
            "{commitBranch: 'a message'}",
            "{resetBranch: 'BRANCH', to: 'main~5'}",
            "{restore: 'items', at: 'main~4'}",
            "{undrop: 1, collection: 'lost'}",
            "{undoChanges: 1, lsn: 6}",
            "{cherryPick: 'other~14'}",
            "{revertMerge: 12}",
            "{rebaseBranch: 'BRANCH', onto: 'other'}",
            "shop {renameBranch: 'BRANCH', to: 'another'}",
            "shop {dropBranch: 'BRANCH'}");

    /** Commands that change no branch that is there: they read, or are about branches, tags and projects; and those that merge. */
    private static final Set<String> OTHERS = new TreeSet<>(List.of(
            ("branchLog branchReflog buildInfo collStats configureFailPoint connectionStatus count createBranch createProject"
                            + " createSearchIndexes createTag currentOp dbStats diffBranches distinct documentBlame"
                            + " documentHistory dropProject dropSearchIndex dropTag endSessions explain find getCmdLineOpts"
                            + " getLog getMore getParameter hello hostInfo killAllSessions killCursors killOp killSessions"
                            + " listBranches listCollections listCommands listConflicts listDatabases listIndexes listProjects"
                            + " listSearchIndexes listTags mergeBranch mergeRequest ping refreshSessions resolveConflict serverStatus setParameter startSession top"
                            + " updateBranch updateProject updateSearchIndex validate walCheckpoint walCleanup"
                            + " walListCheckpoints walListSegments walManifest walPages walRecords walReplay walSource"
                            + " walStats walTail walValidate whatsmyuri")
                    .split(" ")));

    @AutoClose
    private final Commander commander;

    ProtectionTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("admin", "{setParameter: 1, ttlMonitorEnabled: false}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 1}, {_id: 2}]}"); // to LSN 4
        commander.run("shop", "{createIndexes: 'items', indexes: [{key: {b: 1}, name: 'b_1'}]}"); // 5
        commander.run("shop", "{insert: 'items', documents: [{_id: 3}]}"); // 6
        commander.run("shop", "{create: 'lost'}");
        commander.run("shop", "{drop: 'lost'}"); // 8
        commander.run("shop", "{createBranch: 'side'}"); // 9
        commander.run("shop~side", "{insert: 'items', documents: [{_id: 4}]}"); // 10
        commander.run("shop", "{mergeBranch: 'side', ff: 'never'}"); // to 12
        commander.run("shop", "{createBranch: 'other', from: 'main~6'}"); // 13
        commander.run("shop~other", "{insert: 'items', documents: [{_id: 5}]}"); // 14
    }

    @Test
    void every_command_is_known_as_one_that_writes_to_a_branch_or_as_one_that_does_not() {
        Set<String> known = new TreeSet<>(OTHERS);
        for (String write : WRITES) {
            String name = BsonDocument.parse(json(write)).getFirstKey();
            assertThat(OTHERS).doesNotContain(name);
            known.add(name);
        }
        assertThat(known)
                .as("a new command that changes a branch and is no merge goes to WRITES, any other to OTHERS")
                .isEqualTo(new TreeSet<>(Commands.names()));
    }

    static Stream<String> writes() {
        return WRITES.stream();
    }

    @ParameterizedTest
    @MethodSource("writes")
    void what_changes_a_branch_is_refused_on_a_protected_one(String write) {
        for (String name : List.of("open", "Own", "release-1")) {
            commander.run("shop", "{createBranch: '" + name + "'}");
        }
        commander.run("shop", "{updateBranch: 'own', protected: true}");
        commander.run("shop", "{updateProject: 1, protect: ['RELEASE-*']}");
        long before = project().lastLsn();

        String own = refused(write, "own");
        String byPattern = refused(write, "release-1");

        assertThat(own).contains("branch 'Own' is protected and changes only by merges", "protected: false");
        assertThat(byPattern).contains("branch 'release-1' is protected by the pattern 'RELEASE-*'", "updateProject");
        assertThat(project().lastLsn()).isEqualTo(before);
        commander.run(database(write, "open"), json(write).replace("BRANCH", "open"));
        assertThat(project().lastLsn()).as("it does write").isGreaterThan(before);
        commander.restart();
        assertThat(refused(write, "own")).isEqualTo(own);
        assertThat(refused(write, "release-1")).isEqualTo(byPattern);
    }

    @Test
    void a_protected_branch_is_read_tagged_and_branched_and_can_be_free_again() {
        commander.run("shop", "{updateBranch: 'main', protected: true}");
        assertThat(commander.list("shop", "{find: 'items'}")).hasSize(4);
        commander.run("shop", "{createTag: 'v1'}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 9}]}");
        commander.fail(20, "shop", "{insert: 'items', documents: [{_id: 9}]}");

        commander.run("shop", "{updateBranch: 'main', protected: false}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 9}]}");
        commander.run("shop", "{updateProject: 1, protect: ['mai?']}");
        commander.fail(20, "shop", "{insert: 'items', documents: [{_id: 10}]}");
        commander.run("shop", "{updateProject: 1, protect: []}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 10}]}");
    }

    @Test
    void a_merge_changes_a_protected_branch() {
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{updateProject: 1, protect: ['main']}");
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 9}]}");
        commander.run("shop", "{mergeBranch: 'dev', into: 'main'}");
        assertThat(commander.list("shop", "{find: 'items'}")).hasSize(5);
        commander.run("shop~dev", "{insert: 'items', documents: [{_id: 10}]}");
        commander.run("shop~main", "{mergeBranch: 'dev', ff: 'never'}");
        assertThat(commander.list("shop", "{find: 'items'}")).hasSize(6);
        commander.fail(20, "shop", "{insert: 'items', documents: [{_id: 11}]}");
    }

    @Test
    void documents_of_a_protected_branch_do_not_expire() {
        long noon = 1_795_000_000_000L;
        commander.run(
                "shop", "{createIndexes: 'items', indexes: [{key: {at: 1}, name: 'at_1', expireAfterSeconds: 10}]}");
        commander.run("shop", "{insert: 'items', documents: [{_id: 9, at: {$date: {$numberLong: '" + noon + "'}}}]}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("shop", "{updateBranch: 'main', protected: true}");

        assertThat(commander.engine().expire(noon + 20_000)).isEqualTo(1);

        assertThat(commander.list("shop", "{find: 'items'}")).hasSize(5);
        assertThat(commander.list("shop~dev", "{find: 'items'}")).hasSize(4);
        commander.run("shop", "{updateBranch: 'main', protected: false}");
        assertThat(commander.engine().expire(noon + 20_000)).isEqualTo(1);
    }

    @Test
    void no_write_gets_in_once_the_branch_is_said_to_be_protected() throws InterruptedException {
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Client client = commander.engine().connect("127.0.0.1:" + (50_200 + i));
            Thread writer = new Thread(() -> writeUntilRefused(client));
            writers.add(writer);
            writer.start();
        }
        long head = project().head("main").lsn();
        while (project().head("main").lsn() < head + 200) {
            Thread.onSpinWait();
        }

        long protectedAt = commander
                .run("shop", "{updateBranch: 'main', protected: true}")
                .getInt64("head_lsn")
                .getValue();

        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(project().head("main").lsn()).isEqualTo(protectedAt);
    }

    private void writeUntilRefused(Client client) {
        Request insert =
                Request.of(Commander.encode(BsonDocument.parse("{insert: 'items', documents: [{a: 1}], $db: 'shop'}")));
        BsonDocument reply;
        do {
            reply = Commander.decode(commander.engine().run(client, insert));
        } while (reply.getNumber("ok").intValue() == 1 && !reply.containsKey("writeErrors"));
    }

    @ParameterizedTest
    @CsvSource({
        "release-*, release-1, true",
        "release-*, release-, true",
        "release-*, RELEASE-x-y, true",
        "release-*, prerelease-1, false",
        "*-rc?, v1-rc2, true",
        "*-rc?, v1-rc, false",
        "*-rc?, v1-rc-rc3, true",
        "*a*b*, xxaxxbxx, true",
        "*a*b*, xxbxxaxx, false",
        "main, main, true",
        "main, main2, false",
        "'*', x, true",
        "a??, abc, true",
        "a??, ab, false",
    })
    void a_pattern_fits_names(String pattern, String name, boolean fits) {
        assertThat(Protection.fits(pattern, name)).isEqualTo(fits);
    }

    private String refused(String write, String branch) {
        BsonDocument command = BsonDocument.parse(json(write).replace("BRANCH", branch));
        BsonDocument reply = commander.reply(database(write, branch), command);
        BsonDocument refused = command.containsKey("bulkWrite")
                ? reply.getDocument("cursor").getArray("firstBatch").get(0).asDocument()
                : reply;
        assertThat(refused.getInt32("code", new BsonInt32(0)).getValue())
                .as("code of %s", reply.toJson())
                .isEqualTo(20);
        return refused.getString("errmsg").getValue();
    }

    private static String database(String write, String branch) {
        return write.startsWith("{") ? "shop~" + branch : write.substring(0, write.indexOf(' '));
    }

    private static String json(String write) {
        return write.substring(write.indexOf('{'));
    }

    private Project project() {
        return Objects.requireNonNull(commander.engine().openProject("shop"));
    }
}
