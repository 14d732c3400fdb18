package dev.offshoot.state;

import dev.offshoot.wal.Change;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
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
    /** Null once they are in the trees. */
    private final AtomicReference<Waiting> waiting;

    private volatile CollectionSnapshot.@Nullable Content folded;

    private LateChanges(Waiting waiting) {
        this.waiting = new AtomicReference<>(waiting);
    }

    /** The trees with the changes. */
    CollectionSnapshot.Content content() {
        CollectionSnapshot.Content known = folded;
        return known == null ? fold() : known;
    }

    private synchronized CollectionSnapshot.Content fold() {
        CollectionSnapshot.Content known = folded;
        if (known == null) {
            known = Objects.requireNonNull(waiting.get()).fold();
            folded = known;
            waiting.set(null); // what waits takes more memory than what it comes to
        }
        return known;
    }

    /** The index on {@code _id}; its entries may be those that it had before. */
    IndexSnapshot idDefinition() {
        @Nullable Waiting now = waiting.get();
        return now == null ? content().indexes().get(0) : now.from.idIndex();
    }

    /** The document that certainly has this key in the index on {@code _id}; null where only the trees can tell. */
    CollectionSnapshot.@Nullable Found byId(byte[] key) {
        @Nullable Waiting now = waiting.get();
        return now == null ? null : now.byId(key);
    }

    /**
     * A change in the log.
     *
     * @param before the change of the same record before it; null for the first that waits
     */
    private record Logged(
            Change.OfDocument change, long lsn, @Nullable Logged before) {}

    /**
     * What waits.
     *
     * @param from what they change, with trees that have all that came before
     * @param all in order
     * @param newest by record
     * @param inserted records that were inserted, by their keys in the index on {@code _id}
     */
    private record Waiting(
            CollectionSnapshot from, List<Logged> all, Map<Long, Logged> newest, Map<ByteBuffer, Long> inserted) {
        static Waiting above(CollectionSnapshot from) {
            return new Waiting(from, new ArrayList<>(), new HashMap<>(), new HashMap<>());
        }

        Waiting copy() {
            return new Waiting(from, new ArrayList<>(all), new HashMap<>(newest), new HashMap<>(inserted));
        }

        void add(Change.OfDocument change, long lsn) {
            long record = change.recordId();
            Logged logged = new Logged(change, lsn, newest.get(record));
            newest.put(record, logged);
            all.add(logged);
            if (record == lsn && change instanceof Change.Put put) {
                for (byte[] key : from.idIndex().keys().keys(put.document(), 0).keys()) {
                    inserted.put(ByteBuffer.wrap(key), record);
                }
            }
        }

        CollectionSnapshot.Content fold() {
            CollectionFold fold = new CollectionFold(from, true, false, Keeper.NONE);
            all.forEach(logged -> fold.apply(logged.change, logged.lsn));
            return fold.content();
        }

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
    }

    /** Takes the changes of a collection in the order of the log. Not thread safe; of no more use once {@link #snapshot} was asked. */
    static final class Fold {
        private final CollectionSnapshot before;
        private final Waiting made;

        Fold(CollectionSnapshot before) {
            this.before = before;
            LateChanges late = before.late();
            @Nullable Waiting there = late == null ? null : late.waiting.get();
            this.made = there == null ? Waiting.above(before) : there.copy();
        }

        void add(Change.OfDocument change, long lsn) {
            made.add(change, lsn);
        }

        CollectionSnapshot snapshot() {
            return before.with(new LateChanges(made));
        }
    }
}
