package dev.offshoot.merge;

import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Scope;
import dev.offshoot.state.Segments;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What two positions have in common: commits that went into both, through forks, merges and resets. Told from the catalog alone, without
 * looking at any state. A reset below a merge forgets it.
 *
 * <p>The best common positions are those that went into no other common one. There is one in most histories. After criss-cross merges
 * there are several; then these are merged first, oldest first, each with the base of its own, and the outcome is the base. A conflict
 * in there is left as it was in the base of that merge, as Git does for files that it cannot mark up, so that what both sides made of it
 * shows as changes of both. Branches that share nothing but the project's empty beginning have that as their base.
 */
public final class MergeBase {
    /** Of two at one LSN, the one that began as the other, or with less, comes first. */
    private static final Comparator<Position> NEWEST_FIRST = Comparator.comparingLong(Position::lsn)
            .thenComparingLong(Position::branch)
            .reversed();

    private MergeBase() {}

    /** The best common positions of two, the newest first; at least one. */
    public static List<Position> of(Catalog catalog, Position ours, Position theirs) {
        return of(catalog, ours, theirs, scope -> true);
    }

    /**
     * The best common positions for what does not go through all scopes of partial branches: what came through others is not common.
     *
     * @param passes whether it goes through a scope
     */
    public static List<Position> of(Catalog catalog, Position ours, Position theirs, Predicate<Scope> passes) {
        List<Position> best =
                best(catalog, Ancestry.of(catalog, ours, passes), Ancestry.of(catalog, theirs, passes), passes);
        return best.isEmpty() ? List.of(new Position(root(catalog, ours.branch()), 0)) : best;
    }

    /**
     * The same for what several positions have together on one side.
     *
     * @param ours at least one
     */
    public static List<Position> of(Catalog catalog, List<Position> ours, Position theirs) {
        List<Position> newestFirst = new ArrayList<>(ours);
        newestFirst.sort(NEWEST_FIRST);
        Ancestry ancestry = new Ancestry(catalog, scope -> true);
        newestFirst.forEach(ancestry::add);
        List<Position> best = best(catalog, ancestry, Ancestry.of(catalog, theirs), scope -> true);
        return best.isEmpty() ? List.of(new Position(root(catalog, theirs.branch()), 0)) : best;
    }

    /**
     * The parts of the history of a position, the oldest first, that another position does not have. What came in by merges is not followed.
     */
    public static List<Segments.Segment> beyond(Catalog catalog, Position position, Position other) {
        Ancestry has = Ancestry.of(catalog, other);
        List<Segments.Segment> oldestFirst = new ArrayList<>();
        for (Segments.Segment part : catalog.segments(catalog.existing(position.branch()), position.lsn())
                .newestFirst()) {
            Ancestry.Timeline timeline = new Ancestry.Timeline(part.branch(), part.above());
            long reached = Math.max(part.above(), has.reach().getOrDefault(timeline, part.above()));
            if (reached < part.upTo()) {
                oldestFirst.add(0, new Segments.Segment(part.branch(), reached, part.upTo()));
            }
            if (has.reach().containsKey(timeline)) {
                break; // what has a commit has all that went into it
            }
        }
        return oldestFirst;
    }

    /**
     * Whether all that went into one position went into another one too; a reset that nothing followed is no work that could be lost. Then
     * merging the first into the second changes nothing, and merging the second into the first can be done by a reset.
     */
    public static boolean isContained(Catalog catalog, Position position, Position in) {
        return isContained(catalog, position, in, scope -> true);
    }

    /** The same for what goes only through some scopes of partial branches. */
    public static boolean isContained(Catalog catalog, Position position, Position in, Predicate<Scope> passes) {
        Ancestry other = Ancestry.of(catalog, in, passes);
        Ancestry own = Ancestry.of(catalog, position, passes);
        return own.reach().entrySet().stream()
                .allMatch(entry -> other.holds(entry.getKey(), entry.getValue())
                        || own.isBareReset(entry.getKey(), entry.getValue()));
    }

    /**
     * Tells of commits, named by their branch and last LSN, whether they went into a position, on a way that leads through no scope of a
     * partial branch.
     */
    public static Predicate<Position> contained(Catalog catalog, Position in) {
        return Ancestry.of(catalog, in, scope -> false)::holds;
    }

    /** The scopes of partial branches that something of two positions came through, or would have had to. */
    public static Set<Scope> scopes(Catalog catalog, Position ours, Position theirs) {
        Set<Scope> met = new LinkedHashSet<>();
        Ancestry ancestry = new Ancestry(catalog, scope -> {
            met.add(scope);
            return true;
        });
        ancestry.add(ours);
        ancestry.add(theirs);
        return met;
    }

    /**
     * The state to merge on.
     *
     * @param positions the best common ones
     * @param passes what they are the best for
     * @param states gives the state at a position
     */
    public static Snapshot state(
            Catalog catalog,
            List<Position> positions,
            Predicate<Scope> passes,
            Function<Position, Snapshot> states,
            MergeSettings settings,
            MergeContext context) {
        List<Position> oldestFirst = new ArrayList<>(positions);
        oldestFirst.sort(NEWEST_FIRST.reversed());
        Snapshot merged = states.apply(oldestFirst.get(0));
        Ancestry ancestry = Ancestry.of(catalog, oldestFirst.get(0), passes);
        for (Position next : oldestFirst.subList(1, oldestFirst.size())) {
            List<Position> best = best(catalog, ancestry, Ancestry.of(catalog, next, passes), passes);
            Snapshot base = best.isEmpty()
                    ? states.apply(new Position(root(catalog, next.branch()), 0))
                    : state(catalog, best, passes, states, settings, context);
            MergePlan plan = ThreeWay.plan(
                    new Sides<>(base, merged, states.apply(next)),
                    settings.withoutStrategy(),
                    conflict -> Resolution.BASE,
                    context);
            merged = merged.with(plan.changes(), plan.referred());
            ancestry.add(next);
        }
        return merged;
    }

    /** The newest of what both hold, then whatever did not go into those before it. */
    private static List<Position> best(Catalog catalog, Ancestry ours, Ancestry theirs, Predicate<Scope> passes) {
        List<Position> common = new ArrayList<>();
        ours.reach().forEach((timeline, lsn) -> {
            Long other = theirs.reach().get(timeline);
            if (other != null) {
                common.add(new Position(timeline.branch(), Math.min(lsn, other)));
            }
        });
        common.sort(NEWEST_FIRST);
        List<Position> best = new ArrayList<>();
        Ancestry covered = new Ancestry(catalog, passes);
        for (Position position : common) {
            if (covered.addNew(position)) {
                best.add(position);
            }
        }
        return best;
    }

    private static long root(Catalog catalog, long branch) {
        Branch at = catalog.branch(branch);
        while (at != null && at.parent() != 0) {
            at = catalog.branch(at.parent());
        }
        return at == null ? branch : at.id();
    }
}
