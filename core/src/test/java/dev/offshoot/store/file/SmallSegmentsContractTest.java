package dev.offshoot.store.file;

import dev.offshoot.store.Store;
import dev.offshoot.store.StoreContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SmallSegmentsContractTest extends StoreContract {
    private final Path folder;

    SmallSegmentsContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected Store open() {
        return FileStore.open(
                folder, FileStoreOptions.defaults().withSegmentBytesMax(4_000).withOpenFilesMax(1));
    }

    @Override
    protected boolean trimsSmallLogs() {
        return true;
    }
}
