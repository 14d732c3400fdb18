package dev.offshoot.merge;

import dev.offshoot.merge.Ancestry.Timeline;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Scope;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How many commits went into one position and not into another, for many pairs of positions at once. Which parts of which branches differ is
 * told from the catalog; the commits in them are counted by going through the log once, above the lowest of these parts. Resets
 * without anything on top are not counted, since they are no work of their own.
 *
 * <p>First all pairs are {@link #compare compared}, then all records from {@link #fromLsn} on are {@link #see seen} in order, then the counts
 * are asked for. Not thread safe.
 */
public final class AheadBehind {
    private final Catalog catalog;
    private final Map<Seen, Ancestry> ancestries = new HashMap<>();
    private final Map<Long, TreeSet<Long>> bounds = new HashMap<>();
    private final Map<Long, Tally> tallies = new HashMap<>();
    private long fromLsn = Long.MAX_VALUE;

    /** @param catalog one that has all positions */
    public AheadBehind(Catalog catalog) {
        this.catalog = catalog;
    }

    /** What one position has that another one does not, on each side. */
    public final class Pair {
        private final List<Part> ahead;
        private final List<Part> behind;

        private Pair(List<Part> ahead, List<Part> behind) {
            this.ahead = ahead;
            this.behind = behind;
        }

        /** Commits that only the first position has; null where the log does not reach back to all of them. */
        public @Nullable Long ahead() {
            return count(ahead);
        }

        /** Commits that only the second position has; null where the log does not reach back to all of them. */
        public @Nullable Long behind() {
            return count(behind);
        }
    }

    /** Commits of a branch above an LSN and up to another. */
    private record Part(long branch, long above, long upTo) {}

    /**
     * What went into a position.
     *
     * @param through on ways through no other scopes of partial branches than these; null for all ways
     */
    private record Seen(Position position, @Nullable List<Scope> through) {}

    public Pair compare(Position position, Position other) {
        return new Pair(missing(position, other), missing(other, position));
    }

    /** The first LSN that matters; {@link Long#MAX_VALUE} where nothing differs. */
    public long fromLsn() {
        return fromLsn;
    }

    /** Counts a record's commits. */
    public void see(WalRecord record) {
        if (tallies.isEmpty()) {
            bounds.forEach((branch, lsns) -> tallies.put(branch, new Tally(record.firstLsn(), lsns)));
        }
        for (Commit commit : record.commits()) {
            Tally tally = tallies.get(commit.branch());
            if (tally != null && !isBareReset(commit)) {
                tally.add(commit.lastLsn());
            }
        }
    }

    private static boolean isBareReset(Commit commit) {
        return commit.changes().size() == 1 && commit.changes().get(0).kind() == Change.Kind.RESET;
    }

    private Ancestry ancestry(Position position, @Nullable List<Scope> through) {
        return ancestries.computeIfAbsent(
                new Seen(position, through),
                seen -> Ancestry.of(catalog, position, scope -> through == null || through.contains(scope)));
    }

    /** What a merge of the first into the second would bring: also what the scopes of partial branches kept from getting there before. */
    private List<Part> missing(Position position, Position other) {
        List<Scope> brings = catalog.crossing(position.branch(), other.branch());
        Ancestry of = ancestry(position, null);
        Ancestry in = ancestry(other, null);
        Ancestry ofWhole = ancestry(position, brings);
        Ancestry inWhole = ancestry(other, brings);
        List<Part> parts = new ArrayList<>();
        of.reach().forEach((timeline, upTo) -> {
            long above = reached(in, timeline);
            add(parts, timeline, above, upTo);
            add(parts, timeline, reached(inWhole, timeline), Math.min(above, reached(ofWhole, timeline)));
        });
        return parts;
    }

    private static long reached(Ancestry ancestry, Timeline timeline) {
        return Math.max(timeline.above(), ancestry.reach().getOrDefault(timeline, timeline.above()));
    }

    private void add(List<Part> parts, Timeline timeline, long above, long upTo) {
        if (upTo > above) {
            parts.add(new Part(timeline.branch(), above, upTo));
            TreeSet<Long> lsns = bounds.computeIfAbsent(timeline.branch(), branch -> new TreeSet<>());
            lsns.add(above);
            lsns.add(upTo);
            fromLsn = Math.min(fromLsn, above + 1);
        }
    }

    private @Nullable Long count(List<Part> parts) {
        long count = 0;
        for (Part part : parts) {
            Tally tally = tallies.get(part.branch);
            if (tally == null || tally.firstLsn > part.above + 1) {
                return null;
            }
            count += tally.upTo(part.upTo) - tally.upTo(part.above);
        }
        return count;
    }

    /** How many commits of one branch there are up to some LSNs, of those that were seen. */
    private static final class Tally {
        private final long firstLsn;
        private final long[] lsns;
        private final long[] counts;
        private int passed;
        private long count;

        /** @param lsns ascending */
        Tally(long firstLsn, SortedSet<Long> lsns) {
            this.firstLsn = firstLsn;
            this.lsns = lsns.stream().mapToLong(Long::longValue).toArray();
            this.counts = new long[this.lsns.length];
        }

        void add(long lsn) {
            while (passed < lsns.length && lsns[passed] < lsn) {
                counts[passed++] = count;
            }
            count++;
        }

        long upTo(long lsn) {
            int index = Arrays.binarySearch(lsns, lsn);
            return index < passed ? counts[index] : count;
        }
    }
}
