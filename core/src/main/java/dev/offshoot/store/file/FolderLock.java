package dev.offshoot.store.file;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a folder to one open store: {@code offshoot.lock} is locked and holds the process id of the holder, {@code format} says
 * what the folder is.
 *
 * <p>POSIX forgets a process's lock on a file when that process closes <em>any</em> handle of the file. So a second
 * open in the same JVM must find out before it touches {@code offshoot.lock}: {@code format} is locked first, where losing the
 * system's lock does no harm, because the JVM remembers its own locks and refuses a second one.
 */
final class FolderLock {
    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);

    private static final String FORMAT_TEXT = "offshoot file store, format ";
    private static final String FORMAT_VERSION = "1";
    private static final int TEXT_BYTES_MAX = 100;
    /** Behind all content: where locks are mandatory, others can still read the text. */
    private static final long LOCKED_AT = Long.MAX_VALUE - 1;

    private final RandomAccessFile format;
    private final RandomAccessFile lock;

    private FolderLock(RandomAccessFile format, RandomAccessFile lock) {
        this.format = format;
        this.lock = lock;
    }

    /** The file that says what a folder is. */
    static Path format(Path folder) {
        return folder.resolve("format");
    }

    static FolderLock take(Disk disk, Path folder) throws IOException {
        RandomAccessFile format = new RandomAccessFile(format(folder).toFile(), "rw");
        try {
            tryLock(format, folder);
            return new FolderLock(format, lock(disk, folder, format));
        } catch (IOException | RuntimeException e) {
            format.close();
            throw e;
        }
    }

    void release() throws IOException {
        try {
            lock.setLength(0);
        } finally {
            lock.close();
            format.close();
        }
    }

    private static RandomAccessFile lock(Disk disk, Path folder, RandomAccessFile format) throws IOException {
        RandomAccessFile lock =
                new RandomAccessFile(folder.resolve("offshoot.lock").toFile(), "rw");
        try {
            if (!tryLock(lock, folder)) {
                throw inUse(folder, text(lock));
            }
            name(lock);
            checkFormat(disk, folder, format);
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** For whoever comes second. A full disk must not keep those out who want to free some space. */
    private static void name(RandomAccessFile lock) {
        try {
            lock.setLength(0);
            lock.write(pid().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            LOG.warn("the lock is held without the number of this process: {}", e.getMessage());
        }
    }

    private static boolean tryLock(RandomAccessFile file, Path folder) throws IOException {
        try {
            FileLock taken = file.getChannel().tryLock(LOCKED_AT, 1, false);
            return taken != null;
        } catch (OverlappingFileLockException e) {
            throw inUse(folder, pid());
        }
    }

    private static void checkFormat(Disk disk, Path folder, RandomAccessFile format) throws IOException {
        String found = text(format);
        if (found.isEmpty()) {
            format.write((FORMAT_TEXT + FORMAT_VERSION + "\n").getBytes(StandardCharsets.US_ASCII));
            format.getFD().sync();
            disk.forceFolder(folder);
        } else if (!found.startsWith(FORMAT_TEXT)) {
            throw new CorruptionException(
                    format(folder) + ": expected '" + FORMAT_TEXT + FORMAT_VERSION + "', found '" + found + "'");
        } else if (!found.equals(FORMAT_TEXT + FORMAT_VERSION)) {
            throw new StoreException(
                    folder + " has format " + found.substring(FORMAT_TEXT.length()) + ", this Offshoot reads format "
                            + FORMAT_VERSION + "; open it with the Offshoot that wrote it, or a newer one",
                    null);
        }
    }

    private static String text(RandomAccessFile file) throws IOException {
        byte[] bytes = new byte[(int) Math.min(TEXT_BYTES_MAX, file.length())];
        file.seek(0);
        file.readFully(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1).strip();
    }

    private static String pid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static StoreException inUse(Path folder, String pid) {
        return new StoreException(
                folder + " is in use by process " + (pid.isEmpty() ? "(unknown)" : pid)
                        + ": one process owns a folder. Connect to the running server with --uri, or stop that process",
                null);
    }
}
