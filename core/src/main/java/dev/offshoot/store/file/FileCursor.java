package dev.offshoot.store.file;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Reads the segments of a log in order, as far as they went when it was made. Has file handles of its own. */
final class FileCursor implements RecordCursor {
    private final Disk disk;
    private final Iterator<Segment> segments;
    private final LongConsumer check;
    private final FrameMarks marks;
    private @Nullable Path file;
    private @Nullable FrameReader reader;
    private @Nullable FrameHead ahead;
    private long nextLsn;
    private long segmentLsn;

    /** Up to where the segment's frames were shown to {@link #marks}. */
    private long marked;

    /**
     * @param segments in order; the first holds {@code fromLsn} or ends below it
     * @param fromLsn the LSN whose record comes first
     * @param marks where frames are; gets to know more
     * @param check throws when the store is closed, or when the LSN it is given was trimmed
     */
    FileCursor(Disk disk, List<Segment> segments, long fromLsn, FrameMarks marks, LongConsumer check) {
        this.disk = disk;
        this.segments = segments.iterator();
        this.check = check;
        this.marks = marks;
        this.nextLsn = segments.isEmpty() ? 1 : segments.get(0).firstLsn();
        skipTo(fromLsn);
    }

    @Override
    public @Nullable LogRecord next() {
        check.accept(Long.MAX_VALUE);
        FrameHead head = ahead != null ? ahead : nextHead();
        ahead = null;
        if (head == null || reader == null) {
            return null;
        }
        try {
            return reader.record(head);
        } catch (DamagedFrame e) {
            throw corruption(e);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** The head of the record that {@link #next} gives next; null when there is none or after that. */
    @Nullable
    FrameHead ahead() {
        return ahead;
    }

    @Override
    public void close() {
        if (reader != null) {
            try {
                reader.close();
            } catch (IOException e) {
                throw unreadable(e);
            } finally {
                reader = null;
            }
        }
    }

    private void skipTo(long fromLsn) {
        try {
            seek(fromLsn);
            FrameHead head = nextHead();
            while (head != null && reader != null && head.lastLsn() < fromLsn) {
                reader.skip(head);
                head = nextHead();
            }
            ahead = head;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Goes to the nearest frame whose place is known, in the first segment. */
    private void seek(long fromLsn) {
        if (!segments.hasNext()) {
            return;
        }
        try {
            reader = openNext();
            Map.Entry<Long, Long> near = marks.before(segmentLsn, fromLsn);
            if (near != null) {
                marked = near.getValue();
                reader.seek(marked);
                nextLsn = near.getKey();
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private @Nullable FrameHead nextHead() {
        try {
            while (reader != null || segments.hasNext()) {
                if (reader == null) {
                    reader = openNext();
                }
                FrameHead head = reader.head(nextLsn);
                if (head != null) {
                    mark(head, reader.offset() - FrameFormat.HEAD_BYTES);
                    nextLsn = head.lastLsn() + 1;
                    return head;
                }
                close();
            }
            return null;
        } catch (DamagedFrame e) {
            throw corruption(e);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** One frame in so many bytes is worth a look at the marks. */
    private void mark(FrameHead head, long offset) {
        if (offset - marked >= FrameMarks.GAP_BYTES) {
            marks.note(segmentLsn, head.firstLsn(), offset);
            marked = offset;
        }
    }

    private FrameReader openNext() throws IOException {
        Segment segment = segments.next();
        file = segment.file();
        if (segment.firstLsn() != nextLsn) {
            throw new CorruptionException(segment.file() + ": expected a segment that starts at LSN " + nextLsn
                    + " before it, found none. Restore it from a backup");
        }
        segmentLsn = segment.firstLsn();
        marked = 0;
        return new FrameReader(disk, segment.file(), segment.bytes());
    }

    private CorruptionException corruption(DamagedFrame e) {
        return new CorruptionException(
                file + " at offset " + e.offset() + ": " + e.reason() + ". Restore this file from a backup");
    }

    private RuntimeException unreadable(IOException e) {
        check.accept(nextLsn);
        return e instanceof FileNotFoundException
                ? new CorruptionException(file + ": expected this segment, found no such file")
                : new StoreException("cannot read " + file + ": " + e.getMessage(), e);
    }
}
