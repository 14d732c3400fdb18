package dev.offshoot.store.mongo;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoCursor;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.InsertManyOptions;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import dev.offshoot.store.PageId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;

/** What one project asks {@code wal_pages}: all durable writes, all majority reads from the primary. Thread safe. */
final class PageCollection {
    private static final int ATTEMPTS_MAX = 10;
    private static final int BATCH = 1_000;

    private final MongoCollection<RawBsonDocument> reads;
    private final MongoCollection<BsonDocument> writes;
    private final String log;

    PageCollection(Durable database, String log) {
        this.reads = database.toRead("wal_pages");
        this.writes = database.toWrite("wal_pages");
        this.log = log;
    }

    /**
     * Stores documents, or renews the marks of those that are there. A sweep of another process may remove one between the two, so what
     * was not renewed is inserted again.
     *
     * @param expected whether they are probably there
     */
    void store(Collection<BsonDocument> documents, long mark, boolean expected) {
        Map<String, BsonDocument> left = new LinkedHashMap<>();
        documents.forEach(document -> left.put(PageDocument.id(document), document));
        if (expected) {
            renew(left, mark);
        }
        for (int attempt = 0; !left.isEmpty(); attempt++) {
            if (attempt == ATTEMPTS_MAX) {
                throw new IllegalStateException(left.size() + " pages were removed each time they were stored");
            }
            insert(left);
            renew(left, mark);
        }
    }

    /** Inserts documents; leaves those that are there already. */
    private void insert(Map<String, BsonDocument> left) {
        List<BsonDocument> sent = new ArrayList<>(left.values());
        Set<String> there = new HashSet<>();
        try {
            writes.insertMany(sent, new InsertManyOptions().ordered(false));
        } catch (MongoBulkWriteException e) {
            for (BulkWriteError error : e.getWriteErrors()) {
                if (!Failures.isDuplicateKey(error.getCode())) {
                    throw e;
                }
                there.add(PageDocument.id(sent.get(error.getIndex())));
            }
            if (e.getWriteConcernError() != null) {
                throw e;
            }
        }
        left.keySet().retainAll(there);
    }

    /** Renews the marks of documents; leaves those that are not there. */
    private void renew(Map<String, BsonDocument> left, long mark) {
        if (left.isEmpty()) {
            return;
        }
        Bson these = Filters.in(PageDocument.ID, left.keySet());
        long found = writes.updateMany(these, Updates.max(PageDocument.MARK, new BsonDateTime(mark)))
                .getMatchedCount();
        if (found == left.size()) {
            left.clear();
        } else if (found > 0) {
            left.keySet().removeAll(there(left.keySet()));
        }
    }

    /** Those of these documents that are there. */
    Set<String> there(Collection<String> ids) {
        Set<String> there = new HashSet<>();
        try (MongoCursor<RawBsonDocument> found = reads.find(Filters.in(PageDocument.ID, ids))
                .projection(Projections.include(PageDocument.ID))
                .iterator()) {
            found.forEachRemaining(document -> there.add(PageDocument.id(document)));
        }
        return there;
    }

    byte @Nullable [] page(PageId page) {
        RawBsonDocument document = document(PageDocument.id(log, page));
        return document == null
                ? null
                : PageDocument.decode(document, part -> document(PageDocument.partId(log, page, part)));
    }

    /** All documents without their bytes, in the order of their ids. */
    MongoCursor<RawBsonDocument> heads() {
        return heads(all());
    }

    /** Those of them whose mark is older than a time. */
    MongoCursor<RawBsonDocument> headsMarkedBefore(long time) {
        return heads(Filters.and(all(), olderThan(time)));
    }

    /** Removes documents, each only if its mark is still older than a time; answers which of them are gone. */
    Set<String> removeMarkedBefore(Collection<String> ids, long time) {
        long removed = writes.deleteMany(Filters.and(Filters.in(PageDocument.ID, ids), olderThan(time)))
                .getDeletedCount();
        Set<String> gone = new HashSet<>(ids);
        if (removed < ids.size()) {
            gone.removeAll(there(ids));
        }
        return gone;
    }

    private MongoCursor<RawBsonDocument> heads(Bson filter) {
        return reads.find(filter)
                .projection(Projections.include(PageDocument.SIZE))
                .sort(Sorts.ascending(PageDocument.ID))
                .batchSize(BATCH)
                .iterator();
    }

    private @Nullable RawBsonDocument document(String id) {
        return reads.find(Filters.eq(PageDocument.ID, id)).first();
    }

    private Bson all() {
        return Durable.ofLog(log);
    }

    /** Marks are whole milliseconds from 1970 on; a time above the largest date means all of them. */
    private static Bson olderThan(long time) {
        return Filters.lt(PageDocument.MARK, new BsonDateTime(time));
    }
}
