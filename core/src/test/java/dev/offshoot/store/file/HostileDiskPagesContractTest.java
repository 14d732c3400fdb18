package dev.offshoot.store.file;

import dev.offshoot.store.PageStoreContract;
import dev.offshoot.store.Store;
import dev.offshoot.store.TestClock;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

/** On a disk that loses its power each time the store is closed. */
class HostileDiskPagesContractTest extends PageStoreContract {
    private final Path folder;
    private final HostileDisk disk = new HostileDisk();
    private final Random random = new Random(17);

    HostileDiskPagesContractTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    protected Store open(TestClock clock) throws IOException {
        disk.powerCut(random);
        return FileStore.open(disk, folder, FileStoreOptions.defaults().withClock(clock));
    }
}
