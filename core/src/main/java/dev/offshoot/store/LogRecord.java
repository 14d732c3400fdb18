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
    /** The length of a nonce. */
    public static final int NONCE_BYTES = 16;
    /** The largest header. */
    public static final int HEADER_BYTES_MAX = 1 << 20;
    /** The largest payload. */
    public static final int PAYLOAD_BYTES_MAX = 1 << 30;

    public LogRecord {
        if (firstLsn < 1 || count < 1) {
            throw new IllegalArgumentException(
                    "a record starts at LSN 1 or above and takes 1 or more, not " + firstLsn + " and " + count);
        }
        if (nonce.length != NONCE_BYTES || header.length > HEADER_BYTES_MAX || payload.length > PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "a record has a nonce of 16 bytes, a header of at most 1 MiB and a payload"
                            + " of at most 1 GiB, not " + nonce.length + ", " + header.length + " and " + payload.length
                            + " bytes");
        }
    }

    /** How many bytes of header and payload it has. */
    public long bytes() {
        return (long) header.length + payload.length;
    }

    /** The LSN of its last change. */
    public long lastLsn() {
        return firstLsn + count - 1;
    }
}
