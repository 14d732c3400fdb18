package dev.offshoot.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One project's log as a store keeps it: records at contiguous LSNs from 1, or from where {@link #beginAt} says. Reads may run beside appends; appends are made
 * by one thread at a time. Interrupting a thread inside a call neither ends the call nor harms the log.
 */
public interface LogStore {
    /**
     * Stores a record durably, if its position is free. A record is at its position for good once this returns
     * {@link AppendResult#APPENDED}, whatever crashes.
     *
     * <p>Appending a record with the same nonce again is how an unknown outcome is settled: it answers APPENDED, and the
     * record is in the log once.
     *
     * @throws UnknownOutcomeException when it may or may not be stored; only appending the same record again can tell, and nothing
     *     can where its position was trimmed
     * @throws StoreException when it is certainly not stored
     * @throws IllegalArgumentException when its first LSN is above the tail + 1, which would leave a gap
     */
    AppendResult append(LogRecord entry);

    /**
     * The records from the one that holds {@code fromLsn} on, in order, up to those acknowledged when it is called; the
     * caller closes it. Contiguity is checked.
     *
     * @param fromLsn from 1; above the tail gives an empty cursor
     * @throws CorruptionException (here or from the cursor) where a record is damaged or missing
     * @throws StoreException (here or from the cursor) when the store cannot be read, or what is to be read was trimmed
     */
    RecordCursor read(long fromLsn);

    /** The lowest LSN that can be read: 1 until {@link #trim} has removed something or {@link #beginAt} was called. */
    long firstLsn();

    /**
     * Makes a log without records begin at an LSN: for a copy of a log that was trimmed. It is durable with the first record; a log
     * that is opened again before that begins there or at 1, and can be begun again, at the same LSN or another. Nobody else may append to
     * the log, in this process or another, until the first record is there.
     *
     * @param lsn of the first record to append, from 2
     * @throws StoreException when there are records, or it could not be done: whether it was, opening the store again tells
     */
    void beginAt(long lsn);

    /**
     * Makes durable everything appended so far, for stores whose appends are not.
     *
     * @throws StoreException when that failed, now or before
     */
    void sync();

    /**
     * Removes records that lie wholly below an LSN, as many as can be removed cheaply; the tail always stays. Reading below what is
     * left is a {@link StoreException} that names the lowest LSN. Crashing in the middle leaves a log that reads well.
     *
     * @param belowLsn from 1
     * @param dryRun to count and change nothing
     * @return the bytes that were freed, or would be
     * @throws StoreException when some of it could not be removed; the log is whole above {@link #firstLsn}, and trimming again goes on
     */
    long trim(long belowLsn, boolean dryRun);

    /** Why the log takes no records until somebody does something about it, for people; null while nothing is known against it. */
    default @Nullable String trouble() {
        return null;
    }

    /** The parts the log lies in, in order. May take as long as reading the heads of all records. */
    List<LogSegment> segments();
}
