package dev.offshoot.state;

import dev.offshoot.wal.Change;
import dev.offshoot.wal.Origin;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One commit as the log of a position shows it. Immutable.
 *
 * @param time a BSON timestamp
 * @param millis wall clock, milliseconds since 1970
 * @param branch the id of the branch it was made on
 * @param collections whose documents it touched, by id
 * @param definitions what it did to collections and indexes, in order
 * @param source the position that the branch took over, by a {@link Change.Reset} or a {@link Change.Merge}; null for neither
 * @param mark whether it only names a position
 * @param pick of which commit it does the same again, the first or second of its changes; null for none
 * @param edits what it did to each document, where that was asked for and can still be told; null otherwise.
 *     Made while it is read
 */
public record LoggedCommit(
        long firstLsn,
        long lastLsn,
        long time,
        long millis,
        long branch,
        Origin origin,
        List<Touched> collections,
        List<Definition> definitions,
        @Nullable Change source,
        boolean mark,
        Change.@Nullable Pick pick,
        @Nullable Iterable<DocumentEdit> edits) {
    /**
     * How many documents of a collection a commit touched.
     *
     * @param name what the collection was called then
     */
    public record Touched(long collection, String name, long inserted, long updated, long deleted) {}

    /**
     * A change to a collection or an index.
     *
     * @param change such as {@code createIndex}
     * @param name what the collection was called then, or from then on
     * @param detail the name of the index, or what the collection was called before; null for neither
     * @param isNamed false where nobody knows any more what the collection was called, so that the name is its number
     */
    public record Definition(
            String change, String name, @Nullable String detail, boolean isNamed) {}

    /** Whether it touched a collection that was called so then, or before it. */
    public boolean concerns(String collection) {
        return collections.stream().anyMatch(touched -> touched.name().equals(collection))
                || definitions.stream()
                        .anyMatch(made -> made.name().equals(collection)
                                || (made.change().equals(Change.Kind.RENAME_COLLECTION.label())
                                        && collection.equals(made.detail())));
    }
}
