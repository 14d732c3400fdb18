package dev.offshoot.merge;

/**
 * A position of a branch.
 *
 * @param branch the branch's id
 * @param lsn that of a snapshot there, see {@link dev.offshoot.state.Snapshot#lsn}
 */
public record Position(long branch, long lsn) {}
