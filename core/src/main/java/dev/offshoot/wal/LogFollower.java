package dev.offshoot.wal;

/** The owner of the state that a log describes: told in the order of LSNs, by one thread at a time. */
public interface LogFollower {
    /** A record of our own is in the log; its commits are published right after. */
    void acknowledged(WalRecord record);

    /** A record of another process was read: fold it into the acknowledged state. */
    void followed(WalRecord record);
}
