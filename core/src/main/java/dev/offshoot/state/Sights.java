package dev.offshoot.state;

import dev.offshoot.state.KeptPositions.Position;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What positions see of the lines of a project ({@link KeptPositions} says what these are), from a catalog alone. Not thread safe. */
final class Sights {
    /** Part of a branch. Equal to itself only. */
    static final class Line {
        final long branch;

        /** Where it begins; for a branch that began with less than it was made from that is its base, as the state there is its own. */
        final long begin;

        /** The end of its first commit. */
        final long shown;

        final @Nullable Position origin;

        /** What the state of the origin goes through to be the first of this line. */
        final List<Scope> entry;

        /** In order. */
        final List<Lineage> merges = new ArrayList<>();

        Line(long branch, long begin, long shown, @Nullable Position origin, List<Scope> entry) {
            this.entry = entry;
            this.branch = branch;
            this.begin = begin;
            this.shown = shown;
            this.origin = origin;
        }

        /** How many merges a position on it sees. */
        int merged(long lsn) {
            int low = 0;
            int high = merges.size();
            while (low < high) {
                int middle = (low + high) / 2;
                if (merges.get(middle).lastLsn() <= lsn) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }

    /**
     * A line is seen up to an LSN.
     *
     * @param by from which line; the line itself for a tip of its own
     * @param through which scopes are on the way to it
     */
    record Sight(Line line, long lsn, Line by, Set<Scope> through) {
        /** Whether another one sees nothing that this one does not, whichever scopes something does not go through. */
        boolean covers(Sight other) {
            return lsn >= other.lsn && other.through.containsAll(through);
        }
    }

    /** A line with so many of its merges. */
    record Stretch(Line line, int merged) {}

    /** Of one line from one position; more of them are not followed. */
    private static final int SIGHTS_MAX = 1024;

    private final Catalog catalog;
    private final Map<Long, List<Line>> lines = new HashMap<>();

    Sights(Catalog catalog) {
        this.catalog = catalog;
    }

    /** The line that a position is on, which may be one of a branch further up; null where there is no such branch. */
    @Nullable
    Sight of(Position position, @Nullable Line by, Set<Scope> through) {
        Position at = position;
        Set<Scope> scopes = through;
        while (at != null) {
            List<Line> all = lines(at.branch());
            if (all.isEmpty()) {
                return null;
            }
            int i = all.size() - 1;
            while (i > 0 && all.get(i).shown > at.lsn()) {
                i--;
            }
            Line line = all.get(i);
            if (line.begin <= at.lsn()) {
                return new Sight(line, at.lsn() < line.shown ? line.begin : at.lsn(), by == null ? line : by, scopes);
            }
            Position origin = line.origin;
            scopes = with(scopes, line.entry);
            at = origin == null ? null : new Position(origin.branch(), Math.min(at.lsn(), origin.lsn()));
        }
        return null;
    }

    /**
     * All that a sight leads to, itself too: of each line the sights that no other one covers.
     *
     * @param met gets each of them, covered ones too
     */
    Map<Line, List<Sight>> around(Sight start, Consumer<Sight> met) {
        Map<Line, List<Sight>> seen = new HashMap<>();
        Deque<Sight> open = new ArrayDeque<>(List.of(start));
        for (Sight next = open.poll(); next != null; next = open.poll()) {
            met.accept(next);
            Sight sight = next;
            List<Sight> there = seen.computeIfAbsent(sight.line, key -> new ArrayList<>());
            if (there.size() < SIGHTS_MAX && there.stream().noneMatch(other -> other.covers(sight))) {
                lookBehind(sight, there, open);
                there.removeIf(sight::covers);
                there.add(sight);
            }
        }
        return seen;
    }

    /** @param there what of the line was seen before */
    private void lookBehind(Sight sight, List<Sight> there, Deque<Sight> open) {
        Line line = sight.line;
        long before = there.stream()
                .filter(other -> sight.through.containsAll(other.through))
                .mapToLong(Sight::lsn)
                .max()
                .orElse(-1);
        if (before < 0 && line.origin != null) {
            add(of(line.origin, line, with(sight.through, line.entry)), open);
        }
        int first = before < 0 ? 0 : line.merged(before);
        for (Lineage merge : line.merges.subList(first, line.merged(sight.lsn))) {
            Set<Scope> through = with(sight.through, catalog.crossing(merge.from(), merge.branch()));
            add(of(new Position(merge.from(), merge.fromLsn()), line, through), open);
        }
    }

    private static void add(@Nullable Sight sight, Deque<Sight> open) {
        if (sight != null) {
            open.add(sight);
        }
    }

    static Set<Scope> with(Set<Scope> through, List<Scope> more) {
        if (more.isEmpty() || through.containsAll(more)) {
            return through;
        }
        Set<Scope> all = new HashSet<>(through);
        all.addAll(more);
        return all;
    }

    /** Those of a branch, in order. */
    List<Line> lines(long id) {
        return lines.computeIfAbsent(id, this::readLines);
    }

    private List<Line> readLines(long id) {
        Branch branch = catalog.branch(id);
        if (branch == null) {
            return List.of();
        }
        List<Line> all = new ArrayList<>();
        Position parent = branch.parent() == 0 ? null : new Position(branch.parent(), branch.base());
        long begin = branch.beginsWithLess() ? branch.base() : id;
        all.add(new Line(id, begin, id, parent, branch.entry()));
        List<Lineage> newestFirst = catalog.lineage(id, 0, Long.MAX_VALUE - 1);
        for (int i = newestFirst.size() - 1; i >= 0; i--) {
            Lineage entry = newestFirst.get(i);
            if (entry.reset()) {
                Position origin = new Position(entry.from(), entry.fromLsn());
                all.add(new Line(id, entry.lsn(), entry.lastLsn(), origin, catalog.crossing(entry.from(), id)));
            } else {
                all.get(all.size() - 1).merges.add(entry);
            }
        }
        return all;
    }
}
