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

    /** @param madeFromIt the branches that were made from exactly this position, with all that it has, by id */
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

    /** The LSN above which all that it sees lies: folding from there begins with nothing. Its own where it sees nothing at all. */
    long begin() {
        List<Segments.Segment> all = segments.newestFirst();
        return all.isEmpty() ? lsn : all.get(all.size() - 1).above();
    }

    /**
     * A position on the way to this one.
     *
     * @param above what this one sees besides lies above this LSN
     */
    record Part(PastPosition position, long above) {}

    /** Where each part of what it sees ends, the newest first: the position itself, what that part began from, and so on. */
    List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        parts.add(new Part(this, lsn));
        List<Segments.Segment> all = segments.newestFirst();
        for (int i = 1; i < all.size(); i++) {
            Segments.Segment segment = all.get(i);
            parts.add(new Part(
                    new PastPosition(catalog, catalog.existing(segment.branch()), segment.upTo()),
                    all.get(i - 1).above()));
        }
        return parts;
    }

    /** The branches that were made from exactly this position, with all that it has, by id, dropped ones too. Goes through all branches with the first call. */
    List<Long> madeFromIt() {
        List<Long> found = madeFromIt;
        if (found == null) {
            found = new ArrayList<>();
            Cursor<Branch> cursor = catalog.byId().ascending(RecordId.key(place.lsn() + 1), null);
            while (cursor.next()) {
                if (cursor.value().entry().isEmpty()
                        && place.equals(Position.of(
                                catalog, cursor.value().parent(), cursor.value().base()))) {
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
