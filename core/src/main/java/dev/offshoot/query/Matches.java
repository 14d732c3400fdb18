package dev.offshoot.query;

/** The documents a plan finds, one after the other. Not thread safe. */
public interface Matches {
    /** Moves to the next one; false at the end. */
    boolean next();

    long recordId();

    /** Its raw BSON, as it is stored; of a covered plan the fields that the index holds. */
    byte[] document();
}
