package dev.offshoot.archive;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Removes from an archive what lies below a checkpoint: older checkpoints, the records below it, and packs whose pages no checkpoint that
 * stays needs. Reads all records, and all pages of the checkpoint to begin from, before it removes anything. What is removed goes in an order
 * in which the rest can be restored at any time, so it may be stopped at any point, and the next one goes on. Not while somebody ships there.
 */
public final class ArchiveTrim {
    private final BlobStore blobs;
    private final String project;
    private final Archive archive;

    private ArchiveTrim(BlobStore blobs, String project) {
        this.blobs = blobs;
        this.project = project;
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
        return new ArchiveTrim(blobs, project).run(lowestLsn, horizon, dryRun);
    }

    private Trimmed run(long lowestLsn, Horizon horizon, boolean dryRun) {
        ArchiveIndex index = archive.index();
        List<Archive.Run> runs = archive.runs();
        if (index == null || runs.isEmpty()) {
            return new Trimmed(0, 0, 0, 0);
        }
        Archive.Run run = runs.get(runs.size() - 1);
        TreeSet<Long> usable = new TreeSet<>(archive.checkpoints());
        usable.headSet(run.firstLsn() - 1, false).clear();
        usable.tailSet(Math.min(run.lastLsn(), lowestLsn), false).clear();
        horizon.begin(usable, run.firstLsn());
        readLog(run, horizon);
        long from = horizon.checkpoint();
        if (from == 0) {
            return new Trimmed(0, 0, 0, run.firstLsn() == 1 ? 0 : oldest(run));
        }
        return below(from, dryRun);
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
            for (LogRecord entry : object.open(project, need(object.name(project)))) {
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

    private Trimmed below(long from, boolean dryRun) {
        List<String> checkpoints = new ArrayList<>();
        SortedMap<Integer, BitSet> needs = new TreeMap<>();
        for (long lsn : archive.checkpoints()) {
            if (lsn < from) {
                checkpoints.add(CheckpointObject.name(project, lsn));
                continue;
            }
            CheckpointObject stays =
                    CheckpointObject.open(project, lsn, blobs.get(CheckpointObject.name(project, lsn)));
            if (lsn == from) {
                requireWhole(stays);
            }
            stays.needs()
                    .forEach((pack, pages) ->
                            needs.computeIfAbsent(pack, number -> new BitSet()).or(pages));
        }
        List<String> segments = segmentsBelow(from);
        TreeSet<Integer> tables = new TreeSet<>();
        TreeSet<Integer> packs = new TreeSet<>();
        for (String name : blobs.list(PagePack.folder(project))) {
            int number = PagePack.numberOf(project, name);
            if (number > 0 && !needs.containsKey(number)) {
                (name.equals(new PagePack(number).tableName(project)) ? tables : packs).add(number);
            }
        }
        if (!dryRun) {
            checkpoints.forEach(blobs::delete); // first: one whose records or pages are gone would be damage
            segments.forEach(blobs::delete);
            tables.forEach(
                    number -> blobs.delete(new PagePack(number).tableName(project))); // else who ships refers to it
            packs.forEach(number -> blobs.delete(new PagePack(number).name(project)));
        }
        return new Trimmed(checkpoints.size(), segments.size(), packs.size(), from);
    }

    /** The oldest first, so that the rest has no gap. The record that the checkpoint ends with stays, so that its position can be restored. */
    private List<String> segmentsBelow(long from) {
        return archive.log().stream()
                .filter(object -> object.lastLsn() < from)
                .map(object -> object.name(project))
                .toList();
    }

    /** Nothing below it can stand in for it any more. */
    private void requireWhole(CheckpointObject checkpoint) {
        for (Map.Entry<Integer, BitSet> need : checkpoint.needs().entrySet()) {
            PagePack pack = new PagePack(need.getKey());
            int pages = pack.open(project, need(pack.name(project))).size();
            if (need.getValue().length() > pages) {
                throw Sealed.damaged(
                        pack.name(project), "expected " + need.getValue().length() + " pages or more, found " + pages);
            }
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
