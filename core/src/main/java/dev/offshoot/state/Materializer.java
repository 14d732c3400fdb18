package dev.offshoot.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.offshoot.metrics.Meters;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import java.util.Map;

/**
 * Makes the snapshots of past positions from the log and keeps them in a cache weighed in bytes (decision 8). Thread safe; one for
 * all projects of an engine.
 */
public final class Materializer {
    private static final long ENTRY_OVERHEAD_BYTES = 96;

    private final Cache<Position, Snapshot> cache;

    /** A materializer whose cache holds about this many bytes. */
    public Materializer(long memoryBytes) {
        cache = Caffeine.newBuilder()
                .maximumWeight(memoryBytes)
                .weigher((Position position, Snapshot snapshot) -> weigh(snapshot))
                .recordStats()
                .build();
    }

    /** Shows the cache in meters. */
    public void show(Meters meters) {
        meters.watch("past", cache);
    }

    /** The branch as it was at a position; an LSN inside a commit means the end of the commit before. */
    Snapshot at(LogStore log, String logId, Catalog catalog, Branch branch, long lsn) {
        return cache.get(
                new Position(logId, branch.id(), lsn),
                position -> fold(log, branch.id(), lsn, catalog.segments(branch, lsn)));
    }

    private static Snapshot fold(LogStore log, long branch, long lsn, Map<Long, Long> segments) {
        BranchFold fold = BranchFold.from(Snapshot.empty(branch));
        try (RecordCursor cursor = log.read(1)) {
            for (LogRecord entry = cursor.next(); entry != null && entry.firstLsn() <= lsn; entry = cursor.next()) {
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    if (commit.lastLsn() <= segments.getOrDefault(commit.branch(), 0L)) {
                        fold.apply(commit);
                    }
                }
            }
        }
        return fold.snapshot();
    }

    /** What the snapshot would keep if it shared nothing, which a replayed one does not. */
    private static int weigh(Snapshot snapshot) {
        long bytes = ENTRY_OVERHEAD_BYTES;
        for (CollectionSnapshot collection : snapshot.all()) {
            bytes += collection.dataBytes()
                    + collection.count()
                            * ENTRY_OVERHEAD_BYTES
                            * collection.indexes().size();
        }
        return (int) Math.min(Integer.MAX_VALUE, bytes);
    }

    private record Position(String log, long branch, long lsn) {}
}
