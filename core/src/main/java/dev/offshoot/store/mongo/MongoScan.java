package dev.offshoot.store.mongo;

import com.mongodb.client.MongoCursor;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogVisitor;
import org.bson.RawBsonDocument;

/** Reads the documents of a log in order, past whatever is damaged. */
final class MongoScan {
    private final MongoStore store;
    private final LogCollections collections;
    private final String log;
    private final LogVisitor visitor;

    /** 0 before the first record: a log begins at its lowest document. */
    private long nextLsn;

    MongoScan(MongoStore store, LogCollections collections, String log, LogVisitor visitor) {
        this.store = store;
        this.collections = collections;
        this.log = log;
        this.visitor = visitor;
    }

    void run() {
        store.readLog(log, () -> {
            try (MongoCursor<RawBsonDocument> documents =
                    collections.range(log, 0, Long.MAX_VALUE).iterator()) {
                documents.forEachRemaining(this::add);
            }
            return true;
        });
    }

    private void add(RawBsonDocument document) {
        try {
            long firstLsn = LogDocument.firstLsn(document);
            if (nextLsn != 0 && firstLsn != nextLsn) {
                visitor.damaged("wal_log: expected the document " + LogDocument.id(log, nextLsn) + ", found "
                        + LogDocument.id(log, firstLsn));
            }
            nextLsn = firstLsn + Math.max(1, count(document));
            visitor.record(LogDocument.decode(document, (nonce, part) -> collections.part(log, nonce, part)));
        } catch (CorruptionException e) {
            visitor.damaged(String.valueOf(e.getMessage()));
        }
    }

    private static int count(RawBsonDocument document) {
        return document.isNumber("count") ? document.getNumber("count").intValue() : 1;
    }
}
