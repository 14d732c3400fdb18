package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.tree.Tree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A collection at one position: immutable.
 *
 * @param id the LSN that made it
 * @param definition what it was made with; that of a view makes this a view, which has neither documents nor indexes
 * @param documents raw BSON by record id
 * @param indexes the one on {@code _id} first
 * @param dataBytes the size of all documents together
 * @param masking null where the documents are as they are stored; else they are seen through a mask, and indexes that would tell more are empty
 */
public record CollectionSnapshot(
        long id,
        String name,
        CollectionOptions definition,
        Tree<byte[]> documents,
        List<IndexSnapshot> indexes,
        long dataBytes,
        @Nullable Masking masking) {
    /** What it is a view of, and through which mask. */
    record Masking(CollectionSnapshot stored, DocumentMask mask) {}

    CollectionSnapshot(
            long id,
            String name,
            CollectionOptions definition,
            Tree<byte[]> documents,
            List<IndexSnapshot> indexes,
            long dataBytes) {
        this(id, name, definition, documents, indexes, dataBytes, null);
    }

    /** A collection that is not there yet: with the index on {@code _id} and nothing in it. */
    public static CollectionSnapshot empty(String name) {
        return new CollectionSnapshot(
                0,
                name,
                CollectionOptions.NONE,
                Tree.empty(),
                List.of(IndexSnapshot.create(0, IndexSnapshot.ID_SPEC)),
                0);
    }

    static CollectionSnapshot create(long id, String name, Doc options) {
        CollectionOptions definition = CollectionOptions.of(options);
        List<IndexSnapshot> indexes =
                definition.viewOn() != null ? List.of() : List.of(IndexSnapshot.createId(id, definition.collation()));
        return new CollectionSnapshot(id, name, definition, Tree.empty(), indexes, 0);
    }

    CollectionSnapshot renamed(String to) {
        return new CollectionSnapshot(id, to, definition, documents, indexes, dataBytes);
    }

    CollectionSnapshot altered(Doc options) {
        return new CollectionSnapshot(id, name, CollectionOptions.of(options), documents, indexes, dataBytes);
    }

    /** The same through a mask. */
    CollectionSnapshot masked(DocumentMask mask) {
        return new CollectionSnapshot(
                id,
                name,
                definition,
                documents.view(mask),
                indexes.stream().map(index -> index.masked(mask)).toList(),
                dataBytes,
                new Masking(this, mask));
    }

    /** What its documents are seen through; null where they are as they are stored. */
    public @Nullable DocumentMask mask() {
        return masking == null ? null : masking.mask();
    }

    /** The collection as it is stored, without the branch's mask: for what is changed, merged or compared, and never shown. */
    public CollectionSnapshot stored() {
        return masking == null ? this : masking.stored();
    }

    /** The same collection with nothing in it. */
    public CollectionSnapshot emptied() {
        List<IndexSnapshot> empty = indexes.stream()
                .map(index -> IndexSnapshot.create(index.id(), index.spec()))
                .toList();
        return new CollectionSnapshot(id, name, definition, Tree.empty(), empty, 0);
    }

    /** Its documents under the name, the options and the indexes that it has in another state: to compare with, as those indexes do not have its documents. */
    public CollectionSnapshot definedAs(CollectionSnapshot other) {
        List<IndexSnapshot> defined = other.indexes.stream()
                .map(index -> index.isId() ? idIndex() : index)
                .toList();
        return new CollectionSnapshot(id, other.name, other.definition, documents, defined, dataBytes, masking);
    }

    /** The options that another collection of its kind would be made with. */
    public Doc optionsWithoutUuid() {
        DocBuilder options = new DocBuilder();
        for (Doc.Field option : options()) {
            if (!option.name().equals(CollectionOptions.UUID)) {
                options.append(option.name(), option.value());
            }
        }
        return options.buildDoc();
    }

    /** As {@code create} got them, and the uuid. */
    public Doc options() {
        return definition.source();
    }

    public boolean isView() {
        return definition.viewOn() != null;
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
