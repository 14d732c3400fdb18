package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.DiffCursor;
import dev.offshoot.tree.Finder;
import dev.offshoot.tree.Tree;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The documents in which two states of a collection differ, ascending by {@link DocumentChange#recordId}, each record of a side at most once.
 * They are found as they are asked for: what both states share is passed over unseen, and nothing is kept but the place. Not thread safe;
 * after it has thrown it is of no more use.
 *
 * <p>A document is followed by its record. One that is on one side only is looked up in the {@code _id} index of the other side, so that what
 * was removed and inserted again is one change: at the place of its record before, and passed over at that of its record after. Both sides
 * see it the same way also where the two indexes compare strings by different collations: two documents are one if each is what
 * the other's {@code _id} finds.
 */
final class DocumentChanges implements Iterator<DocumentChange> {
    private final Side before;
    private final Side after;
    private final boolean alike;
    private final DiffCursor<byte[]> cursor;
    private @Nullable DocumentChange ahead;

    /** A collection that is not there is null. */
    DocumentChanges(@Nullable CollectionSnapshot before, @Nullable CollectionSnapshot after, Runnable eachNode) {
        this.before = Side.of(before);
        this.after = Side.of(after);
        this.alike = this.before.comparesAs(this.after);
        this.cursor = Tree.diff(this.before.documents, this.after.documents, eachNode);
    }

    @Override
    public boolean hasNext() {
        while (ahead == null && cursor.next()) {
            ahead = change(cursor.key(), cursor.before(), cursor.after());
        }
        return ahead != null;
    }

    @Override
    public DocumentChange next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException();
        }
        DocumentChange next = ahead;
        ahead = null;
        return next;
    }

    /** Null for what comes, or came, with another record. */
    private @Nullable DocumentChange change(byte[] key, byte @Nullable [] old, byte @Nullable [] young) {
        long record = RecordId.of(key);
        if (old != null && young != null) {
            return new DocumentChange(record, old, record, young);
        }
        if (old != null) {
            byte[] again = partner(before, key, old, after);
            return again == null
                    ? new DocumentChange(record, old, 0, null)
                    : new DocumentChange(record, old, RecordId.of(again), after.document(again));
        }
        return young == null || partner(after, key, young, before) != null
                ? null
                : new DocumentChange(0, null, record, young);
    }

    /** The record of the same document on the other side, or null. */
    private byte @Nullable [] partner(Side side, byte[] key, byte[] document, Side other) {
        byte[] found = other.recordOf(document);
        if (found == null || alike) {
            return found;
        }
        byte[] back = side.recordOf(other.document(found));
        return back != null && RecordId.of(back) == RecordId.of(key) ? found : null;
    }

    /** One state of the collection. */
    private static final class Side {
        final Tree<byte[]> documents;
        private final Finder<byte[]> finder;
        private final @Nullable IndexKeys keys;
        private final @Nullable Finder<byte[]> ids;

        private Side(Tree<byte[]> documents, @Nullable IndexKeys keys, @Nullable Finder<byte[]> ids) {
            this.documents = documents;
            this.finder = documents.finder();
            this.keys = keys;
            this.ids = ids;
        }

        static Side of(@Nullable CollectionSnapshot collection) {
            return collection == null || collection.isView()
                    ? new Side(Tree.empty(), null, null)
                    : new Side(
                            collection.documents(),
                            collection.idIndex().keys(),
                            collection.idIndex().entries().finder());
        }

        boolean comparesAs(Side other) {
            return keys == null || other.keys == null || keys.collation().equals(other.keys.collation());
        }

        /** The key of the record that has this document's {@code _id}, or null. */
        byte @Nullable [] recordOf(byte[] document) {
            if (keys == null || ids == null) {
                return null;
            }
            List<byte[]> key = keys.keys(Doc.of(document)).keys();
            byte[] found = key.isEmpty() ? null : ids.get(key.get(0));
            return found == null ? null : RecordId.key(RecordId.of(found));
        }

        byte[] document(byte[] record) {
            byte[] document = finder.get(record);
            if (document == null) {
                throw new AssertionError(
                        "the _id index names record " + RecordId.of(record) + ", which is not in the collection");
            }
            return document;
        }
    }
}
