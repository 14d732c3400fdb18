package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.tree.Tree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A collection at one position: immutable.
 *
 * @param id the LSN that made it
 * @param options as {@code create} got them, and the uuid
 * @param documents raw BSON by record id
 * @param indexes the one on {@code _id} first
 * @param dataBytes the size of all documents together
 */
public record CollectionSnapshot(
        long id, String name, Doc options, Tree<byte[]> documents, List<IndexSnapshot> indexes, long dataBytes) {
    /** A collection that is not there yet: with the index on {@code _id} and nothing in it. */
    public static CollectionSnapshot empty(String name) {
        return new CollectionSnapshot(
                0, name, Doc.EMPTY, Tree.empty(), List.of(IndexSnapshot.create(0, IndexSnapshot.ID_SPEC)), 0);
    }

    public long count() {
        return documents.size();
    }

    public byte @Nullable [] document(long recordId) {
        return documents.get(RecordId.key(recordId));
    }

    public IndexSnapshot idIndex() {
        return indexes.get(0);
    }

    public @Nullable IndexSnapshot index(String name) {
        for (IndexSnapshot index : indexes) {
            if (index.name().equals(name)) {
                return index;
            }
        }
        return null;
    }
}
