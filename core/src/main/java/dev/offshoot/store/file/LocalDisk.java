package dev.offshoot.store.file;

import dev.offshoot.metrics.SyncMeters;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The disk of this machine.
 *
 * <p>A {@code FileChannel} is closed for good when a thread inside it is interrupted, and an interrupted client thread must never
 * break the log. So bytes move through {@link RandomAccessFile}, and the sync goes through an {@link AsynchronousFileChannel}:
 * its {@code force(false)} is a plain {@code fdatasync} on the calling thread that ignores interrupts.
 */
final class LocalDisk implements Disk {
    private final SyncMeters syncs;

    LocalDisk() {
        this(SyncMeters.unseen());
    }

    /** The same with meters for its syncs. */
    LocalDisk(SyncMeters syncs) {
        this.syncs = syncs;
    }

    @Override
    public DiskFile open(Path file) throws IOException {
        RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw");
        try {
            return new LocalFile(bytes, AsynchronousFileChannel.open(file, StandardOpenOption.WRITE), syncs);
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    @Override
    public DiskFile openToRead(Path file) throws IOException {
        return new LocalFile(new RandomAccessFile(file.toFile(), "r"), null, syncs);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public void forceFolder(Path folder) throws IOException {
        if (File.separatorChar == '\\') {
            return; // Windows has no such operation: its file system keeps names durable itself
        }
        try (AsynchronousFileChannel channel = AsynchronousFileChannel.open(folder, StandardOpenOption.READ)) {
            syncs.time(() -> channel.force(true));
        }
    }
}
