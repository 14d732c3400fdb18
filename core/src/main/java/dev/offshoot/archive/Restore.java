package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
        Checkpoints taken = new Checkpoints(target);
        taken.restore();
        target.finish();
        return new Restored(
                target.firstLsn(), target.lastLsn(), records.appended, records.skipped, taken.taken, taken.pages);
    }

    /**
     * Pages first, each pack read once. Somebody may trim the archive meanwhile: then what is gone is looked for again, as a page may be in
     * another pack, and another checkpoint the oldest.
     */
    private final class Checkpoints {
        private final ProjectTarget target;
        private final Map<Integer, BitSet> done = new HashMap<>();
        private List<Long> lsns = checkpoints;
        private int taken;
        private long pages;

        Checkpoints(ProjectTarget target) {
            this.target = target;
        }

        void restore() {
            String missing = bring();
            while (missing != null) {
                lookAgain();
                String next = bring();
                if (missing.equals(next)) {
                    throw Sealed.damaged(missing, "expected an object, found nothing");
                }
                missing = next;
            }
        }

        private void lookAgain() {
            Archive now = Archive.read(blobs, archive.project());
            for (Archive.Run found : now.runs()) {
                if (found.firstLsn() <= through && through <= found.lastLsn()) {
                    lsns = checkpoints(now, found, through);
                    return;
                }
            }
            throw trimmed("position " + through + " was", "");
        }

        /** Answers the name of an object that is not there; null when all were. */
        private @Nullable String bring() {
            List<CheckpointObject> objects = new ArrayList<>();
            for (long lsn : lsns) {
                String name = CheckpointObject.name(archive.project(), lsn);
                byte[] bytes = lsn <= target.lastLsn() ? blobs.get(name) : new byte[0];
                if (bytes == null) {
                    return name;
                }
                if (lsn <= target.lastLsn()) {
                    objects.add(CheckpointObject.open(archive.project(), lsn, bytes));
                }
            }
            for (Map.Entry<Integer, BitSet> need :
                    CheckpointObject.needs(objects).entrySet()) {
                PagePack pack = new PagePack(need.getKey());
                if (!need.getValue().equals(done.get(pack.number()))) {
                    byte[] bytes = blobs.get(pack.name(archive.project()));
                    if (bytes == null) {
                        return pack.name(archive.project());
                    }
                    bring(pack, bytes, need.getValue());
                }
            }
            objects.forEach(object -> target.checkpoint(object.lsn(), object.manifest()));
            taken = objects.size();
            return null;
        }

        private void bring(PagePack pack, byte[] bytes, BitSet needed) {
            String name = pack.name(archive.project());
            List<PagePack.Page> found = pack.open(archive.project(), bytes);
            if (needed.length() > found.size()) {
                throw Sealed.damaged(name, "expected " + needed.length() + " pages or more, found " + found.size());
            }
            for (int at = needed.nextSetBit(0); at >= 0; at = needed.nextSetBit(at + 1)) {
                try {
                    target.put(found.get(at).id(), found.get(at).bytes());
                } catch (CorruptionException e) {
                    throw new CorruptionException(name + ": " + e.getMessage());
                }
            }
            done.put(pack.number(), needed);
            pages += needed.cardinality();
        }
    }

    private StoreException trimmed(String what, String first) {
        return new StoreException(
                what + " removed from the archive of '" + archive.project() + "' in " + blobs.describe()
                        + " meanwhile (wal ship --retain); " + first + "restore a position that it still has",
                null);
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
                    for (LogRecord entry : object.open(archive.project(), bytes(object))) {
                        if (entry.lastLsn() >= next && entry.firstLsn() <= through) {
                            restore(entry, there);
                            next = entry.lastLsn() + 1;
                        }
                    }
                }
            }
        }

        private byte[] bytes(LogObject object) {
            String name = object.name(archive.project());
            byte[] bytes = blobs.get(name);
            if (bytes != null) {
                return bytes;
            }
            if (blobs.list(name).contains(name)) {
                throw Sealed.damaged(name, "expected an object, found nothing");
            }
            throw trimmed(
                    "the records of LSN " + object.firstLsn() + " to " + object.lastLsn() + " were",
                    thereLast == 0 && appended == 0
                            ? ""
                            : "delete what was brought in (offshoot project delete), then ");
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
