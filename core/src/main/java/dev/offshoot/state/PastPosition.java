package dev.offshoot.state;

import dev.offshoot.tree.Cursor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A position of a branch, and what has to do with its state. Not thread safe. */
final class PastPosition {
    private final Catalog catalog;
    private final Branch branch;
    private final long lsn;
    private final Segments segments;
    private @Nullable List<Long> madeFromIt;

    PastPosition(Catalog catalog, Branch branch, long lsn) {
        this.catalog = catalog;
        this.branch = branch;
        this.lsn = lsn;
        this.segments = catalog.segments(branch, lsn);
    }

    /** @param madeFromIt the branches that were made from exactly this position, by id */
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

    /** The branches that were made from exactly this position, by id, dropped ones too. Goes through all branches with the first call. */
    List<Long> madeFromIt() {
        List<Long> found = madeFromIt;
        if (found == null) {
            found = new ArrayList<>();
            Cursor<Branch> cursor = catalog.byId().ascending(RecordId.key(lsn + 1), null);
            while (cursor.next()) {
                if (cursor.value().parent() == branch.id() && cursor.value().base() == lsn) {
                    found.add(cursor.value().id());
                }
            }
            madeFromIt = found;
        }
        return found;
    }

    /** What a state at this position is kept under. */
    byte[] key() {
        return key(branch.id(), lsn);
    }

    static byte[] key(long branch, long lsn) {
        return ByteBuffer.allocate(2 * Long.BYTES).putLong(branch).putLong(lsn).array();
    }
}
