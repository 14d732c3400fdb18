package dev.offshoot.state;

import dev.offshoot.archive.Horizon;
import dev.offshoot.store.LogRecord;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all positions of an archive from a time on. It begins from the newest checkpoint that is not younger, and of whose states all that is
 * told above it was made: a change above may refer to a position below (a branch was made from it, reset to it or merged, a collection was
 * brought back, a tag was set) only where the branch has not changed between the two.
 */
public final class ArchiveHorizon implements Horizon {
    /** The branch is not there. */
    private static final long DROPPED = Long.MAX_VALUE;

    private final long keptFromMillis;
    private NavigableSet<Long> checkpoints = new TreeSet<>();
    private long firstLsn;

    /** The last time that each branch changed, where it did above the first record. */
    private final Map<Long, Long> changed = new HashMap<>();

    /** The same as it was at each checkpoint. */
    private final NavigableMap<Long, Map<Long, Long>> changedAt = new TreeMap<>();

    /** The branches that were made above the first record, by their ids. */
    private final Map<Long, Change.CreateBranch> made = new HashMap<>();

    private final List<Reference> references = new ArrayList<>();
    private long oldLsn;

    /**
     * That a change refers to a position.
     *
     * @param at its LSN
     * @param lsn null for the end of a branch that was dropped
     */
    private record Reference(long at, long branch, @Nullable Long lsn) {}

    /** @param keptFromMillis positions of this time and younger ones stay, milliseconds since 1970 */
    public ArchiveHorizon(long keptFromMillis) {
        this.keptFromMillis = keptFromMillis;
    }

    @Override
    public void begin(NavigableSet<Long> from, long lsn) {
        checkpoints = new TreeSet<>(from);
        firstLsn = lsn;
    }

    @Override
    public void record(LogRecord entry) {
        WalRecord record = RecordCodec.decode(entry);
        if (checkpoints.contains(record.lastLsn() - record.count())) {
            changedAt.put(record.lastLsn() - record.count(), new HashMap<>(changed));
        }
        for (Commit commit : record.commits()) {
            if (commit.branch() != Commit.PROJECT) {
                changed.put(commit.branch(), commit.lastLsn());
            }
            long lsn = commit.firstLsn();
            for (Change change : commit.changes()) {
                change(lsn++, change);
            }
        }
        if (record.millis() < keptFromMillis) {
            oldLsn = record.lastLsn();
        }
        if (checkpoints.contains(record.lastLsn())) {
            changedAt.put(record.lastLsn(), new HashMap<>(changed));
        }
    }

    private void change(long lsn, Change change) {
        if (change instanceof Change.CreateBranch created) {
            if (created.parent() != 0) {
                references.add(new Reference(lsn, created.parent(), created.base()));
            }
            changed.put(lsn, lsn);
            made.put(lsn, created);
        } else if (change instanceof Change.DropBranch dropped) {
            changed.put(dropped.branch(), DROPPED);
        } else if (change instanceof Change.RestoreBranch restored) {
            references.add(new Reference(lsn, restored.branch(), null));
            changed.put(restored.branch(), lsn);
        } else if (change instanceof Change.Reset reset) {
            references.add(new Reference(lsn, reset.from(), reset.lsn()));
        } else if (change instanceof Change.Merge merge) {
            references.add(new Reference(lsn, merge.from(), merge.lsn()));
        } else if (change instanceof Change.RestoreCollection restored) {
            references.add(new Reference(lsn, restored.from(), restored.lsn()));
        } else if (change instanceof Change.CreateTag tag) {
            references.add(new Reference(lsn, tag.branch(), tag.lsn()));
        }
    }

    @Override
    public long checkpoint() {
        for (Map.Entry<Long, Map<Long, Long>> candidate :
                changedAt.headMap(oldLsn, true).descendingMap().entrySet()) {
            if (references.stream()
                    .allMatch(reference -> leadsTo(candidate.getKey(), candidate.getValue(), reference))) {
                return candidate.getKey();
            }
        }
        return 0;
    }

    private boolean leadsTo(long checkpoint, Map<Long, Long> then, Reference reference) {
        if (reference.at() <= checkpoint) {
            return true; // it is folded there
        }
        long branch = reference.branch();
        Long end = reference.lsn();
        if (end == null) {
            return branch > checkpoint || changedBy(then, branch) != DROPPED;
        }
        long lsn = end;
        while (lsn < branch) { // before the branch was made: what it was made from had that
            Change.CreateBranch origin = made.get(branch);
            if (origin == null) {
                return false; // made before the first record
            }
            lsn = Math.min(lsn, origin.base());
            branch = origin.parent();
        }
        return lsn > checkpoint || branch == 0 || lsn >= changedBy(then, branch);
    }

    private long changedBy(Map<Long, Long> then, long branch) {
        return then.getOrDefault(branch, firstLsn - 1);
    }
}
