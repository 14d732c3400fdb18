package dev.offshoot.store;

/** How an append that the store decided ended. */
public enum AppendResult {
    /** The record is at its position, durably. */
    APPENDED,
    /** A record with another nonce is at that position: another writer won it. Nothing was stored. */
    TAKEN
}
