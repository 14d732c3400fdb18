package dev.offshoot.store.file;

import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Where in the segments of a log some of its frames begin, so that who reads from an LSN on need not pass all frames before it. Known of
 * frames that were appended or read since the log was opened, one a MiB. Frames that were acknowledged never move, so what is noted stays
 * right until it is trimmed. Thread safe.
 */
final class FrameMarks {
    static final long GAP_BYTES = 1 << 20;

    private final ConcurrentNavigableMap<Long, Long> offsets = new ConcurrentSkipListMap<>();

    /**
     * Says where an acknowledged frame begins.
     *
     * @param segmentFirstLsn of the segment that it is in
     */
    void note(long segmentFirstLsn, long lsn, long offset) {
        Map.Entry<Long, Long> before = offsets.floorEntry(lsn);
        long known = before == null || before.getKey() < segmentFirstLsn ? 0 : before.getValue();
        if (offset - known >= GAP_BYTES) {
            offsets.put(lsn, offset);
        }
    }

    /** The LSN and the offset of a frame of a segment from which one at an LSN is not far; null for the segment's beginning. */
    Map.@Nullable Entry<Long, Long> before(long segmentFirstLsn, long lsn) {
        Map.Entry<Long, Long> found = offsets.floorEntry(lsn);
        return found == null || found.getKey() < segmentFirstLsn ? null : found;
    }

    /** Forgets what was trimmed. */
    void forgetBelow(long lsn) {
        offsets.headMap(lsn).clear();
    }
}
