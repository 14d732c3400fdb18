package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a project in from an archive: all records that lead to a position without a gap, and the newest checkpoint at or below it.
 * Where the log's beginning is not in the archive, it begins with the oldest checkpoint that is. Not thread safe.
 */
public final class Restore {
    private final BlobStore blobs;
    private final Archive archive;
    private final List<Long> checkpoints;
    private final long through;
    private final Archive.Run run;

    private Restore(BlobStore blobs, Archive archive, Archive.Run run, long through, List<Long> checkpoints) {
        this.blobs = blobs;
        this.archive = archive;
        this.run = run;
        this.through = through;
        this.checkpoints = checkpoints;
    }

    /** The projects of an archive, ascending. Lists all of its objects. */
    public static List<String> projects(BlobStore blobs) {
        TreeSet<String> projects = new TreeSet<>();
        for (String name : blobs.list("")) {
            String project = ArchiveIndex.projectOf(name);
            if (project != null) {
                projects.add(project);
            }
        }
        return List.copyOf(projects);
    }

    /**
     * Looks whether the archive has what is wanted. Changes nothing.
     *
     * @param lsn the position to restore; null for the newest
     * @throws StoreException when it is not there
     */
    public static Restore of(BlobStore blobs, String project, @Nullable Long lsn) {
        Archive archive = Archive.read(blobs, project);
        ArchiveIndex index = archive.index();
        if (index == null) {
            throw new StoreException(
                    archive.log().isEmpty()
                            ? "there is no archive of a project '" + project + "' in " + blobs.describe()
                            : "the archive of '" + project + "' in " + blobs.describe()
                                    + " is not complete: shipping or exporting it was cut short; do that again first",
                    null);
        }
        long through = lsn == null ? index.through() : lsn;
        List<Archive.Run> runs = archive.runs();
        for (Archive.Run run : runs) {
            if (through <= index.through() && run.firstLsn() <= through && through <= run.lastLsn()) {
                return new Restore(blobs, archive, run, through, checkpoints(archive, run, through));
            }
        }
        if (lsn == null) {
            throw Sealed.damaged(
                    LogObject.folder(project), "expected records up to LSN " + through + ", found LSNs " + runs);
        }
        throw new StoreException(
                "position " + lsn + " is not in the archive of '" + project + "' in " + blobs.describe()
                        + "; it has LSNs " + runs + ", complete up to " + index.through(),
                null);
    }

    private static List<Long> checkpoints(Archive archive, Archive.Run run, long through) {
        TreeSet<Long> usable = new TreeSet<>(archive.checkpoints());
        usable.headSet(run.firstLsn() - 1, false).clear(); // the one that the log begins behind is of use
        usable.tailSet(through, false).clear();
        if (usable.isEmpty() && run.firstLsn() > 1) {
            throw new StoreException(
                    "position " + through + " of '" + archive.project() + "' cannot be restored: its log begins at LSN "
                            + run.firstLsn() + " in the archive, with no checkpoint at or below the position;"
                            + " checkpoints are at " + archive.checkpoints(),
                    null);
        }
        TreeSet<Long> taken = new TreeSet<>();
        if (!usable.isEmpty()) {
            taken.add(usable.last());
            taken.add(run.firstLsn() > 1 ? usable.first() : usable.last());
        }
        return List.copyOf(taken);
    }

    /** The position that is restored; {@link #into} may end below it, where it lies inside a commit or at the end of the project. */
    public long through() {
        return through;
    }

    /**
     * Brings the project in, or goes on with it.
     *
     * @throws StoreException when the archive or the store failed, or the target holds something else; it can be called again
     * @throws CorruptionException when an object of the archive is damaged; names it
     */
    public Restored into(ProjectTarget target) {
        Records records = new Records(target);
        records.restore();
        List<Long> taken =
                checkpoints.stream().filter(lsn -> lsn <= target.lastLsn()).toList();
        long pages = restoreCheckpoints(target, taken);
        target.finish();
        return new Restored(
                target.firstLsn(), target.lastLsn(), records.appended, records.skipped, taken.size(), pages);
    }

    private byte[] need(String name) {
        byte[] bytes = blobs.get(name);
        if (bytes == null) {
            throw Sealed.damaged(name, "expected an object, found nothing");
        }
        return bytes;
    }

    /** Pages first, each pack read once. */
    private long restoreCheckpoints(ProjectTarget target, List<Long> lsns) {
        List<CheckpointObject> objects = new ArrayList<>();
        SortedMap<Integer, BitSet> needs = new TreeMap<>();
        for (long lsn : lsns) {
            CheckpointObject object = CheckpointObject.open(
                    archive.project(), lsn, blobs.get(CheckpointObject.name(archive.project(), lsn)));
            objects.add(object);
            object.needs()
                    .forEach((pack, pages) ->
                            needs.computeIfAbsent(pack, number -> new BitSet()).or(pages));
        }
        long count = 0;
        for (Map.Entry<Integer, BitSet> need : needs.entrySet()) {
            count += restorePages(target, new PagePack(need.getKey()), need.getValue());
        }
        objects.forEach(object -> target.checkpoint(object.lsn(), object.manifest()));
        return count;
    }

    private long restorePages(ProjectTarget target, PagePack pack, BitSet needed) {
        String name = pack.name(archive.project());
        List<PagePack.Page> pages = pack.open(archive.project(), need(name));
        if (needed.length() > pages.size()) {
            throw Sealed.damaged(name, "expected " + needed.length() + " pages or more, found " + pages.size());
        }
        for (int at = needed.nextSetBit(0); at >= 0; at = needed.nextSetBit(at + 1)) {
            try {
                target.put(pages.get(at).id(), pages.get(at).bytes());
            } catch (CorruptionException e) {
                throw new CorruptionException(name + ": " + e.getMessage());
            }
        }
        return needed.cardinality();
    }

    /** Compares what is there with the archive, and appends what is missing. */
    private final class Records {
        private final ProjectTarget target;
        private final long thereFirst;
        private final long thereLast;
        private long appended;
        private long skipped;

        Records(ProjectTarget target) {
            this.target = target;
            this.thereFirst = target.firstLsn();
            this.thereLast = target.lastLsn();
        }

        void restore() {
            Supplier<@Nullable LogRecord> there = () -> null;
            if (thereLast == 0) {
                restore(there);
                return;
            }
            try (RecordCursor cursor = target.records(thereFirst)) {
                restore(cursor::next);
            }
            if (target.lastLsn() > through) {
                throw new StoreException(
                        "what was brought in before goes up to LSN " + thereLast + ", beyond " + through
                                + "; restore to that position, or delete the project and begin again",
                        null);
            }
        }

        private void restore(Supplier<@Nullable LogRecord> there) {
            long start = run.firstLsn() == 1 ? 1 : checkpoints.get(0);
            Iterator<LogObject> objects = archive.log().iterator();
            long next = start;
            while (next <= through && objects.hasNext()) {
                LogObject object = objects.next();
                if (object.lastLsn() >= next) {
                    for (LogRecord entry : object.open(archive.project(), need(object.name(archive.project())))) {
                        if (entry.lastLsn() >= next && entry.firstLsn() <= through) {
                            restore(entry, there);
                            next = entry.lastLsn() + 1;
                        }
                    }
                }
            }
        }

        private void restore(LogRecord entry, Supplier<@Nullable LogRecord> there) {
            LogRecord kept = entry.lastLsn() >= through ? target.cut(entry, through) : entry;
            if (kept == null) {
                return;
            }
            if (thereLast == 0 && appended == 0 && kept.firstLsn() > 1) {
                target.begin(kept.firstLsn());
            }
            if (kept.firstLsn() > thereLast) {
                target.append(kept);
                appended++;
                return;
            }
            LogRecord found = there.get();
            if (found == null || !Shipping.isSame(found, kept)) {
                throw new StoreException(
                        "what was brought in before has another record at LSN " + kept.firstLsn()
                                + " than the archive in " + blobs.describe()
                                + "; go on from the archive it came from, or delete the project and begin again",
                        null);
            }
            skipped++;
        }
    }
}
