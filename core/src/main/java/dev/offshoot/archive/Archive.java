package dev.offshoot.archive;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is there of one project's archive, read once.
 *
 * @param index null when shipping has not come to its end even once
 * @param log the objects with records, by their first LSN; they may overlap
 * @param checkpoints the LSNs of the checkpoints, ascending
 */
record Archive(String project, @Nullable ArchiveIndex index, List<LogObject> log, List<Long> checkpoints) {
    static Archive read(BlobStore blobs, String project) {
        byte[] index = blobs.get(ArchiveIndex.name(project)); // first: what it tells of is listed then
        List<LogObject> log = new ArrayList<>();
        for (String name : blobs.list(LogObject.folder(project))) {
            LogObject found = LogObject.ofName(project, name);
            if (found != null) {
                log.add(found);
            }
        }
        log.sort(Comparator.comparingLong(LogObject::firstLsn).thenComparing(LogObject::lastLsn));
        List<Long> checkpoints = new ArrayList<>();
        for (String name : blobs.list(CheckpointObject.folder(project))) {
            long lsn = CheckpointObject.lsnOf(project, name);
            if (lsn > 0) {
                checkpoints.add(lsn);
            }
        }
        checkpoints.sort(null);
        return new Archive(project, index == null ? null : ArchiveIndex.open(project, index), log, checkpoints);
    }

    /** Contiguous records in an archive. */
    record Run(long firstLsn, long lastLsn) {
        @Override
        public String toString() {
            return firstLsn + " to " + lastLsn;
        }
    }

    /** What is there without a gap, ascending; more than one where records were gone from the store before they were shipped. */
    List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        for (LogObject object : log) {
            Run last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            if (last != null && object.firstLsn() <= last.lastLsn() + 1) {
                runs.set(runs.size() - 1, new Run(last.firstLsn(), Math.max(last.lastLsn(), object.lastLsn())));
            } else {
                runs.add(new Run(object.firstLsn(), object.lastLsn()));
            }
        }
        return runs;
    }
}
