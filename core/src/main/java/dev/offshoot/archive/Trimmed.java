package dev.offshoot.archive;

/**
 * What was removed from an archive, or would be.
 *
 * @param checkpoints how many checkpoints
 * @param segments how many objects with records
 * @param records how many records
 * @param packs how many objects with pages, those in whose place others were written too
 * @param pages how many pages
 * @param written how many objects with pages were written in the place of others
 * @param bytes by how much the archive is smaller
 * @param oldestLsn the oldest position that can be restored; 0 for the beginning of the log, and where nothing is complete
 */
public record Trimmed(
        int checkpoints, int segments, long records, int packs, long pages, int written, long bytes, long oldestLsn) {
    static Trimmed nothing(long oldestLsn) {
        return new Trimmed(0, 0, 0, 0, 0, 0, 0, oldestLsn);
    }

    /** Whether there was nothing. */
    public boolean isNothing() {
        return checkpoints + segments + packs == 0;
    }
}
