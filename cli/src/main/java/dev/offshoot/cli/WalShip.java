package dev.offshoot.cli;

import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import dev.offshoot.archive.ArchiveTrim;
import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.Horizon;
import dev.offshoot.archive.Shipped;
import dev.offshoot.archive.Shipping;
import dev.offshoot.archive.ShippingLimits;
import dev.offshoot.archive.Trimmed;
import dev.offshoot.engine.Engine;
import dev.offshoot.store.StoreException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal ship PROJECT --to PLACE [--follow]}. */
@Command(
        name = "ship",
        description = {
            "Copy a project's log and newest checkpoint to an archive, from where the archive stands.",
            "One process at a time ships to a place."
        })
final class WalShip implements Callable<Integer> {
    private static final long PAUSE_MILLIS_MAX = 60_000;
    private static final long TRIM_PAUSE_NANOS = 3_600_000_000_000L;

    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final ArchiveOptions archive = new ArchiveOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "PLACE",
            description = "A folder, which is made when it is missing, or s3://BUCKET/PREFIX.")
    private String to = "";

    @Option(names = "--follow", description = "Go on until stopped; after a failure try again, less and less often.")
    private boolean follow;

    @Option(
            names = "--every",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "With --follow, the pause between two rounds. Default: ${DEFAULT-VALUE}.")
    private int everySeconds;

    @Option(
            names = "--retain",
            paramLabel = "90d|forever",
            description =
                    "How much of the past the archive keeps, at least what the project itself does. What is older is removed"
                            + " after the first round, and with --follow every hour. Default: forever.")
    private @Nullable String retain;

    @Option(
            names = "--dry-run",
            description = "With --retain: tell what would be removed from the archive as it is, and change nothing.")
    private boolean dryRun;

    WalShip(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (everySeconds < 1) {
            throw new CliException(ExitCodes.USAGE, "--every takes seconds from 1, not " + everySeconds, null);
        }
        if (dryRun && (retain == null || follow)) {
            throw new CliException(
                    ExitCodes.USAGE,
                    "--dry-run tells what --retain would remove, once",
                    "offshoot wal ship " + project + " --to " + to + " --retain 90d --dry-run");
        }
        long keepMillis = retain == null ? Long.MAX_VALUE : Retain.millis(retain);
        try (Target open = target.open(terminal)) {
            RemoteProject source = new RemoteProject(open.database(project), project);
            long unused = source.lastLsn(); // a project that is not there makes no archive
            if (dryRun) {
                foresee(source, keepMillis);
                return ExitCodes.OK;
            }
            try (BlobStore blobs = archive.openOrCreate(terminal, to)) {
                Shipping shipping = new Shipping(source, blobs, ShippingLimits.DEFAULT, System::currentTimeMillis);
                report(blobs, shipping.round());
                Trim trim = new Trim(source, blobs, shipping, keepMillis);
                trim.run();
                if (follow) {
                    terminal.stop().watch();
                    follow(shipping, blobs, trim);
                }
            }
        }
        return ExitCodes.OK;
    }

    private void foresee(RemoteProject source, long keepMillis) {
        try (BlobStore blobs = archive.open(terminal, to)) {
            Trimmed trimmed = keepMillis == Long.MAX_VALUE
                    ? new Trimmed(0, 0, 0, 0, 0, 0, 0, 0)
                    : ArchiveTrim.run(blobs, source, keeping(keepMillis), true);
            TrimmedFacts.report(output.to(terminal), project, blobs.describe(), trimmed);
        }
    }

    private static Horizon keeping(long keepMillis) {
        return Engine.keepingFrom(System.currentTimeMillis() - keepMillis);
    }

    /** Removes from the archive what is older than it keeps, now and then. */
    private final class Trim {
        private final RemoteProject source;
        private final BlobStore blobs;
        private final Shipping shipping;
        private final long keepMillis;
        private long nextNanos = System.nanoTime();

        Trim(RemoteProject source, BlobStore blobs, Shipping shipping, long keepMillis) {
            this.source = source;
            this.blobs = blobs;
            this.shipping = shipping;
            this.keepMillis = keepMillis;
        }

        void run() {
            if (keepMillis == Long.MAX_VALUE || System.nanoTime() - nextNanos < 0) {
                return;
            }
            nextNanos = System.nanoTime() + TRIM_PAUSE_NANOS;
            shipping.readAgain();
            Trimmed trimmed = ArchiveTrim.run(blobs, source, keeping(keepMillis), false);
            if (!trimmed.isNothing()) {
                terminal.err().println("removed " + TrimmedFacts.sentence(blobs.describe(), trimmed));
            }
        }
    }

    private void follow(Shipping shipping, BlobStore blobs, Trim trim) {
        long pauseMillis = everySeconds * 1000L;
        while (!terminal.stop().await(pauseMillis)) {
            try {
                Shipped shipped = shipping.round();
                trim.run();
                pauseMillis = everySeconds * 1000L;
                if (shipped.objects() > 0) {
                    report(blobs, shipped);
                }
            } catch (StoreException | MongoSocketException | MongoTimeoutException e) {
                pauseMillis = Math.min(2 * pauseMillis, Math.max(PAUSE_MILLIS_MAX, everySeconds * 1000L));
                terminal.err().println("offshoot: " + e.getMessage() + "; next try in " + pauseMillis / 1000 + " s");
            }
        }
    }

    private void report(BlobStore blobs, Shipped shipped) {
        ShippedFacts.report(output.to(terminal), terminal, project, blobs.describe(), shipped);
    }
}
