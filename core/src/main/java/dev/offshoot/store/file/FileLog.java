package dev.offshoot.store.file;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.LogVisitor;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One log in a folder of segments. An append is one write and one sync; only then does {@link #tail} move, and with it what
 * readers see.
 *
 * <p>A failed write is cut off again and the log goes on. A failed sync, or a failed cut, leaves bytes nobody can vouch for, so the
 * log is poisoned: nothing is appended until it is opened again.
 *
 * <table>
 * <caption>Fields that change</caption>
 * <tr><th>field</th><th>written</th><th>read</th></tr>
 * <tr><td>tail</td><td>holding the monitor</td><td>by any thread</td></tr>
 * <tr><td>closed</td><td>holding the monitor</td><td>by any thread</td></tr>
 * <tr><td>poison</td><td>holding the monitor</td><td>by any thread</td></tr>
 * <tr><td>all others</td><td>holding the monitor</td><td>holding the monitor</td></tr>
 * </table>
 */
final class FileLog implements LogStore {
    /** Frames up to this size are copied together and leave in one write; a larger one is written in slices of this size. */
    private static final int WRITE_BYTES = 1 << 20;

    private static final int SCRATCH_BYTES = 16 << 10;

    private final Disk disk;
    private final Path folder;
    private final FileStoreOptions options;
    private volatile Tail tail;
    private volatile boolean closed;
    private @Nullable DiskFile file;
    private byte[] scratch = new byte[SCRATCH_BYTES];
    private long syncedLsn;
    /** Whether a new segment was begun but not finished: its file may be there, so no record may go to the one before. */
    private boolean beginning;

    private volatile @Nullable Throwable poison;
    private byte[] unknownNonce = new byte[0];

    /**
     * @param tail where the log ends, all of it synced
     */
    FileLog(Disk disk, Path folder, FileStoreOptions options, Tail tail) {
        this.disk = disk;
        this.folder = folder;
        this.options = options;
        this.tail = tail;
        this.syncedLsn = tail.lastLsn();
    }

    @Override
    public synchronized AppendResult append(LogRecord entry) {
        checkOpen();
        checkPoison(entry);
        long next = tail.nextLsn();
        if (entry.firstLsn() > next) {
            throw new IllegalArgumentException("a record at LSN " + entry.firstLsn() + " would leave a gap: " + folder
                    + " ends at " + tail.lastLsn());
        }
        if (entry.firstLsn() < next) {
            return isStored(entry) ? AppendResult.APPENDED : AppendResult.TAKEN;
        }
        Segment segment = segmentFor(entry);
        write(entry, segment);
        if (options.sync() == SyncPolicy.ALWAYS) {
            sync(entry);
        }
        tail = new Tail(
                tail.closed(),
                segment.withBytes(segment.bytes() + FrameFormat.bytes(entry)),
                entry.firstLsn(),
                entry.nonce().clone(),
                entry.lastLsn());
        return AppendResult.APPENDED;
    }

    @Override
    public RecordCursor read(long fromLsn) {
        if (fromLsn < 1) {
            throw new IllegalArgumentException("LSNs start at 1, not " + fromLsn);
        }
        checkOpen();
        return cursor(tail, fromLsn);
    }

    /** Tells all its records, past whatever is damaged. */
    void scan(LogVisitor visitor) {
        checkOpen();
        List<Segment> segments = tail.segments();
        new LogScan(disk, segments.isEmpty() ? 1 : segments.get(0).firstLsn(), true, visitor).read(segments);
    }

    @Override
    public synchronized void sync() {
        if (!closed && poison == null && syncedLsn < tail.lastLsn()) {
            sync(null);
            syncedLsn = tail.lastLsn();
        }
    }

    /** Syncs what is left to sync and gives the file back. Idempotent. */
    synchronized void close() {
        if (closed) {
            return;
        }
        try {
            sync();
        } finally {
            closed = true;
            closeFile();
        }
    }

    private FileCursor cursor(Tail upTo, long fromLsn) {
        List<Segment> segments = upTo.segments();
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).firstLsn() > fromLsn) {
            first--;
        }
        return new FileCursor(disk, segments.subList(Math.max(first, 0), segments.size()), fromLsn, this::checkOpen);
    }

    private boolean isStored(LogRecord entry) {
        if (entry.firstLsn() == tail.lastFirstLsn()) {
            return Arrays.equals(entry.nonce(), tail.lastNonce());
        }
        try (FileCursor cursor = cursor(tail, entry.firstLsn())) {
            FrameHead head = cursor.ahead();
            return head != null && head.firstLsn() == entry.firstLsn() && Arrays.equals(head.nonce(), entry.nonce());
        }
    }

    /** The segment the record goes to, opened. */
    private Segment segmentFor(LogRecord entry) {
        Segment current = tail.current();
        try {
            if (current == null || beginning || isFull(current, entry)) {
                return begin(entry.firstLsn());
            }
            if (file == null) {
                file = disk.open(current.file());
            }
            return current;
        } catch (IOException e) {
            throw notStored(entry, e);
        }
    }

    private boolean isFull(Segment segment, LogRecord entry) {
        return segment.bytes() > 0 && segment.bytes() + FrameFormat.bytes(entry) > options.segmentBytesMax();
    }

    private Segment begin(long firstLsn) throws IOException {
        beginning = true;
        sync();
        closeFile();
        Folders.create(disk, folder);
        Segment begun = Segment.empty(folder, firstLsn);
        DiskFile opened = disk.open(begun.file());
        try {
            opened.truncate(0);
            disk.forceFolder(folder);
        } catch (IOException e) {
            opened.close();
            throw e;
        }
        file = opened;
        beginning = false;
        List<Segment> before = new ArrayList<>(tail.segments());
        tail = new Tail(List.copyOf(before), begun, tail.lastFirstLsn(), tail.lastNonce(), tail.lastLsn());
        return begun;
    }

    private void write(LogRecord entry, Segment segment) {
        DiskFile target = opened();
        try {
            writeFrame(target, entry, segment.bytes());
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            cutBack(target, segment, e);
            throw notStored(entry, e);
        }
    }

    private void writeFrame(DiskFile target, LogRecord entry, long offset) throws IOException {
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
        target.write(offset, scratch, 0, first);
        for (int done = first - small; done < entry.payload().length; done += WRITE_BYTES) {
            int length = Math.min(WRITE_BYTES, entry.payload().length - done);
            target.write(offset + small + done, entry.payload(), done, length);
        }
    }

    private void cutBack(DiskFile target, Segment segment, Throwable cause) {
        try {
            target.truncate(segment.bytes());
        } catch (IOException e) {
            e.addSuppressed(cause);
            poison = e;
        }
    }

    private void sync(@Nullable LogRecord entry) {
        try {
            opened().force();
        } catch (IOException e) {
            poison = e;
            String message = "cannot sync " + folder + ": " + e.getMessage();
            if (entry == null) {
                throw new StoreException(message, e);
            }
            unknownNonce = entry.nonce().clone();
            throw new UnknownOutcomeException(
                    message + "; the record at LSN " + entry.firstLsn()
                            + " may or may not be stored, opening again tells",
                    e);
        }
        if (entry != null) {
            syncedLsn = entry.lastLsn();
        }
    }

    /** Takes no lock, since the disk may hang while that is held. */
    @Override
    public @Nullable String trouble() {
        Throwable cause = poison;
        return cause == null
                ? null
                : folder + " takes no more records since writing or syncing it failed (" + cause.getMessage()
                        + "); check the disk, then open the store again";
    }

    private void checkPoison(@Nullable LogRecord entry) {
        String message = trouble();
        if (message == null) {
            return;
        }
        if (entry != null && Arrays.equals(entry.nonce(), unknownNonce)) {
            throw new UnknownOutcomeException(message, poison);
        }
        throw new StoreException(message, poison);
    }

    private void checkOpen() {
        if (closed) {
            throw new StoreException("the store of " + folder + " is closed; open it again", null);
        }
    }

    private DiskFile opened() {
        if (file == null) {
            throw new AssertionError("the current segment of " + folder + " is not open");
        }
        return file;
    }

    private void closeFile() {
        if (file == null) {
            return;
        }
        try {
            file.close();
        } catch (IOException e) {
            throw new StoreException("cannot close a segment of " + folder + ": " + e.getMessage(), e);
        } finally {
            file = null;
        }
    }

    private StoreException notStored(LogRecord entry, Throwable cause) {
        return new StoreException(
                "the record at LSN " + entry.firstLsn() + " was not stored in " + folder + ": " + cause.getMessage()
                        + "; if the disk is full, free some space and try again",
                cause);
    }
}
