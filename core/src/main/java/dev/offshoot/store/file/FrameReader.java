package dev.offshoot.store.file;

import dev.offshoot.store.LogRecord;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames of one segment in order, through a buffer, and checks each. After {@link #head} comes either {@link #record}
 * or {@link #skip}. Not thread safe.
 */
final class FrameReader implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path path;
    private final DiskFile file;
    private final long end;
    private final byte[] buffer;
    private int at;
    private int limit;
    /** The offset in the file of the byte after the buffered ones. */
    private long readTo;

    /**
     * @param end the offset to read to, at most the file's size
     */
    FrameReader(Disk disk, Path path, long end) throws IOException {
        this.path = path;
        this.file = disk.openToRead(path);
        this.end = end;
        this.buffer = new byte[(int) Math.max(FrameFormat.HEAD_BYTES, Math.min(BUFFER_BYTES, end))];
    }

    /** The offset of the next byte this gives. */
    long offset() {
        return readTo - (limit - at);
    }

    /** The head of the next frame, or null at the end. */
    @Nullable
    FrameHead head(long expectedLsn) throws DamagedFrame, IOException {
        long offset = offset();
        if (offset >= end) {
            return null;
        }
        if (!fill(FrameFormat.HEAD_BYTES)) {
            throw new DamagedFrame(
                    offset, "a frame head of " + FrameFormat.HEAD_BYTES + " bytes", (end - offset) + " bytes");
        }
        FrameHead head = FrameFormat.decodeHead(buffer, at, offset, path);
        if (head.firstLsn() != expectedLsn) {
            throw new DamagedFrame(offset, "a record at LSN " + expectedLsn, "one at LSN " + head.firstLsn());
        }
        if (head.bodyBytes() > end - offset - FrameFormat.HEAD_BYTES) {
            throw new DamagedFrame(
                    offset,
                    "a frame of " + (FrameFormat.HEAD_BYTES + head.bodyBytes()) + " bytes",
                    (end - offset) + " bytes");
        }
        at += FrameFormat.HEAD_BYTES;
        return head;
    }

    /** The record whose head was just read. */
    LogRecord record(FrameHead head) throws DamagedFrame, IOException {
        long offset = offset() - FrameFormat.HEAD_BYTES;
        byte[] header = new byte[head.headerBytes()];
        byte[] payload = new byte[head.payloadBytes()];
        copyTo(header);
        copyTo(payload);
        int crc = FrameFormat.bodyCrc(header, payload);
        if (crc != head.bodyCrc()) {
            throw new DamagedFrame(offset, "body checksum " + FrameFormat.hex(head.bodyCrc()), FrameFormat.hex(crc));
        }
        return new LogRecord(head.firstLsn(), head.count(), head.nonce(), header, payload);
    }

    /** Passes over the body of the frame whose head was just read. */
    void skip(FrameHead head) {
        seek(offset() + head.bodyBytes());
    }

    /** Goes on reading at another offset. */
    void seek(long offset) {
        long back = readTo - offset;
        if (back >= 0 && back <= limit) {
            at = (int) (limit - back);
        } else {
            at = 0;
            limit = 0;
            readTo = offset;
        }
    }

    /**
     * The first whole frame head from the current offset on, wherever it starts; null when there is none. Afterwards this reads
     * on behind its first byte.
     */
    @Nullable
    FrameHead search() throws DamagedFrame, IOException {
        while (fill(FrameFormat.HEAD_BYTES)) {
            int last = limit - FrameFormat.HEAD_BYTES;
            while (at <= last) {
                if (buffer[at] == FrameFormat.MAGIC_FIRST_BYTE && FrameFormat.isHead(buffer, at, offset())) {
                    FrameHead head = FrameFormat.decodeHead(buffer, at, offset(), path);
                    at++;
                    return head;
                }
                at++;
            }
        }
        return null;
    }

    /** Where the last byte that is not zero ends, from the current offset on; the current offset when there is none. */
    long endOfContent() throws DamagedFrame, IOException {
        long content = offset();
        while (fill(1)) {
            for (; at < limit; at++) {
                if (buffer[at] != 0) {
                    content = offset() + 1;
                }
            }
        }
        return content;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private void copyTo(byte[] target) throws IOException, DamagedFrame {
        int done = Math.min(target.length, limit - at);
        System.arraycopy(buffer, at, target, 0, done);
        at += done;
        while (target.length - done >= buffer.length) {
            at = 0;
            limit = 0;
            done += readAt(readTo, target, done, target.length - done);
        }
        int rest = target.length - done;
        if (rest > 0) {
            if (!fill(rest)) {
                throw new DamagedFrame(offset(), rest + " bytes", (limit - at) + " bytes");
            }
            System.arraycopy(buffer, at, target, done, rest);
            at += rest;
        }
    }

    /** Whether {@code bytes} bytes are buffered, after reading as many as fit if they were not. */
    private boolean fill(int bytes) throws IOException, DamagedFrame {
        if (limit - at >= bytes) {
            return true;
        }
        System.arraycopy(buffer, at, buffer, 0, limit - at);
        limit -= at;
        at = 0;
        while (limit < bytes && readTo < end) {
            limit += readAt(readTo, buffer, limit, (int) Math.min(buffer.length - limit, end - readTo));
        }
        return limit >= bytes;
    }

    private int readAt(long position, byte[] target, int offset, int length) throws IOException, DamagedFrame {
        int count = file.read(position, target, offset, length);
        if (count < 0) {
            throw new DamagedFrame(position, "a file of " + end + " bytes", "its end at " + position);
        }
        readTo += count;
        return count;
    }
}
