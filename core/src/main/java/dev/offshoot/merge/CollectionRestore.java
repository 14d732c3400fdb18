package dev.offshoot.merge;

import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The changes that make a collection, or some documents of it, what they were in another state: with the record ids of then, and so at
 * their old places in natural order. Pure.
 *
 * @param documents which come back, go, or get another version: before is now, after is then
 * @param definitions how many options and indexes get another value, come or go
 * @param changes all of them, in order
 */
public record CollectionRestore(List<DocumentChange> documents, long definitions, List<Change> changes) {
    public CollectionRestore {
        documents = List.copyOf(documents);
        changes = List.copyOf(changes);
    }

    /**
     * Documents, options and indexes of the same collection.
     *
     * @param patience called now and then; what it throws ends this
     */
    public static CollectionRestore whole(CollectionSnapshot now, CollectionSnapshot then, Runnable patience) {
        CollectionDiff diff = new CollectionDiff(now, then);
        List<Change> changes = new ArrayList<>();
        if (!diff.options().isEmpty()) {
            changes.add(new Change.AlterCollection(now.id(), then.options().toBytes()));
        }
        List<Change> last = new ArrayList<>();
        for (IndexChange index : diff.indexes()) {
            index(now.id(), index, changes, last);
        }
        List<DocumentChange> documents = changed(diff, any -> true, patience);
        changes.addAll(changesOf(now.id(), documents));
        changes.addAll(last);
        return new CollectionRestore(
                documents, diff.options().size() + diff.indexes().size(), changes);
    }

    /** What is built is built of the documents of then. */
    private static void index(long collection, IndexChange index, List<Change> first, List<Change> last) {
        IndexSnapshot now = index.before();
        IndexSnapshot then = index.after();
        if (now != null && then != null && now.id() == then.id()) {
            first.add(new Change.AlterIndex(collection, now.id(), then.spec().toBytes()));
            return;
        }
        if (now != null) {
            first.add(new Change.DropIndex(collection, now.id()));
        }
        if (then != null) {
            last.add(new Change.CreateIndex(collection, then.spec().toBytes()));
        }
    }

    /**
     * Some documents. Options and indexes stay as they are now; so unique keys and the validator are to be checked by who asks.
     *
     * @param wanted asked about each version of a document that differs: one that is wanted in either version is restored
     */
    public static CollectionRestore some(
            CollectionSnapshot now, CollectionSnapshot then, Predicate<byte[]> wanted, Runnable patience) {
        List<DocumentChange> documents = changed(new CollectionDiff(now, then), wanted, patience);
        return new CollectionRestore(documents, 0, changesOf(now.id(), documents));
    }

    /**
     * A new collection with all that was in one.
     *
     * @param options of the new one
     */
    public static CollectionRestore copy(CollectionSnapshot then, String name, byte[] options, Runnable patience) {
        List<Change> changes = new ArrayList<>();
        List<DocumentChange> documents = new ArrayList<>();
        long id = Change.made(0);
        changes.add(new Change.CreateCollection(name, options));
        Cursor<byte[]> cursor = then.documents().ascending(null, null);
        while (cursor.next()) {
            patience.run();
            long record = RecordId.of(cursor.key());
            documents.add(new DocumentChange(0, null, record, cursor.value()));
            changes.add(new Change.Put(id, record, cursor.value()));
        }
        for (IndexSnapshot index : then.indexes()) {
            if (!index.isId()) {
                changes.add(new Change.CreateIndex(id, index.spec().toBytes()));
            }
        }
        return new CollectionRestore(documents, 0, changes);
    }

    private static List<DocumentChange> changed(CollectionDiff diff, Predicate<byte[]> wanted, Runnable patience) {
        List<DocumentChange> found = new ArrayList<>();
        Iterator<DocumentChange> all = diff.documents(patience);
        while (all.hasNext()) {
            DocumentChange change = all.next();
            byte[] now = change.before();
            byte[] then = change.after();
            if ((now != null && wanted.test(now)) || (then != null && wanted.test(then))) {
                found.add(change);
            }
        }
        return found;
    }

    /** First all that goes, so that what comes back finds its {@code _id} free. */
    private static List<Change> changesOf(long collection, List<DocumentChange> documents) {
        List<Change> changes = new ArrayList<>();
        for (DocumentChange change : documents) {
            if (change.before() != null && change.recordBefore() != change.recordAfter()) {
                changes.add(new Change.Delete(collection, change.recordBefore()));
            }
        }
        for (DocumentChange change : documents) {
            byte[] now = change.before();
            byte[] then = change.after();
            if (then != null) {
                changes.add(
                        now != null && change.recordBefore() == change.recordAfter()
                                ? Change.update(collection, change.recordAfter(), now, then)
                                : new Change.Put(collection, change.recordAfter(), then));
            }
        }
        return changes;
    }

    /** How many documents come, go, and get another version. */
    public DocumentCounts counts() {
        return DocumentCounts.of(documents.iterator());
    }
}
