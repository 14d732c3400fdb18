package dev.offshoot.store.mongo;

import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import com.mongodb.client.model.Filters;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;

/** The system database as all truth in it is used: written durably by a majority, read from the primary as a majority has it. Immutable. */
final class Durable {
    private final MongoDatabase toRead;
    private final MongoDatabase toWrite;

    Durable(MongoDatabase database, ReadConcern readConcern, MongoStoreOptions options) {
        WriteConcern durable =
                WriteConcern.MAJORITY.withJournal(true).withWTimeout(options.operationMillis(), TimeUnit.MILLISECONDS);
        this.toRead = database.withReadConcern(readConcern).withReadPreference(ReadPreference.primary());
        this.toWrite = database.withWriteConcern(durable);
    }

    MongoCollection<RawBsonDocument> toRead(String collection) {
        return toRead.getCollection(collection, RawBsonDocument.class);
    }

    MongoCollection<BsonDocument> toWrite(String collection) {
        return toWrite.getCollection(collection, BsonDocument.class);
    }

    /** The documents whose {@code _id} begins with a log's id and a slash. */
    static Bson ofLog(String log) {
        return Filters.and(Filters.gte("_id", log + '/'), Filters.lt("_id", log + (char) ('/' + 1)));
    }
}
