package dev.offshoot.archive;

import dev.offshoot.store.LogRecord;
import java.util.NavigableSet;

/** Decides from which checkpoint on an archive keeps what it has: who makes one knows what the records mean. For one use, by one thread. */
public interface Horizon {
    /**
     * Said once, before the records.
     *
     * @param checkpoints those that may be the one to begin from, by their LSNs
     * @param firstLsn where the records begin
     */
    void begin(NavigableSet<Long> checkpoints, long firstLsn);

    /** All records of the archive that belong together, in order. */
    void record(LogRecord entry);

    /** The newest checkpoint that, with the records above it, leads to all that is to be kept; 0 when everything has to stay. */
    long checkpoint();
}
