package dev.offshoot.store.file;

import dev.offshoot.store.PageStoreContract;
import dev.offshoot.store.Store;
import dev.offshoot.store.TestClock;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FilePagesContractTest extends PageStoreContract {
    private final Path folder;

    FilePagesContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected Store open(TestClock clock) {
        return FileStore.open(folder, FileStoreOptions.defaults().withClock(clock));
    }
}
