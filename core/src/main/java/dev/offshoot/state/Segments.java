package dev.offshoot.state;

import dev.offshoot.wal.Commit;
import java.util.ArrayList;
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
    private final List<List<Scope>> crossings;

    /** @param crossings for each part what its end goes through on the way to the part above, or to the position */
    Segments(List<Segment> newestFirst, List<List<Scope>> crossings) {
        this.newestFirst = List.copyOf(newestFirst);
        this.crossings = List.copyOf(crossings);
    }

    /** The parts, the newest first; no two overlap. */
    public List<Segment> newestFirst() {
        return newestFirst;
    }

    /** What the state at the end of a part goes through, in order, to be the one that the part above begins with, or that of the position. */
    List<Scope> crossing(int part) {
        return crossings.get(part);
    }

    /** What a state of a part goes through, in order, to be the one at the position. */
    List<Scope> rest(int part) {
        List<Scope> rest = new ArrayList<>();
        for (int i = part; i >= 0; i--) {
            rest.addAll(crossing(i));
        }
        return rest;
    }

    /** The part that a commit is in; -1 for one that the position does not see. */
    int indexOf(Commit commit) {
        return indexOf(commit.branch(), commit.firstLsn(), commit.lastLsn());
    }

    /** Whether the position sees a commit. */
    public boolean holds(Commit commit) {
        return indexOf(commit) >= 0;
    }

    /** Whether the position sees changes of a branch from one LSN to another, both inclusive: all of them, or none. */
    public boolean holds(long branch, long firstLsn, long lastLsn) {
        return indexOf(branch, firstLsn, lastLsn) >= 0;
    }

    private int indexOf(long branch, long firstLsn, long lastLsn) {
        for (int i = 0; i < newestFirst.size(); i++) {
            Segment segment = newestFirst.get(i);
            if (segment.branch() == branch && firstLsn > segment.above() && lastLsn <= segment.upTo()) {
                return i;
            }
        }
        return -1;
    }
}
