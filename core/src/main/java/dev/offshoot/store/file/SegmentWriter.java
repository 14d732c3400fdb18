package dev.offshoot.store.file;

import dev.offshoot.store.LogRecord;
import java.io.IOException;

/**
 * The open segment that a log appends to.
 *
 * <p>Syncing a file that grew costs about twice as much as syncing one that did not: its new length has to reach the disk too. So a
 * frame that makes the file longer has zeros written behind it, as many as the log has bytes up to a limit: over time that is one more
 * byte for each byte at most, a small log stays small, and most frames of a large one go to where the file is already. The zeros are cut
 * when the segment is done with; where a crash leaves them, {@link Recovery} knows them for what they are.
 *
 * <p>Not thread safe.
 */
final class SegmentWriter {
    /** Frames up to this size are copied together and leave in one write; a larger one is written in slices of this size. */
    private static final int WRITE_BYTES = 1 << 20;

    private static final int SCRATCH_BYTES = 16 << 10;
    private static final int ZERO_BYTES = 256 << 10;

    private final DiskFile file;
    private byte[] scratch = new byte[SCRATCH_BYTES];
    /** Where the file ends, at most; what is behind the last frame is zeros. */
    private long size;
    /** Whether the file was cut since it was last synced. */
    private boolean shortened;
    /** Whether the disk had no room for zeros: it is left alone until the next segment. */
    private boolean full;

    /**
     * @param size where the file ends, and its last frame
     */
    SegmentWriter(DiskFile file, long size) {
        this.file = file;
        this.size = size;
    }

    /** Writes a frame, and nothing else. */
    void write(LogRecord entry, long syncedLsn, long offset) throws IOException {
        int small = FrameFormat.HEAD_BYTES + entry.header().length;
        boolean together = FrameFormat.bytes(entry) <= WRITE_BYTES;
        int first = together ? small + entry.payload().length : small;
        if (scratch.length < first) {
            scratch = new byte[Integer.highestOneBit(first) << 1];
        }
        FrameFormat.encodeHead(entry, syncedLsn, offset, scratch);
        System.arraycopy(entry.header(), 0, scratch, FrameFormat.HEAD_BYTES, entry.header().length);
        if (together) {
            System.arraycopy(entry.payload(), 0, scratch, small, entry.payload().length);
        }
        file.write(offset, scratch, 0, first);
        for (int done = first - small; done < entry.payload().length; done += WRITE_BYTES) {
            int length = Math.min(WRITE_BYTES, entry.payload().length - done);
            file.write(offset + small + done, entry.payload(), done, length);
        }
    }

    /**
     * Makes room for the frames behind the one that was just written, if that one took the last of it. Never fails: that frame is whole,
     * and an append that failed now would be one that is found again.
     */
    void makeRoom(long end, long bytes) {
        if (end <= size) {
            return;
        }
        size = end;
        if (bytes <= 0 || full) {
            return;
        }
        size = end + bytes;
        try {
            byte[] zeros = new byte[(int) Math.min(ZERO_BYTES, bytes)];
            for (long done = 0; done < bytes; done += zeros.length) {
                file.write(end + done, zeros, 0, (int) Math.min(zeros.length, bytes - done));
            }
        } catch (IOException | OutOfMemoryError e) {
            full = true; // some of the zeros may be there, and do no harm
        }
    }

    /** Cuts what is behind the frames; tells whether a cut, this one or one before, is still to be synced. */
    boolean cut(long end) throws IOException {
        if (size > end) {
            cutFailed(end);
        }
        return shortened;
    }

    /** Cuts a frame that was not written as a whole. */
    void cutFailed(long end) throws IOException {
        file.truncate(end);
        size = end;
        shortened = true;
    }

    void force() throws IOException {
        file.force();
        shortened = false;
    }

    void close() throws IOException {
        file.close();
    }
}
