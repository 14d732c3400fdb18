package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.Filters;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import dev.offshoot.store.mongo.MongoStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Verbs that keep the log in a MongoDB, which a stand-in plays. */
final class MongoStoreTest {
    @TempDir
    private Path folder = Path.of("");

    private final MongoServer mongo = new MongoServer(new SafeBackend());
    private String store = "";

    @BeforeEach
    void start() {
        store = "mongodb://127.0.0.1:" + mongo.bind().getPort();
    }

    @AfterEach
    void stop() {
        mongo.shutdownNow();
    }

    @Test
    void projects_are_made_explicitly_and_are_there_for_the_next_verb() throws IOException {
        Path file = Files.writeString(folder.resolve("a.json"), "[{\"_id\": 1}, {\"_id\": 2}]");
        Run early = importing(file).exits(ExitCodes.NOT_FOUND);
        assertThat(early.err()).contains("shop").contains("offshoot project create shop");
        Run.of("project", "create", "shop", "--store", store).exits(ExitCodes.OK);
        importing(file).exits(ExitCodes.OK);
        Run.of("branch", "create", "shop", "x", "--store", store).exits(ExitCodes.OK);
        assertThat(Run.of("branch", "list", "shop", "-o", "json", "--store", store)
                        .json())
                .hasSize(2);
    }

    @Test
    void a_server_on_it_shares_it_with_other_processes() throws IOException {
        try (Running server = Running.start("serve", "--store", store, "--port", "0")) {
            String uri = String.valueOf(server.line()).replaceAll(".* at ", "");
            Run.at(uri, "project", "create", "shop").exits(ExitCodes.OK);
            Run.of("branch", "create", "shop", "x", "--store", store).exits(ExitCodes.OK);
            assertThat(Run.of("status", "--store", store).exits(ExitCodes.OK).out())
                    .contains("shop", "x");
        }
    }

    @Test
    void its_log_is_looked_after_as_that_of_a_folder() throws IOException {
        Path file = Files.writeString(folder.resolve("a.json"), "[{\"_id\": 1}, {\"_id\": 2}]");
        Run.of("project", "create", "shop", "--store", store).exits(ExitCodes.OK);
        assertThat(importing(file).exits(ExitCodes.OK).out()).contains("checkpoint at LSN");
        for (String words : List.of(
                "wal stats shop",
                "wal list-segments shop",
                "wal tail shop",
                "wal checkpoint shop",
                "wal list-checkpoints shop",
                "wal replay shop --to 3",
                "wal restore shop --lsn 3 --as then",
                "wal cleanup --all --yes --no-grace",
                "wal validate shop")) {
            Run run = Run.of((words + " --store " + store).split(" ")).exits(ExitCodes.OK);
            assertThat(run.out()).as(words).isNotEmpty();
        }
        try (MongoClient client = MongoClients.create(store)) {
            client.getDatabase(MongoStoreOptions.defaults().database())
                    .getCollection("wal_log")
                    .deleteOne(Filters.eq("_id", "p1/0000000000000002"));
        }
        Run damaged = Run.of("wal", "validate", "shop", "--store", store).exits(ExitCodes.FAILURE);
        assertThat(damaged.out()).contains("damaged: log p1: wal_log: expected the document p1/0000000000000002");
    }

    @Test
    void a_store_out_of_reach_is_said_in_one_line() {
        Run run = Run.of("status", "--store", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200")
                .exits(ExitCodes.UNREACHABLE);
        assertThat(run.err()).contains("127.0.0.1:1").doesNotContain("Client view");
        assertThat(run.err().lines()).hasSize(2);
    }

    private Run importing(Path file) {
        return Run.of("import", "--project", "shop", "--collection", "c", "--store", store, file.toString());
    }

    /** One message at a time, and replies that share nothing with what is stored. */
    private static final class SafeBackend extends MemoryBackend implements MongoVersion {
        SafeBackend() {
            version(this);
        }

        @Override
        public synchronized Document handleMessage(MongoMessage message) {
            return super.handleMessage(message).cloneDeeply();
        }

        @Override
        public List<Integer> getVersionArray() {
            return List.of(7, 0, 0);
        }

        @Override
        public int getWireVersion() {
            return 21;
        }
    }
}
