package dev.offshoot.wal;

/**
 * The owner of the state that a log describes: told in the order of LSNs, by one thread at a time.
 *
 * <p>A call must not wait for a writer: one that holds its branch's turn may itself be waiting for the leader. It must not fail
 * either: the state would miss a record that is in the log, so the log takes no more commits until it is opened again.
 */
public interface LogFollower {
    /** A record of our own is in the log; its commits are published right after. */
    void acknowledged(WalRecord record);

    /** A record of another process was read: fold it into the acknowledged state. */
    void followed(WalRecord record);
}
