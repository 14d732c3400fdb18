package dev.offshoot.engine;

/** The documents a plan finds, one after the other. Not thread safe. */
interface Matches {
    /** Moves to the next one; false at the end. */
    boolean next();

    long recordId();

    /** Its raw BSON, as it is stored. */
    byte[] document();
}
