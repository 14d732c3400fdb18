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
 * <p>Zeros up to the end of the file are neither: they were made ready for appends to come, and are cut.
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
    /** Where the last whole frame of the last segment ends. */
    private long end;

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
            List<String> names = names(folder);
            LowMark lowest = endTrim(disk, folder, names);
            List<Segment> segments = segments(folder, names, lowest.lsn());
            checkBeginning(folder, segments, lowest);
            return segments.isEmpty()
                    ? new Outcome(Tail.emptyAt(lowest.lsn()), null)
                    : new Recovery(disk, log, segments).run();
        } catch (IOException e) {
            throw new StoreException("cannot read the log in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Tells all records of a log that is not open, past whatever is damaged; changes nothing. */
    static void scan(Disk disk, Path folder, LogVisitor visitor) {
        try {
            List<String> names = names(folder);
            long lowest = lowest(folder, names).lsn();
            new LogScan(disk, lowest, false, visitor).read(segments(folder, names, lowest));
        } catch (IOException e) {
            throw new StoreException("cannot read the log in " + folder + ": " + e.getMessage(), e);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    /** The mark that counts; without any, as if the log had been begun at LSN 1. */
    private static LowMark lowest(Path folder, List<String> names) {
        LowMark lowest = new LowMark(folder, 1, LowMark.Why.BEGUN);
        for (String name : names) {
            LowMark mark = LowMark.of(folder, name);
            if (mark != null && mark.lsn() > lowest.lsn()) {
                lowest = mark;
            }
        }
        return lowest;
    }

    /** Deletes what trimming was to delete; answers where the log begins. */
    private static LowMark endTrim(Disk disk, Path folder, List<String> names) throws IOException {
        LowMark lowest = lowest(folder, names);
        if (lowest.lsn() > 1) {
            disk.forceFolder(folder); // the mark may be there without being durable
        }
        for (String name : names) {
            LowMark mark = LowMark.of(folder, name);
            boolean old = (Segment.isName(name) && Segment.firstLsnOf(name) < lowest.lsn())
                    || (mark != null && mark.lsn() < lowest.lsn());
            if (old) {
                disk.delete(folder.resolve(name));
            }
        }
        return lowest;
    }

    private static List<Segment> segments(Path folder, List<String> names, long lowest) throws IOException {
        List<Segment> found = new ArrayList<>();
        for (String name : names) {
            if (Segment.isName(name) && Segment.firstLsnOf(name) >= lowest) {
                Path file = folder.resolve(name);
                found.add(new Segment(Segment.firstLsnOf(name), file, Files.size(file)));
            }
        }
        return found;
    }

    private static void checkBeginning(Path folder, List<Segment> segments, LowMark lowest) {
        boolean begins = segments.isEmpty()
                ? lowest.why() == LowMark.Why.BEGUN
                : segments.get(0).firstLsn() == lowest.lsn();
        if (!begins) {
            Path where = segments.isEmpty() ? folder : segments.get(0).file();
            throw new CorruptionException(where + ": expected a segment that starts at LSN " + lowest.lsn()
                    + " before it, found none. Restore it from a backup");
        }
    }

    private Outcome run() throws IOException {
        checkClosed();
        int last = segments.size() - 1;
        scan(segments.get(last), true);
        if (lastLsn == 0 && last > 0) {
            scan(segments.get(last - 1), false);
            checkReaches(segments.get(last - 1), segments.get(last));
        }
        if (lastLsn == 0) {
            lastLsn = segments.get(0).firstLsn() - 1; // of a trimmed log, whose last record was cut
        }
        Segment current = segments.get(last);
        Tail tail = new Tail(
                List.copyOf(segments.subList(0, last)), current.withBytes(end), lastFirstLsn, lastNonce, lastLsn);
        return new Outcome(tail, torn);
    }

    private void checkClosed() throws IOException {
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
        if (isLast) {
            end = segment.bytes();
        }
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

    /** Decides between a clean end, a torn tail and corruption. */
    private void judge(Segment segment, FrameReader reader, DamagedFrame damage, long damagedLsn) throws IOException {
        end = damage.offset();
        reader.seek(end);
        try {
            long remains = reader.endOfContent() - end;
            if (remains == 0) {
                return;
            }
            reader.seek(end + 1);
            for (FrameHead later; (later = reader.search()) != null; ) {
                if (later.syncedLsn() >= damagedLsn) {
                    throw corruption(
                            segment,
                            damage,
                            "the frame at offset " + (reader.offset() - 1) + " tells that all up to LSN "
                                    + later.syncedLsn() + " was synced");
                }
            }
            torn = new TornTail(log, segment.file(), end, remains, damage.reason());
        } catch (DamagedFrame e) {
            throw new StoreException(segment.file() + " changed while it was read: " + e.reason(), e);
        }
    }

    /** Cuts what is behind the last frame, writes again what may not be on the disk, and syncs. */
    private void settle(Segment segment, long unsyncedFrom) throws IOException {
        try (DiskFile file = disk.open(segment.file())) {
            if (end < segment.bytes()) {
                file.truncate(end);
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
