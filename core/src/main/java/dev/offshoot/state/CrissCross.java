package dev.offshoot.state;

import dev.offshoot.state.KeptPositions.Position;
import dev.offshoot.state.Sights.Line;
import dev.offshoot.state.Sights.Sight;
import dev.offshoot.state.Sights.Stretch;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where two tips have several newest positions in common, these are merged first, each with the base of its own, which is older than any
 * that tips have in common. That is so after a branch went into two others which are not made from one another, and after two branches each
 * took over what the other one had before it took over. What all of these merges need is found here.
 *
 * <p>Looks at the tips in pairs, but only at those whose first merges are on different lines: what is on one line has one newest
 * position in common. Tips without merges are like what they were made from, and tips with the same sight of all lines that several see are
 * one. Not thread safe.
 */
final class CrissCross {
    private static final Logger LOG = LoggerFactory.getLogger(CrissCross.class);

    /** So many sights are compared, in less than a second: those of three hundred branches that each merged another and were merged. */
    private static final long LOOKS_MAX = 50_000_000;

    /** What is looked at in maps takes so much longer. */
    private static final int MAP_LOOKS = 20;

    /** Of more scopes not all combinations are looked at. */
    private static final int SCOPES_MAX = 4;

    private static final Comparator<Seen> NEWEST_FIRST = Comparator.comparingLong(Seen::lsn)
            .thenComparingLong(seen -> seen.line.branch)
            .reversed();

    /** A line is seen up to an LSN. */
    private record Seen(Line line, long lsn) {}

    /** A line is seen up to an LSN by what goes through these scopes. */
    private record Way(long lsn, Set<Scope> through) {}

    /**
     * What is seen of the lines that are seen from several.
     *
     * @param line that it is seen from, which counts as seen without an end
     * @param merged how many merges of that count
     * @param numbers of the lines that are seen, in order
     * @param lsns up to where
     * @param scoped whether not all goes on all ways there
     */
    private record View(Line line, int merged, int[] numbers, long[] lsns, boolean[] scoped) {
        boolean isScoped() {
            for (boolean each : scoped) {
                if (each) {
                    return true;
                }
            }
            return false;
        }

        long upTo(int number) {
            int at = Arrays.binarySearch(numbers, number);
            return at < 0 ? -1 : lsns[at];
        }

        boolean contains(View other) {
            for (int i = 0; i < other.numbers.length; i++) {
                if (upTo(other.numbers[i]) < other.lsns[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Several positions are merged for what does not go through some scopes. */
    private record Merge(Set<Seen> positions, Set<Scope> closed) {}

    private final Sights sights;
    private final Map<Line, Integer> numbers = new HashMap<>();
    private final List<Line> lines;
    private final Map<Stretch, View> views = new HashMap<>();
    private final Map<Stretch, Map<Line, Set<Way>>> ways = new HashMap<>();
    private final Set<Position> found = new HashSet<>();
    private final Set<Merge> done = new HashSet<>();
    private long looks;

    /** @param shared the lines that are seen from several */
    CrissCross(Sights sights, Set<Line> shared) {
        this.sights = sights;
        this.lines = List.copyOf(shared);
        for (int i = 0; i < lines.size(); i++) {
            numbers.put(lines.get(i), i);
        }
    }

    /**
     * The positions that such merges need besides those that tips have in common.
     *
     * @param tips the first on the way of each that has merges
     */
    Set<Position> find(List<Sight> tips) {
        Map<Line, List<View>> byLine = new LinkedHashMap<>();
        if (tips.stream().map(Sight::line).distinct().count() > 1) {
            for (Sight tip : tips) {
                byLine.computeIfAbsent(tip.line(), key -> new ArrayList<>()).add(view(tip.line(), tip.lsn()));
            }
        }
        List<List<View>> all =
                byLine.values().stream().map(CrissCross::different).toList();
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                for (View one : all.get(i)) {
                    for (View other : all.get(j)) {
                        if (looks > LOOKS_MAX) {
                            LOG.warn("there are too many branches with merges to keep all that merges of them need");
                            return found;
                        }
                        compare(one, other);
                    }
                }
            }
        }
        return found;
    }

    /** Those of one line that see something else of the others. */
    private static List<View> different(List<View> ofOneLine) {
        Map<List<Object>, View> different = new LinkedHashMap<>();
        for (View view : ofOneLine) {
            int ways = view.isScoped() ? view.merged : -1; // these may differ
            different.putIfAbsent(List.of(IntBuffer.wrap(view.numbers), LongBuffer.wrap(view.lsns), ways), view);
        }
        return List.copyOf(different.values());
    }

    /** Looks for several newest positions in common. There is one where all else that is common went into the newest of it. */
    private void compare(View one, View other) {
        looks += one.numbers.length + other.numbers.length;
        View common = common(one, other);
        if (common.numbers.length < 2) {
            return;
        }
        int newest = 0;
        for (int i = 1; i < common.numbers.length; i++) {
            long ahead = common.lsns[i] - common.lsns[newest];
            if (ahead > 0 || (ahead == 0 && line(common, i).branch > line(common, newest).branch)) {
                newest = i;
            }
        }
        if (common.isScoped()
                || !view(line(common, newest), common.lsns[newest]).contains(common)) {
            compareWays(one, other);
        }
    }

    private Line line(View view, int at) {
        return lines.get(view.numbers[at]);
    }

    /** What two see of the same lines. */
    private static View common(View one, View other) {
        int most = Math.min(one.numbers.length, other.numbers.length);
        int[] numbers = new int[most];
        long[] lsns = new long[most];
        boolean[] scoped = new boolean[most];
        int count = 0;
        for (int i = 0, j = 0; i < one.numbers.length && j < other.numbers.length; ) {
            int compared = Integer.compare(one.numbers[i], other.numbers[j]);
            if (compared == 0) {
                numbers[count] = one.numbers[i];
                lsns[count] = Math.min(one.lsns[i], other.lsns[j]);
                scoped[count++] = one.scoped[i] || other.scoped[j];
            }
            i += compared <= 0 ? 1 : 0;
            j += compared >= 0 ? 1 : 0;
        }
        return new View(
                one.line,
                one.merged,
                Arrays.copyOf(numbers, count),
                Arrays.copyOf(lsns, count),
                Arrays.copyOf(scoped, count));
    }

    private void compareWays(View one, View other) {
        Map<Line, Set<Way>> ofOne = ways(one.line, one.merged);
        Map<Line, Set<Way>> ofOther = ways(other.line, other.merged);
        Set<Scope> scopes = new HashSet<>();
        for (Map<Line, Set<Way>> each : List.of(ofOne, ofOther)) {
            each.forEach((line, some) -> {
                if (one.upTo(number(line)) >= 0 && other.upTo(number(line)) >= 0) {
                    some.forEach(way -> scopes.addAll(way.through));
                }
            });
        }
        for (Set<Scope> closed : combinations(List.copyOf(scopes))) {
            Map<Line, Long> here = upTo(new Seen(one.line, Long.MAX_VALUE), ofOne, closed);
            Map<Line, Long> there = upTo(new Seen(other.line, Long.MAX_VALUE), ofOther, closed);
            mergeFirst(best(here, there, closed), closed);
        }
    }

    private int number(Line line) {
        return numbers.getOrDefault(line, -1);
    }

    /** What something may not go through. */
    private static List<Set<Scope>> combinations(List<Scope> scopes) {
        List<Set<Scope>> all = new ArrayList<>();
        if (scopes.size() <= SCOPES_MAX) {
            for (int bits = 0; bits < 1 << scopes.size(); bits++) {
                Set<Scope> chosen = new HashSet<>();
                for (int i = 0; i < scopes.size(); i++) {
                    if ((bits >> i & 1) != 0) {
                        chosen.add(scopes.get(i));
                    }
                }
                all.add(chosen);
            }
        } else {
            all.add(Set.of());
            all.add(Set.copyOf(scopes));
            scopes.forEach(scope -> all.add(Set.of(scope)));
        }
        return all;
    }

    /** What the merge of several positions, each with those before it, is made on. */
    private void mergeFirst(List<Seen> newestFirst, Set<Scope> closed) {
        if (newestFirst.size() < 2 || !done.add(new Merge(Set.copyOf(newestFirst), closed))) {
            return;
        }
        List<Seen> oldestFirst = new ArrayList<>(newestFirst);
        oldestFirst.sort(NEWEST_FIRST.reversed());
        Map<Line, Long> merged = upTo(oldestFirst.get(0), closed);
        for (Seen next : oldestFirst.subList(1, oldestFirst.size())) {
            Map<Line, Long> its = upTo(next, closed);
            List<Seen> bases = best(merged, its, closed);
            bases.forEach(base -> found.add(new Position(base.line.branch, base.lsn)));
            mergeFirst(bases, closed);
            its.forEach((line, lsn) -> merged.merge(line, lsn, Math::max));
        }
    }

    /** What two have in common, without what went into others of it; the newest first. */
    private List<Seen> best(Map<Line, Long> one, Map<Line, Long> other, Set<Scope> closed) {
        List<Seen> common = new ArrayList<>();
        one.forEach((line, lsn) -> {
            Long there = other.get(line);
            if (there != null) {
                common.add(new Seen(line, Math.min(lsn, there)));
            }
        });
        looks += (long) MAP_LOOKS * one.size();
        common.sort(NEWEST_FIRST);
        List<Seen> best = new ArrayList<>();
        Map<Line, Long> covered = new HashMap<>();
        for (Seen next : common) {
            if (covered.getOrDefault(next.line, -1L) < next.lsn) {
                best.add(next);
                upTo(next, closed).forEach((line, lsn) -> covered.merge(line, lsn, Math::max));
            }
        }
        return best;
    }

    private Map<Line, Long> upTo(Seen position, Set<Scope> closed) {
        return upTo(position, ways(position.line, position.line.merged(position.lsn)), closed);
    }

    /** How far each line is seen by what does not go through some scopes. */
    private Map<Line, Long> upTo(Seen position, Map<Line, Set<Way>> its, Set<Scope> closed) {
        looks += (long) MAP_LOOKS * its.size();
        Map<Line, Long> all = new HashMap<>();
        its.forEach((line, some) -> {
            for (Way way : some) {
                if (way.through.stream().noneMatch(closed::contains)) {
                    all.merge(line, way.lsn, Math::max);
                }
            }
        });
        all.put(position.line, position.lsn);
        return all;
    }

    private View view(Line line, long lsn) {
        return views.computeIfAbsent(new Stretch(line, line.merged(lsn)), stretch -> {
            Map<Line, List<Sight>> there = around(stretch);
            looks += (long) MAP_LOOKS * there.size();
            there.put(line, List.of(new Sight(line, Long.MAX_VALUE, line, Set.of())));
            there.keySet().retainAll(numbers.keySet());
            TreeMap<Integer, List<Sight>> byNumber = new TreeMap<>();
            there.forEach((seen, its) -> byNumber.put(number(seen), its));
            int[] seen = new int[byNumber.size()];
            long[] lsns = new long[seen.length];
            boolean[] scoped = new boolean[seen.length];
            int at = 0;
            for (Map.Entry<Integer, List<Sight>> entry : byNumber.entrySet()) {
                seen[at] = entry.getKey();
                for (Sight sight : entry.getValue()) {
                    lsns[at] = Math.max(lsns[at], sight.lsn());
                    scoped[at] |= !sight.through().isEmpty();
                }
                at++;
            }
            return new View(line, stretch.merged(), seen, lsns, scoped);
        });
    }

    private Map<Line, Set<Way>> ways(Line line, int merged) {
        return ways.computeIfAbsent(new Stretch(line, merged), stretch -> {
            Map<Line, Set<Way>> all = new HashMap<>();
            around(stretch).forEach((seen, its) -> {
                if (seen != line && number(seen) >= 0) {
                    Set<Way> some = new HashSet<>();
                    its.forEach(sight -> some.add(new Way(sight.lsn(), sight.through())));
                    all.put(seen, some);
                }
            });
            return all;
        });
    }

    private Map<Line, List<Sight>> around(Stretch stretch) {
        Line line = stretch.line();
        long lsn = stretch.merged() == 0
                ? line.begin
                : line.merges.get(stretch.merged() - 1).lastLsn();
        return sights.around(new Sight(line, lsn, line, Set.of()), sight -> {});
    }
}
