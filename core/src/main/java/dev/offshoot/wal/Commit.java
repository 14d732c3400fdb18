package dev.offshoot.wal;

import java.util.ArrayList;
import java.util.List;

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

    /** This commit at a place in the log, with the ids that follow from it. */
    public Commit at(long lsn) {
        List<Change> bound = new ArrayList<>(changes.size());
        for (Change change : changes) {
            bound.add(change.bind(lsn));
        }
        return new Commit(lsn, branch, origin, bound, results);
    }
}
