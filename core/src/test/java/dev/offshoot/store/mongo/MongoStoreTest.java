package dev.offshoot.store.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.offshoot.store.AppendResult;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Records;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.TestClock;
import dev.offshoot.store.UnknownOutcomeException;
import dev.offshoot.store.View;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.conversions.Bson;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MongoStoreTest {
    private final StandInMongo mongo = StandInMongo.start();
    private final CuttingProxy proxy = new CuttingProxy(mongo.port());
    private final MongoStore store = MongoStore.open(proxy.uri());
    private final MongoClient client = MongoClients.create(mongo.uri());
    private final LogStore log = store.log("p7k2");
    private final Random random = new Random(11);

    MongoStoreTest() throws IOException {}

    @AfterEach
    void stop() throws IOException {
        store.close();
        client.close();
        proxy.close();
        mongo.close();
    }

    @Test
    void a_record_is_a_document_that_people_can_query() {
        log.append(Records.of(1, 4835, 10, random));
        log.append(Records.of(4836, 3, 10, random));
        BsonDocument found =
                collection("wal_log").find(Filters.eq("header.lsn", 4836L)).first();
        assertThat(found).isNotNull();
        assertThat(found.getString("_id").getValue()).isEqualTo("p7k2/00000000000012e4");
        assertThat(found.getInt64("last").getValue()).isEqualTo(4838);
        assertThat(found.getInt32("count").getValue()).isEqualTo(3);
        assertThat(found.getBinary("payload").getData()).hasSize(10);
    }

    @Test
    void who_slept_while_others_wrote_and_trimmed_does_not_write_where_they_did() {
        TestClock clock = new TestClock();
        try (MongoStore sleeping =
                MongoStore.open(mongo.uri(), MongoStoreOptions.defaults().withClock(clock))) {
            LogStore slept = sleeping.log("p7k2");
            List<LogRecord> entries = writeAndTrim(slept);
            clock.advance(20 * 60_000);

            assertThat(slept.append(Records.of(2, 1, 10, random))).isEqualTo(AppendResult.TAKEN);

            Records.assertSame(Records.readAll(log, log.firstLsn()), entries.subList(6, 9));
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> slept.read(2));
        }
    }

    @Test
    void who_falls_asleep_in_an_append_takes_out_what_came_to_stand_where_others_trimmed() {
        AtomicInteger looks = new AtomicInteger(Integer.MAX_VALUE);
        AtomicLong millis = new AtomicLong(1_000_000);
        InstantSource clock =
                () -> Instant.ofEpochMilli(looks.decrementAndGet() == 0 ? millis.addAndGet(20 * 60_000) : millis.get());
        try (MongoStore sleeping =
                MongoStore.open(mongo.uri(), MongoStoreOptions.defaults().withClock(clock))) {
            LogStore slept = sleeping.log("p7k2");
            List<LogRecord> entries = writeAndTrim(slept);
            looks.set(3); // before it looks, before it inserts, after it

            assertThat(slept.append(Records.of(2, 1, 10, random))).isEqualTo(AppendResult.TAKEN);

            assertThat(looks).hasValueLessThan(1);
            Records.assertSame(Records.readAll(log, log.firstLsn()), entries.subList(6, 9));
        }
    }

    /** One record by somebody, eight by others, who trim all but the last three. */
    private List<LogRecord> writeAndTrim(LogStore first) {
        List<LogRecord> entries = new ArrayList<>();
        for (int lsn = 1; lsn <= 9; lsn++) {
            LogRecord entry = Records.of(lsn, 1, 10, random);
            assertThat((lsn == 1 ? first : log).append(entry)).isEqualTo(AppendResult.APPENDED);
            entries.add(entry);
        }
        assertThat(log.trim(7, false)).isPositive();
        assertThat(log.firstLsn()).isEqualTo(7);
        return entries;
    }

    @Test
    void a_cut_before_the_reply_is_unknown_and_the_same_append_settles_it() {
        List<LogRecord> entries = new ArrayList<>();
        for (int lsn = 1; lsn <= 20; lsn++) {
            LogRecord entry = Records.of(lsn, 1, 100, random);
            entries.add(entry);
            if (lsn % 2 == 0) {
                proxy.cutNext(CuttingProxy.Cut.BEFORE_THE_REPLY);
                assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> log.append(entry));
            }
            assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
        }
        assertThat(proxy.cuts()).isEqualTo(10);
        Records.assertSame(Records.readAll(log, 1), entries);
        assertThat(collection("wal_log").countDocuments()).isEqualTo(20);
    }

    @Test
    void a_cut_before_the_server_is_unknown_and_the_same_append_stores_it() {
        LogRecord entry = Records.of(1, 1, 100, random);
        proxy.cutNext(CuttingProxy.Cut.BEFORE_THE_SERVER);
        assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> log.append(entry));
        assertThat(collection("wal_log").countDocuments()).isZero();
        assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
        Records.assertSame(Records.readAll(log, 1), List.of(entry));
        assertThat(proxy.cuts()).isEqualTo(1);
    }

    @Test
    void a_reply_that_the_driver_cannot_read_is_unknown_and_the_same_append_settles_it() {
        LogRecord entry = Records.of(1, 1, 100, random);
        mongo.setUnreadable(true);
        assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> log.append(entry));
        mongo.setUnreadable(false);
        assertThat(log.append(entry)).isEqualTo(AppendResult.APPENDED);
        Records.assertSame(Records.readAll(log, 1), List.of(entry));
    }

    @Test
    void a_record_that_lost_its_position_to_another_writer_is_told_so_after_an_unknown_outcome() {
        LogRecord mine = Records.of(1, 1, 100, random);
        LogRecord theirs = Records.of(1, 1, 100, random);
        proxy.cutNext(CuttingProxy.Cut.BEFORE_THE_SERVER);
        assertThatExceptionOfType(UnknownOutcomeException.class).isThrownBy(() -> log.append(mine));
        try (MongoStore other = MongoStore.open(mongo.uri())) {
            assertThat(other.log("p7k2").append(theirs)).isEqualTo(AppendResult.APPENDED);
        }
        assertThat(log.append(mine)).isEqualTo(AppendResult.TAKEN);
        Records.assertSame(Records.readAll(log, 1), List.of(theirs));
    }

    @Test
    void an_unknown_outcome_stays_unknown_while_no_server_can_be_reached() throws IOException {
        MongoStoreOptions hasty = MongoStoreOptions.defaults().withServerSelectionMillis(300);
        CuttingProxy weak = new CuttingProxy(mongo.port());
        try (MongoStore own = MongoStore.open(weak.uri(), hasty)) {
            LogRecord first = Records.of(1, 1, 10, random);
            own.log("p7k2").append(first);
            LogRecord entry = Records.of(2, 1, 10, random);
            weak.cutNext(CuttingProxy.Cut.BEFORE_THE_REPLY);
            assertThatExceptionOfType(UnknownOutcomeException.class)
                    .isThrownBy(() -> own.log("p7k2").append(entry));
            weak.close();
            assertThatExceptionOfType(UnknownOutcomeException.class)
                    .isThrownBy(() -> own.log("p7k2").append(entry));
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> own.log("p7k2").append(Records.of(2, 1, 10, random)))
                    .isNotInstanceOf(UnknownOutcomeException.class)
                    .withMessageContaining("not stored");
            assertThat(Records.readAll(log, 1)).hasSize(2);
        } finally {
            weak.close();
        }
    }

    @Test
    void an_unreachable_server_fails_calls_and_is_used_again_once_it_is_back() throws IOException {
        CuttingProxy weak = new CuttingProxy(mongo.port());
        MongoStoreOptions hasty = MongoStoreOptions.defaults().withServerSelectionMillis(300);
        List<LogRecord> entries = List.of(Records.of(1, 1, 10, random), Records.of(2, 1, 10, random));
        try (MongoStore own = MongoStore.open(weak.uri(), hasty)) {
            LogStore weakLog = own.log("p7k2");
            weakLog.append(entries.get(0));
            weak.unplug();
            assertThatExceptionOfType(StoreException.class).isThrownBy(() -> weakLog.append(entries.get(1)));
            for (Runnable call : List.<Runnable>of(
                    () -> weakLog.read(1), weakLog::firstLsn, weakLog::segments, () -> weakLog.trim(2, false))) {
                assertThatExceptionOfType(StoreException.class)
                        .isThrownBy(call::run)
                        .withMessageContaining("p7k2")
                        .withMessageContaining(own.describe());
            }
            weak.plugIn();
            assertThat(appendOnceReachable(weakLog, entries.get(1))).isEqualTo(AppendResult.APPENDED);
            Records.assertSame(Records.readAll(weakLog, 1), entries);
        } finally {
            weak.close();
        }
    }

    /** The driver finds the server again when it next looks, which on a busy machine may take longer than an append waits for it. */
    private static AppendResult appendOnceReachable(LogStore log, LogRecord entry) {
        for (int attempt = 1; ; attempt++) {
            try {
                return log.append(entry);
            } catch (UnknownOutcomeException e) {
                if (attempt == 100) {
                    throw e;
                }
            }
        }
    }

    @Test
    void a_server_that_may_only_be_read_refuses_appends_and_answers_reads() {
        List<LogRecord> entries = new ArrayList<>(List.of(Records.of(1, 1, 10, random), Records.of(2, 1, 10, random)));
        entries.forEach(log::append);
        mongo.setReadOnly(true);
        LogRecord third = Records.of(3, 1, 10, random);
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> log.append(third))
                    .isNotInstanceOf(UnknownOutcomeException.class)
                    .withMessageContaining("was not stored")
                    .withMessageContaining("not authorized");
        }
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> log.trim(2, false))
                .withMessageContaining("cannot trim");
        Records.assertSame(Records.readAll(log, 1), entries);
        mongo.setReadOnly(false);
        assertThat(log.append(third)).isEqualTo(AppendResult.APPENDED);
        entries.add(third);
        Records.assertSame(Records.readAll(log, 1), entries);
    }

    @Test
    void a_trim_that_breaks_off_leaves_a_log_without_a_hole() {
        List<LogRecord> entries = new ArrayList<>();
        for (int lsn = 1; lsn <= 5; lsn++) {
            entries.add(Records.of(lsn, 1, lsn == 2 ? 9 << 20 : 10, random));
            log.append(entries.get(lsn - 1));
        }
        assertThat(collection("wal_parts").countDocuments()).isEqualTo(2);
        for (int first = 2; first <= 4; first++) {
            collection("wal_log").deleteOne(Filters.eq("_id", LogDocument.id("p7k2", first - 1)));
            assertThat(log.firstLsn()).isEqualTo(first);
            Records.assertSame(Records.readAll(log, first), entries.subList(first - 1, 5));
        }
        assertThat(log.trim(5, false)).isPositive();
        assertThat(log.firstLsn()).isEqualTo(5);
    }

    @Test
    void trimming_removes_the_parts_of_large_records() {
        log.append(Records.of(1, 1, 20 << 20, random));
        log.append(Records.of(2, 1, 10, random));
        long foreseen = log.trim(2, true);
        assertThat(foreseen).isBetween(20L << 20, (20L << 20) + 1_000);
        assertThat(log.trim(2, false)).isEqualTo(foreseen);
        assertThat(collection("wal_parts").countDocuments()).isZero();
        assertThat(collection("wal_log").countDocuments()).isEqualTo(1);
    }

    @Test
    void a_cursor_that_another_process_trims_below_says_so() {
        for (int lsn = 1; lsn <= 4; lsn++) {
            log.append(Records.of(lsn, 1, lsn == 2 ? 9 << 20 : 10, random));
        }
        try (RecordCursor cursor = log.read(1)) {
            assertThat(cursor.next()).isNotNull();
            try (MongoStore other = MongoStore.open(mongo.uri())) {
                assertThat(other.log("p7k2").trim(4, false)).isPositive();
            }
            assertThatExceptionOfType(StoreException.class)
                    .isThrownBy(() -> {
                        while (cursor.next() != null) {}
                    })
                    .withMessageContaining("begins at LSN 4");
        }
    }

    @Test
    void a_missing_record_is_corruption() {
        for (int lsn = 1; lsn <= 5; lsn++) {
            log.append(Records.of(lsn, 1, 10, random));
        }
        collection("wal_log").deleteOne(Filters.eq("_id", "p7k2/0000000000000003"));
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> Records.readAll(log, 1))
                .withMessageContaining("p7k2/0000000000000003")
                .withMessageContaining("p7k2/0000000000000004");
    }

    @Test
    void a_record_with_a_field_that_is_missing_or_of_another_type_is_corruption() {
        int number = 0;
        for (String field : List.of("last", "count", "nonce", "header", "payload")) {
            for (Bson change : List.of(Updates.unset(field), Updates.set(field, "text"))) {
                String name = field + ++number;
                store.log(name).append(Records.of(1, 1, 10, random));
                String id = name + "/0000000000000001";
                assertThat(collection("wal_log")
                                .updateOne(Filters.eq("_id", id), change)
                                .getModifiedCount())
                        .isEqualTo(1);
                assertThatExceptionOfType(CorruptionException.class)
                        .as("%s: %s", field, change)
                        .isThrownBy(() -> Records.readAll(store.log(name), 1))
                        .withMessageContaining(id);
            }
        }
    }

    @Test
    void a_missing_or_changed_part_is_corruption() {
        LogRecord entry = Records.of(1, 1, 20 << 20, random);
        log.append(entry);
        MongoCollection<BsonDocument> parts = collection("wal_parts");
        assertThat(parts.countDocuments()).isEqualTo(3);
        String id = LogDocument.partId("p7k2", entry.nonce(), 1);
        parts.updateOne(Filters.eq("_id", id), Updates.set("bytes", new byte[LogDocument.PART_BYTES]));
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> Records.readAll(log, 1))
                .withMessageContaining("SHA-256");
        parts.deleteOne(Filters.eq("_id", id));
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> Records.readAll(log, 1))
                .withMessageContaining(id);
    }

    @Test
    void the_parts_of_a_record_that_lost_are_removed() {
        log.append(Records.of(1, 1, 10, random));
        try (MongoStore other = MongoStore.open(mongo.uri())) {
            other.log("p7k2").append(Records.of(2, 1, 10, random));
        }
        assertThat(log.append(Records.of(2, 1, 9 << 20, random))).isEqualTo(AppendResult.TAKEN);
        assertThat(collection("wal_parts").countDocuments()).isZero();
    }

    @Test
    void a_view_only_moves_forward() {
        for (long lsn : new long[] {5, 9, 7, 9}) {
            byte[] fields = bytes(new BsonDocument("head_lsn", new BsonInt32((int) lsn)));
            store.publish(new View("wal_branches", "p7k2/main", lsn, fields));
        }
        List<BsonDocument> views = collection("wal_branches").find().into(new ArrayList<>());
        assertThat(views).hasSize(1);
        assertThat(views.get(0).getInt64("lsn").getValue()).isEqualTo(9);
        assertThat(views.get(0).getInt32("head_lsn").getValue()).isEqualTo(9);
    }

    @Test
    void an_interrupted_thread_appends_and_keeps_its_interrupt() {
        Thread.currentThread().interrupt();
        assertThat(log.append(Records.of(1, 1, 10, random))).isEqualTo(AppendResult.APPENDED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void an_unreachable_server_is_named_without_its_password() {
        MongoStoreOptions hasty = MongoStoreOptions.defaults().withServerSelectionMillis(200);
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> MongoStore.open("mongodb://ann:s3cret@127.0.0.1:1/", hasty))
                .withMessageContaining("mongodb://127.0.0.1:1/offshoot")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3cret"));
        assertThatExceptionOfType(StoreException.class)
                .isThrownBy(() -> MongoStore.open("mongodb://ann:s3c/ret@127.0.0.1:1/", hasty))
                .withMessageContaining("percent-encoded")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("s3c"));
        assertThat(store.describe()).isEqualTo(proxy.uri() + "/offshoot");
    }

    private MongoCollection<BsonDocument> collection(String name) {
        return client.getDatabase("offshoot").getCollection(name, BsonDocument.class);
    }

    private static byte[] bytes(BsonDocument document) {
        RawBsonDocument raw = new RawBsonDocument(document, new BsonDocumentCodec());
        byte[] bytes = new byte[raw.getByteBuffer().remaining()];
        raw.getByteBuffer().get(bytes);
        return bytes;
    }
}
