package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Snapshot;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Delta;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what one statement changes in one collection. The one place that every document comes through before it is logged: what
 * may be stored, the collection's validator, unique keys, the room of a capped collection. On a branch with a mask it takes documents as they
 * are seen and logs them as they are to be stored; what it answers is as it is seen. Not thread safe.
 */
final class CollectionWriter {
    private final CollectionSnapshot snapshot;
    private final @Nullable DocumentMask mask;
    private final long id;
    private final List<Change> changes;
    private final UniqueKeys unique;
    private final @Nullable DocumentRules rules;
    private final @Nullable CappedRoom room;
    private final Set<Long> large = new HashSet<>();

    /** What the collection took the place of, as it is stored, where something of it is hidden. */
    private final @Nullable CollectionSnapshot replaced;

    private CollectionWriter(Invocation call, NewCollection collection, List<Change> changes) {
        this(call, collection, changes, null);
    }

    private CollectionWriter(
            Invocation call, NewCollection collection, List<Change> changes, @Nullable CollectionSnapshot before) {
        this.snapshot = collection.snapshot().stored();
        this.mask = before == null ? collection.snapshot().mask() : before.mask();
        this.replaced = before == null || mask == null ? null : before.stored();
        this.id = collection.id();
        this.changes = changes;
        String namespace = call.namespace(snapshot.name());
        this.unique = new UniqueKeys(namespace, snapshot, mask);
        this.rules = DocumentRules.of(call, snapshot.definition(), namespace, mask != null);
        this.room = snapshot.definition().isCapped() ? new CappedRoom(snapshot, changes) : null;
    }

    /** Of a collection that is there. */
    static CollectionWriter of(Invocation call, CollectionSnapshot collection, List<Change> changes) {
        return new CollectionWriter(call, new NewCollection(collection, collection.id()), changes);
    }

    /** Of the collection of this name; where there is none, the change that makes it comes first. */
    static CollectionWriter findOrCreate(Invocation call, Snapshot state, String collection, List<Change> changes) {
        return new CollectionWriter(call, NewCollection.findOrCreate(call, state, collection, changes), changes);
    }

    /** Of a collection that is made anew with the same options and indexes, in place of one that is there. */
    static CollectionWriter replacing(Invocation call, CollectionSnapshot before, List<Change> changes) {
        changes.add(new Change.DropCollection(before.id()));
        long id = Change.made(changes.size());
        changes.add(new Change.CreateCollection(before.name(), NewCollection.options(before.optionsWithoutUuid())));
        for (IndexSnapshot index : before.indexes()) {
            if (!index.isId()) {
                changes.add(new Change.CreateIndex(id, index.spec().toBytes()));
            }
        }
        NewCollection made = new NewCollection(before.emptied(), id);
        return new CollectionWriter(call, made, changes, before);
    }

    /**
     * Inserts a document, and then removes what a capped collection has no room for any more. One that takes the place of another with its
     * {@code _id} keeps what a mask hides of that, as an update would.
     *
     * @return the document as it is stored, with an {@code _id}, which comes first; through the mask where there is one
     * @throws CommandException and then nothing has changed
     */
    byte[] insert(Doc document) {
        byte[] hidden = mask == null ? null : replaced(document);
        byte[] stored = Storable.of(hidden == null || mask == null ? document : mask.restore(hidden, document));
        if (rules != null) {
            rules.check(null, stored);
        }
        if (room != null && stored.length > snapshot.definition().cappedBytes()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "object to insert exceeds cappedMaxSize");
        }
        long recordId = Change.made(changes.size());
        unique.change(recordId, null, stored);
        changes.add(new Change.Put(id, recordId, stored));
        if (room != null) {
            room.inserted(id, recordId, stored, unique);
        }
        return mask == null ? stored : mask.apply(stored);
    }

    private byte @Nullable [] replaced(Doc document) {
        Value documentId = document.get("_id");
        if (replaced == null || documentId == null) {
            return null;
        }
        IndexSnapshot index = replaced.idIndex();
        long recordId = index.holder(index.keys().key(List.of(documentId)), 0);
        return recordId == 0 ? null : replaced.document(recordId);
    }

    /**
     * Replaces a document of the snapshot by another version with the same {@code _id}.
     *
     * @param seen the document, through the mask where there is one
     * @param changed what became of it
     * @return the new version as it is seen
     * @throws CommandException and then nothing has changed
     */
    Doc replace(long recordId, byte[] seen, Doc changed) {
        if (mask == null) {
            replaceStored(recordId, seen, changed);
            return changed;
        }
        byte[] before = Objects.requireNonNull(snapshot.document(recordId), "what is seen is stored");
        Doc after = mask.restore(before, changed);
        replaceStored(recordId, before, after);
        return Doc.of(mask.apply(after.toBytes()));
    }

    private void replaceStored(long recordId, byte[] before, Doc after) {
        byte[] stored = Storable.changed(after);
        if (rules != null) {
            rules.check(before, stored);
        }
        unique.change(recordId, before, stored);
        changes.add(version(recordId, before, stored));
        if (room != null) {
            room.replaced(before.length, stored.length);
        }
    }

    /** The first version of a document may be a delta. Another one may not: that would not be from what the snapshot holds. */
    private Change version(long recordId, byte[] before, byte[] stored) {
        boolean first = before.length < Delta.DOCUMENT_BYTES_MIN || large.add(recordId);
        return first ? Change.update(id, recordId, before, stored) : new Change.Put(id, recordId, stored);
    }
}
