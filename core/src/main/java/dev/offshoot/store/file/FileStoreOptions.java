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
 * @param openFilesMax how many logs and pages of projects keep files open, about; the others open them when they are used
 * @param clock tells when a page was put
 */
public record FileStoreOptions(
        long segmentBytesMax,
        SyncPolicy sync,
        long syncIntervalMillis,
        long roomBytesMax,
        int openFilesMax,
        InstantSource clock) {
    private static final long DEFAULT_SEGMENT_BYTES_MAX = 64L << 20;
    private static final long DEFAULT_SYNC_INTERVAL_MILLIS = 100;
    private static final long DEFAULT_ROOM_BYTES_MAX = 1L << 20;
    private static final int DEFAULT_OPEN_FILES_MAX = 256;

    public FileStoreOptions {
        if (segmentBytesMax < 1 || syncIntervalMillis < 1 || roomBytesMax < 0 || openFilesMax < 1) {
            throw new IllegalArgumentException(
                    "segmentBytesMax, syncIntervalMillis and openFilesMax are at least 1, roomBytesMax at least 0, not "
                            + segmentBytesMax + ", " + syncIntervalMillis + ", " + openFilesMax + " and "
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
                DEFAULT_OPEN_FILES_MAX,
                InstantSource.system());
    }

    /** These options with another size of segments. */
    public FileStoreOptions withSegmentBytesMax(long bytes) {
        return new FileStoreOptions(bytes, sync, syncIntervalMillis, roomBytesMax, openFilesMax, clock);
    }

    /** These options with another sync policy. */
    public FileStoreOptions withSync(SyncPolicy policy) {
        return new FileStoreOptions(segmentBytesMax, policy, syncIntervalMillis, roomBytesMax, openFilesMax, clock);
    }

    /** These options with another clock. */
    public FileStoreOptions withClock(InstantSource source) {
        return new FileStoreOptions(segmentBytesMax, sync, syncIntervalMillis, roomBytesMax, openFilesMax, source);
    }

    /** These options with a sync every so many milliseconds. */
    public FileStoreOptions withSyncEvery(long millis) {
        return new FileStoreOptions(segmentBytesMax, SyncPolicy.INTERVAL, millis, roomBytesMax, openFilesMax, clock);
    }

    /** These options with another limit for what is made ready. */
    public FileStoreOptions withRoomBytesMax(long bytes) {
        return new FileStoreOptions(segmentBytesMax, sync, syncIntervalMillis, bytes, openFilesMax, clock);
    }

    /** These options with another limit for how many logs and pages of projects keep files open. */
    public FileStoreOptions withOpenFilesMax(int owners) {
        return new FileStoreOptions(segmentBytesMax, sync, syncIntervalMillis, roomBytesMax, owners, clock);
    }
}
