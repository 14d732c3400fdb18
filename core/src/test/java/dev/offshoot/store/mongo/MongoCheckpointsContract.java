package dev.offshoot.store.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.offshoot.store.CheckpointStoreContract;
import dev.offshoot.store.Store;
import dev.offshoot.store.TestClock;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** The contract on some MongoDB, each test in a database of its own that is dropped afterwards. */
abstract class MongoCheckpointsContract extends CheckpointStoreContract {
    private final MongoStoreOptions options =
            MongoStoreOptions.defaults().withDatabase("offshoot_test_" + UUID.randomUUID());

    abstract String uri();

    @Override
    protected Store open(TestClock clock) {
        return MongoStore.open(uri(), options.withClock(clock));
    }

    @AfterEach
    void drop_database() {
        try (MongoClient client = MongoClients.create(uri())) {
            client.getDatabase(options.database()).drop();
        }
        release();
    }

    /** Called when a test is over and its database gone. */
    void release() {}
}
