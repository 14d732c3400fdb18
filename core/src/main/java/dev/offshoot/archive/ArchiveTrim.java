package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Removes from an archive what lies below a checkpoint: older checkpoints, the records below it, and packs whose pages no checkpoint that
 * stays needs. Reads all records, and all pages of the checkpoint to begin from, before it removes anything. A pack of which half the bytes or
 * more are needed by none goes too: what is needed of it is written to a new one first, then the checkpoints are told, and only then it is
 * removed. So whatever it is stopped at, the rest can be restored, and the next one goes on; who restores meanwhile looks again where the
 * checkpoint has its pages. Not while somebody ships there.
 */
public final class ArchiveTrim {
    private final BlobStore blobs;
    private final String project;
    private final boolean dryRun;
    private final Archive archive;

    /** How many bytes are under each name of the project. */
    private final Map<String, Long> sizes = new HashMap<>();

    /** How many records are in the objects that were read. */
    private final Map<LogObject, Integer> records = new HashMap<>();

    private long freed;

    private ArchiveTrim(BlobStore blobs, String project, boolean dryRun) {
        this.blobs = blobs;
        this.project = project;
        this.dryRun = dryRun;
        this.archive = Archive.read(blobs, project);
    }

    /**
     * Trims the archive of a project. It keeps at least what the project itself does: a change to come may refer to any of that.
     *
     * @param dryRun to look and change nothing
     * @throws CorruptionException when something that has to stay is damaged; then nothing was removed
     * @throws dev.offshoot.store.StoreException when the archive cannot be read or written
     */
    public static Trimmed run(BlobStore blobs, ProjectSource source, Horizon horizon, boolean dryRun) {
        long lowest = source.firstLsn() - 1;
        for (long lsn : source.checkpoints()) {
            lowest = Math.min(lowest, lsn);
        }
        return run(blobs, source.project(), lowest, horizon, dryRun);
    }

    /** @param lowestLsn the oldest position that the project itself keeps */
    public static Trimmed run(BlobStore blobs, String project, long lowestLsn, Horizon horizon, boolean dryRun) {
        return new ArchiveTrim(blobs, project, dryRun).run(lowestLsn, horizon);
    }

    private Trimmed run(long lowestLsn, Horizon horizon) {
        ArchiveIndex index = archive.index();
        List<Archive.Run> runs = archive.runs();
        if (index == null || runs.isEmpty()) {
            return Trimmed.nothing(0);
        }
        Archive.Run run = runs.get(runs.size() - 1);
        TreeSet<Long> usable = new TreeSet<>(archive.checkpoints());
        usable.headSet(run.firstLsn() - 1, false).clear();
        usable.tailSet(Math.min(run.lastLsn(), lowestLsn), false).clear();
        horizon.begin(usable, run.firstLsn());
        readLog(run, horizon);
        long from = horizon.checkpoint();
        if (from == 0) {
            return Trimmed.nothing(run.firstLsn() == 1 ? 0 : oldest(run));
        }
        return below(from);
    }

    private long oldest(Archive.Run run) {
        return archive.checkpoints().stream()
                .filter(lsn -> lsn >= run.firstLsn() - 1)
                .findFirst()
                .orElse(run.firstLsn());
    }

    private void readLog(Archive.Run run, Horizon horizon) {
        long next = run.firstLsn();
        for (LogObject object : archive.log()) {
            if (object.firstLsn() < run.firstLsn() || object.lastLsn() < next) {
                continue;
            }
            List<LogRecord> entries = object.open(project, need(object.name(project)));
            records.put(object, entries.size());
            for (LogRecord entry : entries) {
                if (entry.firstLsn() == next) {
                    horizon.record(entry);
                    next = entry.lastLsn() + 1;
                }
            }
        }
        if (next != run.lastLsn() + 1) {
            throw Sealed.damaged(LogObject.folder(project), "expected a record at LSN " + next + ", found none");
        }
    }

    private Trimmed below(long from) {
        List<String> older = new ArrayList<>();
        List<CheckpointObject> staying = new ArrayList<>();
        for (long lsn : archive.checkpoints()) {
            String name = CheckpointObject.name(project, lsn);
            if (lsn < from) {
                older.add(name);
            } else {
                staying.add(CheckpointObject.open(project, lsn, blobs.get(name)));
            }
        }
        Packs packs = new Packs(blobs, project, staying);
        packs.findSparse(
                staying.get(0).needs().keySet()); // reads all of that one: nothing below can stand in for it any more
        Repacking repacking = new Repacking(packs, project, this::put);
        List<LogObject> segments = segmentsBelow(from);
        sizes.putAll(blobs.sizes(project + "/"));
        older.forEach(this::remove); // first: one whose records or pages are gone would be damage
        long gone = 0;
        for (LogObject segment : segments) {
            gone += count(segment);
            remove(segment.name(project));
        }
        repacking.run();
        for (CheckpointObject checkpoint : staying) {
            CheckpointObject moved = repacking.moved(checkpoint);
            if (!moved.needs().equals(checkpoint.needs())) {
                put(CheckpointObject.name(project, checkpoint.lsn()), moved.seal());
            }
        }
        long pages = packs.goingPacks().stream().mapToLong(packs::countPages).sum() - repacking.pages();
        for (int number : packs.goingTables()) {
            remove(new PagePack(number).tableName(project)); // before the pack: else who ships refers to it
        }
        for (int number : packs.goingPacks()) {
            remove(new PagePack(number).name(project));
        }
        return new Trimmed(
                older.size(),
                segments.size(),
                gone,
                packs.goingPacks().size(),
                pages,
                repacking.written(),
                freed,
                from);
    }

    /** The oldest first, so that the rest has no gap. The record that the checkpoint ends with stays, so that its position can be restored. */
    private List<LogObject> segmentsBelow(long from) {
        return archive.log().stream().filter(object -> object.lastLsn() < from).toList();
    }

    /** How many records are in an object that goes; 0 when that cannot be read: what goes need not be whole. */
    private int count(LogObject segment) {
        Integer known = records.get(segment);
        try {
            return known == null
                    ? segment.open(project, need(segment.name(project))).size()
                    : known;
        } catch (CorruptionException e) {
            return 0;
        }
    }

    private void put(String name, byte[] bytes) {
        freed += sizes.getOrDefault(name, 0L) - bytes.length;
        if (!dryRun) {
            blobs.put(name, bytes);
        }
    }

    private void remove(String name) {
        freed += sizes.getOrDefault(name, 0L);
        if (!dryRun) {
            blobs.delete(name);
        }
    }

    private byte[] need(String name) {
        byte[] bytes = blobs.get(name);
        if (bytes == null) {
            throw Sealed.damaged(name, "expected an object, found nothing");
        }
        return bytes;
    }
}
