package dev.offshoot.store.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The open files that packs are read through: a file is used by one thread at a time, so each reader borrows one. Those that nobody uses
 * stay open, the last used ones up to a bound. Renames and removals go through here, so that nobody opens a name that is just going. Thread safe.
 */
final class PackHandles implements Closeable {
    private static final int IDLE_MAX = 32;

    private final Disk disk;
    private final Deque<Handle> idle = new ArrayDeque<>();
    private boolean closed;

    PackHandles(Disk disk) {
        this.disk = disk;
    }

    private record Handle(Pack pack, DiskFile file) {}

    /** A file to read a pack through; it has to be given back, or closed when reading it failed. */
    synchronized DiskFile borrow(Pack pack) throws IOException {
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

    synchronized void giveBack(Pack pack, DiskFile file) throws IOException {
        if (pack.isDeleted() || closed) {
            file.close();
            return;
        }
        idle.addFirst(new Handle(pack, file));
        if (idle.size() > IDLE_MAX) {
            idle.removeLast().file().close();
        }
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
