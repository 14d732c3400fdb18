package dev.offshoot.archive;

import dev.offshoot.store.LogRecord;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import org.jspecify.annotations.Nullable;

/**
 * A project that is being brought in. Nobody sees it until {@link #finish}; when it is opened again under the same name before that, what
 * came in so far is there.
 */
public interface ProjectTarget {
    /** The lowest LSN there is; 1 when there is none. */
    long firstLsn();

    /** The last LSN there is; 0 when there is none. */
    long lastLsn();

    /** The records there are, from an LSN on. */
    RecordCursor records(long fromLsn);

    /**
     * Makes a log that is still empty begin at an LSN.
     *
     * @param lsn from 2
     */
    void begin(long lsn);

    /**
     * The part of a record that counts when nothing above an LSN does: without later commits, and without the end of the project, after
     * which nothing could be written. Null when nothing is left.
     */
    @Nullable
    LogRecord cut(LogRecord entry, long lsn);

    /** Appends a record behind the last. */
    void append(LogRecord entry);

    /**
     * Keeps a page.
     *
     * @param bytes as {@link ProjectSource#read} gave them
     * @throws dev.offshoot.store.CorruptionException when they are not what the id says
     */
    void put(PageId id, byte[] bytes);

    /** Keeps a checkpoint, whose pages and records are there. */
    void checkpoint(long lsn, byte[] manifest);

    /** Makes everything durable and the project one like any other. */
    void finish();
}
