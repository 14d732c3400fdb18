package dev.offshoot.store.file;

import dev.offshoot.store.StoreException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The open files that packs are read through: a file is used by one thread at a time, so each reader borrows one. Those that nobody uses
 * stay open, the last used ones up to a bound, until many other projects were used since ({@link OpenFiles}). Renames and removals go through here, so that nobody opens a name that is just going. Thread safe.
 */
final class PackHandles implements Closeable, OpenFiles.Owner {
    private static final int IDLE_MAX = 32;

    private final Disk disk;
    private final Deque<Handle> idle = new ArrayDeque<>();
    private final OpenFiles openFiles;
    private boolean closed;

    /** Whether {@link #openFiles} knows that files may be open. */
    private boolean counted;

    private volatile long used;

    PackHandles(Disk disk, OpenFiles openFiles) {
        this.disk = disk;
        this.openFiles = openFiles;
    }

    private record Handle(Pack pack, DiskFile file) {}

    /** A file to read a pack through; it has to be given back, or closed when reading it failed. */
    synchronized DiskFile borrow(Pack pack) throws IOException {
        used = openFiles.turn();
        for (Iterator<Handle> all = idle.iterator(); all.hasNext(); ) {
            Handle handle = all.next();
            if (handle.pack() == pack) {
                all.remove();
                return handle.file();
            }
        }
        if (pack.isDeleted() || closed) {
            throw new NoSuchFileException(pack.file().toString());
        }
        return disk.openToRead(pack.file());
    }

    void giveBack(Pack pack, DiskFile file) throws IOException {
        if (keep(pack, file)) {
            openFiles.opened(this);
        }
    }

    /** Keeps a file for the next reader, or closes it; returns whether these files count from now on. */
    private synchronized boolean keep(Pack pack, DiskFile file) throws IOException {
        if (pack.isDeleted() || closed) {
            file.close();
            return false;
        }
        idle.addFirst(new Handle(pack, file));
        if (idle.size() > IDLE_MAX) {
            idle.removeLast().file().close();
        }
        boolean uncounted = !counted;
        counted = true;
        return uncounted;
    }

    @Override
    public long used() {
        return used;
    }

    @Override
    public synchronized boolean rest() {
        counted = false;
        try {
            closeAll();
        } catch (IOException e) {
            throw new StoreException("cannot close a file that was read: " + e.getMessage(), e);
        }
        return true;
    }

    /** Renames the file of a pack. */
    synchronized void rename(Pack pack, Path to) throws IOException {
        closeIdle(pack);
        disk.rename(pack.file(), to);
        pack.renamed(to);
    }

    /** Removes the file of a pack. */
    synchronized void delete(Pack pack) throws IOException {
        pack.delete();
        closeIdle(pack);
        disk.delete(pack.file());
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        openFiles.closed(this);
        closeAll();
    }

    private void closeAll() throws IOException {
        while (!idle.isEmpty()) {
            idle.removeFirst().file().close();
        }
    }

    private void closeIdle(Pack pack) throws IOException {
        for (Iterator<Handle> all = idle.iterator(); all.hasNext(); ) {
            Handle handle = all.next();
            if (handle.pack() == pack) {
                all.remove();
                handle.file().close();
            }
        }
    }
}
