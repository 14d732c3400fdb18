package dev.offshoot.store.mongo;

import com.mongodb.client.MongoCursor;
import java.util.ArrayList;
import java.util.List;
import org.bson.RawBsonDocument;

/**
 * Removes the front of a log, record by record in ascending order, so that what is left has no hole wherever this stops, and its lowest
 * {@code _id} tells where the log begins. Two processes may do so at once. The parts of a record go behind it: nobody who finds a
 * record finds its parts gone. Where a crash comes between the two, parts without a record stay, as after an append that lost.
 */
final class MongoTrim {
    private static final int BATCH = 500;

    private final LogCollections collections;
    private final String log;
    private final boolean dryRun;
    private final List<String> records = new ArrayList<>();
    private final List<String> parts = new ArrayList<>();
    private long bytes;

    MongoTrim(LogCollections collections, String log, boolean dryRun) {
        this.collections = collections;
        this.log = log;
        this.dryRun = dryRun;
    }

    /** Removes the records that end below an LSN, but never the one that starts at {@code lastFirstLsn}. */
    long run(long belowLsn, long lastFirstLsn) {
        long starts = Math.min(belowLsn, lastFirstLsn) - 1;
        try (MongoCursor<RawBsonDocument> heads =
                collections.heads(log, 0, starts).iterator()) {
            while (heads.hasNext()) {
                RawBsonDocument head = heads.next();
                if (LogDocument.lastLsn(head) >= belowLsn) {
                    break;
                }
                take(head);
            }
        }
        flush();
        return bytes;
    }

    private void take(RawBsonDocument head) {
        bytes += LogDocument.bytes(head);
        if (dryRun) {
            return;
        }
        records.add(LogDocument.id(head));
        for (int part = 0; part < LogDocument.parts(head); part++) {
            parts.add(LogDocument.partId(log, LogDocument.nonce(head), part));
        }
        if (records.size() == BATCH) {
            flush();
        }
    }

    private void flush() {
        collections.delete(records, parts);
        records.clear();
        parts.clear();
    }
}
