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
        requireName(folder);
        if (!Files.isDirectory(folder)) {
            throw new CliException(
                    ExitCodes.NOT_FOUND,
                    "there is no folder " + folder,
                    "offshoot serve --data " + folder + " to begin one, or another --data");
        }
        if (!FileStore.isIn(folder)) {
            throw new CliException(
                    ExitCodes.NOT_FOUND,
                    "there is no store in " + folder + ": the file 'format' of one is missing; nothing was changed",
                    "offshoot serve --data " + folder + " to begin one, or another --data");
        }
        return FileStore.open(folder, options);
    }

    static Store openOrCreate(Path folder, FileStoreOptions options) {
        requireName(folder);
        return FileStore.open(folder, options);
    }

    static Store openOrCreate(Path folder, FileStoreOptions options, SyncMeters syncs) {
        requireName(folder);
        return FileStore.open(folder, options, syncs);
    }

    /** A folder that gets much at once, which is synced at the end: until then nobody sees it. */
    static Store openForRestore(Path folder) {
        requireName(folder);
        return FileStore.open(folder, FileStoreOptions.defaults().withSync(SyncPolicy.NEVER));
    }

    /** An empty name would be the folder one happens to be in, as where a variable of a script is not set. */
    private static void requireName(Path folder) {
        if (folder.toString().isEmpty()) {
            throw new CliException(ExitCodes.USAGE, "--data is empty: no folder is named", "--data DIR");
        }
    }

    /** A MongoDB that keeps the log. */
    static Store open(String uri) {
        Target.parse(uri);
        return MongoStore.open(uri);
    }
}
