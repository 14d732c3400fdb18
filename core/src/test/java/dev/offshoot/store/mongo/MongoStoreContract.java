package dev.offshoot.store.mongo;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreContract;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;

/** The contract on some MongoDB, each test in a database of its own that is dropped afterwards. */
abstract class MongoStoreContract extends StoreContract {
    private final MongoStoreOptions options =
            MongoStoreOptions.defaults().withDatabase("offshoot_test_" + UUID.randomUUID());

    abstract String uri();

    @Override
    protected Store open() {
        return MongoStore.open(uri(), options);
    }

    @Override
    protected boolean trimsSmallLogs() {
        return true;
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
