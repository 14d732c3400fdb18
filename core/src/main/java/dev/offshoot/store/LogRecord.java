package dev.offshoot.store;

/**
 * The atomic unit of a log as a store sees it.
 *
 * @param firstLsn the LSN of its first change, from 1
 * @param count how many LSNs it takes, from 1; the next record starts at {@code firstLsn + count}
 * @param nonce 16 random bytes that tell this attempt from another writer's
 * @param header raw BSON for people (time, actor, branch, namespaces, counts); at most 1 MiB
 * @param payload opaque bytes of any size up to 1 GiB
 */
public record LogRecord(long firstLsn, int count, byte[] nonce, byte[] header, byte[] payload) {
    /** The LSN of its last change. */
    public long lastLsn() {
        return firstLsn + count - 1;
    }
}
