package dev.offshoot.state;

/**
 * A commit that gave its branch another past than the changes before it: a reset, or a merge, which gave it a second one.
 *
 * @param branch the id of the commit's branch
 * @param lsn the first LSN of the commit
 * @param lastLsn the last LSN of the commit; positions below it do not see the commit
 * @param reset whether the state before is no longer part of the branch's past; false for a merge
 * @param from the id of the branch that the other past is of
 * @param fromLsn up to which position of it
 */
public record Lineage(long branch, long lsn, long lastLsn, boolean reset, long from, long fromLsn) {
    static final int KEY_BYTES = 2 * Long.BYTES;
}
