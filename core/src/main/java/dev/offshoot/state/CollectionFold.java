package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import java.util.ArrayList;
import java.util.List;

/** A collection that is being folded. */
final class CollectionFold {
    private final CollectionSnapshot from;
    private final boolean many;
    private final TreeSlot<byte[]> documents;
    private final List<IndexFold> indexes = new ArrayList<>();
    private long dataBytes;

    CollectionFold(CollectionSnapshot from, boolean many) {
        this.from = from;
        this.many = many;
        this.documents = new TreeSlot<>(from.documents(), many);
        this.dataBytes = from.dataBytes();
        for (IndexSnapshot index : from.indexes()) {
            indexes.add(new IndexFold(index, many));
        }
    }

    void put(long recordId, byte[] document) {
        byte[] record = RecordId.key(recordId);
        byte[] before = documents.put(record, document);
        dataBytes += document.length - (before == null ? 0 : before.length);
        for (IndexFold index : indexes) {
            index.replace(record, before, document);
        }
    }

    void delete(long recordId) {
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
        IndexFold index = new IndexFold(IndexSnapshot.create(id, spec), true);
        index.build(documents.ascending());
        indexes.add(new IndexFold(index.snapshot(), many));
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
        List<IndexSnapshot> built = new ArrayList<>(indexes.size());
        for (IndexFold index : indexes) {
            built.add(index.snapshot());
        }
        List<IndexSnapshot> all = built.equals(from.indexes()) ? from.indexes() : List.copyOf(built);
        return new CollectionSnapshot(from.id(), from.name(), from.definition(), documents.build(), all, dataBytes);
    }
}
