package dev.offshoot.wal;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one statement did: changes that become visible together, at contiguous LSNs.
 *
 * @param firstLsn the LSN of the first change; 0 while it has none yet
 * @param branch the id of the branch that the changes belong to, or {@link #PROJECT} for branch and project events
 * @param origin who did it
 * @param changes at least one
 * @param results what a retry of the statement is to be answered; project-wide, whatever branch
 */
public record Commit(long firstLsn, long branch, Origin origin, List<Change> changes, List<RetryResult> results) {
    /** Stands for a branch where a change belongs to the project itself. */
    public static final long PROJECT = 0;

    /** What the count of one kind of change takes in a header, at most. */
    private static final int COUNT_BYTES = 32;

    public Commit {
        if (changes.isEmpty()) {
            throw new IllegalArgumentException("a commit without changes");
        }
    }

    public static Commit draft(long branch, Origin origin, List<Change> changes, List<RetryResult> results) {
        return new Commit(0, branch, origin, changes, results);
    }

    /** The LSN of the last change. */
    public long lastLsn() {
        return firstLsn + changes.size() - 1;
    }

    /** Which commit it does again; null for none. */
    public Change.@Nullable Pick pick() {
        for (int i = 0; i < Math.min(2, changes.size()); i++) { // the first is what makes it a merge, where it is one
            if (changes.get(i) instanceof Change.Pick pick) {
                return pick;
            }
        }
        return null;
    }

    /** About how many bytes it takes in the log: what documents and results weigh. */
    public long approximateBytes() {
        long bytes = 32;
        for (Change change : changes) {
            bytes += 16;
            if (change instanceof Change.Put put) {
                bytes += put.document().length;
            } else if (change instanceof Change.Patch patch) {
                bytes += patch.delta().length;
            }
        }
        for (RetryResult result : results) {
            bytes += 32 + result.result().length;
        }
        return bytes;
    }

    /** No less than what it adds to a record's header. */
    int headerBytesMax() {
        return origin.headerBytesMax() + Math.min(changes.size(), Change.Kind.values().length) * COUNT_BYTES;
    }

    /**
     * No less than what commits add to the header of a record that holds them: those of one origin are counted together there.
     *
     * @param commits of one record
     */
    public static long headerBytesMax(List<Commit> commits) {
        if (commits.size() == 1) {
            return commits.get(0).headerBytesMax();
        }
        Map<Origin, Set<Change.Kind>> kinds = new HashMap<>();
        for (Commit commit : commits) {
            Set<Change.Kind> own = kinds.computeIfAbsent(commit.origin, origin -> EnumSet.noneOf(Change.Kind.class));
            commit.changes.forEach(change -> own.add(change.kind()));
        }
        long bytes = 0;
        for (Map.Entry<Origin, Set<Change.Kind>> each : kinds.entrySet()) {
            bytes += each.getKey().headerBytes() + (long) each.getValue().size() * COUNT_BYTES;
        }
        return bytes;
    }

    /** This commit at a place in the log, with the ids that follow from it. */
    public Commit at(long lsn) {
        return at(lsn, lsn);
    }

    /** Commits that go together at a place in the log. */
    public static List<Commit> at(List<Commit> drafts, long firstLsn) {
        List<Commit> placed = new ArrayList<>(drafts.size());
        long lsn = firstLsn;
        for (Commit draft : drafts) {
            Commit commit = draft.at(lsn, firstLsn);
            placed.add(commit);
            lsn = commit.lastLsn() + 1;
        }
        return placed;
    }

    /**
     * The same as one of several that go together.
     *
     * @param first the LSN that what is made is counted from: that of the first of the commits that go together
     */
    Commit at(long lsn, long first) {
        List<Change> bound = new ArrayList<>(changes.size());
        for (Change change : changes) {
            bound.add(change.bind(first));
        }
        return new Commit(lsn, branch, origin, bound, results);
    }
}
