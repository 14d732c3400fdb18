package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mask.DocumentMask;
import dev.offshoot.mql.ArrayPaths;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An index at one position. The entries of the index on {@code _id} are its keys, those of any other index a key followed by the
 * document's record id; values are record ids, and behind them what the key does not tell of its values ({@link IndexKeys.Keys}).
 *
 * @param id the LSN that made it
 * @param arrays where documents ever gave it arrays
 */
public record IndexSnapshot(long id, IndexDefinition definition, ArrayPaths arrays, Tree<byte[]> entries) {
    static final Doc ID_SPEC = new DocBuilder()
            .append("v", 2)
            .startDocument("key")
            .append("_id", 1)
            .end()
            .append("name", IndexDefinition.ID_NAME)
            .buildDoc();

    /** The index on {@code _id} of a collection with this collation, without entries. */
    static IndexSnapshot createId(long id, Collation collation) {
        return create(
                id,
                collation.isSimple()
                        ? ID_SPEC
                        : new DocBuilder()
                                .appendAll(ID_SPEC)
                                .append("collation", collation.toDoc())
                                .buildDoc());
    }

    /** An index without entries. */
    public static IndexSnapshot create(long id, Doc spec) {
        return new IndexSnapshot(id, IndexDefinition.of(spec), ArrayPaths.NONE, Tree.empty());
    }

    /** What {@code listIndexes} answers. */
    public Doc spec() {
        return definition.spec();
    }

    public IndexKeys keys() {
        return definition.keys();
    }

    /** Whether a document ever gave it an array. */
    public boolean multikey() {
        return arrays.isAny();
    }

    public String name() {
        return definition.name();
    }

    /** The key pattern, such as <code>{sku: 1, at: -1}</code>. */
    public Doc pattern() {
        return definition.keys().pattern();
    }

    public boolean isId() {
        return definition.isId();
    }

    public boolean isUnique() {
        return definition.unique();
    }

    /** Whether no plan may use it. */
    public boolean isHidden() {
        return definition.hidden() || definition.masked();
    }

    /** Whether its keys tell what the branch's mask hides: then it has no entries here. */
    public boolean isMasked() {
        return definition.masked();
    }

    /** The same through a mask: without entries where its keys, or which documents it has, tell what is hidden. */
    IndexSnapshot masked(DocumentMask mask) {
        return definition.dependsOn(mask)
                ? new IndexSnapshot(id, definition.asMasked(), ArrayPaths.NONE, Tree.empty())
                : this;
    }

    /** Whether new documents may not have a key that is there: a unique index, or one that is about to become unique. */
    public boolean refusesDuplicates() {
        return definition.refusesDuplicates();
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

    /** Whether it has an entry with one of a document's keys for its record, and knows of all arrays on the way to it. */
    public boolean holds(IndexKeys.Keys found, byte[] key, byte[] record) {
        byte[] entry = key;
        if (!isId()) {
            entry = Arrays.copyOf(key, key.length + record.length);
            System.arraycopy(record, 0, entry, key.length, record.length);
        }
        return Arrays.equals(entries.get(entry), found.value(record))
                && arrays.union(found.arrays()).equals(arrays);
    }
}
