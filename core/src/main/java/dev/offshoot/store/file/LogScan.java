package dev.offshoot.store.file;

import dev.offshoot.store.LogVisitor;
import dev.offshoot.store.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the segments of a log past whatever is damaged. Behind a damaged frame it goes on at the next whole frame head, which is one only
 * where it was written. What a torn tail is, it decides as {@link Recovery} does. Not thread safe.
 */
final class LogScan {
    private final Disk disk;
    private final LogVisitor visitor;
    private final boolean isOpen;
    private long nextLsn;

    /**
     * @param firstLsn where the log begins
     * @param isOpen whether the log is open, so that its end is known and none of it is torn
     */
    LogScan(Disk disk, long firstLsn, boolean isOpen, LogVisitor visitor) {
        this.disk = disk;
        this.nextLsn = firstLsn;
        this.isOpen = isOpen;
        this.visitor = visitor;
    }

    /**
     * @param segments all there are, in order
     * @throws StoreException when one cannot be read
     */
    void read(List<Segment> segments) {
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            if (segment.firstLsn() != nextLsn) {
                visitor.damaged(segment.file() + ": expected a segment that starts at LSN " + nextLsn
                        + " before it, found none");
                nextLsn = segment.firstLsn();
            }
            try {
                read(segment, i == segments.size() - 1);
            } catch (FileNotFoundException e) {
                visitor.damaged(segment.file() + ": expected this segment, found no such file");
            } catch (IOException e) {
                throw new StoreException("cannot read " + segment.file() + ": " + e.getMessage(), e);
            }
        }
    }

    private void read(Segment segment, boolean isLast) throws IOException {
        boolean mayBeTorn = isLast && !isOpen;
        if (segment.bytes() == 0 && !isLast) { // the last one was begun, and its first record not written
            visitor.damaged(segment.file() + ": expected a record at LSN " + nextLsn + ", found an empty file");
        }
        try (FrameReader reader = new FrameReader(disk, segment.file(), segment.bytes())) {
            while (true) {
                long offset = reader.offset();
                FrameHead head = null;
                try {
                    head = reader.head(nextLsn);
                    if (head == null) {
                        return;
                    }
                    visitor.record(reader.record(head));
                    nextLsn = head.lastLsn() + 1;
                } catch (DamagedFrame e) {
                    reader.seek(goOn(segment, reader, offset, head, e, mayBeTorn));
                }
            }
        } catch (DamagedFrame e) {
            throw new IOException("it changed while it was read: " + e.reason(), e);
        }
    }

    /** Tells of a damaged frame and answers where the next whole one is; the end of the segment when there is none. */
    private long goOn(
            Segment segment,
            FrameReader reader,
            long offset,
            @Nullable FrameHead head,
            DamagedFrame damage,
            boolean mayBeTorn)
            throws DamagedFrame, IOException {
        String where = segment.file() + " at offset " + damage.offset() + ": " + damage.reason();
        if (mayBeTorn && !isProven(reader, offset)) {
            reader.seek(offset);
            if (reader.endOfContent() > offset) {
                visitor.unfinished(where);
            }
            return segment.bytes();
        }
        if (head != null) {
            visitor.damaged(where + ", in the record of LSN " + nextLsn + " to " + head.lastLsn());
            nextLsn = head.lastLsn() + 1;
            return offset + FrameFormat.HEAD_BYTES + head.bodyBytes();
        }
        return goOnBehind(segment, reader, offset, where);
    }

    private long goOnBehind(Segment segment, FrameReader reader, long offset, String where)
            throws DamagedFrame, IOException {
        reader.seek(offset);
        FrameHead next = reader.search();
        if (next != null && reader.offset() - 1 == offset && next.firstLsn() == nextLsn) {
            next = reader.search(); // the body of this one does not fit into the segment
        }
        if (next == null) {
            visitor.damaged(where + ", where LSN " + nextLsn + " begins; no whole record follows in this segment");
            return segment.bytes();
        }
        visitor.damaged(where + ", where LSN " + nextLsn + " begins; the next whole record is at offset "
                + (reader.offset() - 1) + ", LSN " + next.firstLsn());
        nextLsn = next.firstLsn();
        return reader.offset() - 1;
    }

    /** Whether a frame behind the damaged one tells that what is damaged was synced. */
    private boolean isProven(FrameReader reader, long offset) throws DamagedFrame, IOException {
        reader.seek(offset + 1);
        for (FrameHead later = reader.search(); later != null; later = reader.search()) {
            if (later.syncedLsn() >= nextLsn) {
                return true;
            }
        }
        return false;
    }
}
