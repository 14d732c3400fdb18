package dev.offshoot.cli;

import dev.offshoot.metrics.SyncMeters;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import dev.offshoot.store.mongo.MongoStore;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens the stores that options name. */
final class Stores {
    private Stores() {}

    /** A folder that must be there: a mistyped name is an error, not a new store. */
    static Store open(Path folder, FileStoreOptions options) {
        if (!Files.isDirectory(folder)) {
            throw new CliException(
                    ExitCodes.NOT_FOUND,
                    "there is no folder " + folder,
                    "offshoot serve --data " + folder + " to begin one, or another --data");
        }
        return FileStore.open(folder, options);
    }

    static Store openOrCreate(Path folder, FileStoreOptions options) {
        return FileStore.open(folder, options);
    }

    static Store openOrCreate(Path folder, FileStoreOptions options, SyncMeters syncs) {
        return FileStore.open(folder, options, syncs);
    }

    /** A folder that gets much at once, which is synced at the end: until then nobody sees it. */
    static Store openForRestore(Path folder) {
        return FileStore.open(folder, FileStoreOptions.defaults().withSync(SyncPolicy.NEVER));
    }

    /** A MongoDB that keeps the log. */
    static Store open(String uri) {
        Target.parse(uri);
        return MongoStore.open(uri);
    }
}
