package dev.offshoot.wal;

/**
 * Where a log ends, or ended once.
 *
 * @param lsn the LSN of the last change; 0 for an empty log
 * @param time the BSON timestamp of the last record
 * @param millis the wall clock of the last record, milliseconds since 1970
 */
public record LogEnd(long lsn, long time, long millis) {
    /** The end of a log without a record. */
    public static final LogEnd EMPTY = new LogEnd(0, 0, 0);

    /** The end of a log whose last record is this one. */
    public static LogEnd of(WalRecord last) {
        return new LogEnd(last.lastLsn(), last.time(), last.millis());
    }
}
