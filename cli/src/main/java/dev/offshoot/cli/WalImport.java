package dev.offshoot.cli;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.file.BundleBlobs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code offshoot wal import FILE}. */
@Command(
        name = "import",
        description = {
            "Bring in a project from a bundle, with its history, branches and positions.",
            "An import that was cut short goes on when it is started again; until it is done nobody sees the project."
        })
final class WalImport implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private final TargetOptions target = new TargetOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    @Option(names = "--project", paramLabel = "NAME", description = "The project in the bundle, when it holds several.")
    private @Nullable String project;

    @Option(names = "--as", paramLabel = "NAME", description = "The name it gets. Default: its own.")
    private @Nullable String as;

    @Parameters(paramLabel = "FILE", description = "The bundle.")
    private Path file = Path.of("");

    WalImport(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        if (!Files.isRegularFile(file)) {
            throw new CliException(ExitCodes.NOT_FOUND, "there is no bundle " + file + "; nothing was imported", null);
        }
        try (BlobStore bundle = BundleBlobs.open(file)) {
            new ArchiveRestore(terminal, target, output.to(terminal)).run(bundle, projectOf(bundle), null, as);
        }
        return ExitCodes.OK;
    }

    private String projectOf(BlobStore bundle) {
        List<String> there = Restore.projects(bundle);
        String wanted = project;
        if (wanted != null) {
            return wanted;
        }
        if (there.size() == 1) {
            return there.get(0);
        }
        throw new CliException(
                ExitCodes.USAGE,
                there.isEmpty()
                        ? file + " is not complete: the export was cut short"
                        : file + " holds several projects: " + String.join(", ", there),
                there.isEmpty() ? "the same offshoot wal export again, which goes on" : "--project NAME");
    }
}
