package dev.offshoot.engine;

import dev.offshoot.mask.DocumentMask;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.IndexKeys;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches the unique indexes of a collection over the changes of one statement: each change is checked against the state and
 * the changes before it, in order, as MongoDB does. Not thread safe.
 */
final class UniqueKeys {
    private final String namespace;
    private final @Nullable DocumentMask mask;
    private final List<Watched> indexes = new ArrayList<>();
    private final List<IndexSnapshot> others = new ArrayList<>();

    /**
     * @param collection as it is stored
     * @param mask what errors must not tell; null for nothing
     */
    UniqueKeys(String namespace, CollectionSnapshot collection, @Nullable DocumentMask mask) {
        this.namespace = namespace;
        this.mask = mask;
        for (IndexSnapshot index : collection.indexes()) {
            if (index.refusesDuplicates()) {
                indexes.add(new Watched(index));
            } else {
                others.add(index);
            }
        }
    }

    /**
     * Takes note of a document that becomes another; null for none.
     *
     * @throws CommandException DuplicateKey, and then nothing is noted
     */
    void change(long recordId, byte @Nullable [] before, byte[] after) {
        for (IndexSnapshot index : others) {
            if (before == null || !index.keys().areSame(before, after)) {
                keys(index, after); // refuses what the index could not hold
            }
        }
        List<Runnable> notes = new ArrayList<>(indexes.size());
        for (Watched index : indexes) {
            if (before != null && index.isSame(before, after)) {
                continue;
            }
            notes.add(index.check(recordId, before, after));
        }
        notes.forEach(Runnable::run);
    }

    private IndexKeys.Keys keys(IndexSnapshot index, byte[] document) {
        try {
            return index.keys().keys(document, 0);
        } catch (CommandException e) {
            throw mask == null ? e : Masked.unkeyed(e, index.name());
        }
    }

    /** Takes note of a document that is no more. */
    void free(byte[] before) {
        for (Watched index : indexes) {
            index.note(index.index.keys().keys(before, 0).keys(), List.of());
        }
    }

    private final class Watched {
        private final IndexSnapshot index;
        private final Set<ByteBuffer> added = new HashSet<>();
        private final Set<ByteBuffer> freed = new HashSet<>();

        Watched(IndexSnapshot index) {
            this.index = index;
        }

        /** Whether a document certainly keeps its keys; an _id never changes. */
        boolean isSame(byte[] before, byte[] after) {
            return index.isId() || index.keys().areSame(before, after);
        }

        Runnable check(long recordId, byte @Nullable [] before, byte[] after) {
            IndexKeys.Keys old =
                    before == null ? IndexKeys.Keys.NONE : index.keys().keys(before, 0);
            IndexKeys.Keys now = UniqueKeys.this.keys(index, after);
            List<byte[]> come = now.without(old);
            for (byte[] key : come) {
                if (isTaken(key, recordId)) {
                    throw DuplicateKeys.error(namespace, index, after, key, mask);
                }
            }
            return () -> note(old.without(now), come);
        }

        private boolean isTaken(byte[] key, long recordId) {
            ByteBuffer wrapped = ByteBuffer.wrap(key);
            return added.contains(wrapped)
                    || (index.holder(key, Math.max(0, recordId)) != 0 && !freed.contains(wrapped));
        }

        private void note(List<byte[]> gone, List<byte[]> come) {
            for (byte[] key : gone) {
                ByteBuffer wrapped = ByteBuffer.wrap(key);
                if (!added.remove(wrapped)) {
                    freed.add(wrapped);
                }
            }
            for (byte[] key : come) {
                added.add(ByteBuffer.wrap(key));
            }
        }
    }
}
