package dev.offshoot.store.file;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a log goes: what one acknowledged append leaves and a reader starts from. Immutable.
 *
 * @param closed the segments before the current one, in order
 * @param current the segment that is appended to; null while the log is empty
 * @param lastFirstLsn the first LSN of the last record, 0 while there is none
 * @param lastNonce its nonce
 * @param lastLsn its last LSN, the end of the log
 */
record Tail(List<Segment> closed, @Nullable Segment current, long lastFirstLsn, byte[] lastNonce, long lastLsn) {
    static final Tail EMPTY = new Tail(List.of(), null, 0, new byte[0], 0);

    long nextLsn() {
        return lastLsn + 1;
    }

    List<Segment> segments() {
        List<Segment> all = new ArrayList<>(closed);
        if (current != null) {
            all.add(current);
        }
        return all;
    }
}
