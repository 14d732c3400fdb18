package dev.offshoot.state;

import dev.offshoot.wal.Commit;
import java.util.List;

/**
 * What a position sees of the log (decision 6): parts of the histories of branches, the newest first. The changes in them, in the order
 * of their LSNs, make the state at the position, but for the resets, whose targets are among them. Immutable.
 */
public final class Segments {
    /**
     * The changes of a branch above one LSN up to another.
     *
     * @param branch its id
     * @param above exclusive
     * @param upTo inclusive
     */
    public record Segment(long branch, long above, long upTo) {}

    private final List<Segment> newestFirst;

    Segments(List<Segment> newestFirst) {
        this.newestFirst = List.copyOf(newestFirst);
    }

    /** The parts, the newest first; no two overlap. */
    public List<Segment> newestFirst() {
        return newestFirst;
    }

    /** Whether the position sees a commit. */
    public boolean holds(Commit commit) {
        return holds(commit.branch(), commit.firstLsn(), commit.lastLsn());
    }

    /** Whether the position sees changes of a branch from one LSN to another, both inclusive: all of them, or none. */
    public boolean holds(long branch, long firstLsn, long lastLsn) {
        for (Segment segment : newestFirst) {
            if (segment.branch() == branch && firstLsn > segment.above() && lastLsn <= segment.upTo()) {
                return true;
            }
        }
        return false;
    }
}
