package dev.offshoot.store;

/** How an append that the store decided ended. */
public enum AppendResult {
    /** The record is at its position, durably. */
    APPENDED,
    /**
     * A record with another nonce is at that position for good: another writer won it, and {@link LogStore#read} shows
     * its record from now on. Nothing was stored.
     */
    TAKEN
}
