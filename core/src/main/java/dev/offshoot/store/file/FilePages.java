package dev.offshoot.store.file;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pages of one project in a folder of packs. Pages are put to one open pack; {@link #flush} finishes it, which makes it durable and gives
 * it its final name. A finished pack never changes; sweeps remove it, when what is left of its pages is in another one.
 *
 * <p>A pack that could not be finished is given up with all its pages, and the next put begins another, so a failed sync needs no
 * reopening.
 *
 * <p>Marks are kept in memory, and with a pack the newest of its pages: a process is alone on the folder, so a page that
 * is put again is safe until this process ends, and by then either a manifest reaches it, or nobody needs it.
 *
 * <table>
 * <caption>Fields that change</caption>
 * <tr><th>field</th><th>written</th><th>read</th></tr>
 * <tr><td>open, lost</td><td>holding the monitor</td><td>holding the monitor</td></tr>
 * <tr><td>closed</td><td>holding the monitor</td><td>by any thread</td></tr>
 * </table>
 */
final class FilePages implements PageStore {
    private static final int PAGE_BYTES_MAX = 32 << 20;

    private final PackFolder folder;
    private final InstantSource clock;
    private final PackLimits limits;
    private final PageIndex index;
    private final PageSweep sweep;
    private final List<String> problems;
    private @Nullable PackWriter open;
    /** Why pages that were put since the last flush are gone; null when none are. */
    private @Nullable IOException lost;

    private volatile boolean closed;

    private FilePages(PackFolder folder, InstantSource clock, PackLimits limits) throws IOException {
        this.folder = folder;
        this.clock = clock;
        this.limits = limits;
        this.index = folder.index();
        this.sweep = new PageSweep(folder, limits);
        this.problems = folder.load(clock.millis());
    }

    /**
     * Opens the pages in a folder, which need not exist. Unfinished packs are removed; of a damaged one the pages that are whole are kept.
     *
     * @param openFiles is told when packs stay open to be read
     * @throws StoreException when the folder cannot be read
     */
    static FilePages open(Disk disk, Path place, InstantSource clock, PackLimits limits, OpenFiles openFiles) {
        try {
            return new FilePages(new PackFolder(disk, place, openFiles), clock, limits);
        } catch (IOException e) {
            throw new StoreException("cannot read the pages in " + place + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean put(PageId id, byte[] bytes) {
        if (bytes.length > PAGE_BYTES_MAX) {
            throw new IllegalArgumentException("a page has at most 32 MiB, not " + bytes.length + " bytes");
        }
        checkOpen();
        long mark = clock.millis();
        return !index.renew(id, mark) && append(id, bytes, mark);
    }

    @Override
    public synchronized void flush() {
        checkOpen();
        try {
            IOException before = lost;
            lost = null;
            if (before != null) {
                throw before;
            }
            finish();
        } catch (IOException e) {
            throw new StoreException(
                    "cannot make the pages in " + folder + " durable: " + e.getMessage()
                            + "; those put since the last success are given up. Check the disk, free some space if"
                            + " it is full, and put them again",
                    e);
        }
    }

    @Override
    public byte[] get(PageId id) {
        PageLocation last = null;
        while (true) {
            checkOpen();
            PageLocation at = index.find(id);
            if (at == null) {
                throw missing(id);
            }
            boolean again = Objects.equals(at, last);
            try {
                return folder.read(id, at);
            } catch (IOException e) {
                if (again) {
                    throw new StoreException(
                            "cannot read page " + id + " in pack " + at.pack() + " of " + folder + ": "
                                    + e.getMessage(),
                            e);
                }
            } catch (DamagedFrame e) {
                throw new CorruptionException("page " + id + " in pack " + at.pack() + " of " + folder + " at offset "
                        + e.offset() + ": " + e.reason() + "; restore this file from a backup");
            }
            last = at;
        }
    }

    @Override
    public boolean has(PageId id) {
        checkOpen();
        return index.has(id);
    }

    @Override
    public void forEach(Consumer<Entry> page) {
        checkOpen();
        synchronized (sweep) {
            try {
                visitAll(page);
            } catch (IOException e) {
                throw new StoreException("cannot list the pages in " + folder + ": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public Amount amount() {
        checkOpen();
        return index.amount();
    }

    @Override
    public Amount sweep(Predicate<PageId> reachable, long markedBefore, boolean dryRun) {
        checkOpen();
        try {
            return sweep.run(reachable, markedBefore, dryRun);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot remove pages in " + folder + ": " + e.getMessage()
                            + "; what was removed stays removed, and the next sweep goes on",
                    e);
        }
    }

    @Override
    public List<String> problems() {
        return problems;
    }

    /** Gives the files back; pages that were not flushed are gone. Idempotent. */
    synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            PackWriter writer = open;
            open = null;
            if (writer != null) {
                folder.abandon(writer);
            }
            folder.close();
        } catch (IOException e) {
            throw new StoreException("cannot close the pages in " + folder + ": " + e.getMessage(), e);
        }
    }

    private synchronized boolean append(PageId id, byte[] bytes, long mark) {
        checkOpen();
        if (index.renew(id, mark)) {
            return false;
        }
        try {
            PackWriter writer = open;
            if (writer == null) {
                writer = folder.begin();
                open = writer;
            }
            index.add(id, writer.append(id, bytes, mark), mark);
            if (writer.isFull(limits)) {
                finishFull();
            }
            return true;
        } catch (IOException e) {
            throw new StoreException(
                    "page " + id + " was not stored in " + folder + ": " + e.getMessage()
                            + "; if the disk is full, free some space and try again",
                    e);
        }
    }

    /** Pages of earlier puts are in that pack, so when finishing it fails the next flush has to say so. */
    private void finishFull() throws IOException {
        try {
            finish();
        } catch (IOException e) {
            lost = e;
            throw e;
        }
    }

    private void finish() throws IOException {
        PackWriter writer = open;
        open = null;
        if (writer != null) {
            folder.finish(writer);
        }
    }

    private void visitAll(Consumer<Entry> page) throws IOException {
        PackWriter writer;
        List<PackEntry> unfinished;
        List<Pack> finished;
        synchronized (this) {
            writer = open;
            unfinished = writer == null ? List.of() : writer.entries();
            finished = index.finished();
        }
        for (Pack pack : finished) {
            visit(pack, folder.entries(pack), page);
        }
        if (writer != null) {
            visit(writer.pack(), unfinished, page);
        }
    }

    private void visit(Pack pack, List<PackEntry> entries, Consumer<Entry> page) {
        for (PackEntry entry : entries) {
            if (index.isAt(entry.id(), entry.in(pack))) {
                page.accept(new Entry(entry.id(), entry.frameBytes()));
            }
        }
    }

    private CorruptionException missing(PageId id) {
        String known = problems.isEmpty() ? "" : ". It may be one of those lost here: " + String.join("; ", problems);
        return new CorruptionException("expected page " + id + " in " + folder + ", found none" + known);
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException("the store of " + folder + " is closed; open it again", null);
        }
    }
}
