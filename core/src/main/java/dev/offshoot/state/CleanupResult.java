package dev.offshoot.state;

import dev.offshoot.metrics.GcMeters;
import dev.offshoot.store.PageStore;

/**
 * What a cleanup removed, or would remove.
 *
 * @param checkpoints manifests
 * @param logBytes of the log
 * @param pages pages and their bytes
 * @param oldestLsn the oldest position that can be read afterwards
 */
public record CleanupResult(int checkpoints, long logBytes, PageStore.Amount pages, long oldestLsn) {
    GcMeters.Removed removed() {
        return new GcMeters.Removed(pages.pages(), checkpoints, logBytes + pages.bytes());
    }
}
