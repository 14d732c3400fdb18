package dev.offshoot.store.file;

import dev.offshoot.store.PageId;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the file of a pack. Not thread safe. */
final class PackReader {
    private static final int SEARCH_BYTES = 64 << 10;

    private final DiskFile file;
    private final Path path;
    private final long size;

    PackReader(DiskFile file, Path path) throws IOException {
        this.file = file;
        this.path = path;
        this.size = file.size();
    }

    /**
     * The index of a pack.
     *
     * @param entries as they are in the file
     * @param frameBytes what all frames take
     * @param newestMark the newest mark of its pages
     */
    record Index(byte[] entries, int count, long frameBytes, long newestMark) {
        /** The entries, in the order of their ids. */
        List<PackEntry> list() {
            List<PackEntry> list = new ArrayList<>(count);
            for (int n = 0; n < count; n++) {
                list.add(PackFormat.decodeEntry(entries, n));
            }
            return list;
        }
    }

    /** The bytes of a page, checked. */
    static byte[] page(DiskFile file, PageId id, long offset, int length) throws IOException, DamagedFrame {
        byte[] frame = frame(file, offset, length);
        if (!PackFormat.isFrame(frame, offset, length)) {
            throw new DamagedFrame(offset, "the whole frame of page " + id, "other bytes");
        }
        PageId found = PackFormat.idOf(frame);
        if (!found.equals(id)) {
            throw new DamagedFrame(offset, "page " + id, "page " + found);
        }
        byte[] bytes = new byte[length];
        System.arraycopy(frame, PackFormat.FRAME_HEAD_BYTES, bytes, 0, length);
        return bytes;
    }

    /** Reads the index by way of the footer. */
    Index index() throws IOException, DamagedFrame {
        long footerAt = size - PackFormat.FOOTER_BYTES;
        if (footerAt < 0) {
            throw new DamagedFrame(0, "a footer", "a file of " + size + " bytes");
        }
        PackFormat.Footer footer = PackFormat.decodeFooter(read(footerAt, PackFormat.FOOTER_BYTES), footerAt);
        checkVersion(footer);
        long indexBytes = footerAt - footer.indexOffset();
        if (footer.indexOffset() < 0 || indexBytes != (long) footer.count() * PackFormat.ENTRY_BYTES) {
            throw new DamagedFrame(
                    footerAt, "an index of " + footer.count() + " pages", indexBytes + " bytes before the footer");
        }
        byte[] entries = read(footer.indexOffset(), Math.toIntExact(indexBytes));
        int crc = PackFormat.crc(entries, 0, entries.length);
        if (crc != footer.indexCrc()) {
            throw new DamagedFrame(
                    footer.indexOffset(), "index checksum " + FrameFormat.hex(footer.indexCrc()), FrameFormat.hex(crc));
        }
        return new Index(entries, footer.count(), footer.indexOffset(), footer.newestMark());
    }

    /** Finds the whole frames in a file whose index is damaged. */
    List<PackEntry> search() throws IOException {
        List<PackEntry> found = new ArrayList<>();
        for (long offset = 0; (offset = nextMagic(offset)) >= 0; ) {
            PackEntry entry = entryAt(offset);
            if (entry == null) {
                offset++;
            } else {
                found.add(entry);
                offset += entry.frameBytes();
            }
        }
        return found;
    }

    private @Nullable PackEntry entryAt(long offset) throws IOException {
        if (size - offset < PackFormat.FRAME_HEAD_BYTES) {
            return null;
        }
        int length = PackFormat.frameLength(read(offset, PackFormat.FRAME_HEAD_BYTES));
        if (length < 0 || offset + PackFormat.frameBytes(length) > size) {
            return null;
        }
        byte[] frame = frame(file, offset, length);
        return PackFormat.isFrame(frame, offset, length) ? new PackEntry(PackFormat.idOf(frame), offset, length) : null;
    }

    /** The first place from an offset on where a frame may begin, or -1. */
    private long nextMagic(long from) throws IOException {
        byte[] block = new byte[SEARCH_BYTES];
        for (long start = from; start < size; start += SEARCH_BYTES - Integer.BYTES + 1) {
            int count = file.readFully(start, block, 0, block.length);
            for (int i = 0; i + Integer.BYTES <= count; i++) {
                if (PackFormat.isFrameMagic(block, i)) {
                    return start + i;
                }
            }
        }
        return -1;
    }

    private void checkVersion(PackFormat.Footer footer) {
        if (footer.version() != PackFormat.VERSION) {
            throw new StoreException(
                    path + " has version " + footer.version() + ", this Offshoot reads version " + PackFormat.VERSION
                            + "; open the folder with the Offshoot that wrote it, or a newer one",
                    null);
        }
    }

    private byte[] read(long offset, int length) throws IOException {
        byte[] bytes = new byte[length];
        int count = file.readFully(offset, bytes, 0, length);
        if (count < length) {
            throw new IOException(path + " shrank while it was read");
        }
        return bytes;
    }

    private static byte[] frame(DiskFile file, long offset, int length) throws IOException {
        byte[] frame = new byte[Math.toIntExact(PackFormat.frameBytes(length))];
        file.readFully(offset, frame, 0, frame.length);
        return frame;
    }
}
