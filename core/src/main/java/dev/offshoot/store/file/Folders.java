package dev.offshoot.store.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Makes folders that survive a power cut. */
final class Folders {
    private Folders() {}

    /**
     * Removes a folder with the files in it, durably. Nothing when it is not there.
     *
     * @param dryRun to count and change nothing
     * @return the bytes of the files
     */
    static long remove(Disk disk, Path folder, boolean dryRun) throws IOException {
        if (!Files.isDirectory(folder)) {
            return 0;
        }
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
            if (!dryRun) {
                disk.delete(file);
            }
        }
        Path parent = folder.getParent();
        if (!dryRun && parent != null) {
            disk.forceFolder(folder);
            disk.delete(folder);
            disk.forceFolder(parent);
        }
        return bytes;
    }

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
