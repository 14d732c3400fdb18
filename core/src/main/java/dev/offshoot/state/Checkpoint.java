package dev.offshoot.state;

import dev.offshoot.page.Pages;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The state of a project at one position, in pages: nothing of it is loaded before it is looked at. Immutable.
 *
 * @param states by the 8 bytes of a branch's id; branches that were dropped are not among them
 * @param kept states at past positions that stay readable, by {@link PastPosition#key}
 */
record Checkpoint(Manifest manifest, Catalog catalog, Tree<BranchState> states, Tree<BranchState> kept) {
    /**
     * Reads a checkpoint from its manifest.
     *
     * @throws CorruptionException when the manifest is damaged
     */
    static Checkpoint of(byte[] manifestBytes, String log, long lsn, Pages pages) {
        Manifest manifest = Manifest.of(manifestBytes, log, lsn);
        Catalog catalog = new Catalog(
                pages.open(manifest.branches(), BranchFormat.FORMAT),
                pages.open(manifest.names(), BranchFormat.FORMAT),
                pages.open(manifest.tags(), TagFormat.FORMAT),
                pages.open(manifest.lineage(), LineageFormat.FORMAT),
                pages.open(manifest.restores(), LineageFormat.FORMAT),
                manifest.properties(),
                manifest.ended());
        return new Checkpoint(
                manifest,
                catalog,
                pages.open(manifest.states(), BranchStateFormat.FORMAT),
                pages.open(manifest.kept(), BranchStateFormat.FORMAT));
    }

    /** The state of the branch with this id, or null when it was not there or dropped. */
    @Nullable
    BranchState state(long branch) {
        return states.get(RecordId.key(branch));
    }

    long lsn() {
        return manifest.lsn();
    }

    /**
     * A state that leads to the position with what the log holds above the checkpoint, or above the position where that is lower: of the
     * branch in whose part of it the checkpoint lies. Null where that branch has changes that the position does not see, or is not there.
     */
    @Nullable
    Led leadingTo(PastPosition position) {
        List<Segments.Segment> parts = position.segments().newestFirst();
        for (int part = 0; part < parts.size(); part++) {
            Segments.Segment segment = parts.get(part);
            if (segment.above() < lsn()) {
                BranchState state = state(segment.branch());
                return state != null && state.head().lsn() <= segment.upTo() ? new Led(state.head(), part) : null;
            }
        }
        return null;
    }

    /**
     * A state that leads to a position.
     *
     * @param part the part of the position's history that it is of, as {@link Segments} counts
     */
    record Led(Snapshot state, int part) {}

    /** The very state at the position: kept, or what a branch was made from, or what nothing has changed since; null for none. */
    @Nullable
    Snapshot at(PastPosition position) {
        BranchState found = kept.get(position.key());
        if (found != null) {
            return found.head();
        }
        Led unchanged = position.lsn() <= lsn() ? leadingTo(position) : null;
        if (unchanged != null) {
            return Scope.restrict(unchanged.state, position.segments().rest(unchanged.part));
        }
        for (long made : position.madeFromIt()) {
            BranchState state = state(made);
            if (state != null && state.base() != null) {
                return state.base();
            }
        }
        PastPosition whole = position.whole();
        Snapshot more = whole == null ? null : at(whole);
        return more == null ? null : Scope.restrict(more, position.lessens());
    }

    void forEachState(BiConsumer<Long, BranchState> state) {
        Cursor<BranchState> cursor = states.ascending(null, null);
        while (cursor.next()) {
            state.accept(RecordId.of(cursor.key()), cursor.value());
        }
    }
}
