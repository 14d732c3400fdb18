package dev.offshoot.engine;

import dev.offshoot.merge.MergeBase;
import dev.offshoot.merge.Position;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.Holds;
import dev.offshoot.state.Lineage;
import dev.offshoot.state.Segments;
import dev.offshoot.state.Snapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What merges, undos, picks and rebases that wait for their conflicts to be resolved ({@link PendingMerges}) need to go on: the states that
 * they are between, and, where commits are told apart, the log with those. Aborting lets go of it, and so does dropping the branch, also by
 * its time to expire.
 */
final class WaitingMerges implements Holds {
    @Override
    public Held of(Catalog catalog, Snapshot internal) {
        Collector collector = new Collector(catalog);
        new InternalDocuments(internal).forEach(PendingMerges.MERGES, kept -> {
            PendingMerges.Pending waiting = PendingMerges.Pending.of(kept.doc());
            Branch target = catalog.branch(waiting.task().target());
            if (target != null && !target.dropped()) {
                collector.add(waiting);
            }
        });
        return new Held(collector.states, collector.histories);
    }

    /** Up to the head of a branch, wherever that is. */
    private static final long HEAD = Long.MAX_VALUE - 1;

    /** Of one state of the project. */
    private static final class Collector {
        private final Catalog catalog;
        private final Set<At> states = new HashSet<>();
        private final Set<At> histories = new HashSet<>();

        Collector(Catalog catalog) {
            this.catalog = catalog;
        }

        void add(PendingMerges.Pending waiting) {
            MergeTask task = waiting.task();
            state(waiting.ours());
            state(waiting.theirs());
            waiting.bases().forEach(this::state);
            Position base = task.base();
            Position theirs = task.theirs();
            Position onto = task.onto();
            if (base != null) {
                state(base);
            }
            if (onto != null) {
                state(onto);
            }
            if (task.isApart() && onto != null) {
                history(MergeBase.beyond(catalog, waiting.ours(), onto));
                history(MergeBase.beyond(catalog, new Position(task.target(), HEAD), onto));
            } else if (task.isApart()) {
                history(Picks.commits(catalog, task));
            } else if (task.detail().has("actor") && base != null && theirs != null) {
                history(range(theirs, base));
            }
        }

        /** What a position sees of the log above an LSN. */
        private List<Segments.Segment> range(Position from, Position to) {
            List<Segments.Segment> parts = new ArrayList<>();
            for (Segments.Segment part :
                    catalog.segments(catalog.existing(to.branch()), to.lsn()).newestFirst()) {
                if (part.upTo() > from.lsn()) {
                    parts.add(new Segments.Segment(part.branch(), Math.max(part.above(), from.lsn()), part.upTo()));
                }
            }
            return parts;
        }

        /** The commits of these parts, and what they refer to. */
        private void history(List<Segments.Segment> parts) {
            for (Segments.Segment part : parts) {
                histories.add(new At(part.branch(), part.above()));
                if (part.upTo() != HEAD) {
                    states.add(new At(part.branch(), part.upTo()));
                }
                for (Lineage entry : catalog.lineage(part.branch(), part.above(), part.upTo())) {
                    states.add(new At(entry.branch(), entry.lsn() - 1));
                    states.add(new At(entry.from(), entry.fromLsn()));
                }
                for (Lineage restore : catalog.restores(part.branch(), part.above(), part.upTo())) {
                    states.add(new At(restore.from(), restore.fromLsn()));
                }
            }
        }

        private void state(Position position) {
            states.add(new At(position.branch(), position.lsn()));
        }
    }
}
