package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Delta;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A collection that is being folded. */
final class CollectionFold {
    private final CollectionSnapshot from;
    private final boolean many;
    private final boolean strict;
    private final Keeper keeper;
    private final TreeSlot<byte[]> documents;
    private final List<IndexFold> indexes = new ArrayList<>();
    private long dataBytes;

    /** @param strict as in {@link BranchFold#tried} */
    CollectionFold(CollectionSnapshot from, boolean many, boolean strict, Keeper keeper) {
        this.strict = strict;
        this.keeper = keeper;
        this.from = from;
        this.many = many;
        this.documents = new TreeSlot<>(from.documents(), many);
        this.dataBytes = from.dataBytes();
        for (IndexSnapshot index : from.indexes()) {
            indexes.add(new IndexFold(index, many, strict));
        }
    }

    /** @throws CorruptionException for a patch as {@link #patched} */
    void apply(Change.OfDocument change, long lsn) {
        if (change instanceof Change.Put put) {
            put(put.recordId(), put.document());
        } else if (change instanceof Change.Patch patch) {
            patch(patch, lsn);
        } else {
            delete(change.recordId());
        }
    }

    private void put(long recordId, byte[] document) {
        byte[] record = RecordId.key(recordId);
        byte[] before = documents.put(record, document);
        dataBytes += document.length - (before == null ? 0 : before.length);
        for (IndexFold index : indexes) {
            index.replace(record, before, document);
        }
    }

    private void patch(Change.Patch patch, long lsn) {
        byte[] document = patch.document();
        if (document == null || strict) {
            byte[] patched = patched(from.name(), documents.get(RecordId.key(patch.recordId())), patch, lsn);
            if (document != null && !Arrays.equals(document, patched)) {
                throw misfit(from.name(), patch, lsn, "the delta makes another document than it stands for");
            }
            document = patched;
        }
        put(patch.recordId(), document);
    }

    /**
     * The document that a patch makes.
     *
     * @param collection its name
     * @param before the document that is there; null for none
     * @throws CorruptionException when that is not the one that the patch was made from
     */
    static byte[] patched(String collection, byte @Nullable [] before, Change.Patch patch, long lsn) {
        if (before == null) {
            throw misfit(collection, patch, lsn, "there is no such document");
        }
        try {
            return Delta.apply(before, patch.delta());
        } catch (IllegalArgumentException e) {
            throw misfit(collection, patch, lsn, e.getMessage());
        }
    }

    private static CorruptionException misfit(
            String collection, Change.Patch patch, long lsn, @Nullable String reason) {
        return new CorruptionException(
                "LSN " + lsn + " changes record " + patch.recordId() + " of collection '" + collection
                        + "', and does not fit the state before it: " + reason
                        + "; what is below it in the log or in a checkpoint is not what it was when this was written");
    }

    private void delete(long recordId) {
        byte[] record = RecordId.key(recordId);
        byte[] before = documents.remove(record);
        if (before == null) {
            throw new IllegalStateException("record " + recordId + " is not in " + from.name());
        }
        dataBytes -= before.length;
        for (IndexFold index : indexes) {
            index.replace(record, before, null);
        }
    }

    void createIndex(long id, Doc spec) {
        IndexSnapshot made = IndexSnapshot.create(id, spec);
        if (strict && indexes.stream().anyMatch(index -> index.name().equals(made.name()))) {
            throw new IllegalStateException("an index of " + from.name() + " has the name '" + made.name() + "'");
        }
        IndexFold index = new IndexFold(made, true, strict);
        index.build(documents.ascending(), keeper);
        indexes.add(new IndexFold(index.snapshot(), many, strict));
    }

    void dropIndex(long id) {
        if (!indexes.removeIf(index -> index.id() == id)) {
            throw new IllegalStateException("index " + id + " is not in " + from.name());
        }
    }

    /** Gives an index another specification with the same keys. */
    void alterIndex(long id, Doc spec) {
        for (IndexFold index : indexes) {
            if (index.id() == id) {
                index.alter(IndexDefinition.of(spec));
                return;
            }
        }
        throw new IllegalStateException("index " + id + " is not in " + from.name());
    }

    CollectionSnapshot snapshot() {
        return from.with(content());
    }

    /** The trees now. */
    CollectionSnapshot.Content content() {
        List<IndexSnapshot> built = new ArrayList<>(indexes.size());
        for (IndexFold index : indexes) {
            built.add(index.snapshot());
        }
        List<IndexSnapshot> all = built.equals(from.indexes()) ? from.indexes() : List.copyOf(built);
        return new CollectionSnapshot.Content(documents.build(), all, dataBytes);
    }
}
