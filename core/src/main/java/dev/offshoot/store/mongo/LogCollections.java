package dev.offshoot.store.mongo;

import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.FindIterable;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.BulkWriteOptions;
import com.mongodb.client.model.DeleteOneModel;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import dev.offshoot.store.CorruptionException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** The questions a log asks its collections: all durable writes, all majority reads from the primary. */
final class LogCollections {
    private static final String ID = "_id";

    private final MongoCollection<RawBsonDocument> reads;
    private final MongoCollection<RawBsonDocument> partReads;
    private final MongoCollection<BsonDocument> writes;
    private final MongoCollection<BsonDocument> partWrites;
    private final MongoStoreOptions options;

    LogCollections(MongoDatabase database, ReadConcern readConcern, MongoStoreOptions options) {
        WriteConcern durable =
                WriteConcern.MAJORITY.withJournal(true).withWTimeout(options.operationMillis(), TimeUnit.MILLISECONDS);
        MongoDatabase toRead = database.withReadConcern(readConcern).withReadPreference(ReadPreference.primary());
        MongoDatabase toWrite = database.withWriteConcern(durable);
        this.reads = toRead.getCollection("wal_log", RawBsonDocument.class);
        this.partReads = toRead.getCollection("wal_parts", RawBsonDocument.class);
        this.writes = toWrite.getCollection("wal_log", BsonDocument.class);
        this.partWrites = toWrite.getCollection("wal_parts", BsonDocument.class);
        this.options = options;
    }

    void insert(BsonDocument document) {
        writes.insertOne(document);
    }

    void insertPart(BsonDocument part) {
        partWrites.insertOne(part);
    }

    void deletePart(String id) {
        partWrites.deleteOne(Filters.eq(ID, id));
    }

    /** Removes records and parts, strictly one behind the other; those that are not there are passed over. */
    void delete(List<String> records, List<String> parts) {
        if (!records.isEmpty()) {
            var unused = writes.bulkWrite(deletesOf(records), new BulkWriteOptions().ordered(true));
        }
        if (!parts.isEmpty()) {
            var unused = partWrites.bulkWrite(deletesOf(parts), new BulkWriteOptions().ordered(true));
        }
    }

    private static List<DeleteOneModel<BsonDocument>> deletesOf(List<String> ids) {
        return ids.stream()
                .map(id -> new DeleteOneModel<BsonDocument>(Filters.eq(ID, id)))
                .toList();
    }

    /** The first record of a log, without its payload; null when there is none. */
    @Nullable
    RawBsonDocument first(String log) {
        return heads(log, 0, Long.MAX_VALUE).limit(1).first();
    }

    /** The records of a log that start between two LSNs, both included, in order, without their payloads. */
    FindIterable<RawBsonDocument> heads(String log, long fromLsn, long toLsn) {
        return range(log, fromLsn, toLsn).projection(Projections.exclude("payload"));
    }

    /** The last record of a log that starts at an LSN or below; null when there is none. */
    @Nullable
    RawBsonDocument lastAtOrBelow(String log, long lsn) {
        Bson range = Filters.and(Filters.gte(ID, LogDocument.id(log, 0)), Filters.lte(ID, LogDocument.id(log, lsn)));
        return timed(reads.find(range)).sort(Sorts.descending(ID)).limit(1).first();
    }

    @Nullable
    RawBsonDocument record(String log, long firstLsn) {
        return timed(reads.find(Filters.eq(ID, LogDocument.id(log, firstLsn)))).first();
    }

    /** The records of a log that start between two LSNs, both included, in order. */
    FindIterable<RawBsonDocument> range(String log, long fromLsn, long toLsn) {
        Bson range =
                Filters.and(Filters.gte(ID, LogDocument.id(log, fromLsn)), Filters.lte(ID, LogDocument.id(log, toLsn)));
        return timed(reads.find(range)).sort(Sorts.ascending(ID));
    }

    byte[] part(String log, byte[] nonce, int part) {
        String id = LogDocument.partId(log, nonce, part);
        RawBsonDocument found = timed(partReads.find(Filters.eq(ID, id))).first();
        if (found == null) {
            throw new CorruptionException("wal_parts: expected the document " + id + ", found none");
        }
        return LogDocument.bytesOfPart(found);
    }

    private FindIterable<RawBsonDocument> timed(FindIterable<RawBsonDocument> query) {
        return query.maxTime(options.operationMillis(), TimeUnit.MILLISECONDS);
    }
}
