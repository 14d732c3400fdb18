package dev.offshoot.store.file;

import java.time.InstantSource;

/**
 * How a {@link FileStore} keeps its segments.
 *
 * @param segmentBytesMax a segment that would grow past this is closed and the next one begun; a larger record gets a segment of
 *     its own
 * @param sync when appends reach the disk
 * @param syncIntervalMillis the pause between two syncs with {@link SyncPolicy#INTERVAL}
 * @param roomBytesMax the most that is made ready behind the end of a segment for appends to come; 0 for nothing
 * @param openLogsMax how many logs have their last segment open, about; the others open it when they are appended to
 * @param clock tells when a page was put
 */
public record FileStoreOptions(
        long segmentBytesMax,
        SyncPolicy sync,
        long syncIntervalMillis,
        long roomBytesMax,
        int openLogsMax,
        InstantSource clock) {
    private static final long DEFAULT_SEGMENT_BYTES_MAX = 64L << 20;
    private static final long DEFAULT_SYNC_INTERVAL_MILLIS = 100;
    private static final long DEFAULT_ROOM_BYTES_MAX = 1L << 20;
    private static final int DEFAULT_OPEN_LOGS_MAX = 256;

    public FileStoreOptions {
        if (segmentBytesMax < 1 || syncIntervalMillis < 1 || roomBytesMax < 0 || openLogsMax < 1) {
            throw new IllegalArgumentException(
                    "segmentBytesMax, syncIntervalMillis and openLogsMax are at least 1, roomBytesMax at least 0, not "
                            + segmentBytesMax + ", " + syncIntervalMillis + ", " + openLogsMax + " and "
                            + roomBytesMax);
        }
    }

    /** 64 MiB segments, synced at every append. */
    public static FileStoreOptions defaults() {
        return new FileStoreOptions(
                DEFAULT_SEGMENT_BYTES_MAX,
                SyncPolicy.ALWAYS,
                DEFAULT_SYNC_INTERVAL_MILLIS,
                DEFAULT_ROOM_BYTES_MAX,
                DEFAULT_OPEN_LOGS_MAX,
                InstantSource.system());
    }

    /** These options with another size of segments. */
    public FileStoreOptions withSegmentBytesMax(long bytes) {
        return new FileStoreOptions(bytes, sync, syncIntervalMillis, roomBytesMax, openLogsMax, clock);
    }

    /** These options with another sync policy. */
    public FileStoreOptions withSync(SyncPolicy policy) {
        return new FileStoreOptions(segmentBytesMax, policy, syncIntervalMillis, roomBytesMax, openLogsMax, clock);
    }

    /** These options with another clock. */
    public FileStoreOptions withClock(InstantSource source) {
        return new FileStoreOptions(segmentBytesMax, sync, syncIntervalMillis, roomBytesMax, openLogsMax, source);
    }

    /** These options with a sync every so many milliseconds. */
    public FileStoreOptions withSyncEvery(long millis) {
        return new FileStoreOptions(segmentBytesMax, SyncPolicy.INTERVAL, millis, roomBytesMax, openLogsMax, clock);
    }

    /** These options with another limit for what is made ready. */
    public FileStoreOptions withRoomBytesMax(long bytes) {
        return new FileStoreOptions(segmentBytesMax, sync, syncIntervalMillis, bytes, openLogsMax, clock);
    }

    /** These options with another limit for how many logs have a file open. */
    public FileStoreOptions withOpenLogsMax(int logs) {
        return new FileStoreOptions(segmentBytesMax, sync, syncIntervalMillis, roomBytesMax, logs, clock);
    }
}
