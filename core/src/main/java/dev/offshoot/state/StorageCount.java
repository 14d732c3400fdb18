package dev.offshoot.state;

import dev.offshoot.store.CheckpointStore;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.RecordSummary;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what a project takes; reads the whole log for it. Not thread safe. */
final class StorageCount {
    private final ProjectStorage storage;
    private final Map<String, Long> changes = new TreeMap<>();
    private long records;
    private long headerBytes;
    private long payloadBytes;
    private long contentBytes;

    StorageCount(ProjectStorage storage) {
        this.storage = storage;
    }

    /**
     * @param lastLsn of the project
     * @param oldestLsn of the project
     * @param patience called for every record; what it throws ends the count
     */
    StorageReport run(long lastLsn, long oldestLsn, Unsaved.Amount unsaved, Runnable patience) {
        LogStore log = storage.log();
        long firstLsn = log.firstLsn();
        try (RecordCursor cursor = log.read(firstLsn)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                patience.run();
                add(entry);
            }
        }
        CheckpointStore manifests = storage.manifests();
        List<Long> checkpoints = manifests.list();
        long manifestBytes = 0;
        for (long lsn : checkpoints) {
            byte[] manifest = manifests.get(lsn);
            manifestBytes += manifest == null ? 0 : manifest.length;
        }
        return new StorageReport(
                firstLsn,
                lastLsn,
                oldestLsn,
                log.segments(),
                records,
                headerBytes,
                payloadBytes,
                contentBytes,
                changes,
                checkpoints,
                manifestBytes,
                storage.pages().pageStore().amount(),
                unsaved.changes(),
                unsaved.bytes());
    }

    private void add(LogRecord entry) {
        records++;
        headerBytes += entry.header().length;
        payloadBytes += entry.payload().length;
        contentBytes += RecordSummary.contentBytes(entry);
        for (RecordSummary.Group group : RecordSummary.of(entry).groups()) {
            group.changes().forEach((kind, count) -> changes.merge(kind, count, Long::sum));
        }
    }
}
