package dev.offshoot.state;

import dev.offshoot.mql.IndexKeys;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An index that is being folded: keeps the entries in step with the documents. */
final class IndexFold {
    private final IndexSnapshot from;
    private final boolean isId;
    private final TreeSlot<byte[]> entries;
    private boolean multikey;

    IndexFold(IndexSnapshot from, boolean many) {
        this.from = from;
        this.isId = from.isId();
        this.entries = new TreeSlot<>(from.entries(), many);
        this.multikey = from.multikey();
    }

    long id() {
        return from.id();
    }

    void build(Cursor<byte[]> documents) {
        while (documents.next()) {
            replace(documents.key(), null, documents.value());
        }
    }

    /** Follows a document from one version to the next; null for none. */
    void replace(byte[] record, byte @Nullable [] before, byte @Nullable [] after) {
        if (isId && before != null && after != null) {
            return; // an _id never changes
        }
        List<byte[]> old = keys(before);
        List<byte[]> now = keys(after);
        for (byte[] key : old) {
            if (!holds(now, key)) {
                entries.remove(entry(key, record));
            }
        }
        for (byte[] key : now) {
            if (!holds(old, key)) {
                entries.put(entry(key, record), record);
            }
        }
    }

    /** The very one it was folded from if nothing changed. */
    IndexSnapshot snapshot() {
        Tree<byte[]> built = entries.build();
        if (built == from.entries() && multikey == from.multikey()) {
            return from;
        }
        return new IndexSnapshot(from.id(), from.spec(), from.keys(), multikey, built);
    }

    private List<byte[]> keys(byte @Nullable [] document) {
        if (document == null) {
            return List.of();
        }
        IndexKeys.Keys found = from.keys().keys(document, 0);
        multikey |= found.multikey();
        return found.keys();
    }

    private byte[] entry(byte[] key, byte[] record) {
        if (isId) {
            return key;
        }
        byte[] entry = Arrays.copyOf(key, key.length + record.length);
        System.arraycopy(record, 0, entry, key.length, record.length);
        return entry;
    }

    private static boolean holds(List<byte[]> keys, byte[] wanted) {
        for (byte[] key : keys) {
            if (Arrays.equals(key, wanted)) {
                return true;
            }
        }
        return false;
    }
}
