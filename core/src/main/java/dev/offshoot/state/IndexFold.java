package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.ArrayPaths;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An index that is being folded: keeps the entries in step with the documents. */
final class IndexFold {
    /** Where a document's first field begins. */
    private static final int FIRST = Integer.BYTES;

    /** After how many documents the entries made so far need not be in memory any longer. */
    private static final int KEEP_DOCUMENTS = 100_000;

    /** From how many keys of one document on an editor is faster. */
    private static final int MANY_KEYS = 64;

    private final IndexSnapshot from;
    private final boolean isId;
    private final boolean strict;
    private final TreeSlot<byte[]> entries;
    private IndexDefinition definition;
    private ArrayPaths arrays;
    private boolean altered;

    /** @param strict as in {@link BranchFold#tried} */
    IndexFold(IndexSnapshot from, boolean many, boolean strict) {
        this.strict = strict;
        this.from = from;
        this.definition = from.definition();
        this.isId = from.isId();
        this.entries = new TreeSlot<>(from.entries(), many);
        this.arrays = from.arrays();
    }

    long id() {
        return from.id();
    }

    String name() {
        return definition.name();
    }

    /** Other options for the same keys. */
    void alter(IndexDefinition other) {
        definition = other;
        altered = true;
    }

    void build(Cursor<byte[]> documents, Keeper keeper) {
        for (int added = 1; documents.next(); added++) {
            replace(documents.key(), null, documents.value());
            if (added % KEEP_DOCUMENTS == 0) {
                entries.goOnWith(keeper.keep(entries.build()));
            }
        }
    }

    /** Follows a document from one version to the next; null for none. */
    void replace(byte[] record, byte @Nullable [] before, byte @Nullable [] after) {
        if (before != null && after != null && isSame(before, after)) {
            return;
        }
        IndexKeys.Keys old = keys(before);
        IndexKeys.Keys now = keys(after);
        boolean sameTypes = Arrays.equals(old.types(), now.types());
        List<byte[]> gone = old.without(now);
        List<byte[]> come = sameTypes ? now.without(old) : now.keys();
        if (gone.size() + come.size() >= MANY_KEYS) {
            entries.expectMany();
        }
        for (byte[] key : gone) {
            entries.remove(entry(key, record));
        }
        for (byte[] key : come) {
            byte[] holder = entries.put(entry(key, record), now.value(record));
            if (strict && holder != null && RecordId.of(holder) != RecordId.of(record)) {
                throw new IllegalStateException("record " + RecordId.of(holder) + " has the key of record "
                        + RecordId.of(record) + " in index '" + name() + "'");
            }
        }
    }

    /** Whether two versions of a document certainly have the same entries. An {@code _id} may only become an equal one of another type. */
    private boolean isSame(byte[] before, byte[] after) {
        return isId ? sameFirst(before, after) : definition.keys().areSame(before, after);
    }

    /** The very one it was folded from if nothing changed. */
    IndexSnapshot snapshot() {
        Tree<byte[]> built = entries.build();
        boolean same = built == from.entries() && !altered && arrays.equals(from.arrays());
        return same ? from : new IndexSnapshot(from.id(), definition, arrays, built);
    }

    /** Whether the first fields are the same byte for byte: of stored documents that is {@code _id}. */
    private static boolean sameFirst(byte[] before, byte[] after) {
        int end = firstEnd(before);
        return end == firstEnd(after) && Arrays.equals(before, FIRST, end, after, FIRST, end);
    }

    private static int firstEnd(byte[] document) {
        Doc.Fields field = Doc.of(document).fields();
        return field.next() ? field.valueEnd() : FIRST;
    }

    private IndexKeys.Keys keys(byte @Nullable [] document) {
        if (document == null) {
            return IndexKeys.Keys.NONE;
        }
        IndexKeys.Keys found = definition.keys().keys(document, 0);
        arrays = arrays.union(found.arrays());
        return found;
    }

    private byte[] entry(byte[] key, byte[] record) {
        if (isId) {
            return key;
        }
        byte[] entry = Arrays.copyOf(key, key.length + record.length);
        System.arraycopy(record, 0, entry, key.length, record.length);
        return entry;
    }
}
