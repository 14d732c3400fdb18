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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(Supports.class);

    private final LogStore log;
    private final Catalog catalog;
    private final Map<Long, Checkpoint> readable;
    private final Checkpoint oldest;
    private final Map<Position, List<Long>> madeFrom;
    private final Set<Position> looked = new HashSet<>();
    private final NavigableSet<Long> lsns;
    private final NavigableSet<Long> checkpoints = new TreeSet<>();
    private long logAbove;

    /**
     * @param catalog the newest
     * @param readable all checkpoints that can be used, by their LSNs
     * @param oldest the one that all of the log above has to be folded from
     * @param held what has to stay for what waits
     */
    Supports(LogStore log, Catalog catalog, Map<Long, Checkpoint> readable, Checkpoint oldest, Holds.Held held) {
        this.log = log;
        this.catalog = catalog;
        this.readable = readable;
        this.oldest = oldest;
        this.lsns = new TreeSet<>(readable.keySet());
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
        KeptPositions.of(catalog, oldest.lsn(), held.states()).forEach(this::look);
        held.histories().forEach(this::lookAtHistory);
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
        NavigableSet<Long> older = lsns.headSet(oldest.lsn(), true);
        if (!isExact(past, older) && !canBeFolded(past, older) && !isExact(past, lsns) && !canBeFolded(past, lsns)) {
            LOG.debug("position {} of branch {} is lost already", position.lsn(), branch.name());
        }
    }

    /** What has a position and goes on from there, with each of its states. */
    private void lookAtHistory(Holds.At from) {
        Branch branch = catalog.branch(from.branch());
        if (branch != null && from.lsn() < oldest.lsn()) {
            PastPosition past = new PastPosition(catalog, branch, from.lsn());
            if (!isReachedByLog(past)
                    && !canBeFolded(past, lsns.headSet(oldest.lsn(), true))
                    && !canBeFolded(past, lsns)) {
                LOG.debug("the log above {} of branch {} is lost already", from.lsn(), branch.name());
            }
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

    /** Whether one of some checkpoints has the very state; the newest such stays. */
    private boolean isExact(PastPosition position, NavigableSet<Long> among) {
        for (long lsn : among.descendingSet()) {
            Checkpoint checkpoint = readable.get(lsn);
            if (checkpoint != null && checkpoint.at(position) != null) {
                checkpoints.add(lsn);
                return true;
            }
        }
        return false;
    }

    /** Whether the log leads there from one of some checkpoints, or from a state on the way that one of them has; that and the log stay. */
    private boolean canBeFolded(PastPosition position, NavigableSet<Long> among) {
        if (isLedTo(position, among)) {
            return true;
        }
        for (PastPosition.Part part : position.parts()) {
            if (part.above() + 1 >= log.firstLsn() && isExact(part.position(), among)) {
                foldAbove(position, part.above());
                return true;
            }
        }
        return isInLog(position);
    }

    /** The same without such states: one that is kept at the position itself is no beginning for those above it on the same branch. */
    private boolean isReachedByLog(PastPosition position) {
        return isLedTo(position, lsns) || isInLog(position);
    }

    private boolean isLedTo(PastPosition position, NavigableSet<Long> among) {
        for (long lsn : among.descendingSet()) {
            if (leadsTo(lsn, position)) {
                checkpoints.add(lsn);
                foldAbove(position, lsn);
                return true;
            }
        }
        return false;
    }

    private boolean isInLog(PastPosition position) {
        if (position.begin() + 1 < log.firstLsn()) {
            return false;
        }
        foldAbove(position, position.begin());
        return true;
    }

    private boolean leadsTo(long lsn, PastPosition position) {
        Checkpoint checkpoint = lsn > position.lsn() || lsn + 1 < log.firstLsn() ? null : readable.get(lsn);
        return checkpoint != null && checkpoint.leadingTo(position) != null;
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
