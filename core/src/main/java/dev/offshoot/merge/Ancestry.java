package dev.offshoot.merge;

import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Lineage;
import dev.offshoot.state.Scope;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The commits that went into one or several positions: of each timeline all up to an LSN. A timeline is what a branch did from its
 * beginning, or from a reset, up to its next reset; a branch that was reset goes on as another timeline, so that what a reset discarded
 * counts no longer, and neither do the merges in it.
 *
 * <p>A branch that began with less than it was made from is reached at its base also where it has nothing of its own: that state is its
 * own, and stays as long as the branch does, while the whole one may be cleaned up.
 *
 * <p>Invariant: what holds a commit holds all that went into that commit. Not thread safe.
 */
final class Ancestry {
    /**
     * A part of a branch's history without a reset in it.
     *
     * @param above the LSN before its first commit
     */
    record Timeline(long branch, long above) {}

    private final Catalog catalog;
    private final Predicate<Scope> passes;
    private final Map<Timeline, Long> reach = new HashMap<>();

    /** @param passes whether something goes through a scope; where a commit came through another one it is not there */
    Ancestry(Catalog catalog, Predicate<Scope> passes) {
        this.catalog = catalog;
        this.passes = passes;
    }

    /** All that went into a position, or came through a scope of a partial branch on the way. */
    static Ancestry of(Catalog catalog, Position position) {
        return of(catalog, position, scope -> true);
    }

    static Ancestry of(Catalog catalog, Position position, Predicate<Scope> passes) {
        Ancestry ancestry = new Ancestry(catalog, passes);
        ancestry.add(position);
        return ancestry;
    }

    /** Up to which LSN it holds each timeline; not above where that begins for a branch that is reached with nothing of its own. */
    Map<Timeline, Long> reach() {
        return reach;
    }

    boolean holds(Timeline timeline, long lsn) {
        return reach.getOrDefault(timeline, timeline.above()) >= lsn;
    }

    /** Whether it holds what a branch itself did up to an LSN. */
    boolean holds(Position position) {
        Timeline timeline = timeline(position.branch(), catalog.newestReset(position.branch(), position.lsn()));
        return reach.getOrDefault(timeline, -1L) >= position.lsn();
    }

    private static Timeline timeline(long branch, @Nullable Lineage reset) {
        return new Timeline(branch, reset == null ? branch - 1 : reset.lsn() - 1);
    }

    /** Adds what went into a position, and says whether the position was not there yet. */
    boolean addNew(Position position) {
        if (holds(position)) {
            return false;
        }
        add(position);
        return true;
    }

    /** Adds what went into a position. Newer positions come first, so that each timeline is gone through once. */
    void add(Position position) {
        PriorityQueue<Position> open =
                new PriorityQueue<>(Comparator.comparingLong(Position::lsn).reversed());
        open.add(position);
        while (!open.isEmpty()) {
            Position next = open.remove();
            Branch branch = catalog.branch(next.branch());
            if (branch != null) {
                add(branch, next.lsn(), open);
            }
        }
    }

    private void add(Branch branch, long lsn, PriorityQueue<Position> open) {
        Lineage reset = catalog.newestReset(branch.id(), lsn);
        Timeline timeline = timeline(branch.id(), reset);
        boolean comes = passes(reset == null ? branch.entry() : catalog.crossing(reset.from(), branch.id()));
        boolean begins = comes && branch.beginsWithLess() && lsn >= branch.base();
        if (lsn <= timeline.above() && !begins) { // it is a position of what the branch was made from
            addOrigin(branch, reset, lsn, comes, open);
            return;
        }
        Long reached = reach.get(timeline);
        long upTo = lsn > timeline.above() ? lsn : branch.base();
        if (reached != null && reached >= upTo) {
            return;
        }
        reach.put(timeline, upTo);
        long above = reached == null ? timeline.above() : Math.max(reached, timeline.above());
        for (Lineage entry : catalog.lineage(branch.id(), above, upTo)) {
            if (!entry.reset() && passes(catalog.crossing(entry.from(), branch.id()))) {
                open.add(new Position(entry.from(), entry.fromLsn()));
            }
        }
        if (reached == null) {
            addOrigin(branch, reset, lsn, comes, open);
        }
    }

    private static void addOrigin(
            Branch branch, @Nullable Lineage reset, long lsn, boolean comes, PriorityQueue<Position> open) {
        if (comes) {
            open.add(
                    reset == null
                            ? new Position(branch.parent(), Math.min(lsn, branch.base()))
                            : new Position(reset.from(), Math.min(lsn, reset.fromLsn())));
        }
    }

    private boolean passes(List<Scope> scopes) {
        return scopes.stream().allMatch(passes);
    }

    /** Whether a timeline has no more up to an LSN than the reset that it begins with. */
    boolean isBareReset(Timeline timeline, long lsn) {
        Lineage reset = catalog.newestReset(timeline.branch(), lsn);
        return reset != null
                && reset.lsn() == timeline.above() + 1
                && reset.lastLsn() == reset.lsn()
                && lsn == reset.lsn();
    }
}
