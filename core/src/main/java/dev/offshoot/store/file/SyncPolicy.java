package dev.offshoot.store.file;

/** When an append reaches the disk itself, not only the operating system's memory. */
public enum SyncPolicy {
    /** Before every append returns: an acknowledged record survives a power cut. */
    ALWAYS,
    /** Every so often: a power cut loses at most the last interval, a crash of this process loses nothing. */
    INTERVAL,
    /** When the operating system likes, and when a segment is full. A crash of this process still loses nothing. */
    NEVER
}
