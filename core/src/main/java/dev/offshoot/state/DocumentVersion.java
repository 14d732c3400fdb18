package dev.offshoot.state;

import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import org.jspecify.annotations.Nullable;

/**
 * A document as one commit left it.
 *
 * @param firstLsn of the commit; for the oldest version of what is kept, the position where that begins
 * @param time a BSON timestamp
 * @param millis wall clock, milliseconds since 1970
 * @param branch the id of the branch that the commit was made on
 * @param collection the id of the document's collection then; 0 where that was gone
 * @param name what the collection was called behind the commit
 * @param origin who made it; null for the version that was there when what is kept begins
 * @param merge where the commit is a merge, of which position; else null
 * @param before the version before; null where there was none
 * @param after null where the commit removed it
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record DocumentVersion(
        long firstLsn,
        long lastLsn,
        long time,
        long millis,
        long branch,
        long collection,
        String name,
        @Nullable Origin origin,
        Change.@Nullable Merge merge,
        byte @Nullable [] before,
        byte @Nullable [] after) {
    /** What the commit did to the document. */
    public enum Kind {
        INSERTED,
        UPDATED,
        DELETED,
        /** Nobody knows any more: it was there when what is kept begins. */
        KEPT
    }

    /** What the commit did to the document. */
    public Kind kind() {
        if (origin == null) {
            return Kind.KEPT;
        }
        if (before == null) {
            return Kind.INSERTED;
        }
        return after == null ? Kind.DELETED : Kind.UPDATED;
    }

    /** About how much memory it takes. */
    long bytes() {
        return 128L + (after == null ? 0 : after.length);
    }
}
