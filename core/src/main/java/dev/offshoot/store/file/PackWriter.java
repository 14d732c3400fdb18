package dev.offshoot.store.file;

import dev.offshoot.store.PageId;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Writes one pack from its first page to its footer. Not thread safe. */
final class PackWriter implements Closeable {
    private static final int SCRATCH_BYTES = 16 << 10;

    private final Pack pack;
    private final DiskFile file;
    private final List<PackEntry> entries = new ArrayList<>();
    private byte[] scratch = new byte[SCRATCH_BYTES];
    private long size;
    private long newestMark;
    /** Whether a write failed, so that the file may go on behind its last whole frame. */
    private boolean torn;

    private boolean closed;

    private PackWriter(Pack pack, DiskFile file) {
        this.pack = pack;
        this.file = file;
    }

    /** Begins a pack. */
    static PackWriter begin(Disk disk, Pack pack) throws IOException {
        DiskFile file = disk.open(pack.file());
        try {
            file.truncate(0);
            return new PackWriter(pack, file);
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    Pack pack() {
        return pack;
    }

    /** The pages so far, in the order of their offsets. */
    List<PackEntry> entries() {
        return List.copyOf(entries);
    }

    boolean isFull(PackLimits limits) {
        return size >= limits.bytesMax() || entries.size() >= limits.pagesMax();
    }

    /** Writes a page behind the others. When that failed, the pack is as before. */
    PageLocation append(PageId id, byte[] bytes, long mark) throws IOException {
        int length = Math.toIntExact(PackFormat.frameBytes(bytes.length));
        if (scratch.length < length) {
            scratch = new byte[length];
        }
        PackFormat.encodeFrame(id, bytes, size, scratch);
        write(scratch, length);
        PackEntry entry = new PackEntry(id, size, bytes.length);
        entries.add(entry);
        size += length;
        newestMark = Math.max(newestMark, mark);
        return entry.in(pack);
    }

    /** Writes index and footer, and makes the whole file durable. Nothing can be appended afterwards. */
    void finish() throws IOException {
        List<PackEntry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparing(PackEntry::id));
        byte[] end = PackFormat.encodeEnd(sorted, size, newestMark);
        write(end, end.length);
        if (torn) {
            file.truncate(size + end.length);
        }
        file.force();
        close();
    }

    /** The bytes of all frames. */
    long frameBytes() {
        return size;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            file.close();
        }
    }

    private void write(byte[] bytes, int length) throws IOException {
        boolean written = false;
        try {
            file.write(size, bytes, 0, length);
            written = true;
        } finally {
            torn |= !written;
        }
    }
}
