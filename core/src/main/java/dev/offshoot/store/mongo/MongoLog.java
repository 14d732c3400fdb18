package dev.offshoot.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCursor;
import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.bson.BSONException;
import org.bson.BsonMaximumSizeExceededException;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * One log in {@code wal_log}. The insert is the commit: it succeeds, or meets a record at its position, whose nonce then tells whose
 * that is, or ends in an error that proves something or nothing.
 *
 * <p>The position behind the tail that this process knows may be free because others wrote there and trimmed it since. That takes them
 * minutes (others' needs, and the grace of a cleanup), so whoever has not looked at the tail for a minute, such as a machine that slept, looks again before an
 * insert, and afterwards whether the record is behind the one that it was made for: if not, it is taken out again and was never there.
 *
 * <p>Once an attempt ended unknown, no later error of the same record proves that it is not stored, because the first attempt
 * may have been: only an answer about the position does.
 */
final class MongoLog implements LogStore {
    private static final long UNREAD = -1;
    private static final long LOOKED_MILLIS_MAX = 60_000;
    private static final long SETTLE_PAUSE_NANOS_MIN = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SETTLE_PAUSE_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(250);

    private final MongoStore store;
    private final LogCollections collections;
    private final String id;
    private final long settleNanos;
    private final InstantSource clock;
    private long tailLsn = UNREAD;
    private long lookedMillis;
    /** Where the log begins while it has no record. Written holding the monitor. */
    private volatile long beginLsn = 1;

    private byte[] unknownNonce = new byte[0];
    private volatile @Nullable LogSegment measured;

    /** @param clock goes on while the machine sleeps */
    MongoLog(MongoStore store, LogCollections collections, String id, long settleMillis, InstantSource clock) {
        this.clock = clock;
        this.store = store;
        this.collections = collections;
        this.id = id;
        this.settleNanos = TimeUnit.MILLISECONDS.toNanos(settleMillis);
    }

    /** An interrupt makes the driver give up, so it is kept from it and handed back afterwards. */
    @Override
    public synchronized AppendResult append(LogRecord entry) {
        boolean interrupted = Thread.interrupted();
        try {
            return appendUninterrupted(entry);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public RecordCursor read(long fromLsn) {
        if (fromLsn < 1) {
            throw new IllegalArgumentException("LSNs start at 1, not " + fromLsn);
        }
        return store.readLog(id, () -> {
            RawBsonDocument last = collections.lastAtOrBelow(id, Long.MAX_VALUE);
            if (last == null && fromLsn < beginLsn) {
                throw store.trimmed(id, fromLsn, beginLsn);
            }
            if (last == null || LogDocument.lastLsn(last) < fromLsn) {
                return MongoRecordCursor.empty(store);
            }
            RawBsonDocument first = collections.lastAtOrBelow(id, fromLsn);
            if (first == null) {
                throw store.trimmed(id, fromLsn, lowestLsn());
            }
            return new MongoRecordCursor(
                    store, collections, id, LogDocument.firstLsn(first), LogDocument.firstLsn(last));
        });
    }

    @Override
    public long firstLsn() {
        return store.readLog(id, this::lowestLsn);
    }

    /** Is in memory until the first record comes, whose {@code _id} then tells where the log begins. */
    @Override
    public synchronized void beginAt(long lsn) {
        if (lsn < 2) {
            throw new IllegalArgumentException("a log is begun at LSN 2 or above, not " + lsn);
        }
        RawBsonDocument first = store.readLog(id, () -> collections.first(id));
        if (first != null) {
            throw new StoreException(
                    "log " + id + " in " + store.describe() + " cannot begin at LSN " + lsn
                            + ": it has records from LSN " + LogDocument.firstLsn(first) + " on; use another log",
                    null);
        }
        beginLsn = lsn;
        tailLsn = lsn - 1;
    }

    /** Does nothing: an append that returned is durable. */
    @Override
    public void sync() {
        store.checkOpen();
    }

    @Override
    public long trim(long belowLsn, boolean dryRun) {
        if (belowLsn < 1) {
            throw new IllegalArgumentException("LSNs start at 1, not " + belowLsn);
        }
        store.checkOpen();
        boolean interrupted = Thread.interrupted();
        try {
            RawBsonDocument last = collections.lastAtOrBelow(id, Long.MAX_VALUE);
            return last == null ? 0 : new MongoTrim(collections, id, dryRun).run(belowLsn, LogDocument.firstLsn(last));
        } catch (MongoException | BSONException | IllegalStateException e) {
            throw new StoreException(
                    "cannot trim log " + id + " in " + store.describe() + ": " + e.getMessage()
                            + "; what is left is whole, trim again to go on",
                    e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One part: all documents of the log. Reads their heads, and the next time only those that are new. */
    @Override
    public List<LogSegment> segments() {
        return store.readLog(id, () -> {
            LogSegment before = measured;
            LogSegment from = before != null && before.firstLsn() == lowestLsn()
                    ? before
                    : new LogSegment("wal_log " + id, 0, 0, 0);
            LogSegment now = measure(from);
            measured = now;
            return now.lastLsn() == 0 ? List.of() : List.of(now);
        });
    }

    /** What was measured before, and the records behind it. */
    private LogSegment measure(LogSegment before) {
        long first = before.firstLsn();
        long last = before.lastLsn();
        long bytes = before.bytes();
        try (MongoCursor<RawBsonDocument> heads =
                collections.heads(id, last + 1, Long.MAX_VALUE).iterator()) {
            while (heads.hasNext()) {
                RawBsonDocument head = heads.next();
                first = first == 0 ? LogDocument.firstLsn(head) : first;
                last = LogDocument.lastLsn(head);
                bytes += LogDocument.bytes(head);
            }
        }
        return new LogSegment(before.name(), first, last, bytes);
    }

    private long lowestLsn() {
        RawBsonDocument first = collections.first(id);
        return first == null ? beginLsn : LogDocument.firstLsn(first);
    }

    private AppendResult appendUninterrupted(LogRecord entry) {
        store.checkOpen();
        try {
            boolean slept = !hasLooked();
            if (entry.firstLsn() != tailLsn + 1 || slept) {
                readTail();
            }
            if (entry.firstLsn() > tailLsn + 1) {
                throw new IllegalArgumentException("a record at LSN " + entry.firstLsn() + " would leave a gap: log "
                        + id + " in " + store.describe() + " ends at " + tailLsn);
            }
            if (entry.firstLsn() <= tailLsn) {
                RawBsonDocument found = collections.lastAtOrBelow(id, entry.firstLsn());
                boolean isFirstTry = slept && !Arrays.equals(unknownNonce, entry.nonce());
                return found == null && isFirstTry
                        ? AppendResult.TAKEN // by a record that was trimmed since
                        : decided(entry, found);
            }
            storeParts(entry);
        } catch (MongoException | BSONException | IllegalStateException e) {
            throw notStored(entry, e);
        }
        return insert(entry);
    }

    private void readTail() {
        long now = clock.millis();
        RawBsonDocument last = collections.lastAtOrBelow(id, Long.MAX_VALUE);
        tailLsn = last == null ? beginLsn - 1 : LogDocument.lastLsn(last);
        lookedMillis = now;
    }

    /** Whether the tail was where this process knows it not long ago. */
    private boolean hasLooked() {
        long since = clock.millis() - lookedMillis;
        return since >= 0 && since <= LOOKED_MILLIS_MAX;
    }

    /** A part that is there already was stored by an earlier attempt of this record: the nonce is in its id. */
    private void storeParts(LogRecord entry) {
        if (!LogDocument.hasParts(entry)) {
            return;
        }
        for (int part = 0; part < LogDocument.partsOf(entry.payload().length); part++) {
            try {
                collections.insertPart(LogDocument.encodePart(id, entry, part));
            } catch (MongoException e) {
                if (!Failures.isDuplicateKey(e)) {
                    throw e;
                }
            }
        }
    }

    private AppendResult insert(LogRecord entry) {
        try {
            long now = clock.millis();
            collections.insert(LogDocument.encode(id, entry));
            if (!hasLooked() && !isBehindAnother(entry)) {
                return withdraw(entry);
            }
            tailLsn = entry.lastLsn();
            lookedMillis = now;
            return AppendResult.APPENDED;
        } catch (MongoException e) {
            if (Failures.isDuplicateKey(e)) {
                return settle(entry, e);
            }
            if (Failures.provesNotStored(e)) {
                throw notStored(entry, e);
            }
            throw unknown(entry, e);
        } catch (BsonMaximumSizeExceededException e) {
            throw notStored(entry, e);
        } catch (BSONException | IllegalStateException e) {
            throw unknown(entry, e); // a reply, too, may be one that the driver cannot read
        }
    }

    private boolean isBehindAnother(LogRecord entry) {
        return entry.firstLsn() == beginLsn || collections.lastAtOrBelow(id, entry.firstLsn() - 1) != null;
    }

    /** Takes out a record that stands where the log was trimmed. */
    private AppendResult withdraw(LogRecord entry) {
        collections.delete(List.of(LogDocument.id(id, entry.firstLsn())), List.of());
        tailLsn = UNREAD;
        dropParts(entry);
        return AppendResult.TAKEN;
    }

    /** Something is at the position. Waits until it is certain to stay, that is, visible to majority reads. */
    private AppendResult settle(LogRecord entry, MongoException duplicate) {
        long start = System.nanoTime();
        long pause = SETTLE_PAUSE_NANOS_MIN;
        try {
            do {
                RawBsonDocument found = collections.record(id, entry.firstLsn());
                if (found != null) {
                    tailLsn = Math.max(tailLsn, LogDocument.lastLsn(found));
                    return decided(entry, found);
                }
                LockSupport.parkNanos(pause);
                pause = Math.min(2 * pause, SETTLE_PAUSE_NANOS_MAX);
            } while (System.nanoTime() - start < settleNanos);
        } catch (MongoException | IllegalStateException e) {
            throw unknown(entry, e);
        }
        throw unknown(entry, duplicate);
    }

    private AppendResult decided(LogRecord entry, @Nullable RawBsonDocument found) {
        if (found == null) {
            throw new UnknownOutcomeException(
                    "the record at LSN " + entry.firstLsn() + " of log " + id + " may or may not have been stored in "
                            + store.describe() + ": that part of the log was trimmed, it begins at LSN " + lowestLsn(),
                    null);
        }
        unknownNonce = new byte[0];
        if (LogDocument.firstLsn(found) == entry.firstLsn() && Arrays.equals(LogDocument.nonce(found), entry.nonce())) {
            return AppendResult.APPENDED;
        }
        dropParts(entry);
        return AppendResult.TAKEN;
    }

    /** The parts of a record that lost are of no use. Best effort: nobody reads them. */
    private void dropParts(LogRecord entry) {
        if (!LogDocument.hasParts(entry)) {
            return;
        }
        try {
            for (int part = 0; part < LogDocument.partsOf(entry.payload().length); part++) {
                collections.deletePart(LogDocument.partId(id, entry.nonce(), part));
            }
        } catch (MongoException e) {
            store.warn("parts of a record that lost its position stay in wal_parts of " + store.describe(), e);
        }
    }

    private StoreException notStored(LogRecord entry, RuntimeException cause) {
        if (Arrays.equals(unknownNonce, entry.nonce())) {
            return unknown(entry, cause);
        }
        return new StoreException(
                "the record at LSN " + entry.firstLsn() + " of log " + id + " was not stored in " + store.describe()
                        + ": " + cause.getMessage(),
                cause);
    }

    private UnknownOutcomeException unknown(LogRecord entry, RuntimeException cause) {
        unknownNonce = entry.nonce().clone();
        return new UnknownOutcomeException(
                "the record at LSN " + entry.firstLsn() + " of log " + id + " may or may not be stored in "
                        + store.describe() + ", append it again to find out: " + cause.getMessage(),
                cause);
    }
}
