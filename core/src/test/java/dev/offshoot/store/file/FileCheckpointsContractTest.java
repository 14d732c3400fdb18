package dev.offshoot.store.file;

import dev.offshoot.store.CheckpointStoreContract;
import dev.offshoot.store.Store;
import dev.offshoot.store.TestClock;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileCheckpointsContractTest extends CheckpointStoreContract {
    private final Path folder;

    FileCheckpointsContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected Store open(TestClock clock) {
        return FileStore.open(folder, FileStoreOptions.defaults().withClock(clock));
    }
}
