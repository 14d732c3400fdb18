package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.tree.Tree;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A collection at one position: immutable, safe to share. One of a past position may have changes that its trees do not have yet
 * ({@link LateChanges}): a look-up by {@code _id} does without, and whatever else asks for its documents or indexes first, waits for them.
 */
public final class CollectionSnapshot {
    private final long id;
    private final String name;
    private final CollectionOptions definition;

    /** Null where {@link #late} makes it. */
    private final @Nullable Content ready;

    private final @Nullable LateChanges late;
    private final @Nullable Masking masking;

    /** What it is a view of, and through which mask. */
    private record Masking(CollectionSnapshot stored, DocumentMask mask) {}

    /**
     * The trees and what is known of them.
     *
     * @param documents raw BSON by record id
     * @param indexes the one on {@code _id} first
     * @param dataBytes the size of all documents together
     */
    record Content(Tree<byte[]> documents, List<IndexSnapshot> indexes, long dataBytes) {}

    /**
     * A document that was looked up.
     *
     * @param recordId the LSN of its insertion
     * @param bytes raw BSON
     */
    public record Found(long recordId, byte[] bytes) {}

    private CollectionSnapshot(
            long id,
            String name,
            CollectionOptions definition,
            @Nullable Content ready,
            @Nullable LateChanges late,
            @Nullable Masking masking) {
        this.id = id;
        this.name = name;
        this.definition = definition;
        this.ready = ready;
        this.late = late;
        this.masking = masking;
    }

    /**
     * A collection whose trees are there.
     *
     * @param id the LSN that made it
     * @param definition what it was made with; that of a view makes this a view, which has neither documents nor indexes
     * @param documents raw BSON by record id
     * @param indexes the one on {@code _id} first
     * @param dataBytes the size of all documents together
     */
    public CollectionSnapshot(
            long id,
            String name,
            CollectionOptions definition,
            Tree<byte[]> documents,
            List<IndexSnapshot> indexes,
            long dataBytes) {
        this(id, name, definition, new Content(documents, indexes, dataBytes), null, null);
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

    /** The same with other content. */
    CollectionSnapshot with(Content other) {
        return new CollectionSnapshot(id, name, definition, other, null, null);
    }

    /** The same with changes that its trees do not have yet. */
    CollectionSnapshot with(LateChanges changes) {
        return new CollectionSnapshot(id, name, definition, null, changes, null);
    }

    CollectionSnapshot renamed(String to) {
        return new CollectionSnapshot(id, to, definition, ready, late, null);
    }

    CollectionSnapshot altered(Doc options) {
        return new CollectionSnapshot(id, name, CollectionOptions.of(options), ready, late, null);
    }

    /** The same through a mask. */
    CollectionSnapshot masked(DocumentMask mask) {
        List<IndexSnapshot> shown =
                indexes().stream().map(index -> index.masked(mask)).toList();
        Content seen = new Content(documents().view(mask), shown, dataBytes());
        return new CollectionSnapshot(id, name, definition, seen, null, new Masking(this, mask));
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
        List<IndexSnapshot> empty = indexes().stream()
                .map(index -> IndexSnapshot.create(index.id(), index.spec()))
                .toList();
        return new CollectionSnapshot(id, name, definition, Tree.empty(), empty, 0);
    }

    /** Its documents under the name, the options and the indexes that it has in another state: to compare with, as those indexes do not have its documents. */
    public CollectionSnapshot definedAs(CollectionSnapshot other) {
        List<IndexSnapshot> defined = other.indexes().stream()
                .map(index -> index.isId() ? idIndex() : index)
                .toList();
        Content same = new Content(documents(), defined, dataBytes());
        return new CollectionSnapshot(id, other.name, other.definition, same, null, masking);
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

    /** The LSN that made it. */
    public long id() {
        return id;
    }

    public String name() {
        return name;
    }

    /** What it was made with; that of a view makes this a view, which has neither documents nor indexes. */
    public CollectionOptions definition() {
        return definition;
    }

    /** Raw BSON by record id. */
    public Tree<byte[]> documents() {
        return content().documents();
    }

    /** The one on {@code _id} first. */
    public List<IndexSnapshot> indexes() {
        return content().indexes();
    }

    /** The size of all documents together. */
    public long dataBytes() {
        return content().dataBytes();
    }

    private Content content() {
        return ready != null ? ready : Objects.requireNonNull(late).content();
    }

    /** Has all changes in its trees from then on; see {@link Snapshot#folded}. */
    void fold() {
        Content unused = content();
    }

    /** The changes that its trees did not have when it was made; null where they had all. */
    @Nullable
    LateChanges late() {
        return late;
    }

    public long count() {
        return documents().size();
    }

    public byte @Nullable [] document(long recordId) {
        return documents().get(RecordId.key(recordId));
    }

    /** The document with an {@code _id}, or null. */
    public @Nullable Found byId(Value wanted) {
        byte[] key = idDefinition().keys().key(List.of(wanted));
        Found found = late == null ? null : late.byId(key);
        return found != null ? found : byId(key);
    }

    private @Nullable Found byId(byte[] key) {
        long record = idIndex().holder(key, 0);
        if (record == 0) {
            return null;
        }
        byte[] document = document(record);
        if (document == null) {
            throw new AssertionError("the index on _id names record " + record + ", which is not there");
        }
        return new Found(record, document);
    }

    public IndexSnapshot idIndex() {
        return indexes().get(0);
    }

    /** The index on {@code _id} for its id, its name and its keys only: its entries may be those of another position. */
    public IndexSnapshot idDefinition() {
        return late == null ? idIndex() : late.idDefinition();
    }

    public @Nullable IndexSnapshot index(String name) {
        for (IndexSnapshot index : indexes()) {
            if (index.name().equals(name)) {
                return index;
            }
        }
        return null;
    }
}
