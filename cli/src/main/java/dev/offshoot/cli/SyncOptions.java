package dev.offshoot.cli;

import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When what is written to a folder of data reaches the disk itself. */
final class SyncOptions {
    private static final Pattern INTERVAL = Pattern.compile("interval:([1-9][0-9]{0,6})");
    private static final long INTERVAL_MILLIS_MAX = 3_600_000;

    @Option(
            names = "--sync",
            paramLabel = "POLICY",
            description = "When writes to a folder reach the disk: always, interval:MS or never. Default: always.")
    private @Nullable String policy;

    /** The options of the folder that is opened. */
    FileStoreOptions ofFolder() {
        FileStoreOptions options = FileStoreOptions.defaults();
        String given = policy;
        if (given == null || given.equals("always")) {
            return options;
        }
        if (given.equals("never")) {
            return options.withSync(SyncPolicy.NEVER);
        }
        Matcher interval = INTERVAL.matcher(given);
        if (!interval.matches() || Long.parseLong(interval.group(1)) > INTERVAL_MILLIS_MAX) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "'" + given + "' is no sync policy: there are always, never and interval:MS with 1 to "
                            + INTERVAL_MILLIS_MAX + " milliseconds",
                    "--sync always, or --sync interval:100");
        }
        return options.withSyncEvery(Long.parseLong(interval.group(1)));
    }

    /** Refuses the option where no folder is opened. */
    void checkUnused() {
        if (policy != null) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--sync is about a folder of data; a MongoDB store always waits for a majority and its journal,"
                            + " and a server that runs has its own --sync",
                    "the same without --sync, or with --data DIR");
        }
    }
}
