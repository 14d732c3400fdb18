package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.mql.CommandException;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Project;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where documents and states end: too deep, too large, dropped. */
class LimitsTest {
    private static final Origin ORIGIN = new Origin("test", "insert", "main", "items");

    @AutoClose
    private final Commander commander;

    LimitsTest(@TempDir Path folder) {
        this.commander = Commander.open(folder);
        commander.run("shop", "{insert: 'items', documents: [{_id: 1}]}");
    }

    @Test
    void a_document_nests_180_levels_and_no_update_makes_it_deeper() {
        commander.run("shop", "{insert: 'deep', documents: [{_id: 1, a: " + nested(178) + "}]}");
        String inserted = "{insert: 'deep', documents: [{_id: 2, a: " + nested(180) + "}]}";
        assertThat(error(commander.run("shop", inserted)).getInt32("code").getValue())
                .isEqualTo(15);

        for (String update : new String[] {
            "{$push: {b: " + nested(179) + "}}",
            "{$set: {'b.b': " + nested(179) + "}}",
            "{$set: {'a" + ".a".repeat(178) + ".b.c': 1}}",
            "[{$set: {b: {c: '$a', d: {e: {f: '$a'}}}}}]",
        }) {
            String command = "{update: 'deep', updates: [{q: {_id: 1}, u: " + update + "}]}";
            assertThat(error(commander.run("shop", command)).getInt32("code").getValue())
                    .as("code of %s", command)
                    .isEqualTo(15);
            commander.fail(15, "shop", "{findAndModify: 'deep', query: {_id: 1}, update: " + update + "}");
        }
        commander.fail(
                15, "shop", "{findAndModify: 'deep', query: {_id: 3}, update: {a: " + nested(180) + "}, upsert: true}");
        assertThat(commander.list("shop", "{find: 'deep'}")).hasSize(1);
    }

    @Test
    void an_update_that_makes_a_document_too_large_is_refused() {
        String mebibyte = "x".repeat(1 << 20);
        BsonDocument grown = null;
        for (int i = 0; i < 16; i++) {
            grown = commander.run(
                    "shop", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {f" + i + ": '" + mebibyte + "'}}}]}");
        }
        assertThat(error(Objects.requireNonNull(grown)).getInt32("code").getValue())
                .isEqualTo(17419);
        assertThat(commander.list("shop", "{find: 'items'}").get(0)).hasSize(16);
    }

    @Test
    void who_still_writes_to_a_dropped_project_is_told_so() {
        Project project = Objects.requireNonNull(commander.engine().openProject("shop"));
        Branch main = project.branch("main");
        commander.run("admin", "{dropProject: 'shop'}");

        Statement<Boolean> write = turn -> new Statement.Draft<>(
                true, List.of(new Change.CreateCollection("new", new byte[] {5, 0, 0, 0, 0})), List.of());
        assertThatThrownBy(() -> project.write(main, ORIGIN, write))
                .isInstanceOfSatisfying(
                        CommandException.class,
                        e -> assertThat(e.code().number()).isEqualTo(26))
                .hasMessageContaining("'shop' was dropped");
        assertThatThrownBy(() -> project.createBranch("dev", main, null, ORIGIN))
                .hasMessageContaining("was dropped");
    }

    @Test
    void a_write_that_changes_nothing_makes_no_database() {
        for (String command : new String[] {
            "{delete: 'items', deletes: [{q: {}, limit: 0}]}",
            "{update: 'items', updates: [{q: {}, u: {$set: {a: 1}}}]}",
            "{findAndModify: 'items', remove: true}",
        }) {
            commander.run("typo", command);
        }
        assertThat(error(commander.run("typo", "{delete: 'items', deletes: [{q: {$no: 1}, limit: 0}]}")))
                .containsKey("code");
        assertThat(commander.run("admin", "{listProjects: 1}").getArray("projects"))
                .hasSize(1);

        commander.run("typo", "{update: 'items', updates: [{q: {_id: 1}, u: {$set: {a: 1}}, upsert: true}]}");
        assertThat(commander.list("typo", "{find: 'items'}")).hasSize(1);
    }

    @Test
    void a_position_is_there_once_its_state_is() {
        Project project = Objects.requireNonNull(commander.engine().openProject("shop"));
        Branch main = project.branch("main");
        commander.run("shop", "{insert: 'items', documents: [{_id: 2}]}");

        assertThat(project.lastLsn()).isEqualTo(project.head(main).lsn());
        commander.run("shop", "{createBranch: 'dev'}");
        assertThat(project.lastLsn()).isEqualTo(project.head(main).lsn() + 1);
    }

    @Test
    void a_branch_keeps_the_time_of_its_creation() {
        long created = created(commander.run("shop", "{createBranch: 'dev'}"));

        assertThat(created).isPositive();
        assertThat(created(commander.run("shop", "{renameBranch: 'dev', to: 'other'}")))
                .isEqualTo(created);
        assertThat(created(commander.run("shop", "{dropBranch: 'other'}"))).isEqualTo(created);
    }

    private static long created(BsonDocument branch) {
        return branch.getDateTime("created").getValue();
    }

    private static BsonDocument error(BsonDocument reply) {
        assertThat(reply).containsKey("writeErrors");
        return reply.getArray("writeErrors").get(0).asDocument();
    }

    private static String nested(int levels) {
        return "{a: ".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
    }
}
