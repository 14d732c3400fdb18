package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes folders that survive a power cut. */
final class Folders {
    private Folders() {}

    /** Creates a folder and those above it, where missing, each durably. */
    static void create(Disk disk, Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        Path parent = folder.toAbsolutePath().getParent();
        if (parent != null) {
            create(disk, parent);
        }
        Files.createDirectories(folder);
        if (parent != null) {
            disk.forceFolder(parent);
        }
    }
}
