package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.PlainDelta;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a branch holds at one position, in plain maps: the fold as a reader of the format would write it on an afternoon. */
public final class PlainState {
    private final TreeMap<Long, Collection> collections = new TreeMap<>();

    /** A collection: documents by record id and specs of indexes by id, both raw BSON. */
    public record Collection(
            long id, String name, byte[] options, TreeMap<Long, byte[]> documents, TreeMap<Long, byte[]> indexes) {
        /** The same documents and indexes under another name or other options. */
        Collection with(String otherName, byte[] otherOptions) {
            return new Collection(id, otherName, otherOptions, documents, indexes);
        }

        /** Whether it is a view, which has no index on {@code _id} either. */
        public boolean isView() {
            return Doc.of(options).has("viewOn");
        }

        Collection copy() {
            return new Collection(id, name, options, new TreeMap<>(documents), new TreeMap<>(indexes));
        }
    }

    /** By id. */
    public Map<Long, Collection> collections() {
        return collections;
    }

    /** The collection of this name, or null. */
    public @Nullable Collection collection(String name) {
        for (Collection collection : collections.values()) {
            if (collection.name().equals(name)) {
                return collection;
            }
        }
        return null;
    }

    /** A state that goes its own way from here. */
    public PlainState copy() {
        PlainState copy = new PlainState();
        collections.forEach((id, collection) -> copy.collections.put(id, collection.copy()));
        return copy;
    }

    /** Applies the change at this LSN. Anything that does not fit is damage. */
    void apply(Change change, long lsn) {
        if (change instanceof Change.Put put) {
            existing(put.collection(), lsn).documents().put(put.recordId(), put.document());
        } else if (change instanceof Change.Patch patch) {
            TreeMap<Long, byte[]> documents = existing(patch.collection(), lsn).documents();
            byte[] before = documents.get(patch.recordId());
            if (before == null) {
                throw new AssertionError("LSN " + lsn + ": there is no record " + patch.recordId());
            }
            documents.put(patch.recordId(), PlainDelta.apply(before, patch.delta()));
        } else if (change instanceof Change.Delete delete) {
            require(existing(delete.collection(), lsn).documents().remove(delete.recordId()) != null, change, lsn);
        } else if (change instanceof Change.CreateCollection create) {
            require(collection(create.name()) == null, change, lsn);
            collections.put(
                    lsn, new Collection(lsn, create.name(), create.options(), new TreeMap<>(), new TreeMap<>()));
        } else if (change instanceof Change.DropCollection drop) {
            require(collections.remove(drop.collection()) != null, change, lsn);
        } else if (change instanceof Change.CreateIndex create) {
            existing(create.collection(), lsn).indexes().put(lsn, create.spec());
        } else if (change instanceof Change.DropIndex drop) {
            require(existing(drop.collection(), lsn).indexes().remove(drop.index()) != null, change, lsn);
        } else if (change instanceof Change.RenameCollection rename) {
            require(collection(rename.name()) == null, change, lsn);
            Collection before = existing(rename.collection(), lsn);
            collections.put(rename.collection(), before.with(rename.name(), before.options()));
        } else if (change instanceof Change.AlterCollection alter) {
            Collection before = existing(alter.collection(), lsn);
            collections.put(alter.collection(), before.with(before.name(), alter.options()));
        } else if (change instanceof Change.AlterIndex alter) {
            require(
                    existing(alter.collection(), lsn).indexes().replace(alter.index(), alter.spec()) != null,
                    change,
                    lsn);
        } else {
            throw new AssertionError("LSN " + lsn + ": a " + change.kind() + " on a branch");
        }
    }

    private Collection existing(long id, long lsn) {
        Collection collection = collections.get(id);
        if (collection == null) {
            throw new AssertionError("LSN " + lsn + ": there is no collection " + id);
        }
        return collection;
    }

    private static void require(boolean fits, Change change, long lsn) {
        if (!fits) {
            throw new AssertionError("LSN " + lsn + ": " + change + " does not fit the state before it");
        }
    }
}
