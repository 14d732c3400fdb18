package dev.offshoot.store.file;

import java.time.InstantSource;

/**
 * How a {@link FileStore} keeps its segments.
 *
 * @param segmentBytesMax a segment that would grow past this is closed and the next one begun; a larger record gets a segment of
 *     its own
 * @param sync when appends reach the disk
 * @param syncIntervalMillis the pause between two syncs with {@link SyncPolicy#INTERVAL}
 * @param clock tells when a page was put
 */
public record FileStoreOptions(long segmentBytesMax, SyncPolicy sync, long syncIntervalMillis, InstantSource clock) {
    private static final long DEFAULT_SEGMENT_BYTES_MAX = 64L << 20;
    private static final long DEFAULT_SYNC_INTERVAL_MILLIS = 100;

    public FileStoreOptions {
        if (segmentBytesMax < 1 || syncIntervalMillis < 1) {
            throw new IllegalArgumentException("segmentBytesMax and syncIntervalMillis are at least 1, not "
                    + segmentBytesMax + " and " + syncIntervalMillis);
        }
    }

    /** 64 MiB segments, synced at every append. */
    public static FileStoreOptions defaults() {
        return new FileStoreOptions(
                DEFAULT_SEGMENT_BYTES_MAX, SyncPolicy.ALWAYS, DEFAULT_SYNC_INTERVAL_MILLIS, InstantSource.system());
    }

    /** These options with another size of segments. */
    public FileStoreOptions withSegmentBytesMax(long bytes) {
        return new FileStoreOptions(bytes, sync, syncIntervalMillis, clock);
    }

    /** These options with another sync policy. */
    public FileStoreOptions withSync(SyncPolicy policy) {
        return new FileStoreOptions(segmentBytesMax, policy, syncIntervalMillis, clock);
    }

    /** These options with another clock. */
    public FileStoreOptions withClock(InstantSource source) {
        return new FileStoreOptions(segmentBytesMax, sync, syncIntervalMillis, source);
    }
}
