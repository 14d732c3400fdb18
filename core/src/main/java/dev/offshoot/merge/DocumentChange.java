package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A document that is not the same on both sides. Where it has a record on each, the two have one {@code _id}; the records are one unless
 * it was removed and inserted again. Immutable as long as nobody changes the bytes, which nobody may.
 *
 * @param recordBefore the record that holds it before, 0 where it is not there
 * @param before raw BSON, null where it is not there
 * @param recordAfter the record that holds it after, 0 where it is not there
 * @param after raw BSON, null where it is not there
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record DocumentChange(long recordBefore, byte @Nullable [] before, long recordAfter, byte @Nullable [] after) {
    public boolean isAdded() {
        return before == null;
    }

    public boolean isRemoved() {
        return after == null;
    }

    /** Whether it was removed and inserted again as it was: all that differs is its record, and so its place in natural order. */
    public boolean isSameAgain() {
        return before != null && after != null && Arrays.equals(before, after);
    }

    /** What changes come in the order of: the record before, or the one after where there is none before. */
    public long recordId() {
        return before == null ? recordAfter : recordBefore;
    }

    /** Its {@code _id}, as it is after if it is there after. */
    public Value id() {
        byte[] there = after == null ? before : after;
        Value id = there == null ? null : Doc.of(there).get("_id");
        if (id == null) {
            throw new AssertionError("a document without an _id: record " + recordId());
        }
        return id;
    }
}
