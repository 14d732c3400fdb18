package dev.offshoot.store.file;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogVisitor;
import dev.offshoot.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of a log that is opened.
 *
 * <p>A segment is begun only when all before it is synced, so only the last one can be torn, and only it is read in full here;
 * the others are checked when they are read. Where its bytes stop being frames, two things can have happened: the last
 * append was cut short (a torn tail, to be cut), or stored bytes were damaged (corruption, to be refused). Every
 * frame tells the highest LSN that was synced when it was written, so a whole frame head anywhere behind the damage that
 * tells an LSN at or above the damaged one proves corruption. Without such a witness it is a torn tail.
 *
 * <p>What is kept but not known to be synced is written again and synced before anyone reads it: after a failed sync the operating
 * system may show bytes that never reached the disk, and only writing them anew makes a sync mean anything.
 */
final class Recovery {
    private static final int COPY_BYTES = 256 << 10;

    private final Disk disk;
    private final String log;
    private final List<Segment> segments;
    private @Nullable TornTail torn;
    private long lastFirstLsn;
    private byte[] lastNonce = new byte[0];
    private long lastLsn;

    private Recovery(Disk disk, String log, List<Segment> segments) {
        this.disk = disk;
        this.log = log;
        this.segments = segments;
    }

    /**
     * @param tail where the log goes on
     * @param torn what was cut, null when nothing was
     */
    record Outcome(Tail tail, @Nullable TornTail torn) {}

    static Outcome of(Disk disk, String log, Path folder) {
        try {
            List<Segment> segments = list(folder);
            return segments.isEmpty() ? new Outcome(Tail.EMPTY, null) : new Recovery(disk, log, segments).run();
        } catch (IOException e) {
            throw new StoreException("cannot read the log in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Tells all records of a log that is not open, past whatever is damaged; changes nothing. */
    static void scan(Disk disk, Path folder, LogVisitor visitor) {
        try {
            new LogScan(disk, 1, false, visitor).read(list(folder));
        } catch (IOException e) {
            throw new StoreException("cannot read the log in " + folder + ": " + e.getMessage(), e);
        }
    }

    private static List<Segment> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<Segment> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                String name = String.valueOf(file.getFileName());
                if (Segment.isName(name)) {
                    found.add(new Segment(Segment.firstLsnOf(name), file, Files.size(file)));
                }
            }
        }
        return found;
    }

    private Outcome run() throws IOException {
        checkBeginning();
        int last = segments.size() - 1;
        scan(segments.get(last), true);
        if (lastLsn == 0 && last > 0) {
            scan(segments.get(last - 1), false);
            checkReaches(segments.get(last - 1), segments.get(last));
        }
        Segment current = segments.get(last);
        long size = torn == null ? current.bytes() : torn.offset();
        Tail tail = new Tail(
                List.copyOf(segments.subList(0, last)), current.withBytes(size), lastFirstLsn, lastNonce, lastLsn);
        return new Outcome(tail, torn);
    }

    private void checkBeginning() throws IOException {
        Segment first = segments.get(0);
        if (first.firstLsn() != 1) {
            throw new CorruptionException(
                    first.file() + ": expected a segment that starts at LSN 1 before it, found none");
        }
        for (Segment segment : segments.subList(0, segments.size() - 1)) {
            try (FrameReader reader = new FrameReader(disk, segment.file(), segment.bytes())) {
                if (reader.head(segment.firstLsn()) == null) {
                    throw new CorruptionException(segment.file() + ": expected a record at LSN " + segment.firstLsn()
                            + ", found an empty file");
                }
            } catch (DamagedFrame e) {
                throw corruption(segment, e, "segments follow it");
            }
        }
    }

    private void checkReaches(Segment segment, Segment next) {
        if (lastLsn + 1 != next.firstLsn()) {
            throw new CorruptionException(segment.file() + ": expected records up to LSN " + (next.firstLsn() - 1)
                    + " because " + next.file().getFileName() + " follows, found them up to LSN " + lastLsn);
        }
    }

    /** Reads all frames of a segment; of the last one in the log a torn tail is cut. */
    private void scan(Segment segment, boolean isLast) throws IOException {
        long expectedLsn = segment.firstLsn();
        Deque<long[]> unsynced = new ArrayDeque<>();
        try (FrameReader reader = new FrameReader(disk, segment.file(), segment.bytes())) {
            try {
                for (FrameHead head; (head = reader.head(expectedLsn)) != null; expectedLsn = head.lastLsn() + 1) {
                    long offset = reader.offset() - FrameFormat.HEAD_BYTES;
                    reader.record(head);
                    long synced = head.syncedLsn();
                    while (!unsynced.isEmpty() && unsynced.getFirst()[0] <= synced) {
                        unsynced.removeFirst();
                    }
                    unsynced.addLast(new long[] {head.lastLsn(), offset});
                    lastFirstLsn = head.firstLsn();
                    lastNonce = head.nonce();
                    lastLsn = head.lastLsn();
                }
            } catch (DamagedFrame e) {
                if (!isLast) {
                    throw corruption(segment, e, "segments follow it");
                }
                judge(segment, reader, e, expectedLsn);
            }
        }
        if (isLast) {
            settle(segment, unsynced.isEmpty() ? Long.MAX_VALUE : unsynced.getFirst()[1]);
        }
    }

    /** Decides between a torn tail and corruption. */
    private void judge(Segment segment, FrameReader reader, DamagedFrame damage, long damagedLsn) throws IOException {
        reader.seek(damage.offset() + 1);
        try {
            for (FrameHead later; (later = reader.search()) != null; ) {
                if (later.syncedLsn() >= damagedLsn) {
                    throw corruption(
                            segment,
                            damage,
                            "the frame at offset " + (reader.offset() - 1) + " tells that all up to LSN "
                                    + later.syncedLsn() + " was synced");
                }
            }
        } catch (DamagedFrame e) {
            throw new StoreException(segment.file() + " changed while it was read: " + e.reason(), e);
        }
        torn = new TornTail(log, segment.file(), damage.offset(), segment.bytes() - damage.offset(), damage.reason());
    }

    /** Cuts the torn tail, writes again what may not be on the disk, and syncs. */
    private void settle(Segment segment, long unsyncedFrom) throws IOException {
        try (DiskFile file = disk.open(segment.file())) {
            if (torn != null) {
                file.truncate(torn.offset());
            }
            byte[] copy = new byte[COPY_BYTES];
            long position = unsyncedFrom;
            for (int count; position < file.size(); position += count) {
                count = file.read(position, copy, 0, copy.length);
                file.write(position, copy, 0, count);
            }
            file.force();
        }
    }

    private static CorruptionException corruption(Segment segment, DamagedFrame damage, String proof) {
        return new CorruptionException(segment.file() + " at offset " + damage.offset() + ": " + damage.reason()
                + "; this is not a torn tail, because " + proof + ". Restore this file from a backup");
    }
}
