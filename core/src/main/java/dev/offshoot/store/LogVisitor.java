package dev.offshoot.store;

/** Is told what a log holds, in order, by a reading that does not stop at damage: see {@link Store#scan}. */
public interface LogVisitor {
    /** A record whose checksum in the store is right. It may follow the one before with a gap, which {@link #damaged} told of. */
    void record(LogRecord record);

    /** Something is not what was written, or is missing: where, what was expected and what was found. */
    void damaged(String what);

    /** The end of an append that was cut short; opening the log cuts it off, and nothing that was acknowledged is lost. */
    void unfinished(String what);
}
