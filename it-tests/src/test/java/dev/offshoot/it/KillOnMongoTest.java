package dev.offshoot.it;

import dev.offshoot.store.Store;
import org.junit.jupiter.api.AfterEach;

/** The store's own process stays alive. */
final class KillOnMongoTest extends KillContract {
    private final TestMongo mongo = TestMongo.start();

    @Override
    Forked startServer() {
        return mongo.startServer(100, CHECKPOINTS);
    }

    @Override
    Store openStore() {
        return mongo.open();
    }

    @Override
    boolean needsProject() {
        return true;
    }

    @AfterEach
    void stop() {
        mongo.close();
    }
}
