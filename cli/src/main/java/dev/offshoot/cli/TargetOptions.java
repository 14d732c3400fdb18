package dev.offshoot.cli;

import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStoreOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a verb works on: a running server, or a store that it opens itself. */
final class TargetOptions {
    static final String DEFAULT_URI = "mongodb://127.0.0.1:27018";
    static final String URI_VARIABLE = "OFFSHOOT_URI";

    @ArgGroup(exclusive = true)
    private @Nullable Choice choice;

    @Mixin
    private final SyncOptions sync = new SyncOptions();

    static final class Choice {
        @Option(
                names = "--uri",
                paramLabel = "URI",
                description = "A running server. Default: $" + URI_VARIABLE + ", or " + DEFAULT_URI + ".")
        private @Nullable String uri;

        @Option(names = "--data", paramLabel = "DIR", description = "A folder of data that no server has open.")
        private @Nullable Path data;

        @Option(names = "--store", paramLabel = "URI", description = "A MongoDB that keeps the log.")
        private @Nullable String store;
    }

    /** Connects to, or opens, what must be there. */
    Target open(Terminal terminal) {
        return open(terminal, false);
    }

    /** The same, and makes the folder when it is missing. */
    Target openOrCreate(Terminal terminal) {
        return open(terminal, true);
    }

    /** Whether it is a running server. */
    boolean isServer() {
        Choice given = choice;
        return given == null || (given.data == null && given.store == null);
    }

    /** The store itself, without an engine; only where it is not a server's. */
    Store openStore() {
        Choice given = choice;
        if (given != null && given.data != null) {
            return Stores.open(given.data, sync.ofFolder());
        }
        if (given != null && given.store != null) {
            return Stores.open(given.store);
        }
        throw new AssertionError("a server's store is opened by the server");
    }

    /**
     * A store to bring a project into, opened here; a missing folder is made.
     *
     * @throws CliException when none is given
     */
    Target openForRestore(Terminal terminal) {
        Choice given = choice;
        return given != null && given.data != null
                ? Target.embedded(Stores.openForRestore(given.data))
                : open(terminal, false);
    }

    private Target open(Terminal terminal, boolean create) {
        Choice given = choice;
        if (given != null && given.data != null) {
            FileStoreOptions files = sync.ofFolder();
            return Target.embedded(create ? Stores.openOrCreate(given.data, files) : Stores.open(given.data, files));
        }
        sync.checkUnused();
        if (given != null && given.store != null) {
            return Target.embedded(Stores.open(given.store));
        }
        String uri = given == null ? null : given.uri;
        return Target.connect(uri == null ? defaultUri(terminal) : uri);
    }

    static String defaultUri(Terminal terminal) {
        return terminal.environment().getOrDefault(URI_VARIABLE, DEFAULT_URI);
    }
}
