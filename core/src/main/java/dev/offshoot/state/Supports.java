package dev.offshoot.state;

import dev.offshoot.state.KeptPositions.Position;
import dev.offshoot.store.LogStore;
import dev.offshoot.tree.Cursor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What has to stay below the oldest checkpoint that is kept, so that the whole log above that can be folded from it, and so that
 * {@link KeptPositions} stay readable. Changes in that log may refer to positions below it: a branch was made from one, reset to one, or
 * brought back, or a collection was. Such a position needs a checkpoint that has its very state, or an older one and the log from there. Not
 * thread safe.
 *
 * <p>A checkpoint that only serves such a position is no place to begin folding all of the log from: changes just above it may refer to
 * positions still farther down, which are needed no more. Else a project in which every day a branch is made from the day before would
 * keep its log for ever.
 */
final class Supports {
    private final LogStore log;
    private final Catalog catalog;
    private final Map<Long, Checkpoint> readable;
    private final Checkpoint oldest;
    private final Map<Position, List<Long>> madeFrom;
    private final Set<Position> looked = new HashSet<>();
    private final NavigableSet<Long> checkpoints = new TreeSet<>();
    private long logAbove;

    /**
     * @param catalog the newest
     * @param readable all checkpoints that can be used, by their LSNs
     * @param oldest the one that all of the log above has to be folded from
     */
    Supports(LogStore log, Catalog catalog, Map<Long, Checkpoint> readable, Checkpoint oldest) {
        this.log = log;
        this.catalog = catalog;
        this.readable = readable;
        this.oldest = oldest;
        this.madeFrom = KeptPositions.madeFrom(catalog);
        this.logAbove = oldest.lsn();
        lookAtBranches();
        for (Lineage entry : catalog.lineage()) {
            if (entry.lsn() > oldest.lsn() && entry.reset()) {
                look(new Position(entry.from(), entry.fromLsn()));
            }
        }
        for (Lineage restore : catalog.restores()) {
            if (restore.lsn() > oldest.lsn()) {
                look(new Position(restore.from(), restore.fromLsn()));
            }
        }
        KeptPositions.of(catalog, oldest.lsn()).forEach(this::look);
    }

    /** The checkpoints that have to stay. */
    NavigableSet<Long> checkpoints() {
        return checkpoints;
    }

    /** The log above this LSN has to stay. */
    long logAbove() {
        return logAbove;
    }

    private void lookAtBranches() {
        Set<Long> there = new HashSet<>();
        oldest.forEachState((branch, state) -> there.add(branch));
        Cursor<Branch> cursor = catalog.byId().ascending(null, null);
        while (cursor.next()) {
            Branch branch = cursor.value();
            if (branch.id() > oldest.lsn()) {
                look(new Position(branch.parent(), branch.base()));
            } else if (!there.contains(branch.id()) && (!branch.dropped() || branch.droppedLsn() > oldest.lsn())) {
                look(new Position(branch.id(), oldest.lsn())); // it was dropped, and brought back since
            }
        }
    }

    private void look(Position position) {
        Branch branch = catalog.branch(position.branch());
        if (branch == null || !looked.add(position)) {
            return;
        }
        PastPosition past = new PastPosition(
                catalog,
                branch,
                position.lsn(),
                madeFrom.getOrDefault(Position.of(catalog, position.branch(), position.lsn()), List.of()));
        if (oldestLeadsTo(past)) {
            return;
        }
        NavigableSet<Long> lsns = new TreeSet<>(readable.keySet());
        Checkpoint found = exact(past, lsns.headSet(oldest.lsn(), false));
        if (found == null && !canBeFolded(past, lsns)) {
            found = exact(past, lsns.tailSet(oldest.lsn(), false));
        }
        if (found != null) {
            checkpoints.add(found.lsn());
        }
    }

    /** Whether the oldest checkpoint and the log above it are enough. */
    private boolean oldestLeadsTo(PastPosition position) {
        if (position.lsn() <= oldest.lsn()) {
            return position.begin() >= position.lsn() || oldest.at(position) != null;
        }
        long above = position.segments().newestFirst().get(0).above();
        return above >= oldest.lsn()
                || oldest.leadingTo(position) != null; // what it began from there is looked at, too
    }

    private @Nullable Checkpoint exact(PastPosition position, NavigableSet<Long> among) {
        for (long lsn : among.descendingSet()) {
            Checkpoint checkpoint = readable.get(lsn);
            if (checkpoint != null && checkpoint.at(position) != null) {
                return checkpoint;
            }
        }
        return null;
    }

    /** Keeps what that takes. */
    private boolean canBeFolded(PastPosition position, NavigableSet<Long> lsns) {
        for (long lsn : lsns.headSet(position.lsn(), true).descendingSet()) {
            Checkpoint checkpoint = readable.get(lsn);
            if (checkpoint != null && lsn + 1 >= log.firstLsn() && checkpoint.leadingTo(position) != null) {
                checkpoints.add(lsn);
                foldAbove(position, lsn);
                return true;
            }
        }
        for (PastPosition.Part part : position.parts()) {
            if (part.above() + 1 >= log.firstLsn() && oldest.at(part.position()) != null) {
                foldAbove(position, part.above());
                return true;
            }
        }
        if (position.begin() + 1 >= log.firstLsn()) {
            foldAbove(position, position.begin());
            return true;
        }
        return false;
    }

    private void foldAbove(PastPosition position, long lsn) {
        logAbove = Math.min(logAbove, lsn);
        for (Segments.Segment segment : position.segments().newestFirst()) {
            long above = Math.max(lsn, segment.above());
            if (above < segment.upTo()) {
                for (Lineage restore : catalog.restores(segment.branch(), above, segment.upTo())) {
                    look(new Position(restore.from(), restore.fromLsn()));
                }
            }
        }
    }
}
