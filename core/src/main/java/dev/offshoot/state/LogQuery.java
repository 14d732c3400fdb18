package dev.offshoot.state;

import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which commits of a position somebody wants to see.
 *
 * @param above the position above which they are; 0 for all
 * @param upTo the position up to which they are; {@link Long#MAX_VALUE} for all
 * @param actor text that is part of the name of who made them; null for anybody
 * @param collection what a collection was called then that they touched; null for all
 * @param commits which of these commits, by their first LSN; asked of one after the other, the newest first
 * @param edits whether to tell what each did to each document
 * @param replays the commits that put documents anew that may be there or not, so that only the state before tells which: a merge, an
 *     undo. Any other commit inserts a document with a record id of its own.
 * @param mask what edits must not show; null for nothing
 * @param through the id of the branch that they are shown through, which may be partial; 0 for none
 */
public record LogQuery(
        long above,
        long upTo,
        @Nullable String actor,
        @Nullable String collection,
        LongPredicate commits,
        boolean edits,
        Predicate<Commit> replays,
        @Nullable Mask mask,
        long through) {
    /** Everything. */
    public static LogQuery all(Predicate<Commit> replays) {
        return new LogQuery(0, Long.MAX_VALUE, null, null, lsn -> true, false, replays, null, 0);
    }

    boolean takes(Origin origin) {
        return actor == null || origin.actor().contains(actor);
    }

    boolean takes(LoggedCommit commit) {
        return takes(commit.origin())
                && commits.test(commit.firstLsn())
                && (collection == null || commit.concerns(collection));
    }
}
