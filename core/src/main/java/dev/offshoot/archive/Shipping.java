package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies a project to an archive, and goes on from what the archive has. A round goes in this order, so that whatever it is
 * stopped at, all that is there is of use and the next round goes on behind it:
 *
 * <ol>
 *   <li>records, in objects that are not changed later;
 *   <li>the newest checkpoint, when the archive has none as new: pages that are not there yet, then the checkpoint;
 *   <li>the index, which tells how far the archive is complete.
 * </ol>
 *
 * <p>One at a time ships to an archive. Not thread safe.
 */
public final class Shipping {
    private final ProjectSource source;
    private final BlobStore blobs;
    private final ShippingLimits limits;
    private final LongSupplier millis;

    /** What the archive has; null when that has to be read first. */
    private @Nullable Progress progress;

    /** @param millis the wall clock, milliseconds since 1970 */
    public Shipping(ProjectSource source, BlobStore blobs, ShippingLimits limits, LongSupplier millis) {
        this.source = source;
        this.blobs = blobs;
        this.limits = limits;
        this.millis = millis;
    }

    /**
     * Ships what is new. After a failure another round goes on.
     *
     * @throws StoreException when the project or the archive could not be read or written, or the archive holds another project's log
     * @throws CorruptionException when something in the project or the archive is damaged
     */
    public Shipped round() {
        Progress at = progress;
        progress = null; // after a failure nobody knows what was written: the archive tells
        at = at == null ? resume() : at;
        Round round = new Round(at);
        Shipped shipped = round.run();
        progress = at;
        return shipped;
    }

    /** Says that something else was done to the archive; the next round reads what it has. */
    public void readAgain() {
        progress = null;
    }

    /** What the archive has. */
    private static final class Progress {
        /** Where the records begin that lead to {@link #last} without a gap. */
        long runStart;
        /** The last LSN; 0 for none. */
        long last;

        @Nullable
        ArchiveIndex index;

        final TreeSet<Long> checkpoints = new TreeSet<>();

        /** Read when a checkpoint is to be shipped for the first time. */
        @Nullable
        ShippedPages pages;
    }

    private Progress resume() {
        Archive archive = Archive.read(blobs, source.project());
        Progress at = new Progress();
        at.index = archive.index();
        at.checkpoints.addAll(archive.checkpoints());
        List<Archive.Run> runs = archive.runs();
        if (!runs.isEmpty()) {
            Archive.Run newest = runs.get(runs.size() - 1);
            at.runStart = newest.firstLsn();
            at.last = newest.lastLsn();
            requireSameLog(archive);
        }
        if (at.index != null && at.index.through() > at.last) {
            throw Sealed.damaged(
                    LogObject.folder(source.project()),
                    "expected records up to LSN " + at.index.through() + ", found them up to " + at.last);
        }
        return at;
    }

    private void requireSameLog(Archive archive) {
        LogObject newest = newest(archive.log());
        if (newest.lastLsn() > source.lastLsn()) {
            throw otherLog(
                    "holds records up to LSN " + newest.lastLsn() + " and the project ends at LSN " + source.lastLsn());
        }
        if (newest.lastLsn() < source.firstLsn()) {
            ArchiveIndex index = archive.index();
            if (index != null && !index.log().equals(source.log())) {
                throw otherLog("is that of log " + index.log() + " and not of " + source.log());
            }
            return;
        }
        String name = newest.name(source.project());
        byte[] bytes = blobs.get(name);
        if (bytes == null) {
            throw Sealed.damaged(name, "expected records, found nothing");
        }
        List<LogRecord> records = newest.open(source.project(), bytes);
        LogRecord shipped = records.get(records.size() - 1);
        try (RecordCursor cursor = source.records(shipped.firstLsn())) {
            LogRecord own = cursor.next();
            if (own == null || !isSame(own, shipped)) {
                throw otherLog("has another record at LSN " + shipped.firstLsn() + " than the project");
            }
        }
    }

    private static LogObject newest(List<LogObject> log) {
        LogObject newest = log.get(0);
        for (LogObject object : log) {
            newest = object.lastLsn() > newest.lastLsn() ? object : newest;
        }
        return newest;
    }

    static boolean isSame(LogRecord one, LogRecord other) {
        return one.firstLsn() == other.firstLsn()
                && one.count() == other.count()
                && Arrays.equals(one.nonce(), other.nonce())
                && Arrays.equals(one.header(), other.header())
                && Arrays.equals(one.payload(), other.payload());
    }

    private StoreException otherLog(String why) {
        return new StoreException(
                "the archive of '" + source.project() + "' in " + blobs.describe() + " " + why
                        + ", so it belongs to another project of this name, or to a later state of this one;"
                        + " ship to another place",
                null);
    }

    /** One round; it counts what it writes. */
    private final class Round {
        private final Progress at;
        private final List<String> notes = new ArrayList<>();
        private long records;
        private long pages;
        private long objects;
        private long bytes;

        Round(Progress at) {
            this.at = at;
        }

        Shipped run() {
            shipRecords();
            shipCheckpoints();
            shipIndex();
            return new Shipped(
                    at.last,
                    at.checkpoints.isEmpty() ? 0 : at.checkpoints.last(),
                    records,
                    pages,
                    objects,
                    bytes,
                    notes);
        }

        private void put(String name, byte[] object) {
            blobs.put(name, object);
            objects++;
            bytes += object.length;
        }

        private void shipRecords() {
            long first = source.firstLsn();
            if (at.last + 1 < first) {
                if (at.last > 0) {
                    notes.add("the records of LSN " + (at.last + 1) + " to " + (first - 1)
                            + " were cleaned up before they were shipped: these positions cannot be restored;"
                            + " keep more (--retain), or ship more often");
                }
                at.runStart = first;
                at.last = first - 1;
            } else if (at.last == 0) {
                at.runStart = 1;
            }
            if (source.lastLsn() > at.last) {
                try (RecordCursor cursor = source.records(at.last + 1)) {
                    shipRecords(cursor);
                }
            }
        }

        private void shipRecords(RecordCursor cursor) {
            List<LogRecord> batch = new ArrayList<>();
            long length = 0;
            long next = at.last + 1;
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                if (entry.firstLsn() != next) {
                    throw new CorruptionException("log " + source.log() + " of project '" + source.project()
                            + "': expected a record at LSN " + next + ", found one at " + entry.firstLsn());
                }
                if (!batch.isEmpty() && length + RecordBytes.length(entry) > limits.segmentBytes()) {
                    ship(batch);
                    batch.clear();
                    length = 0;
                }
                batch.add(entry);
                length += RecordBytes.length(entry);
                next = entry.lastLsn() + 1;
            }
            if (!batch.isEmpty()) {
                ship(batch);
            }
        }

        private void ship(List<LogRecord> batch) {
            LogObject object = LogObject.of(batch);
            put(object.name(source.project()), object.seal(batch));
            at.last = object.lastLsn();
            records += batch.size();
        }

        /** The newest; and of a log whose beginning is gone the oldest, so that all of it can be read once it is restored. */
        private void shipCheckpoints() {
            TreeSet<Long> usable = new TreeSet<>(source.checkpoints());
            usable.headSet(at.runStart - 1, false).clear(); // the one that the log begins behind is of use
            usable.tailSet(at.last, false).clear();
            if (usable.isEmpty()) {
                return;
            }
            if (at.runStart > 1 && at.checkpoints.ceiling(at.runStart - 1) == null) {
                shipCheckpoint(usable.first());
            }
            if (at.checkpoints.isEmpty() || at.checkpoints.last() < usable.last()) {
                shipCheckpoint(usable.last());
            }
        }

        private void shipCheckpoint(long lsn) {
            byte[] manifest = source.manifest(lsn);
            if (manifest == null || at.checkpoints.contains(lsn)) {
                return;
            }
            ShippedPages shipped = at.pages;
            if (shipped == null) {
                shipped = ShippedPages.read(blobs, source.project());
                at.pages = shipped;
            }
            PagesOfCheckpoint needed = new PagesOfCheckpoint(source, shipped, limits.packBytes(), this::put);
            try {
                CheckpointObject object = new CheckpointObject(lsn, manifest, needed.ship(lsn));
                put(CheckpointObject.name(source.project(), lsn), object.seal());
                at.checkpoints.add(lsn);
            } catch (CorruptionException e) {
                if (source.checkpoints().contains(lsn)) {
                    throw e;
                }
                notes.add("checkpoint " + lsn + " was cleaned up while it was shipped; the next one follows");
            }
            pages += needed.shipped();
        }

        private void shipIndex() {
            ArchiveIndex before = at.index;
            if (before == null || objects > 0 || before.through() != at.last) {
                ArchiveIndex index = new ArchiveIndex(source.project(), source.log(), at.last, millis.getAsLong());
                put(ArchiveIndex.name(source.project()), index.seal());
                at.index = index;
            }
        }
    }
}
