package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.SimulatedStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was acknowledged and is lost is told, and nothing is put in its place; what is not concerned goes on. */
class LostFilesTest {
    private static final String FIRST = "00000000000000000001.wal";
    private static final int CORRUPTION = 96;

    @TempDir
    private Path folder = Path.of("");

    private Path log(String id) {
        return folder.resolve("logs").resolve(id).resolve(FIRST);
    }

    private static void fill(Commander commander, String project) {
        for (int i = 0; i < 20; i++) {
            commander.run(project, "{insert: 'items', documents: [{_id: " + i + ", of: '" + project + "'}]}");
        }
        commander.run(project, "{walCheckpoint: 1}");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 700})
    void a_log_that_ends_before_its_checkpoint_is_refused_and_nothing_else_is(int left) throws IOException {
        try (Commander commander = Commander.open(folder)) {
            fill(commander, "shop");
            fill(commander, "blog");
        }
        if (left < 0) {
            Files.delete(log("p1"));
        } else {
            try (FileChannel file = FileChannel.open(log("p1"), StandardOpenOption.WRITE)) {
                file.truncate(left);
            }
        }
        try (Commander commander = Commander.open(folder)) {
            for (int i = 0; i < 2; i++) {
                assertThat(commander
                                .fail(CORRUPTION, "shop", "{insert: 'items', documents: [{_id: 'new'}]}")
                                .getString("errmsg")
                                .getValue())
                        .contains("ends before LSN 22", "Put the missing files back");
                commander.restart();
            }
            List<BsonDocument> projects = commander.run("admin", "{listProjects: 1}").getArray("projects").stream()
                    .map(project -> project.asDocument())
                    .toList();
            assertThat(projects.get(0).containsKey("damaged")).isFalse();
            assertThat(projects.get(1).getString("damaged").getValue()).contains("LSN 22");
            assertThat(commander.run("admin", "{listDatabases: 1}").getArray("databases"))
                    .hasSize(2);
            assertThat(commander.run("blog", "{count: 'items'}").getInt32("n").getValue())
                    .isEqualTo(20);
            commander.run("admin", "{dropProject: 'shop'}");
            commander.run("shop", "{insert: 'items', documents: [{_id: 1}]}");
            assertThat(commander.run("shop", "{count: 'items'}").getInt32("n").getValue())
                    .isEqualTo(1);
        }
    }

    /** The list gives each project the number of a log. */
    @Test
    void a_project_does_not_take_over_the_log_of_one_that_the_list_lost() throws IOException {
        try (Commander commander = Commander.open(folder)) {
            fill(commander, "shop");
        }
        byte[] list = Files.readAllBytes(log("p0"));
        try (Commander commander = Commander.open(folder)) {
            fill(commander, "blog");
        }
        Files.write(log("p0"), list);
        try (Commander commander = Commander.open(folder)) {
            assertThat(commander
                            .fail(CORRUPTION, "admin", "{createProject: 'fresh'}")
                            .getString("errmsg")
                            .getValue())
                    .contains("log p2", "the end of the list was lost");
            commander.fail(CORRUPTION, "fresh", "{insert: 'items', documents: [{_id: 1}]}");
            assertThat(commander.run("shop", "{count: 'items'}").getInt32("n").getValue())
                    .isEqualTo(20);
            assertThat(commander.run("admin", "{listProjects: 1}").getArray("projects"))
                    .hasSize(1);
        }
    }

    @Test
    void a_project_whose_log_could_not_be_begun_is_not_there() {
        SimulatedStore store = SimulatedStore.calm();
        store.log("p1").failNext(SimulatedLogStore.Fault.REFUSED);
        try (Commander commander = Commander.on(store)) {
            commander.fail("admin", "{createProject: 'shop'}");
            assertThat(commander.run("admin", "{listProjects: 1}").getArray("projects"))
                    .isEmpty();
            commander.run("admin", "{createProject: 'shop'}");
            commander.run("shop", "{insert: 'items', documents: [{_id: 1}]}");
        }
    }
}
