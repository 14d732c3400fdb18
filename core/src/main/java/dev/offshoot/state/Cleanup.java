package dev.offshoot.state;

import dev.offshoot.page.PageWalk;
import dev.offshoot.page.RawBytes;
import dev.offshoot.page.StoredTree;
import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import dev.offshoot.store.PageStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Removes what nobody can reach any more: checkpoints, the log below the oldest one that stays, whose pages are all read and checked
 * before, and pages. In this order, so that a
 * crash in between leaves what the next cleanup removes, and never a checkpoint without its pages or a position without its log.
 *
 * <p>Which checkpoints stay:
 *
 * <ul>
 *   <li>the newest, and those of the last while with the one before them, for whoever reads a state without being in a list;
 *   <li>the newest at or below the horizon, which is the oldest position that is to be kept; everything above can be folded from it, with
 *       what {@link Supports} tells of those below;
 *   <li>for each position in use the newest at or below it and the first above it. A snapshot shares nodes with the state before it,
 *       and those that were not in pages at its time got there with the next checkpoint or never;
 *   <li>of those above the horizon so many that the gap between two is at most a quarter of the way from there to the newest, and at
 *       most a million changes: a fold to a position far back costs more than to a near one, and there are few of them.
 * </ul>
 */
final class Cleanup {
    private static final int GAP_FRACTION = 4;

    /** How long it waits for commits that refer to something, which are in the log soon unless the store does not answer. */
    private static final long ALONE_MILLIS = 1_000;

    /** So many changes a fold can hold in memory. */
    private static final long GAP_MAX = 1_000_000;

    private final ProjectStorage storage;
    private final Checkpoints checkpoints;
    private final History history;
    private final Supplier<Reasons> newest;

    /**
     * Why positions have to stay.
     *
     * @param held what has to stay for what waits
     */
    record Reasons(Catalog catalog, Holds.Held held) {}

    /**
     * Who reads what is not in a checkpoint that stays anyway.
     *
     * @param here the positions that this process reads at
     * @param elsewhere from where on other processes need the log and the checkpoints; {@link Long#MAX_VALUE} for nothing
     */
    record Readers(Collection<Long> here, long elsewhere) {}

    /** @param newest as of each call */
    Cleanup(ProjectStorage storage, Checkpoints checkpoints, History history, Supplier<Reasons> newest) {
        this.storage = storage;
        this.checkpoints = checkpoints;
        this.history = history;
        this.newest = newest;
    }

    /**
     * @param horizon the oldest position that is to be kept
     * @param recent where the last while began
     * @param readers asked again after each checkpoint that goes, as somebody may begin meanwhile
     * @param begin says to other processes that what only positions below an LSN need is being removed; null where they need more
     * @param markedBefore pages that were written or confirmed since stay, as a state may refer to them that is in no checkpoint yet
     * @param dryRun to count and change nothing
     * @return null when another process was at it
     */
    @Nullable
    CleanupResult run(
            long horizon,
            long recent,
            Supplier<Readers> readers,
            LongFunction<Needs.@Nullable Removal> begin,
            long markedBefore,
            boolean dryRun) {
        Stored stored = Stored.in(storage);
        Plan plan;
        Set<PageId> damaged = storage.pages().damaged();
        try {
            plan = plan(stored, horizon, recent, readers.get());
        } catch (CorruptionException e) {
            if (stored.isStillIn(storage)) {
                throw e;
            }
            storage.pages().forgive(damaged); // it is not there any more, which is no damage
            return null;
        }
        if (plan == null) {
            return new CleanupResult(0, 0, PageStore.Amount.NONE, 0);
        }
        return carryOut(stored, plan, readers, begin, markedBefore, dryRun);
    }

    /**
     * What there was when a cleanup began.
     *
     * @param manifests the LSNs of all checkpoints, ascending
     */
    private record Stored(List<Long> manifests, long firstLsn) {
        static Stored in(ProjectStorage storage) {
            return new Stored(storage.manifests().list(), storage.log().firstLsn());
        }

        boolean isStillIn(ProjectStorage storage) {
            return storage.manifests().list().containsAll(manifests)
                    && storage.log().firstLsn() == firstLsn;
        }
    }

    /**
     * What is to go and what is to stay.
     *
     * @param oldest the oldest position that can be read then; 0 for all
     * @param logAbove the log up to here goes; 0 for nothing of it
     * @param walk has reached the pages of what stays
     */
    private record Plan(
            Reasons reasons,
            NavigableMap<Long, Checkpoint> readable,
            Checkpoint start,
            long lowest,
            NavigableSet<Long> stay,
            List<Long> leave,
            long oldest,
            long logAbove,
            PageWalk walk) {}

    /** Null where there is no checkpoint, and nothing to do. */
    private @Nullable Plan plan(Stored stored, long horizon, long recent, Readers readers) {
        Reasons reasons = newest.get();
        NavigableMap<Long, Checkpoint> readable = readable(stored.manifests());
        if (readable.isEmpty()) {
            return null;
        }
        long lowest = Math.min(horizon, readers.elsewhere());
        NavigableSet<Long> stay =
                staying(readable.keySet(), horizon, Math.min(recent, readers.elsewhere()), readers.here());
        long oldest = stay.first() <= lowest ? stay.first() : 0; // without one below all of the log is needed
        Checkpoint start = start(readable, lowest);
        Supports supports = supports(readable, start, reasons);
        stay.add(start.lsn());
        stay.addAll(supports.checkpoints());
        long logAbove = Math.min(oldest, supports.logAbove());
        if (logAbove > 0 && storage.log().trim(logAbove + 1, true) > 0) {
            if (stay.contains(logAbove)) { // else it is where somebody's history begins, and no checkpoint
                requireSound(logAbove);
            }
            requireSound(oldest);
        }
        PageWalk walk = PageWalk.reaching(storage.pages());
        stay.forEach(lsn -> walk(walk, lsn));
        List<Long> leave = new ArrayList<>(stored.manifests());
        leave.removeAll(stay);
        return new Plan(reasons, readable, start, lowest, stay, leave, oldest, logAbove, walk);
    }

    private @Nullable CleanupResult carryOut(
            Stored stored,
            Plan plan,
            Supplier<Readers> readers,
            LongFunction<Needs.@Nullable Removal> begin,
            long markedBefore,
            boolean dryRun) {
        List<Long> leave = plan.leave();
        long logAbove = plan.logAbove();
        long logBytes;
        if (dryRun) {
            logBytes = logAbove == 0 ? 0 : storage.log().trim(logAbove + 1, true);
        } else {
            try (References.Use alone = history.references().alone(ALONE_MILLIS);
                    Needs.Removal removal = alone == null ? null : begin.apply(plan.lowest())) {
                if (removal == null || !isEnough(plan)) { // the next one does it
                    return new CleanupResult(
                            0, 0, PageStore.Amount.NONE, storage.log().firstLsn() - 1);
                }
                if (!removal.isAlone() || !stored.isStillIn(storage)) {
                    return null;
                }
                try {
                    int removed = remove(leave, removal, () -> covers(plan, readers.get()));
                    if (removed < leave.size() || !removal.goesOn()) { // it goes on when they have ended
                        return new CleanupResult(
                                removed, 0, PageStore.Amount.NONE, storage.log().firstLsn() - 1);
                    }
                    logBytes = logAbove == 0 ? 0 : storage.log().trim(logAbove + 1, false);
                } finally {
                    history.removed(); // last, so that what was folded meanwhile counts as folded before
                }
            }
        }
        PageStore.Amount pages =
                storage.pages().pageStore().sweep(id -> plan.walk().reached().contains(id), markedBefore, dryRun);
        return new CleanupResult(leave.size(), logBytes, pages, plan.oldest());
    }

    /**
     * Removes manifests while all readers are covered by what stays; answers how many. The one that a reader came to before it went is put
     * back: what only it reaches must not go as long as it is read.
     */
    private int remove(List<Long> leave, Needs.Removal removal, BooleanSupplier covered) {
        CheckpointStore manifests = storage.manifests();
        int removed = 0;
        for (long lsn : leave) {
            if (!removal.goesOn()) {
                return removed;
            }
            byte[] manifest = manifests.get(lsn);
            manifests.delete(lsn);
            if (!covered.getAsBoolean()) {
                if (manifest != null) {
                    manifests.put(lsn, manifest);
                }
                return removed;
            }
            removed++;
        }
        return removed;
    }

    private Supports supports(NavigableMap<Long, Checkpoint> readable, Checkpoint start, Reasons reasons) {
        return new Supports(storage.log(), reasons.catalog(), readable, start, reasons.held());
    }

    /** Whether what stays is enough also for what refers to something since. */
    private boolean isEnough(Plan plan) {
        Reasons now = newest.get();
        if (now.equals(plan.reasons())) {
            return true;
        }
        Supports supports = supports(plan.readable(), plan.start(), now);
        return plan.stay().containsAll(supports.checkpoints()) && plan.logAbove() <= supports.logAbove();
    }

    /** The newest at or below a position, of those that the log goes on from: what is below serves single positions. */
    private Checkpoint start(NavigableMap<Long, Checkpoint> readable, long lowest) {
        NavigableMap<Long, Checkpoint> starts = readable.tailMap(storage.log().firstLsn() - 1, true);
        Map.Entry<Long, Checkpoint> start = starts.floorEntry(lowest);
        return (start != null ? start : (starts.isEmpty() ? readable : starts).firstEntry()).getValue();
    }

    private NavigableMap<Long, Checkpoint> readable(List<Long> all) {
        NavigableMap<Long, Checkpoint> readable = new TreeMap<>();
        for (long lsn : all) {
            Checkpoint checkpoint = checkpoints.readable(lsn);
            if (checkpoint != null) {
                readable.put(lsn, checkpoint);
            }
        }
        return readable;
    }

    static NavigableSet<Long> staying(Collection<Long> all, long horizon, long recent, Collection<Long> inUse) {
        TreeSet<Long> known = new TreeSet<>(all);
        TreeSet<Long> stay = new TreeSet<>();
        stayBelow(known, horizon, stay);
        stayBelow(known, recent, stay);
        stay.addAll(known.tailSet(recent, false));
        for (long lsn : inUse) {
            stayBelow(known, lsn, stay);
            Long above = known.higher(lsn);
            if (above != null) {
                stay.add(above);
            }
        }
        long newest = known.last();
        stay.add(newest);
        long last = newest;
        for (Long at = known.lower(newest); at != null && at > horizon; at = known.lower(at)) {
            Long next = known.lower(at);
            long gapEnd = next == null ? 0 : next;
            if ((last - gapEnd) > Math.min(GAP_MAX, (newest - gapEnd) / GAP_FRACTION)) {
                stay.add(at);
                last = at;
            }
        }
        return stay;
    }

    private static void stayBelow(NavigableSet<Long> known, long lsn, NavigableSet<Long> stay) {
        Long below = known.floor(lsn);
        if (below != null) {
            stay.add(below);
        }
    }

    /** Whether those who began to read a position meanwhile do so from a checkpoint that stays. */
    private static boolean covers(Plan plan, Readers readers) {
        NavigableSet<Long> stay = plan.stay();
        NavigableSet<Long> known = plan.readable().navigableKeySet();
        Long from = known.floor(readers.elsewhere());
        return readers.here().stream().allMatch(lsn -> Objects.equals(stay.floor(lsn), known.floor(lsn)))
                && stay.containsAll(from == null ? known : known.tailSet(from, true));
    }

    /** What is below this checkpoint will not be in the log any more, so every page of it has to be there as it was written. */
    private void requireSound(long lsn) {
        PageWalk check = PageWalk.checking(storage.pages());
        walk(check, lsn);
        if (!check.damaged().isEmpty()) {
            throw new CorruptionException("checkpoint " + lsn + " of log " + storage.id()
                    + " is damaged, so the log below it stays: " + String.join("; ", check.damaged()));
        }
    }

    private void walk(PageWalk walk, long lsn) {
        Checkpoint checkpoint = checkpoints.open(lsn);
        if (checkpoint != null) {
            trees(checkpoint.manifest()).forEach(walk::add);
        }
    }

    /** The trees that a manifest names. */
    static List<StoredTree<?>> trees(Manifest manifest) {
        return List.of(
                new StoredTree<>(manifest.branches(), BranchFormat.FORMAT),
                new StoredTree<>(manifest.names(), BranchFormat.FORMAT),
                new StoredTree<>(manifest.tags(), TagFormat.FORMAT),
                new StoredTree<>(manifest.lineage(), LineageFormat.FORMAT),
                new StoredTree<>(manifest.restores(), LineageFormat.FORMAT),
                new StoredTree<>(manifest.states(), BranchStateFormat.FORMAT),
                new StoredTree<>(manifest.kept(), BranchStateFormat.FORMAT),
                new StoredTree<>(manifest.retries(), RawBytes.FORMAT));
    }
}
