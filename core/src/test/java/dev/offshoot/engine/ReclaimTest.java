package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.wal.TestClocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of projects that were dropped. */
final class ReclaimTest {
    private static final String NOW = "{walCleanup: 1, retainMillis: 0, graceMillis: 0}";
    private static final String DRY = "{walCleanup: 1, retainMillis: 0, graceMillis: 0, dryRun: true}";

    private final Path folder;

    @AutoClose
    private final Commander commander;

    ReclaimTest(@TempDir Path folder) {
        this.folder = folder;
        this.commander = Commander.open(folder);
    }

    @BeforeEach
    void two_projects() {
        for (String project : List.of("shop", "other")) {
            commander.run(project, "{insert: 'items', documents: [{_id: 1}, {_id: 2}, {_id: 3}]}");
            commander.run(project, "{walCheckpoint: 1}");
        }
    }

    /** Drops it, and lets a millisecond pass. */
    private void drop(String project) {
        commander.run("admin", "{dropProject: '" + project + "'}");
        TestClocks.waitUntilAfter(System.currentTimeMillis());
    }

    private List<String> names(BsonDocument reply) {
        return reply.getArray("dropped").stream()
                .map(BsonValue::asDocument)
                .map(one -> one.getString("project").getValue())
                .toList();
    }

    private List<String> left(String log) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).equals(log))
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void all_of_it_goes_once_retention_has_passed_and_nothing_of_others() throws IOException {
        drop("shop");
        assertThat(left("p1")).containsExactly("checkpoints/p1", "logs/p1", "pages/p1");
        assertThat(names(commander.run("admin", "{walCleanup: 1, graceMillis: 0}")))
                .as("kept for ever")
                .isEmpty();
        assertThat(names(commander.run("admin", "{walCleanup: 1, retainMillis: 3600000, graceMillis: 0}")))
                .isEmpty();
        assertThat(names(commander.run("admin", "{walCleanup: 1, retainMillis: 0, graceMillis: 3600000}")))
                .isEmpty();

        BsonDocument told =
                commander.run("admin", DRY).getArray("dropped").get(0).asDocument();
        assertThat(told.getString("project").getValue()).isEqualTo("shop");
        assertThat(told.getInt64("bytes").getValue()).isGreaterThan(500);
        assertThat(left("p1")).hasSize(3);

        assertThat(names(commander.run("admin", NOW))).containsExactly("shop");
        assertThat(left("p1")).isEmpty();
        assertThat(names(commander.run("admin", NOW))).isEmpty();
        assertThat(commander.list("other", "{find: 'items'}")).hasSize(3);
        commander.restart();
        assertThat(names(commander.run("admin", NOW))).isEmpty();
        assertThat(commander.list("other", "{find: 'items'}")).hasSize(3);
        assertThat(commander
                        .run("other", "{walValidate: 1}")
                        .getBoolean("valid")
                        .getValue())
                .isTrue();
    }

    @Test
    void a_project_made_again_under_the_name_is_another_one() throws IOException {
        drop("shop");
        commander.run("shop", "{insert: 'items', documents: [{_id: 7}]}");
        assertThat(names(commander.run("admin", NOW))).containsExactly("shop");
        assertThat(left("p1")).isEmpty();
        commander.restart();
        assertThat(commander.list("shop", "{find: 'items'}")).hasSize(1);
    }

    @Test
    void it_stays_while_a_cursor_may_read_from_it() throws IOException {
        long cursor = commander
                .run("shop", "{find: 'items', batchSize: 1}")
                .getDocument("cursor")
                .getInt64("id")
                .getValue();
        drop("shop");
        assertThat(names(commander.run("admin", NOW))).isEmpty();
        assertThat(left("p1")).hasSize(3);
        commander.run("shop", "{killCursors: 'items', cursors: [{$numberLong: '" + cursor + "'}]}");
        assertThat(names(commander.run("admin", NOW))).containsExactly("shop");
        assertThat(left("p1")).isEmpty();
    }

    @Test
    void a_restart_knows_what_was_dropped_before() throws IOException {
        drop("shop");
        commander.restart();
        assertThat(names(commander.run("admin", NOW))).containsExactly("shop");
        assertThat(left("p1")).isEmpty();
    }
}
