package dev.offshoot.it;

import dev.offshoot.store.Store;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The server stays alive, and its store's process is killed under it: whatever was sent has been stored once or not at all. */
@EnabledIfSystemProperty(
        named = Ferret.PROGRAM,
        matches = ".+",
        disabledReason = "skipped: no -D" + Ferret.PROGRAM + "=FILE, the program of FerretDB 1")
final class KillOfTheStoreTest extends KillContract {
    private final Ferret ferret;
    private final TestMongo mongo;

    KillOfTheStoreTest(@TempDir Path folder) {
        ferret = Ferret.start(folder);
        mongo = TestMongo.on(ferret.uri());
    }

    @Override
    Forked startServer() {
        return mongo.startServer(100, CHECKPOINTS);
    }

    @Override
    Forked restart(Forked server) {
        ferret.restart();
        return server;
    }

    /** What became of a write is looked up when the store is back. */
    @Override
    boolean breaksConnections() {
        return false;
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
        ferret.close();
    }
}
