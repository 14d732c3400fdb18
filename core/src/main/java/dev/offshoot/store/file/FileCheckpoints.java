package dev.offshoot.store.file;

import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of one project, each a file that is named by its LSN. One is written under another name, synced, and then renamed, so it
 * is there as a whole or not at all.
 */
final class FileCheckpoints implements CheckpointStore {
    private static final String SUFFIX = ".ckpt";
    private static final String UNFINISHED = ".tmp";
    private static final int DIGITS = 20;
    private static final int MANIFEST_BYTES_MAX = 1 << 20;

    private final Disk disk;
    private final Path folder;
    private final BooleanSupplier isClosed;

    /**
     * @param isClosed whether the store of these manifests is closed
     */
    FileCheckpoints(Disk disk, Path folder, BooleanSupplier isClosed) {
        this.disk = disk;
        this.folder = folder;
        this.isClosed = isClosed;
    }

    /** Removes what a crash left of manifests that were being written. */
    void removeUnfinished() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (String.valueOf(file.getFileName()).endsWith(SUFFIX + UNFINISHED)) {
                    disk.delete(file);
                }
            }
        } catch (IOException e) {
            throw new StoreException("cannot tidy the checkpoints in " + folder + ": " + e.getMessage(), e);
        }
    }

    @Override
    public synchronized void put(long lsn, byte[] manifest) {
        if (lsn < 1 || manifest.length > MANIFEST_BYTES_MAX) {
            throw new IllegalArgumentException("a manifest is at LSN 1 or above and has at most 1 MiB, not " + lsn
                    + " and " + manifest.length + " bytes");
        }
        checkOpen();
        Path file = file(lsn);
        try {
            Folders.create(disk, folder);
            if (Files.notExists(file)) {
                write(file, manifest);
            }
            disk.forceFolder(folder);
        } catch (IOException e) {
            throw new StoreException(
                    "the checkpoint at LSN " + lsn + " was not stored in " + folder + ", or may not have been: "
                            + e.getMessage() + "; if the disk is full, free some space and try again",
                    e);
        }
    }

    @Override
    public List<Long> list() {
        checkOpen();
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(FileCheckpoints::isName)
                    .map(name -> Long.parseLong(name.substring(0, DIGITS)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new StoreException("cannot list the checkpoints in " + folder + ": " + e.getMessage(), e);
        }
    }

    @Override
    public byte @Nullable [] get(long lsn) {
        checkOpen();
        Path file = file(lsn);
        if (Files.notExists(file)) {
            return null;
        }
        try (DiskFile source = disk.openToRead(file)) {
            byte[] manifest = new byte[Math.toIntExact(source.size())];
            if (source.readFully(0, manifest, 0, manifest.length) < manifest.length) {
                throw new IOException("the file shrank while it was read");
            }
            return manifest;
        } catch (IOException e) {
            throw new StoreException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Durable when it returns: a manifest must not come back once the pages that it reaches may be gone. */
    @Override
    public synchronized void delete(long lsn) {
        checkOpen();
        Path file = file(lsn);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try {
            disk.delete(file);
            disk.forceFolder(folder);
        } catch (IOException e) {
            throw new StoreException("cannot remove " + file + ": " + e.getMessage(), e);
        }
    }

    /** Does nothing: a file store has one process. */
    @Override
    public void need(String process, long lsn, long untilMillis) {}

    @Override
    public Map<String, Long> needs(long nowMillis) {
        return Map.of();
    }

    private void write(Path file, byte[] manifest) throws IOException {
        Path unfinished = folder.resolve(file.getFileName() + UNFINISHED);
        try (DiskFile target = disk.open(unfinished)) {
            target.truncate(0);
            target.write(0, manifest, 0, manifest.length);
            target.force();
        }
        disk.rename(unfinished, file);
    }

    private Path file(long lsn) {
        return folder.resolve(String.format("%0" + DIGITS + "d", lsn) + SUFFIX);
    }

    private static boolean isName(String name) {
        return name.length() == DIGITS + SUFFIX.length()
                && name.endsWith(SUFFIX)
                && name.chars().limit(DIGITS).allMatch(c -> c >= '0' && c <= '9');
    }

    private void checkOpen() {
        if (isClosed.getAsBoolean()) {
            throw new StoreException("the store of " + folder + " is closed; open it again", null);
        }
    }
}
