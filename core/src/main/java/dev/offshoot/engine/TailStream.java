package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.tree.Cursor;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a tailable cursor reads: the documents of a capped collection in natural order, and then those that come. At the end of one
 * state it goes on in the newest one. Not thread safe.
 */
final class TailStream implements Tail {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private final Supplier<Snapshot> newest;
    private final String namespace;
    private final long collection;
    private final Query query;
    private final PipelineContext context;
    private Snapshot state;
    private Cursor<byte[]> cursor;
    private long lastSeen;
    private long skip;
    private long left;
    private @Nullable Doc ahead;

    /**
     * @param newest the newest acknowledged state
     * @param start the state to begin with, which has the collection
     */
    TailStream(
            Supplier<Snapshot> newest,
            Snapshot start,
            CollectionSnapshot collection,
            String namespace,
            Query query,
            PipelineContext context) {
        this.newest = newest;
        this.state = start;
        this.collection = collection.id();
        this.cursor = collection.documents().ascending(null, null);
        this.namespace = namespace;
        this.query = query;
        this.context = context;
        this.skip = query.skip();
        this.left = query.limit() == 0 ? Long.MAX_VALUE : query.limit();
    }

    @Override
    public boolean hasNext() {
        if (ahead == null && left > 0) {
            ahead = advance();
            if (ahead == null && goOn()) {
                ahead = advance();
            }
        }
        return ahead != null;
    }

    @Override
    public Doc next() {
        Doc next = hasNext() ? ahead : null;
        if (next == null) {
            throw new NoSuchElementException();
        }
        ahead = null;
        left--;
        return query.projection().apply(next, context);
    }

    @Override
    public boolean isOver() {
        return lastSeen == 0;
    }

    @Override
    public void await(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!hasNext() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** The next match in this state, or null. */
    private @Nullable Doc advance() {
        while (cursor.next()) {
            lastSeen = RecordId.of(cursor.key());
            if (query.filter().matches(cursor.value(), 0) && skip-- <= 0) {
                return Doc.of(cursor.value());
            }
        }
        return null;
    }

    /** Moves behind the last document in the newest state; false where that is this one. */
    private boolean goOn() {
        Snapshot now = newest.get();
        if (now.lsn() == state.lsn() || lastSeen == 0) {
            return false;
        }
        CollectionSnapshot found = now.collections().get(RecordId.key(collection));
        if (found == null) {
            throw new CommandException(
                    ErrorCode.QUERY_PLAN_KILLED, "collection dropped between getMore calls: " + namespace);
        }
        if (found.document(lastSeen) == null) {
            throw new CommandException(
                    ErrorCode.CAPPED_POSITION_LOST,
                    "CollectionScan died due to position in capped collection being deleted. Last seen record id: "
                            + "RecordId(" + lastSeen + ")");
        }
        state = now;
        cursor = found.documents().ascending(RecordId.key(lastSeen + 1), null);
        return true;
    }
}
