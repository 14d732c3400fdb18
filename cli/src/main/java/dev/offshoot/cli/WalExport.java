package dev.offshoot.cli;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.Shipped;
import dev.offshoot.archive.Shipping;
import dev.offshoot.archive.ShippingLimits;
import dev.offshoot.archive.file.BundleBlobs;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal export PROJECT FILE}. */
@Command(
        name = "export",
        description = {
            "Write a project with its history to one file, a bundle, for offshoot wal import.",
            "With a file that is there, what is missing is added: after an export that was cut short, and later on."
        })
final class WalExport implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Parameters(index = "0", paramLabel = "PROJECT", description = "Name of the project.")
    private String project = "";

    @Parameters(index = "1", paramLabel = "FILE", description = "The bundle.")
    private Path file = Path.of("");

    WalExport(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (Target open = target.open(terminal)) {
            RemoteProject source = new RemoteProject(open.database(project), project);
            long unused = source.lastLsn(); // a project that is not there makes no file
            try (BlobStore bundle = BundleBlobs.openOrCreate(file)) {
                Shipped shipped =
                        new Shipping(source, bundle, ShippingLimits.DEFAULT, System::currentTimeMillis).round();
                ShippedFacts.report(output.to(terminal), terminal, project, bundle.describe(), shipped);
            }
        }
        return ExitCodes.OK;
    }
}
