package dev.offshoot.state;

import dev.offshoot.state.Sights.Line;
import dev.offshoot.state.Sights.Sight;
import dev.offshoot.state.Sights.Stretch;
import dev.offshoot.tree.Cursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The positions whose states stay readable whatever their age: those of tags, and those that may be the base of a merge. Each checkpoint
 * keeps their states, as it keeps what each branch was made from, so they cost pages and no log. What is to be kept follows from
 * the catalog and what waits.
 *
 * <p>A <em>line</em> is a branch from where it was made or last reset to the next reset. From a position one sees its own line up to
 * there, what that began from, and what was merged into it; and so on from those. Of each line a position sees everything up to some
 * LSN, so the base of a merge is where, on some line, the lesser of two such LSNs is. Whoever is merged is a <em>tip</em>: the head of a
 * branch, a tag, or a past position that retention keeps, as a branch can be made from it. So a position may be a base if it is
 * where some tip's sight of a line ends. Of these, a position that is seen by way of one other line only is none: who sees it sees the
 * position of that line at which it comes into sight, which is nearer. So branches that were merged and dropped keep nothing, and two
 * branches that are merged again and again keep where the last merge was, for each direction.
 *
 * <p>Two tips may have several bases ({@link CrissCross}); what these have in common is kept, too.
 *
 * <p>What does not go through some scopes of partial branches has bases of its own, on the ways that are left. So a sight of a line also says
 * which scopes it goes through, and of several sights of a line by one tip only those are passed over for which there is one that goes as far
 * through no other scopes.
 */
final class KeptPositions {
    /** A position of a branch by its id. */
    record Position(long branch, long lsn) {
        /**
         * The same state named by the branch that the newest of it is of, where a branch has nothing of its own there; branch 0 for nothing at all.
         * A partial branch that has nothing of its own there, but less than what it was made from, is named at or below its base.
         */
        static Position of(Catalog catalog, long branch, long lsn) {
            Position at = new Position(branch, lsn);
            while (true) {
                Branch found = catalog.branch(at.branch);
                Lineage reset = found == null ? null : catalog.newestReset(at.branch, at.lsn);
                if (found == null || at.lsn >= (reset == null ? at.branch : reset.lsn())) {
                    return at;
                }
                List<Scope> crossing = reset == null ? found.entry() : catalog.crossing(reset.from(), at.branch);
                if (!crossing.isEmpty()) { // what it came from has more
                    return reset == null ? new Position(at.branch, Math.min(at.lsn, found.base())) : at;
                }
                at = reset == null
                        ? new Position(found.parent(), Math.min(at.lsn, found.base()))
                        : new Position(reset.from(), Math.min(at.lsn, reset.fromLsn()));
            }
        }

        static Position of(byte[] key) {
            ByteBuffer numbers = ByteBuffer.wrap(key);
            return new Position(numbers.getLong(), numbers.getLong());
        }

        byte[] key() {
            return ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(branch)
                    .putLong(lsn)
                    .array();
        }
    }

    private final Catalog catalog;
    private final Sights sights;

    /** Where the sight of tips ends, on each line. */
    private final Map<Line, Set<Long>> ends = new HashMap<>();

    /** By which lines a line is seen, and how far from each. */
    private final Map<Line, Map<Line, Long>> ways = new HashMap<>();

    /** What lies behind them is in {@link #ends} and {@link #ways}. */
    private final Set<Stretch> done = new HashSet<>();

    /** Of tips that see merges, the first lines that have some. */
    private final List<Sight> withMerges = new ArrayList<>();

    private KeptPositions(Catalog catalog) {
        this.catalog = catalog;
        this.sights = new Sights(catalog);
    }

    /**
     * @param since past positions from this one on count as tips; {@link Long#MAX_VALUE} for none of them
     * @param held others that stay and count as tips
     */
    static Set<Position> of(Catalog catalog, long since, Set<Holds.At> held) {
        KeptPositions kept = new KeptPositions(catalog);
        Set<Position> found = new HashSet<>();
        for (Holds.At at : held) {
            found.add(Position.of(catalog, at.branch(), at.lsn()));
        }
        for (Tag tag : catalog.tags()) {
            found.add(Position.of(catalog, tag.branch(), tag.lsn()));
        }
        for (Tag tag : catalog.tags()) {
            kept.tip(tag.branch(), tag.lsn());
        }
        for (Holds.At at : held) {
            kept.tip(at.branch(), at.lsn());
        }
        kept.tips(since);
        kept.collect(found);
        found.addAll(kept.crissCross());
        found.removeIf(position -> position.branch == 0); // before the first branch there is nothing to keep
        return found;
    }

    /** The branches that began as the state at each position, dropped ones too. */
    static Map<Position, List<Long>> madeFrom(Catalog catalog) {
        Map<Position, List<Long>> made = new HashMap<>();
        Cursor<Branch> cursor = catalog.byId().ascending(null, null);
        while (cursor.next()) {
            Branch branch = cursor.value();
            made.computeIfAbsent(beginning(catalog, branch), key -> new ArrayList<>())
                    .add(branch.id());
        }
        return made;
    }

    /** The position whose state a branch began as; where that has less than what it was made from, it is a position of the branch itself. */
    static Position beginning(Catalog catalog, Branch branch) {
        return Position.of(catalog, branch.id(), branch.base());
    }

    private void tips(long since) {
        Cursor<Branch> cursor = catalog.byId().ascending(null, null);
        while (cursor.next()) {
            Branch branch = cursor.value();
            if (!branch.dropped() || branch.droppedLsn() > since) {
                tip(branch.id(), branch.dropped() ? branch.droppedLsn() : Long.MAX_VALUE);
                if (since != Long.MAX_VALUE) {
                    pastTips(branch.id(), since);
                }
            }
        }
    }

    /** What is seen changes with the merges of a line, and is as before in between. */
    private void pastTips(long branch, long since) {
        List<Line> all = sights.lines(branch);
        for (int i = 0; i < all.size(); i++) {
            Line line = all.get(i);
            long end = i + 1 < all.size() ? all.get(i + 1).begin - 1 : Long.MAX_VALUE;
            if (end >= since) {
                if (end != Long.MAX_VALUE) {
                    tip(branch, end);
                }
                tip(branch, Math.max(since, line.shown));
                for (Lineage merge : line.merges.subList(line.merged(since), line.merges.size())) {
                    tip(branch, merge.lsn() - 1);
                }
            }
        }
    }

    /** Follows a line without merges to what it began from; behind one with merges there may be several ways to the same line. */
    private void tip(long branch, long lsn) {
        Sight at = sights.of(new Position(branch, lsn), null, Set.of());
        boolean own = at != null && at.through().isEmpty();
        if (at != null
                && !own) { // from before a partial branch began: it has less than the line shows there, and is on none
            at = new Sight(at.line(), at.lsn(), new Line(branch, lsn, lsn, null, List.of()), at.through());
        }
        while (at != null) {
            see(at);
            if (!own) {
                ends.computeIfAbsent(at.line(), key -> new HashSet<>()).add(at.lsn());
            }
            int merged = at.line().merged(at.lsn());
            if (!done.add(new Stretch(at.line(), merged))) {
                return;
            }
            if (merged > 0) {
                lookAround(at);
                return;
            }
            own = false;
            at = at.line().origin == null
                    ? null
                    : sights.of(at.line().origin, at.line(), Sights.with(at.through(), at.line().entry));
        }
    }

    private void lookAround(Sight start) {
        withMerges.add(start);
        Map<Line, List<Sight>> seen = sights.around(start, this::see);
        seen.remove(start.line());
        seen.forEach((line, all) -> all.forEach(
                sight -> ends.computeIfAbsent(line, key -> new HashSet<>()).add(sight.lsn())));
    }

    private void see(Sight sight) {
        ways.computeIfAbsent(sight.line(), key -> new HashMap<>()).merge(sight.by(), sight.lsn(), Math::max);
    }

    private void collect(Set<Position> found) {
        ends.forEach((line, lsns) -> {
            for (long lsn : lsns) {
                long count = ways.getOrDefault(line, Map.of()).values().stream()
                        .filter(upTo -> upTo >= lsn)
                        .count();
                if (count > 1) {
                    found.add(new Position(line.branch, lsn));
                }
            }
        });
    }

    /** What it takes to make one base of several. */
    private Set<Position> crissCross() {
        Set<Line> shared = new HashSet<>();
        ways.forEach((line, by) -> {
            if (by.size() > 1) {
                shared.add(line);
            }
        });
        return new CrissCross(sights, shared).find(withMerges);
    }
}
