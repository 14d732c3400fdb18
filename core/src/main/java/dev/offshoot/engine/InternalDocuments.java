package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.Cursor;
import dev.offshoot.wal.Change;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** One state of what a project keeps on its internal branch, and the changes that a statement makes to it. Not thread safe. */
final class InternalDocuments {
    private final Snapshot state;
    private final List<Change> changes = new ArrayList<>();
    private final Map<String, Long> made = new HashMap<>();

    InternalDocuments(Snapshot state) {
        this.state = state;
    }

    /** A document with the record it lies in. */
    record Kept(long record, Doc doc) {}

    /** What is acknowledged; nothing where the project has no internal branch yet. */
    static InternalDocuments of(Project project) {
        Branch internal = project.internal();
        return new InternalDocuments(internal == null ? Snapshot.EMPTY : project.head(internal));
    }

    /** The document with this {@code _id}, or null. */
    @Nullable
    Kept find(String collection, Value id) {
        CollectionSnapshot found = state.collection(collection);
        if (found == null) {
            return null;
        }
        byte[] key = found.idIndex().keys().key(List.of(id));
        long record = found.idIndex().holder(key, 0);
        byte[] document = record == 0 ? null : found.document(record);
        return document == null ? null : new Kept(record, Doc.of(document));
    }

    /** All documents of a collection, in the order of their insertion. */
    void forEach(String collection, Consumer<Kept> each) {
        all(collection, any -> true).forEach(each);
    }

    /** The documents of a collection that are wanted, in the order of their insertion, read as they are asked for. */
    Iterable<Kept> all(String collection, Predicate<Doc> wanted) {
        CollectionSnapshot found = state.collection(collection);
        return found == null ? List.of() : () -> new KeptIterator(found, wanted);
    }

    /** The documents of one state of a collection that are wanted. */
    private static final class KeptIterator implements Iterator<Kept> {
        private final Cursor<byte[]> cursor;
        private final Predicate<Doc> wanted;
        private @Nullable Kept ahead;

        KeptIterator(CollectionSnapshot collection, Predicate<Doc> wanted) {
            this.cursor = collection.documents().ascending(null, null);
            this.wanted = wanted;
        }

        @Override
        public boolean hasNext() {
            while (ahead == null && cursor.next()) {
                Doc next = Doc.of(cursor.value());
                ahead = wanted.test(next) ? new Kept(RecordId.of(cursor.key()), next) : null;
            }
            return ahead != null;
        }

        @Override
        public Kept next() {
            if (!hasNext() || ahead == null) {
                throw new NoSuchElementException();
            }
            Kept next = ahead;
            ahead = null;
            return next;
        }
    }

    void insert(String collection, Doc document) {
        long id = collection(collection);
        changes.add(new Change.Put(id, Change.made(changes.size()), document.toBytes()));
    }

    void replace(String collection, Kept kept, Doc document) {
        changes.add(new Change.Put(collection(collection), kept.record(), document.toBytes()));
    }

    void delete(String collection, Kept kept) {
        changes.add(new Change.Delete(collection(collection), kept.record()));
    }

    /** Takes the place of the document with its {@code _id}, or is inserted. */
    void put(String collection, Doc document) {
        Kept found = find(collection, Objects.requireNonNull(document.get("_id")));
        if (found == null) {
            insert(collection, document);
        } else {
            replace(collection, found, document);
        }
    }

    /** What was changed so far. */
    List<Change> changes() {
        return changes;
    }

    private long collection(String name) {
        CollectionSnapshot found = state.collection(name);
        if (found != null) {
            return found.id();
        }
        return made.computeIfAbsent(name, n -> {
            long id = Change.made(changes.size());
            changes.add(new Change.CreateCollection(n, NewCollection.options(Doc.EMPTY)));
            return id;
        });
    }
}
