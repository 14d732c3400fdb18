package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Projects made, listed and dropped on {@code admin}; what the log says of it. */
class ProjectCommandsTest {
    @AutoClose
    private final Commander commander;

    ProjectCommandsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
    }

    @Test
    void the_log_shows_each_event_as_an_lsn_of_its_own() {
        BsonDocument project = commander.run("admin", "{createProject: 'test-wal-project'}");
        commander.run("test-wal-project", "{insert: 'items', documents: [{_id: 1}, {_id: 2}]}");
        BsonDocument main = branch("test-wal-project", "main");

        BsonDocument fork = commander.run("test-wal-project", "{createBranch: 'feature-test'}");
        commander.run("test-wal-project", "{dropBranch: 'feature-test'}");

        long head = main.getInt64("head_lsn").getValue();
        assertThat(head).isEqualTo(4);
        assertThat(fork.getInt64("base_lsn").getValue()).isEqualTo(head);
        assertThat(fork.getInt64("head_lsn").getValue()).isEqualTo(head);
        assertThat(fork.getInt64("id").getValue()).isEqualTo(5);
        assertThat(branch("test-wal-project", "main")).isEqualTo(main);
        assertThat(log("p0")).containsExactly("1 CREATE_PROJECT createProject ");
        assertThat(log("p" + Long.toString(project.getInt64("id").getValue(), 36)))
                .containsExactly(
                        "1 CREATE_BRANCH createProject main",
                        "2 CREATE_COLLECTION insert main",
                        "3 PUT insert main",
                        "4 PUT insert main",
                        "5 CREATE_BRANCH createBranch feature-test",
                        "6 DROP_BRANCH dropBranch feature-test");
    }

    @Test
    void a_fork_right_after_the_project_was_made_starts_at_the_head_of_main() {
        commander.run("admin", "{createProject: 'test-wal-project'}");
        BsonDocument main = branch("test-wal-project", "main");

        BsonDocument fork = commander.run("test-wal-project", "{createBranch: 'feature-test'}");

        assertThat(fork.getInt64("base_lsn")).isEqualTo(main.getInt64("head_lsn"));
        assertThat(fork.getInt64("head_lsn")).isEqualTo(main.getInt64("head_lsn"));
    }

    @Test
    void a_name_that_differs_in_case_alone_is_refused() {
        commander.run("shop", "{findandmodify: 'items', query: {_id: 1}, update: {}, upsert: true}");
        commander.fail(13_297, "Shop", "{insert: 'items', documents: [{_id: 1}]}");
        commander.fail(13_297, "admin", "{createProject: 'SHOP'}");
        assertThat(commander.run("shop", "{branchLog: 1}").toJson()).contains("findAndModify");
    }

    @Test
    void projects_are_listed_with_their_last_lsn_and_number_of_branches() {
        commander.run("admin", "{createProject: 'shop'}");
        commander.run("shop", "{createBranch: 'dev'}");
        commander.run("blog", "{create: 'posts'}");
        BsonDocument before = commander.run("admin", "{listProjects: 1}");

        commander.restart();

        BsonDocument after = commander.run("admin", "{listProjects: 1}");
        assertThat(after).isEqualTo(before);
        assertThat(before.getArray("projects")).hasSize(2);
        BsonDocument shop = before.getArray("projects").get(1).asDocument();
        assertThat(shop.getString("name").getValue()).isEqualTo("shop");
        assertThat(shop.getInt64("id").getValue()).isEqualTo(1);
        assertThat(shop.getInt64("head_lsn").getValue()).isEqualTo(2);
        assertThat(shop.getInt64("branches").getValue()).isEqualTo(2);
        assertThat(shop.getDateTime("created").getValue()).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "48 | admin | {createProject: 'shop'}    | already exists",
                "73 | admin | {createProject: 'a.b'}     | '.' may not stand",
                "73 | admin | {createProject: 'shop~x'}  | '~' may not stand",
                "73 | admin | {createProject: 'admin'}   | MongoDB's own",
                "26 | admin | {dropProject: 'shpo'}      | did you mean 'shop'? there are: shop",
                "13 | shop  | {createProject: 'x'}       | admin database",
                "13 | shop  | {dropProject: 'shop'}      | admin database",
            })
    void what_cannot_be_is_refused_with_the_reason(int code, String database, String command, String message) {
        commander.run("admin", "{createProject: 'shop'}");

        BsonDocument reply = commander.fail(code, database, command);

        assertThat(reply.getString("errmsg").getValue()).contains(message);
        assertThat(commander.run("admin", "{listProjects: 1}").getArray("projects"))
                .hasSize(1);
    }

    @Test
    void a_dropped_project_is_gone_and_its_name_free() {
        commander.run("shop", "{insert: 'items', documents: [{_id: 1}]}");
        commander.run("shop", "{createBranch: 'dev'}");

        commander.run("admin", "{dropProject: 'shop'}");

        commander.fail(26, "shop~dev", "{count: 'items'}");
        assertThat(commander.list("shop", "{listCollections: 1}")).isEmpty();
        commander.run("shop", "{insert: 'items', documents: [{_id: 2}]}");
        commander.restart();
        assertThat(commander.list("shop", "{find: 'items'}")).containsExactly(BsonDocument.parse("{_id: 2}"));
        commander.fail(26, "shop~dev", "{count: 'items'}");
    }

    private BsonDocument branch(String database, String name) {
        return commander.run(database, "{listBranches: 1}").getArray("branches").stream()
                .map(branch -> branch.asDocument())
                .filter(branch -> branch.getString("name").getValue().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** LSN, kind, command and branch of every change of a log. */
    private List<String> log(String id) {
        List<String> changes = new ArrayList<>();
        try (RecordCursor cursor = commander.engine().store().log(id).read(1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    long lsn = commit.firstLsn();
                    for (Change change : commit.changes()) {
                        changes.add(lsn++ + " " + change.kind() + " "
                                + commit.origin().command() + " "
                                + commit.origin().branch());
                    }
                }
            }
        }
        return changes;
    }
}
