package dev.offshoot.state;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A branch at a position, computed again from its log, beside what readers see there.
 *
 * @param branch its name
 * @param lsn the position
 * @param fromLsn the position that it was computed from: 0 for the beginning of the log, else that of a checkpoint
 * @param records how many records were read
 * @param collections all that either side has, by name
 */
public record ReplayReport(String branch, long lsn, long fromLsn, long records, List<Pair> collections) {
    /**
     * A collection on both sides.
     *
     * @param replayed null where the log does not have it
     * @param seen null where readers do not see it
     */
    public record Pair(
            String name,
            @Nullable Fingerprint replayed,
            @Nullable Fingerprint seen) {
        public boolean isSame() {
            return Objects.equals(replayed, seen);
        }
    }

    /** Whether readers see what the log says. */
    public boolean isSame() {
        return collections.stream().allMatch(Pair::isSame);
    }
}
