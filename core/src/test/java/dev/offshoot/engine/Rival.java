package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.state.Branch;
import dev.offshoot.state.PlainProject;
import dev.offshoot.state.PlainState;
import dev.offshoot.store.LogRecord;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.WalRecord;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.jspecify.annotations.Nullable;

/** Another process that writes to the same log and wins a position now and then: it adds one to the counter of {@code main}. */
final class Rival {
    private static final Origin ORIGIN = new Origin("rival", "update", Branch.MAIN, "counters");

    private final SimulatedLogStore log;

    Rival(SimulatedLogStore log) {
        this.log = log;
    }

    /** The record after the last one of the log. */
    LogRecord next(@Nullable LogRecord last) {
        long lsn = last == null ? 1 : last.lastLsn() + 1;
        WalRecord before = last == null ? null : RecordCodec.decode(last);
        byte[] nonce = new byte[LogRecord.NONCE_BYTES];
        nonce[0] = (byte) 0xFF;
        WalRecord record = new WalRecord(
                lsn,
                before == null ? 1 : before.time() + 1,
                before == null ? 0 : before.millis(),
                List.of(before == null ? createMain() : commit(lsn)));
        return RecordCodec.encode(record, nonce);
    }

    private static Commit createMain() {
        return new Commit(1, Commit.PROJECT, ORIGIN, List.of(new Change.CreateBranch(Branch.MAIN, 0, 0)), List.of());
    }

    private Commit commit(long lsn) {
        PlainState.Collection counters =
                PlainProject.read(log.calmed()).head(Branch.MAIN).collection("counters");
        Change change = counters == null || counters.documents().isEmpty()
                ? new Change.CreateCollection("rival-" + lsn, Doc.EMPTY.toBytes())
                : increment(counters);
        return new Commit(lsn, 1, ORIGIN, List.of(change), List.of());
    }

    private static Change increment(PlainState.Collection counters) {
        Map.Entry<Long, byte[]> entry = counters.documents().firstEntry();
        BsonDocument counter = decode(entry.getValue());
        for (String field : List.of("n", "rival")) {
            long value = counter.containsKey(field) ? counter.getNumber(field).longValue() : 0;
            counter.put(field, new BsonInt64(value + 1));
        }
        return new Change.Put(
                counters.id(), entry.getKey(), Commander.encode(counter).toBytes());
    }

    static BsonDocument decode(byte[] document) {
        return Commander.decode(Doc.of(document));
    }
}
