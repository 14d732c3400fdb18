package dev.offshoot.cli;

import dev.offshoot.store.file.FileStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bson.Document;
import picocli.CommandLine.Command;

/** Loads the classes that verbs use, for the archive of classes that the launcher makes after a build. */
@Command(name = "warm-up", hidden = true, description = "Load the classes that verbs use.")
final class WarmUp implements Callable<Integer> {
    private final Terminal terminal;

    WarmUp(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Offshoot.commandLine(terminal).usage(terminal.out());
        Path folder = Files.createTempDirectory("offshoot-warm-up");
        try (Target target = Target.embedded(Stores.openOrCreate(folder, FileStoreOptions.defaults()))) {
            Document unused = target.admin().runCommand(new Document("createProject", "warm-up"));
            new Output(terminal, true)
                    .fact(Map.of("branches", target.branches("warm-up").size()), "");
        } finally {
            Folders.delete(folder);
        }
        return ExitCodes.OK;
    }
}
