package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An index at one position. The entries of the index on {@code _id} are its keys, those of any other index a key followed by the
 * document's record id; values are record ids.
 *
 * @param id the LSN that made it
 * @param spec what {@code listIndexes} answers
 * @param multikey whether a document ever gave it an array
 */
public record IndexSnapshot(long id, Doc spec, IndexKeys keys, boolean multikey, Tree<byte[]> entries) {
    static final String ID_NAME = "_id_";

    static final Doc ID_SPEC = new DocBuilder()
            .append("v", 2)
            .startDocument("key")
            .append("_id", 1)
            .end()
            .append("name", ID_NAME)
            .buildDoc();

    static IndexSnapshot create(long id, Doc spec) {
        Value pattern = spec.get("key");
        if (pattern == null) {
            throw new IllegalArgumentException("an index without a key: " + spec);
        }
        return new IndexSnapshot(id, spec, IndexKeys.compile(pattern.asDoc()), false, Tree.empty());
    }

    /** The same entries under another specification. */
    IndexSnapshot altered(Doc to) {
        return new IndexSnapshot(id, to, keys, multikey, entries);
    }

    public String name() {
        Value name = spec.get("name");
        return name == null ? "" : name.asString();
    }

    /** The key pattern, such as <code>{sku: 1, at: -1}</code>. */
    public Doc pattern() {
        Value pattern = spec.get("key");
        return pattern == null ? Doc.EMPTY : pattern.asDoc();
    }

    public boolean isId() {
        return name().equals(ID_NAME);
    }

    public boolean isUnique() {
        Value unique = spec.get("unique");
        return isId() || (unique != null && unique.isTruthy());
    }

    /** Whether new documents may not have a key that is there: a unique index, or one that is about to become unique. */
    public boolean refusesDuplicates() {
        Value prepared = spec.get("prepareUnique");
        return isUnique() || (prepared != null && prepared.isTruthy());
    }

    /** The record id of a document that has this key, other than the one given (0 for none); 0 when there is no such document. */
    public long holder(byte[] key, long except) {
        if (isId()) {
            byte @Nullable [] found = entries.get(key);
            return found == null || RecordId.of(found) == except ? 0 : RecordId.of(found);
        }
        Cursor<byte[]> cursor = entries.ascending(key, null);
        while (cursor.next()) {
            byte[] entry = cursor.key();
            if (entry.length != key.length + RecordId.BYTES
                    || !Arrays.equals(entry, 0, key.length, key, 0, key.length)) {
                return 0;
            }
            long recordId = RecordId.of(cursor.value());
            if (recordId != except) {
                return recordId;
            }
        }
        return 0;
    }
}
