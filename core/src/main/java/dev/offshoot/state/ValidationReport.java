package dev.offshoot.state;

import java.util.List;

/**
 * What {@link Validation} found.
 *
 * @param project its name
 * @param firstLsn the first LSN in the log; 0 for a log without a record
 * @param lastLsn the last LSN in the log
 * @param records how many records were read
 * @param checkpoints how many checkpoints there are
 * @param pages how many pages they reach
 * @param problems what is damaged and where, one line each; empty when nothing is
 * @param notes what is worth knowing and no damage, one line each
 */
public record ValidationReport(
        String project,
        long firstLsn,
        long lastLsn,
        long records,
        int checkpoints,
        long pages,
        List<String> problems,
        List<String> notes) {}
