package dev.offshoot.it;

import dev.offshoot.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

final class KillOnFilesTest extends KillContract {
    private final Path folder;
    private int copies;

    KillOnFilesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @Override
    Forked startServer() {
        return Forked.start(ServerMain.class, List.of(CHECKPOINTS), "files", data().toString());
    }

    /** A copy, because the folder is locked by the server. */
    @Override
    Store openStore() {
        Path copy = folder.resolve("copy-" + ++copies);
        try (Stream<Path> files = Files.walk(data().resolve("logs"))) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            for (Path file : all) {
                Path to = copy.resolve(data().relativize(file));
                Files.createDirectories(Objects.requireNonNull(to.getParent()));
                Files.copy(file, to);
            }
            Files.copy(data().resolve("format"), copy.resolve("format"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ServerMain.files(copy);
    }

    @Override
    boolean needsProject() {
        return false;
    }

    private Path data() {
        return folder.resolve("data");
    }
}
