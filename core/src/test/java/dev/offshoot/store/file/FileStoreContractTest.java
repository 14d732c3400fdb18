package dev.offshoot.store.file;

import dev.offshoot.store.Store;
import dev.offshoot.store.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileStoreContractTest extends StoreContract {
    private final Path folder;

    FileStoreContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected Store open() {
        return FileStore.open(folder.resolve("a/store"));
    }
}
