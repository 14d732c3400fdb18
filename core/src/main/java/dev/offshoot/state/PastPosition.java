package dev.offshoot.state;

import dev.offshoot.state.KeptPositions.Position;
import dev.offshoot.tree.Cursor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A position of a branch, and what has to do with its state. Not thread safe. */
final class PastPosition {
    private final Catalog catalog;
    private final Branch branch;
    private final long lsn;
    private final Segments segments;
    private final Position place;
    private @Nullable List<Long> madeFromIt;

    PastPosition(Catalog catalog, Branch branch, long lsn) {
        this.catalog = catalog;
        this.branch = branch;
        this.lsn = lsn;
        this.segments = catalog.segments(branch, lsn);
        this.place = Position.of(catalog, branch.id(), lsn);
    }

    /** @param madeFromIt the branches that began as the state here, by id */
    PastPosition(Catalog catalog, Branch branch, long lsn, List<Long> madeFromIt) {
        this(catalog, branch, lsn);
        this.madeFromIt = madeFromIt;
    }

    Catalog catalog() {
        return catalog;
    }

    Branch branch() {
        return branch;
    }

    long lsn() {
        return lsn;
    }

    /** What it sees of the log. */
    Segments segments() {
        return segments;
    }

    /** The same with all that was there before the scopes on the way took something away; null where none did. */
    @Nullable
    PastPosition whole() {
        if (lessens().isEmpty()) {
            return null;
        }
        Segments.Segment newest = segments.newestFirst().get(0);
        return new PastPosition(catalog, catalog.existing(newest.branch()), newest.upTo());
    }

    /** What the state at {@link #whole} goes through, in order, to be the one here. */
    List<Scope> lessens() {
        return segments.newestFirst().isEmpty() ? List.of() : segments.crossing(0);
    }

    /** The LSN above which all that it sees lies: folding from there begins with nothing. Its own where it sees nothing at all. */
    long begin() {
        List<Segments.Segment> all = segments.newestFirst();
        return all.isEmpty() ? lsn : all.get(all.size() - 1).above();
    }

    /**
     * A position on the way to this one.
     *
     * @param above what this one sees besides lies above this LSN
     * @param then the part of what this one sees that goes on from there, as {@link Segments} counts; -1 where nothing does
     * @param entry what its state goes through first, in order
     */
    record Part(PastPosition position, long above, int then, List<Scope> entry) {}

    /** The position itself, then what each part of what it sees began from, the newest first. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(this, lsn, -1, List.of()));
        List<Segments.Segment> all = segments.newestFirst();
        for (int i = 0; i < all.size(); i++) {
            Segments.Segment segment = all.get(i);
            Branch of = catalog.existing(segment.branch());
            Lineage reset = catalog.newestReset(of.id(), segment.upTo());
            Branch from = catalog.branch(reset == null ? of.parent() : reset.from());
            if (from != null) {
                parts.add(new Part(
                        new PastPosition(catalog, from, reset == null ? of.base() : reset.fromLsn()),
                        segment.above(),
                        i,
                        reset == null ? of.entry() : catalog.crossing(from.id(), of.id())));
            }
        }
        return parts;
    }

    /** The branches that began as the state here, by id, dropped ones too. Goes through all branches with the first call. */
    List<Long> madeFromIt() {
        List<Long> found = madeFromIt;
        if (found == null) {
            found = new ArrayList<>();
            Cursor<Branch> cursor = catalog.byId().ascending(RecordId.key(place.lsn() + 1), null);
            while (cursor.next()) {
                if (place.equals(KeptPositions.beginning(catalog, cursor.value()))) {
                    found.add(cursor.value().id());
                }
            }
            madeFromIt = found;
        }
        return found;
    }

    /** What a state at this position is kept under. */
    byte[] key() {
        return place.key();
    }
}
