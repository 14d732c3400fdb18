package dev.offshoot.store.file;

import dev.offshoot.store.PageId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The packs in a folder: begins, finishes, reads and removes them, and keeps the index of their pages. Thread safe. */
final class PackFolder implements Closeable {
    private static final Logger LOG = LoggerFactory.getLogger(PackFolder.class);

    private final Disk disk;
    private final Path folder;
    private final PackHandles handles;
    private final PageIndex index = new PageIndex();
    private final AtomicInteger lastNumber = new AtomicInteger();

    PackFolder(Disk disk, Path folder, OpenFiles openFiles) {
        this.disk = disk;
        this.folder = folder;
        this.handles = new PackHandles(disk, openFiles);
    }

    PageIndex index() {
        return index;
    }

    /**
     * Reads the indexes of all finished packs and removes what a crash left of others.
     *
     * @param now the mark of the pages of a pack whose own is damaged
     * @return what is damaged
     */
    List<String> load(long now) throws IOException {
        List<String> problems = new ArrayList<>();
        for (Path file : files()) {
            String name = String.valueOf(file.getFileName());
            if (Pack.isOpenName(name)) {
                LOG.info("removed {}, which was not finished when the process that wrote it ended", file);
                disk.delete(file);
                lastNumber.accumulateAndGet(Pack.numberOf(name), Math::max);
            } else if (Pack.isFinishedName(name)) {
                load(Pack.finished(file), now, problems);
                lastNumber.accumulateAndGet(Pack.numberOf(name), Math::max);
            }
        }
        return List.copyOf(problems);
    }

    /** Begins a pack that nobody sees until it has pages. */
    PackWriter begin() throws IOException {
        Folders.create(disk, folder);
        Pack pack = Pack.open(folder, lastNumber.incrementAndGet());
        PackWriter writer = PackWriter.begin(disk, pack);
        index.addPack(pack);
        return writer;
    }

    /** Makes a pack durable and gives it its final name. When that failed the pack is given up, with the pages in it. */
    void finish(PackWriter writer) throws IOException {
        Pack pack = writer.pack();
        try {
            writer.finish();
            handles.rename(pack, pack.finishedFile());
            disk.forceFolder(folder);
            index.finish(pack, writer.frameBytes());
        } catch (IOException | RuntimeException e) {
            abandon(writer);
            throw e;
        }
    }

    /** Forgets a pack that was not finished, with the pages in it. What stays of its file does no harm: it is not finished, or whole. */
    void abandon(PackWriter writer) {
        index.removePack(writer.pack());
        try {
            writer.close();
            handles.delete(writer.pack());
        } catch (IOException e) {
            LOG.warn("cannot remove {}: {}", writer.pack().file(), e.getMessage());
        }
    }

    /** Removes a finished pack. */
    void remove(Pack pack) throws IOException {
        handles.delete(pack);
        index.removePack(pack);
    }

    /** Makes removals durable. */
    void force() throws IOException {
        disk.forceFolder(folder);
    }

    /** The pages that were written to a finished pack. */
    List<PackEntry> entries(Pack pack) throws IOException {
        DiskFile file = handles.borrow(pack);
        List<PackEntry> entries;
        try {
            entries = entries(new PackReader(file, pack.file()));
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
        handles.giveBack(pack, file);
        return entries;
    }

    /** The bytes of a page, checked. */
    byte[] read(PageId id, PageLocation at) throws IOException, DamagedFrame {
        Pack pack = index.pack(at.pack());
        if (pack == null) {
            throw new IOException("pack " + at.pack() + " was removed");
        }
        DiskFile file = handles.borrow(pack);
        byte[] bytes;
        try {
            bytes = PackReader.page(file, id, at.offset(), at.length());
        } catch (IOException | DamagedFrame | RuntimeException | OutOfMemoryError e) {
            file.close();
            throw e;
        }
        handles.giveBack(pack, file);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        handles.close();
    }

    @Override
    public String toString() {
        return folder.toString();
    }

    private static List<PackEntry> entries(PackReader reader) throws IOException {
        try {
            return reader.index().list();
        } catch (DamagedFrame e) {
            return reader.search();
        }
    }

    private void load(Pack pack, long now, List<String> problems) throws IOException {
        index.addPack(pack);
        try (DiskFile file = disk.openToRead(pack.file())) {
            PackReader reader = new PackReader(file, pack.file());
            try {
                PackReader.Index read = reader.index();
                index.addAll(pack, read.entries(), read.count(), read.newestMark());
                index.finish(pack, read.frameBytes());
            } catch (DamagedFrame e) {
                List<PackEntry> found = reader.search();
                found.forEach(entry -> index.add(entry.id(), entry.in(pack), now));
                index.finishDamaged(
                        pack, found.stream().mapToLong(PackEntry::frameBytes).sum());
                String problem = pack.file() + " at offset " + e.offset() + ": " + e.reason() + "; found "
                        + found.size() + " whole pages in it";
                problems.add(problem);
                LOG.warn("{}", problem);
            }
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }
}
