package dev.offshoot.state;

import dev.offshoot.wal.Change;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes that the trees of a collection at a past position do not have yet. To read one document far back takes only its newest change
 * and the state that the log is read from: to fold thousands of others into trees that nobody looks at would take most of the time.
 * Whoever asks for the trees makes {@link CollectionFold} fold them, once. Thread safe.
 *
 * <p>A document that is found without the trees is the one that they would give: its record is in the index on {@code _id} of the state before, or
 * was inserted since, and is there still, with that very {@code _id}; there cannot be two. Whatever is less certain is left to the trees.
 */
final class LateChanges {
    private final CollectionSnapshot from;

    /** In order. */
    private final List<Logged> all;

    /** By record. */
    private final Map<Long, Logged> newest;

    /** Records that were inserted, by their keys in the index on {@code _id}. */
    private final Map<ByteBuffer, Long> inserted;

    private volatile CollectionSnapshot.@Nullable Content folded;

    /**
     * A change in the log.
     *
     * @param before the change of the same record before it; null for the first since {@link #from}
     */
    private record Logged(
            Change.OfDocument change, long lsn, @Nullable Logged before) {}

    private LateChanges(
            CollectionSnapshot from, List<Logged> all, Map<Long, Logged> newest, Map<ByteBuffer, Long> inserted) {
        this.from = from;
        this.all = all;
        this.newest = newest;
        this.inserted = inserted;
    }

    /** What they change, with trees that have all that came before. */
    CollectionSnapshot from() {
        return from;
    }

    /** The trees with the changes. */
    CollectionSnapshot.Content content() {
        CollectionSnapshot.Content known = folded;
        return known == null ? fold() : known;
    }

    private synchronized CollectionSnapshot.Content fold() {
        CollectionSnapshot.Content known = folded;
        if (known == null) {
            CollectionFold fold = new CollectionFold(from, true, false, Keeper.NONE);
            all.forEach(logged -> fold.apply(logged.change, logged.lsn));
            known = fold.content();
            folded = known;
        }
        return known;
    }

    /** The document that certainly has this key in the index on {@code _id}; null where only the trees can tell. */
    CollectionSnapshot.@Nullable Found byId(byte[] key) {
        Long made = inserted.get(ByteBuffer.wrap(key));
        CollectionSnapshot.Found found = made == null ? null : find(made, key);
        if (found != null) {
            return found;
        }
        long there = from.idIndex().holder(key, 0);
        return there == 0 ? null : find(there, key);
    }

    private CollectionSnapshot.@Nullable Found find(long record, byte[] key) {
        Logged last = newest.get(record);
        byte[] document = last == null ? from.document(record) : document(last);
        if (document == null) {
            return null;
        }
        boolean certain =
                last == null || from.idIndex().keys().keys(document, 0).has(key);
        return certain ? new CollectionSnapshot.Found(record, document) : null;
    }

    /** The document after a change; null where it is gone. */
    private byte @Nullable [] document(Logged last) {
        Deque<Logged> patches = new ArrayDeque<>();
        Logged at = last;
        for (; at != null && at.change instanceof Change.Patch; at = at.before) {
            patches.push(at);
        }
        byte[] document = at == null
                ? from.document(last.change.recordId())
                : at.change instanceof Change.Put put ? put.document() : null;
        for (Logged patch : patches) {
            document = CollectionFold.patched(from.name(), document, (Change.Patch) patch.change, patch.lsn);
        }
        return document;
    }

    /** Takes the changes of a collection in the order of the log. Not thread safe; of no more use once {@link #snapshot} was asked. */
    static final class Fold {
        private final CollectionSnapshot before;
        private final LateChanges made;

        Fold(CollectionSnapshot before) {
            this.before = before;
            LateChanges late = before.late();
            this.made = late == null
                    ? new LateChanges(before, new ArrayList<>(), new HashMap<>(), new HashMap<>())
                    : new LateChanges(
                            late.from,
                            new ArrayList<>(late.all),
                            new HashMap<>(late.newest),
                            new HashMap<>(late.inserted));
        }

        void add(Change.OfDocument change, long lsn) {
            long record = change.recordId();
            Logged logged = new Logged(change, lsn, made.newest.get(record));
            made.newest.put(record, logged);
            made.all.add(logged);
            if (record == lsn && change instanceof Change.Put put) {
                for (byte[] key :
                        made.from.idIndex().keys().keys(put.document(), 0).keys()) {
                    made.inserted.put(ByteBuffer.wrap(key), record);
                }
            }
        }

        CollectionSnapshot snapshot() {
            return before.with(made);
        }
    }
}
