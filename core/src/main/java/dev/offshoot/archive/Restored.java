package dev.offshoot.archive;

import java.util.List;

/**
 * What a restore did.
 *
 * @param firstLsn the lowest LSN of the project now
 * @param lastLsn the highest
 * @param records how many were appended
 * @param skipped how many were there already, the same as in the archive
 * @param checkpoints how many came along
 * @param pages how many pages of them were read from the archive
 * @param damaged what is wrong with newer checkpoints of the archive, which were passed over
 */
public record Restored(
        long firstLsn, long lastLsn, long records, long skipped, int checkpoints, long pages, List<String> damaged) {}
