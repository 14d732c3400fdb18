package dev.offshoot.merge;

import dev.offshoot.state.Snapshot;

/**
 * A position of a branch.
 *
 * @param branch the branch's id
 * @param lsn that of a snapshot there, see {@link Snapshot#lsn}
 */
public record Position(long branch, long lsn) {
    /** Where a state is: the position of the newest change in it. */
    public static Position of(Snapshot state) {
        return new Position(state.branch(), state.lsn());
    }
}
