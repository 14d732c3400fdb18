package dev.offshoot.state;

import dev.offshoot.wal.Change;
import org.jspecify.annotations.Nullable;

/** Gives the states at past positions that changes refer to. */
interface Past {
    /** For changes that refer to none. */
    Past NONE = (branch, lsn) -> {
        throw new IllegalStateException("the state of branch " + branch + " at " + lsn + " is not at hand");
    };

    /** The state of a branch, by its id, at a position. */
    Snapshot at(long branch, long lsn);

    /** The state that a reset of a branch goes to, with what is in the branch's scope; null for a fold that follows the segments of its position, and so is in it already. */
    default @Nullable Snapshot target(long branch, Change.Reset reset) {
        return at(reset.from(), reset.lsn());
    }
}
