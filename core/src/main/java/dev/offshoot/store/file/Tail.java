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
 * @param lastLsn its last LSN, the end of the log; while there is none, the LSN before the first to come
 */
record Tail(List<Segment> closed, @Nullable Segment current, long lastFirstLsn, byte[] lastNonce, long lastLsn) {
    /** The end of a log without records or segments, whose first record is to come at an LSN. */
    static Tail emptyAt(long lsn) {
        return new Tail(List.of(), null, 0, new byte[0], lsn - 1);
    }

    long nextLsn() {
        return lastLsn + 1;
    }

    /** The lowest LSN that is kept, or is to come. */
    long firstLsn() {
        if (!closed.isEmpty()) {
            return closed.get(0).firstLsn();
        }
        return current == null ? nextLsn() : current.firstLsn();
    }

    /** The bytes of all frames. */
    long bytes() {
        long bytes = current == null ? 0 : current.bytes();
        for (Segment segment : closed) {
            bytes += segment.bytes();
        }
        return bytes;
    }

    /** The segments that hold no record at an LSN or above it, in order; never the one with the last record. */
    List<Segment> below(long lsn) {
        long keep = Math.min(lsn, lastFirstLsn);
        int count = 0;
        while (count < closed.size() && startBehind(count) <= keep) {
            count++;
        }
        return closed.subList(0, count);
    }

    /** This log without its first segments. */
    Tail without(int segments) {
        return new Tail(
                List.copyOf(closed.subList(segments, closed.size())), current, lastFirstLsn, lastNonce, lastLsn);
    }

    private long startBehind(int index) {
        if (index + 1 < closed.size()) {
            return closed.get(index + 1).firstLsn();
        }
        return current == null ? Long.MAX_VALUE : current.firstLsn();
    }

    List<Segment> segments() {
        List<Segment> all = new ArrayList<>(closed);
        if (current != null) {
            all.add(current);
        }
        return all;
    }
}
