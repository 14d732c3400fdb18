package dev.offshoot.store.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.ReplaceOptions;
import com.mongodb.client.model.Sorts;
import com.mongodb.client.model.Updates;
import dev.offshoot.store.CheckpointStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * The manifests of one project.
 *
 * <pre>
 * wal_checkpoints  {_id: "LOG/16 hex digits of the LSN", project: "LOG", lsn: long, created: date, bytes: bytes}
 * wal_needs        {_id: "LOG/process", lsn: long, until: date}
 * </pre>
 */
final class MongoCheckpoints implements CheckpointStore {
    private static final int MANIFEST_BYTES_MAX = 1 << 20;
    private static final long FORGOTTEN_MILLIS = TimeUnit.DAYS.toMillis(1);
    private static final String ID = "_id";
    private static final String LSN = "lsn";
    private static final String UNTIL = "until";

    private final Questions questions;
    private final MongoCollection<RawBsonDocument> reads;
    private final MongoCollection<BsonDocument> writes;
    private final MongoCollection<RawBsonDocument> needReads;
    private final MongoCollection<BsonDocument> needWrites;
    private final String log;
    private final InstantSource clock;

    MongoCheckpoints(Questions questions, Durable database, String log, InstantSource clock) {
        this.questions = questions;
        this.reads = database.toRead("wal_checkpoints");
        this.writes = database.toWrite("wal_checkpoints");
        this.needReads = database.toRead("wal_needs");
        this.needWrites = database.toWrite("wal_needs");
        this.log = log;
        this.clock = clock;
    }

    @Override
    public void put(long lsn, byte[] manifest) {
        if (lsn < 1 || manifest.length > MANIFEST_BYTES_MAX) {
            throw new IllegalArgumentException("a manifest is at LSN 1 or above and has at most 1 MiB, not " + lsn
                    + " and " + manifest.length + " bytes");
        }
        BsonDocument document = new BsonDocument(ID, new BsonString(id(lsn)))
                .append("project", new BsonString(log))
                .append(LSN, new BsonInt64(lsn))
                .append("created", new BsonDateTime(clock.millis()))
                .append("bytes", new BsonBinary(manifest));
        questions.ask("store the checkpoint at LSN " + lsn + " of log " + log, () -> insert(document, lsn));
    }

    @Override
    public List<Long> list() {
        return questions.ask("list the checkpoints of log " + log, () -> {
            List<Long> lsns = new ArrayList<>();
            reads.find(Durable.ofLog(log))
                    .projection(Projections.include(LSN))
                    .sort(Sorts.ascending(ID))
                    .forEach(document -> lsns.add(document.getInt64(LSN).getValue()));
            return lsns;
        });
    }

    @Override
    public byte @Nullable [] get(long lsn) {
        RawBsonDocument found = questions.<@Nullable RawBsonDocument>ask(
                "read the checkpoint at LSN " + lsn + " of log " + log,
                () -> reads.find(Filters.eq(ID, id(lsn))).first());
        return found == null ? null : found.getBinary("bytes").getData();
    }

    @Override
    public void delete(long lsn) {
        questions.ask(
                "remove the checkpoint at LSN " + lsn + " of log " + log,
                () -> writes.deleteOne(Filters.eq(ID, id(lsn))));
    }

    @Override
    public void need(String process, long lsn, long untilMillis) {
        String id = log + "/" + process;
        BsonDocument need = new BsonDocument(ID, new BsonString(id))
                .append(LSN, new BsonInt64(lsn))
                .append(UNTIL, new BsonDateTime(untilMillis));
        questions.ask("say that log " + log + " is needed from LSN " + lsn, () -> {
            if (lsn == 0) {
                needWrites.deleteOne(Filters.eq(ID, id));
            } else {
                needWrites.replaceOne(Filters.eq(ID, id), need, new ReplaceOptions().upsert(true));
            }
            return true;
        });
    }

    /** Needs that ended a day ago are removed: their process will not come back for them. */
    @Override
    public Map<String, Long> needs(long nowMillis) {
        return questions.ask("find what is needed of log " + log, () -> {
            needWrites.deleteMany(
                    Filters.and(Durable.ofLog(log), Filters.lt(UNTIL, new BsonDateTime(nowMillis - FORGOTTEN_MILLIS))));
            Map<String, Long> needs = new TreeMap<>();
            for (RawBsonDocument need :
                    needReads.find(Filters.and(Durable.ofLog(log), Filters.gte(UNTIL, new BsonDateTime(nowMillis))))) {
                String process = need.getString(ID).getValue().substring(log.length() + 1);
                needs.put(process, need.getInt64(LSN).getValue());
            }
            return needs;
        });
    }

    /** Where there is one already that stays; writing what it has anyway waits until it is durable. */
    private boolean insert(BsonDocument document, long lsn) {
        try {
            writes.insertOne(document);
        } catch (MongoException e) {
            if (!Failures.isDuplicateKey(e)) {
                throw e;
            }
            if (writes.updateOne(Filters.eq(ID, document.get(ID)), Updates.set(LSN, lsn))
                            .getMatchedCount()
                    == 0) {
                throw new IllegalStateException("another one was there and is being removed; try again");
            }
        }
        return true;
    }

    private String id(long lsn) {
        return log + "/" + HexFormat.of().toHexDigits(lsn);
    }
}
