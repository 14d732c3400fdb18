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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a project in from an archive: all records that lead to a position without a gap, and the newest whole checkpoint at or below
 * it. Where the log's beginning is not in the archive, it begins with the oldest checkpoint that is. Not thread safe.
 */
public final class Restore {
    private final BlobStore blobs;
    private final Archive archive;
    private final Plan plan;

    private Restore(BlobStore blobs, Archive archive, Plan plan) {
        this.blobs = blobs;
        this.archive = archive;
        this.plan = plan;
    }

    /**
     * What of an archive is wanted for a position.
     *
     * @param run the records that lead to it
     * @param usable the checkpoints that are of use, ascending; the log begins behind the first where it does not begin at LSN 1
     */
    private record Plan(long through, Archive.Run run, List<Long> usable) {
        /** @param damaged checkpoints to do without */
        static Plan of(Archive archive, Archive.Run run, long through, Set<Long> damaged) {
            TreeSet<Long> usable = new TreeSet<>(archive.checkpoints());
            usable.removeAll(damaged);
            usable.headSet(run.firstLsn() - 1, false).clear(); // the one that the log begins behind is of use
            usable.tailSet(through, false).clear();
            if (usable.isEmpty() && run.firstLsn() > 1) {
                throw new StoreException(
                        "position " + through + " of '" + archive.project()
                                + "' cannot be restored: its log begins at LSN "
                                + run.firstLsn() + " in the archive, with no checkpoint at or below the position;"
                                + " checkpoints are at " + archive.checkpoints(),
                        null);
            }
            return new Plan(through, run, List.copyOf(usable));
        }

        boolean isWholeLog() {
            return run.firstLsn() == 1;
        }

        long startLsn() {
            return isWholeLog() ? 1 : usable.get(0);
        }

        /** The checkpoints to take along: that which the log begins behind, and the newest. */
        List<Long> taken() {
            if (usable.isEmpty()) {
                return List.of();
            }
            return isWholeLog() || usable.size() == 1 ? List.of(newest()) : List.of(usable.get(0), newest());
        }

        long newest() {
            return usable.get(usable.size() - 1);
        }

        /** Without the newest checkpoint; null where there is none that the log can do without. */
        @Nullable
        Plan withoutNewest() {
            return usable.size() > (isWholeLog() ? 0 : 1)
                    ? new Plan(through, run, usable.subList(0, usable.size() - 1))
                    : null;
        }
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
     * @throws NotArchivedException when it is not there
     * @throws StoreException when the archive is not complete, or failed
     */
    public static Restore of(BlobStore blobs, String project, @Nullable Long lsn) {
        Archive archive = Archive.read(blobs, project);
        ArchiveIndex index = archive.index();
        if (index == null) {
            if (archive.log().isEmpty()) {
                List<String> others = projects(blobs);
                throw new NotArchivedException(
                        "there is no archive of a project '" + project + "' in " + blobs.describe()
                                + (others.isEmpty() ? "" : "; there is one of " + String.join(", ", others)));
            }
            throw new StoreException(
                    "the archive of '" + project + "' in " + blobs.describe()
                            + " is not complete: shipping or exporting it was cut short; do that again first",
                    null);
        }
        long through = lsn == null ? index.through() : lsn;
        List<Archive.Run> runs = archive.runs();
        for (Archive.Run run : runs) {
            if (through <= index.through() && run.firstLsn() <= through && through <= run.lastLsn()) {
                return new Restore(blobs, archive, Plan.of(archive, run, through, Set.of()));
            }
        }
        if (lsn == null) {
            throw Sealed.damaged(
                    LogObject.folder(project), "expected records up to LSN " + through + ", found LSNs " + runs);
        }
        throw new NotArchivedException("position " + lsn + " is not in the archive of '" + project + "' in "
                + blobs.describe() + "; it has LSNs " + runs + ", complete up to " + index.through());
    }

    /** The position that is restored; {@link #into} may end below it, where it lies inside a commit or at the end of the project. */
    public long through() {
        return plan.through;
    }

    /**
     * Brings the project in, or goes on with it. For a checkpoint that is damaged an older one and more of the log stand in.
     *
     * @throws StoreException when the archive or the store failed, or the target holds something else; it can be called again
     * @throws CorruptionException when an object of the archive is damaged that nothing can stand in for; names it
     */
    public Restored into(ProjectTarget target) {
        Records records = new Records(target);
        records.restore();
        Checkpoints taken = new Checkpoints(target);
        taken.restore();
        target.finish();
        return new Restored(
                target.firstLsn(),
                target.lastLsn(),
                records.appended,
                records.skipped,
                taken.taken,
                taken.pages,
                List.copyOf(new TreeSet<>(taken.damaged.values())));
    }

    /**
     * Pages first, each pack read once. Somebody may trim the archive meanwhile: then what is gone is looked for again, as a page may be in
     * another pack, and another checkpoint the oldest.
     */
    private final class Checkpoints {
        private final ProjectTarget target;
        private final Map<Integer, BitSet> done = new HashMap<>();
        private final Map<Long, String> damaged = new HashMap<>();
        private Plan current = plan;
        private int taken;
        private long pages;

        Checkpoints(ProjectTarget target) {
            this.target = target;
        }

        void restore() {
            while (true) {
                try {
                    bringAll();
                    return;
                } catch (CorruptionException e) {
                    Plan older = current.withoutNewest();
                    if (older == null) {
                        throw e;
                    }
                    damaged.put(current.newest(), String.valueOf(e.getMessage()));
                    current = older;
                }
            }
        }

        private void bringAll() {
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
                if (found.firstLsn() <= plan.through && plan.through <= found.lastLsn()) {
                    current = Plan.of(now, found, plan.through, damaged.keySet());
                    return;
                }
            }
            throw trimmed("position " + plan.through + " was", "");
        }

        /** Answers the name of an object that is not there; null when all were. */
        private @Nullable String bring() {
            List<CheckpointObject> objects = new ArrayList<>();
            for (long lsn : current.taken()) {
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
            if (target.lastLsn() > plan.through) {
                throw new StoreException(
                        "what was brought in before goes up to LSN " + thereLast + ", beyond " + plan.through
                                + "; restore to that position, or delete the project and begin again",
                        null);
            }
        }

        private void restore(Supplier<@Nullable LogRecord> there) {
            Iterator<LogObject> objects = archive.log().iterator();
            long through = plan.through;
            long next = plan.startLsn();
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
            LogRecord kept = entry.lastLsn() >= plan.through ? target.cut(entry, plan.through) : entry;
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
