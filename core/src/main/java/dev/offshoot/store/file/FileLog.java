package dev.offshoot.store.file;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.LogVisitor;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One log in a folder of segments. An append is one write and one sync; only then does {@link #tail} move, and with it what
 * readers see.
 *
 * <p>Trimming deletes whole segments from the front: a {@link LowMark} first, then the tail that readers start from, then the files.
 *
 * <p>Beginning an empty log above LSN 1 makes a {@link LowMark} and nothing else: one file, so no crash leaves half of it.
 *
 * <p>A failed write is cut off again and the log goes on. A failed sync, or a failed cut, leaves bytes nobody can vouch for, and a
 * beginning that failed may or may not count when the log is opened; so the log is poisoned: nothing is appended until it is opened again.
 *
 * <table>
 * <caption>Fields that change</caption>
 * <tr><th>field</th><th>written</th><th>read</th></tr>
 * <tr><td>tail</td><td>holding the monitor</td><td>by any thread</td></tr>
 * <tr><td>closed</td><td>holding the monitor</td><td>by any thread</td></tr>
 * <tr><td>poison</td><td>holding the monitor</td><td>by any thread</td></tr>
 * <tr><td>appended</td><td>holding the monitor</td><td>by any thread</td></tr>
 * <tr><td>marks</td><td>by any thread</td><td>by any thread</td></tr>
 * <tr><td>all others</td><td>holding the monitor</td><td>holding the monitor</td></tr>
 * </table>
 */
final class FileLog implements LogStore, OpenFiles.Owner {
    private final Disk disk;
    private final Path folder;
    private final FileStoreOptions options;
    private final OpenFiles openFiles;
    private volatile Tail tail;
    private volatile boolean closed;
    private @Nullable SegmentWriter writer;
    /** Whether {@link #openFiles} knows that there is a writer. */
    private boolean counted;

    /** When somebody appended last, as {@link OpenFiles#turn} counts. */
    private volatile long appended;

    private long syncedLsn;
    /** Whether a new segment was begun but not finished: its file may be there, so no record may go to the one before. */
    private boolean beginning;

    private volatile @Nullable Throwable poison;
    private byte[] unknownNonce = new byte[0];
    private final FrameMarks marks = new FrameMarks();
    /** What was trimmed and is not deleted yet. */
    private final Deque<Path> doomed = new ArrayDeque<>();

    /**
     * @param openFiles is told when the log has a file open
     * @param tail where the log ends, all of it synced
     */
    FileLog(Disk disk, Path folder, FileStoreOptions options, OpenFiles openFiles, Tail tail) {
        this.openFiles = openFiles;
        this.disk = disk;
        this.folder = folder;
        this.options = options;
        this.tail = tail;
        this.syncedLsn = tail.lastLsn();
    }

    @Override
    public AppendResult append(LogRecord entry) {
        try {
            return appendAlone(entry);
        } finally {
            if (countsFromNow()) {
                openFiles.opened(this);
            }
        }
    }

    private synchronized boolean countsFromNow() {
        boolean uncounted = writer != null && !counted;
        counted |= uncounted;
        return uncounted;
    }

    private synchronized AppendResult appendAlone(LogRecord entry) {
        appended = openFiles.turn();
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
            force(entry);
            syncedLsn = entry.lastLsn();
        }
        tail = new Tail(
                tail.closed(),
                segment.withBytes(segment.bytes() + FrameFormat.bytes(entry)),
                entry.firstLsn(),
                entry.nonce().clone(),
                entry.lastLsn());
        marks.note(segment.firstLsn(), entry.firstLsn(), segment.bytes());
        return AppendResult.APPENDED;
    }

    @Override
    public RecordCursor read(long fromLsn) {
        if (fromLsn < 1) {
            throw new IllegalArgumentException("LSNs start at 1, not " + fromLsn);
        }
        checkOpen();
        Tail upTo = tail;
        if (fromLsn < upTo.firstLsn()) {
            throw trimmed(fromLsn);
        }
        return cursor(upTo, fromLsn);
    }

    @Override
    public long firstLsn() {
        checkOpen();
        return tail.firstLsn();
    }

    @Override
    public synchronized void beginAt(long lsn) {
        if (lsn < 2) {
            throw new IllegalArgumentException("a log is begun at LSN 2 or above, not " + lsn);
        }
        checkOpen();
        checkPoison(null);
        LowMark trimmed = new LowMark(folder, tail.firstLsn(), LowMark.Why.TRIMMED);
        if (tail.lastFirstLsn() > 0 || Files.exists(trimmed.file())) {
            throw new StoreException(
                    "the log in " + folder + " cannot begin at LSN " + lsn + ": it has, or had, records from LSN "
                            + tail.firstLsn() + " on; use another log",
                    null);
        }
        if (lsn != tail.firstLsn()) {
            move(lsn);
        }
    }

    @Override
    public List<LogSegment> segments() {
        checkOpen();
        Tail upTo = tail;
        List<Segment> segments = upTo.segments();
        List<LogSegment> parts = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            Segment segment = segments.get(i);
            long last = i + 1 < segments.size() ? segments.get(i + 1).firstLsn() - 1 : upTo.lastLsn();
            parts.add(new LogSegment(
                    String.valueOf(segment.file().getFileName()), segment.firstLsn(), last, segment.bytes()));
        }
        return parts;
    }

    /** Tells all its records, past whatever is damaged. */
    void scan(LogVisitor visitor) {
        checkOpen();
        List<Segment> segments = tail.segments();
        new LogScan(disk, segments.isEmpty() ? 1 : segments.get(0).firstLsn(), true, visitor).read(segments);
    }

    @Override
    public synchronized void sync() {
        checkOpen();
        checkPoison(null);
        syncRest();
    }

    @Override
    public synchronized long trim(long belowLsn, boolean dryRun) {
        if (belowLsn < 1) {
            throw new IllegalArgumentException("LSNs start at 1, not " + belowLsn);
        }
        checkOpen();
        List<Segment> below = tail.below(belowLsn);
        long bytes = below.stream().mapToLong(Segment::bytes).sum();
        if (!dryRun) {
            checkPoison(null);
            syncRest(); // a power cut must not leave a log without a record to go on from
            trim(below);
        }
        return bytes;
    }

    @Override
    public long used() {
        return appended;
    }

    @Override
    public synchronized boolean rest() {
        if (writer == null || closed) {
            return true;
        }
        if (beginning || poison != null) {
            return false;
        }
        try {
            finishSegment();
        } catch (IOException e) {
            return false; // nothing was cut: it goes on as it was
        }
        counted = false;
        closeFile();
        return true;
    }

    /** Syncs what is left to sync, cuts what was made ready for more, and gives the file back. Idempotent. */
    synchronized void close() {
        if (closed) {
            return;
        }
        openFiles.closed(this);
        try {
            if (poison == null) {
                finishSegment();
            }
        } catch (IOException e) {
            throw new StoreException("cannot cut the last segment of " + folder + ": " + e.getMessage(), e);
        } finally {
            closed = true;
            closeFile();
        }
    }

    /** Each step is durable before the next: a mark never counts for a segment that it was not made for. */
    private void move(long lsn) {
        closeFile();
        long before = tail.firstLsn();
        tail = Tail.emptyAt(before); // an append that failed may have left an empty segment, which goes now
        try {
            Folders.create(disk, folder);
            disk.delete(Segment.empty(folder, before).file());
            disk.forceFolder(folder);
            disk.delete(new LowMark(folder, before, LowMark.Why.BEGUN).file());
            disk.forceFolder(folder);
            new LowMark(folder, lsn, LowMark.Why.BEGUN).write(disk);
        } catch (IOException e) {
            poison = e;
            throw new StoreException(
                    "cannot begin the log in " + folder + " at LSN " + lsn + ": " + e.getMessage()
                            + "; check the disk, open the store again and do the same again",
                    e);
        }
        beginning = false;
        tail = Tail.emptyAt(lsn);
        syncedLsn = tail.lastLsn();
    }

    private void trim(List<Segment> below) {
        Path at = folder;
        try {
            if (!below.isEmpty()) {
                Tail left = tail.without(below.size());
                LowMark mark = new LowMark(folder, left.firstLsn(), LowMark.Why.TRIMMED);
                long before = tail.firstLsn();
                at = mark.file();
                mark.write(disk);
                tail = left;
                marks.forgetBelow(left.firstLsn());
                below.forEach(segment -> doomed.add(segment.file()));
                for (LowMark.Why why : LowMark.Why.values()) {
                    doomed.add(new LowMark(folder, before, why).file());
                }
            }
            while (!doomed.isEmpty()) {
                at = doomed.getFirst();
                disk.delete(at);
                doomed.removeFirst();
            }
        } catch (IOException e) {
            throw new StoreException(
                    "cannot trim the log in " + folder + ", " + at.getFileName() + ": " + e.getMessage()
                            + "; the log is whole from LSN " + tail.firstLsn() + " on, trim again to go on",
                    e);
        }
    }

    private FileCursor cursor(Tail upTo, long fromLsn) {
        List<Segment> segments = upTo.segments();
        int first = segments.size() - 1;
        while (first > 0 && segments.get(first).firstLsn() > fromLsn) {
            first--;
        }
        return new FileCursor(
                disk, segments.subList(Math.max(first, 0), segments.size()), fromLsn, marks, this::checkReadable);
    }

    private boolean isStored(LogRecord entry) {
        if (entry.firstLsn() == tail.lastFirstLsn()) {
            return Arrays.equals(entry.nonce(), tail.lastNonce());
        }
        if (entry.firstLsn() < tail.firstLsn()) {
            throw new UnknownOutcomeException(
                    "the record at LSN " + entry.firstLsn() + " may or may not have been stored in " + folder
                            + ": that part of the log was trimmed, it begins at LSN " + tail.firstLsn(),
                    null);
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
            if (writer == null) {
                writer = new SegmentWriter(disk.open(current.file()), current.bytes());
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
        finishSegment();
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
        writer = new SegmentWriter(opened, 0);
        beginning = false;
        List<Segment> before = new ArrayList<>(tail.segments());
        tail = new Tail(List.copyOf(before), begun, tail.lastFirstLsn(), tail.lastNonce(), tail.lastLsn());
        return begun;
    }

    private void write(LogRecord entry, Segment segment) {
        SegmentWriter target = opened();
        try {
            target.write(entry, syncedLsn, segment.bytes());
            long end = segment.bytes() + FrameFormat.bytes(entry);
            target.makeRoom(end, room(end));
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            cutBack(target, segment, e);
            throw notStored(entry, e);
        }
    }

    /** How much to make ready behind a frame; nothing where syncs are rare. */
    private long room(long end) {
        if (options.sync() != SyncPolicy.ALWAYS) {
            return 0;
        }
        return Math.min(Math.min(options.roomBytesMax(), tail.bytes()), options.segmentBytesMax() - end);
    }

    private void cutBack(SegmentWriter target, Segment segment, Throwable cause) {
        try {
            target.cutFailed(segment.bytes());
        } catch (IOException e) {
            e.addSuppressed(cause);
            poison = e;
        }
    }

    /** Cuts what was made ready and not used, and syncs. */
    private void finishSegment() throws IOException {
        Segment current = tail.current();
        boolean cut = writer != null && current != null && writer.cut(current.bytes());
        if (cut || syncedLsn < tail.lastLsn()) {
            force(null);
            syncedLsn = tail.lastLsn();
        }
    }

    private void syncRest() {
        if (syncedLsn < tail.lastLsn()) {
            force(null);
            syncedLsn = tail.lastLsn();
        }
    }

    private void force(@Nullable LogRecord entry) {
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

    /** Tells a cursor why the bytes it looks for are gone, if there is a reason. */
    private void checkReadable(long lsn) {
        checkOpen();
        if (lsn < tail.firstLsn()) {
            throw trimmed(lsn);
        }
    }

    private SegmentWriter opened() {
        if (writer == null) {
            throw new AssertionError("the current segment of " + folder + " is not open");
        }
        return writer;
    }

    private void closeFile() {
        if (writer == null) {
            return;
        }
        try {
            writer.close();
        } catch (IOException e) {
            throw new StoreException("cannot close a segment of " + folder + ": " + e.getMessage(), e);
        } finally {
            writer = null;
        }
    }

    private StoreException trimmed(long lsn) {
        return new StoreException(
                "LSN " + lsn + " is no longer in " + folder + ": the log was trimmed and begins at LSN "
                        + tail.firstLsn() + "; read from there",
                null);
    }

    private StoreException notStored(LogRecord entry, Throwable cause) {
        return new StoreException(
                "the record at LSN " + entry.firstLsn() + " was not stored in " + folder + ": " + cause.getMessage()
                        + "; if the disk is full, free some space and try again",
                cause);
    }
}
