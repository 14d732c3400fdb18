package dev.offshoot.cli;

import com.mongodb.MongoSocketException;
import com.mongodb.MongoTimeoutException;
import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.Shipped;
import dev.offshoot.archive.Shipping;
import dev.offshoot.archive.ShippingLimits;
import dev.offshoot.store.StoreException;
import java.util.concurrent.Callable;
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

    WalShip(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (everySeconds < 1) {
            throw new CliException(ExitCodes.USAGE, "--every takes seconds from 1, not " + everySeconds, null);
        }
        try (Target open = target.open(terminal)) {
            RemoteProject source = new RemoteProject(open.database(project), project);
            long unused = source.lastLsn(); // a project that is not there makes no archive
            try (BlobStore blobs = archive.openOrCreate(terminal, to)) {
                Shipping shipping = new Shipping(source, blobs, ShippingLimits.DEFAULT, System::currentTimeMillis);
                report(blobs, shipping.round());
                if (follow) {
                    terminal.stop().watch();
                    follow(shipping, blobs);
                }
            }
        }
        return ExitCodes.OK;
    }

    private void follow(Shipping shipping, BlobStore blobs) {
        long pauseMillis = everySeconds * 1000L;
        while (!terminal.stop().await(pauseMillis)) {
            try {
                Shipped shipped = shipping.round();
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
