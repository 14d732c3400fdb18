package dev.offshoot.state;

import dev.offshoot.store.LogSegment;
import dev.offshoot.store.PageStore;
import java.util.List;
import java.util.Map;

/**
 * What a project takes in its store.
 *
 * @param firstLsn the first LSN in the log
 * @param lastLsn the last one
 * @param oldestLsn the oldest position that can be read
 * @param segments the parts of the log
 * @param records of the log
 * @param headerBytes of all records
 * @param payloadBytes of all records, compressed where that helped
 * @param contentBytes of all records' payloads before that
 * @param changes how many there are in the log of each kind, by the kind's name
 * @param checkpoints their LSNs, ascending
 * @param manifestBytes what their manifests take
 * @param pages how many there are and what they take
 * @param unsavedChanges changes that are in the log and in no checkpoint
 * @param unsavedBytes about what they weigh
 */
public record StorageReport(
        long firstLsn,
        long lastLsn,
        long oldestLsn,
        List<LogSegment> segments,
        long records,
        long headerBytes,
        long payloadBytes,
        long contentBytes,
        Map<String, Long> changes,
        List<Long> checkpoints,
        long manifestBytes,
        PageStore.Amount pages,
        long unsavedChanges,
        long unsavedBytes) {
    /** The bytes that the log takes with everything around its records. */
    public long logBytes() {
        long bytes = segments.stream().mapToLong(LogSegment::bytes).sum();
        return segments.isEmpty() ? headerBytes + payloadBytes : bytes;
    }
}
