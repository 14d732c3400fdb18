package dev.offshoot.archive;

/**
 * What was removed from an archive, or would be.
 *
 * @param checkpoints how many checkpoints
 * @param segments how many objects with records
 * @param packs how many objects with pages
 * @param oldestLsn the oldest position that can be restored; 0 for the beginning of the log, and where nothing is complete
 */
public record Trimmed(int checkpoints, int segments, int packs, long oldestLsn) {
    /** Whether there was nothing. */
    public boolean isNothing() {
        return checkpoints + segments + packs == 0;
    }
}
