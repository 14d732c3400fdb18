package dev.offshoot.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCursor;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import java.util.function.LongSupplier;
import org.bson.BSONException;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/** The records of a log from one that exists to another that exists; anything missing between them is corruption. */
final class MongoRecordCursor implements RecordCursor {
    private final MongoStore store;
    private final LongSupplier lowestLsn;
    private final String log;
    private final LogDocument.PartSource parts;
    private final @Nullable MongoCursor<RawBsonDocument> documents;
    private final long lastFirstLsn;
    private long nextLsn;

    private MongoRecordCursor(MongoStore store) {
        this.store = store;
        this.lowestLsn = () -> 1;
        this.log = "";
        this.parts = (nonce, part) -> new byte[0];
        this.documents = null;
        this.lastFirstLsn = 0;
        this.nextLsn = 1;
    }

    MongoRecordCursor(MongoStore store, LogCollections collections, String log, long firstLsn, long lastFirstLsn) {
        this.store = store;
        this.lowestLsn = () -> {
            RawBsonDocument lowest = collections.first(log);
            return lowest == null ? 1 : LogDocument.firstLsn(lowest);
        };
        this.log = log;
        this.parts = (nonce, part) -> collections.part(log, nonce, part);
        this.documents = collections.range(log, firstLsn, lastFirstLsn).iterator();
        this.lastFirstLsn = lastFirstLsn;
        this.nextLsn = firstLsn;
    }

    static MongoRecordCursor empty(MongoStore store) {
        return new MongoRecordCursor(store);
    }

    @Override
    public @Nullable LogRecord next() {
        store.checkOpen();
        if (documents == null || nextLsn > lastFirstLsn) {
            return null;
        }
        MongoCursor<RawBsonDocument> found = documents;
        try {
            LogRecord entry = store.readLog(log, () -> nextOf(found));
            nextLsn = entry.lastLsn() + 1;
            return entry;
        } catch (CorruptionException e) {
            throw trimmedOr(e);
        }
    }

    private LogRecord nextOf(MongoCursor<RawBsonDocument> found) {
        RawBsonDocument document = found.hasNext() ? found.next() : null;
        if (document == null || LogDocument.firstLsn(document) != nextLsn) {
            throw new CorruptionException("wal_log: expected the document " + LogDocument.id(log, nextLsn) + ", found "
                    + (document == null ? "none" : document.get("_id")));
        }
        return LogDocument.decode(document, parts);
    }

    /** What is missing may have been trimmed while this was read. */
    private RuntimeException trimmedOr(CorruptionException missing) {
        try {
            long lowest = lowestLsn.getAsLong();
            return lowest > nextLsn ? store.trimmed(log, nextLsn, lowest) : missing;
        } catch (MongoException | BSONException | IllegalStateException e) {
            missing.addSuppressed(e);
            return missing;
        }
    }

    @Override
    public void close() {
        if (documents != null) {
            documents.close();
        }
    }
}
