package dev.offshoot.wal;

import java.util.List;

/**
 * The atomic unit of the log: commits that were acknowledged together.
 *
 * @param firstLsn the LSN of its first change
 * @param time a BSON timestamp, strictly increasing in its project
 * @param millis wall-clock milliseconds, never going back in its project
 * @param commits at least one; their LSNs are contiguous
 */
public record WalRecord(long firstLsn, long time, long millis, List<Commit> commits) {
    /** About how many bytes it takes in the log before it is compressed. */
    long approximateBytes() {
        long bytes = 0;
        for (Commit commit : commits) {
            bytes += commit.approximateBytes();
        }
        return bytes;
    }

    /** How many LSNs it takes: one a change. */
    public int count() {
        return Math.toIntExact(lastLsn() - firstLsn + 1);
    }

    public long lastLsn() {
        return commits.get(commits.size() - 1).lastLsn();
    }
}
