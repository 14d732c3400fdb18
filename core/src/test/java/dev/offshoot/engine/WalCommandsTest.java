package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look after a project's log, and what they find where bytes are damaged. */
final class WalCommandsTest {
    private static final int BAD_VALUE = 2;
    private static final int NAMESPACE_NOT_FOUND = 26;

    private final Path folder;

    @AutoClose
    private Commander commander;

    WalCommandsTest(@TempDir Path folder) {
        this.folder = folder;
        this.commander = Commander.open(folder);
    }

    private void insert(int from, int to) {
        String documents = IntStream.range(from, to)
                .mapToObj(i -> "{_id: " + i + ", n: " + i % 7 + ", text: 'all the same in each of them'}")
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        commander.run("shop", "{insert: 'c', documents: [" + documents + "]}");
    }

    private long lsn() {
        return commander.run("shop", "{listBranches: 1}").getInt64("lsn").getValue();
    }

    @Test
    void stats_tell_what_there_is() {
        insert(0, 500);
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {n: 1}, name: 'n'}]}");
        BsonDocument before = commander.run("shop", "{walStats: 1}");
        assertThat(before.getInt64("last_lsn").getValue()).isEqualTo(lsn()).isGreaterThan(500);
        assertThat(before.getInt64("unsaved_changes").getValue()).isEqualTo(lsn());
        assertThat(before.getInt64("oldest_lsn").getValue()).isZero();
        assertThat(before.getDocument("changes").getInt64("put").getValue()).isEqualTo(500);
        assertThat(before.getDocument("changes").getInt64("createIndex").getValue())
                .isEqualTo(1);
        assertThat(before.getDouble("compression").getValue()).isGreaterThan(2);
        assertThat(before.getInt64("records").getValue()).isBetween(3L, 10L);
        assertThat(before.getInt64("log_bytes").getValue()).isPositive();

        commander.run("shop", "{walCheckpoint: 1}");
        BsonDocument after = commander.run("shop", "{walStats: 1}");
        assertThat(after.getInt64("unsaved_changes").getValue()).isZero();
        assertThat(after.getInt32("checkpoints").getValue()).isEqualTo(1);
        assertThat(after.getInt64("last_checkpoint_lsn").getValue()).isEqualTo(lsn());
        assertThat(after.getInt64("pages").getValue()).isPositive();
        assertThat(after.getDocument("bytes").getInt64("pages").getValue()).isPositive();
    }

    @Test
    void a_project_that_is_not_there_is_not_found() {
        for (String command : List.of(
                "{walStats: 1}",
                "{walListSegments: 1}",
                "{walTail: 1}",
                "{walValidate: 1}",
                "{walReplay: 1}",
                "{walCheckpoint: 1}",
                "{walListCheckpoints: 1}")) {
            commander.fail(NAMESPACE_NOT_FOUND, "shop", command);
            commander.fail("admin", command);
        }
        commander.fail(NAMESPACE_NOT_FOUND, "shop", "{walCleanup: 1}");
    }

    @Test
    void a_tail_shows_who_did_what() {
        insert(0, 3);
        commander.run("shop", "{createBranch: 'exp'}");
        commander.run("shop~exp", "{delete: 'c', deletes: [{q: {}, limit: 0}]}");
        List<BsonDocument> rows = commander.list("shop", "{walTail: 1}");
        long next = 1;
        for (BsonDocument row : rows) {
            assertThat(row.getInt64("lsn").getValue()).isEqualTo(next);
            assertThat(row.getDateTime("at").getValue()).isPositive();
            next = row.getInt64("last_lsn").getValue() + 1;
        }
        assertThat(next).isEqualTo(lsn() + 1);
        BsonDocument last = rows.get(rows.size() - 1).getArray("commits").get(0).asDocument();
        assertThat(last.getString("branch").getValue()).isEqualTo("exp");
        assertThat(last.getString("command").getValue()).isEqualTo("delete");
        assertThat(last.getString("ns").getValue()).isEqualTo("c");
        assertThat(last.getDocument("changes").getInt64("delete").getValue()).isEqualTo(3);
        assertThat(commander.list("shop", "{walTail: 1, last: 2}"))
                .isEqualTo(rows.subList(rows.size() - 2, rows.size()));
        assertThat(commander.list("shop", "{walTail: 1, from: 3, limit: 1}"))
                .hasSize(1)
                .allSatisfy(row -> assertThat(row.getInt64("lsn").getValue()).isLessThanOrEqualTo(3));
        assertThat(commander.list("shop", "{walTail: 1, last: 1000}")).isEqualTo(rows);
    }

    @Test
    void a_tail_cannot_begin_where_nothing_is() {
        insert(0, 3);
        commander.fail(BAD_VALUE, "shop", "{walTail: 1, from: 0}");
        BsonDocument beyond = commander.fail(BAD_VALUE, "shop", "{walTail: 1, from: 4711}");
        assertThat(beyond.getString("errmsg").getValue()).contains("4711").contains("1 to " + lsn());
        commander.fail(BAD_VALUE, "shop", "{walTail: 1, follow: true, from: " + (lsn() + 2) + "}");
    }

    @Test
    void a_tail_that_follows_gives_what_comes() {
        insert(0, 3);
        BsonDocument cursor = commander
                .run("shop", "{walTail: 1, follow: true, from: " + (lsn() + 1) + "}")
                .getDocument("cursor");
        assertThat(cursor.getArray("firstBatch")).isEmpty();
        BsonDocument more = new BsonDocument("getMore", cursor.getInt64("id"))
                .append("collection", new BsonString("wal.tail"))
                .append("maxTimeMS", new BsonInt32(1));
        assertThat(commander.run("shop", more).getDocument("cursor").getArray("nextBatch"))
                .isEmpty();
        insert(10, 11);
        BsonDocument next = commander.run("shop", more).getDocument("cursor");
        assertThat(next.getArray("nextBatch")).hasSize(1);
        assertThat(next.getInt64("id")).isEqualTo(cursor.getInt64("id"));
        commander.run(
                "shop",
                "{killCursors: 'wal.tail', cursors: [" + cursor.getInt64("id").getValue() + "]}");
    }

    @Test
    void a_tail_ends_with_its_project() {
        insert(0, 3);
        BsonDocument cursor = commander
                .run("shop", "{walTail: 1, follow: true, from: " + (lsn() + 1) + "}")
                .getDocument("cursor");
        insert(10, 11);
        commander.run("admin", "{dropProject: 'shop'}");
        commander.run("admin", "{createProject: 'shop'}");
        BsonDocument more = new BsonDocument("getMore", cursor.getInt64("id"))
                .append("collection", new BsonString("wal.tail"))
                .append("maxTimeMS", new BsonInt32(1));
        BsonDocument next = commander.run("shop", more).getDocument("cursor");
        assertThat(next.getArray("nextBatch")).hasSize(2);
        if (next.getInt64("id").getValue() != 0) {
            next = commander.run("shop", more).getDocument("cursor");
            assertThat(next.getArray("nextBatch")).isEmpty();
        }
        assertThat(next.getInt64("id").getValue()).isZero();
    }

    @Test
    void a_long_tail_comes_in_batches() {
        for (int i = 0; i < 30; i++) {
            insert(i, i + 1);
        }
        BsonDocument cursor =
                commander.run("shop", "{walTail: 1, cursor: {batchSize: 7}}").getDocument("cursor");
        int rows = cursor.getArray("firstBatch").size();
        assertThat(rows).isEqualTo(7);
        BsonDocument more = new BsonDocument("getMore", cursor.getInt64("id"))
                .append("collection", new BsonString("wal.tail"))
                .append("batchSize", new BsonInt32(9));
        BsonDocument next = cursor;
        while (next.getInt64("id").getValue() != 0) {
            next = commander.run("shop", more).getDocument("cursor");
            rows += next.getArray("nextBatch").size();
        }
        assertThat(rows)
                .isEqualTo(commander
                        .run("shop", "{walStats: 1}")
                        .getInt64("records")
                        .intValue());
    }

    @Test
    void a_replay_is_the_same_as_what_readers_see_on_every_branch_and_position() {
        insert(0, 60);
        commander.run("shop", "{createIndexes: 'c', indexes: [{key: {n: 1}, name: 'n'}]}");
        commander.run("shop", "{walCheckpoint: 1}");
        long base = lsn();
        commander.run("shop", "{createBranch: 'exp'}");
        commander.run("shop~exp", "{delete: 'c', deletes: [{q: {n: 3}, limit: 0}]}");
        commander.run("shop", "{update: 'c', updates: [{q: {n: 2}, u: {$set: {n: 'two'}}, multi: true}]}");
        commander.run("shop", "{create: 'v', viewOn: 'c', pipeline: []}");
        commander.restart();
        int compared = 0;
        for (String database : List.of("shop", "shop~exp")) {
            for (long to = 1; to <= lsn(); to += 2) {
                BsonDocument reply = commander.run(database, "{walReplay: 1, to: " + to + "}");
                assertThat(reply.getBoolean("same").getValue())
                        .as(reply.toJson())
                        .isTrue();
                compared += reply.getArray("collections").size();
            }
        }
        assertThat(compared).isGreaterThan(20);
        BsonDocument last = commander.run("shop", "{walReplay: 1}");
        assertThat(last.getInt64("from_lsn").getValue()).isZero();
        assertThat(last.getInt64("lsn").getValue()).isGreaterThan(base);
        BsonDocument c = last.getArray("collections").get(0).asDocument();
        assertThat(c.getDocument("replayed").getInt64("documents").getValue()).isEqualTo(60);
        assertThat(c.getDocument("replayed").getInt64("index_entries").getValue())
                .isEqualTo(120);
        commander.fail(BAD_VALUE, "shop", "{walReplay: 1, to: " + (lsn() + 1) + "}");
        commander.fail(NAMESPACE_NOT_FOUND, "shop~nothing", "{walReplay: 1}");
    }

    @Test
    void what_is_whole_is_valid_open_or_not() {
        insert(0, 3000);
        commander.run("shop", "{walCheckpoint: 1}");
        insert(3000, 3020);
        BsonDocument open = commander.run("shop", "{walValidate: 1}");
        assertThat(open.getBoolean("valid").getValue()).as(open.toJson()).isTrue();
        assertThat(open.getInt32("checkpoints").getValue()).isEqualTo(1);
        assertThat(open.getInt64("pages").getValue()).isGreaterThan(10);
        assertThat(open.getInt64("last_lsn").getValue()).isEqualTo(lsn());
        commander.close();
        assertThat(validate().getBoolean("valid").getValue()).isTrue();
        assertThat(validate().getInt64("records")).isEqualTo(open.getInt64("records"));
    }

    @Test
    void a_project_that_is_not_there_is_not_found_without_opening_the_store_either() {
        insert(0, 1);
        commander.close();
        try (FileStore store = FileStore.open(folder)) {
            BsonDocument reply = Commander.decode(Doc.of(Engine.validate(store, "shob")));
            assertThat(reply.getInt32("code").getValue()).isEqualTo(NAMESPACE_NOT_FOUND);
            assertThat(reply.getString("errmsg").getValue()).contains("did you mean 'shop'");
        }
    }

    @Test
    void every_damaged_byte_of_a_segment_is_found_and_said_where() throws IOException {
        insert(0, 5);
        insert(5, 10);
        commander.run("shop", "{walCheckpoint: 1}");
        commander.close();
        Path segment = only("logs/p1");
        byte[] whole = Files.readAllBytes(segment);
        int found = 0;
        for (int at = 0; at < whole.length; at += 3) {
            byte[] bytes = whole.clone();
            bytes[at] ^= 0x10;
            Files.write(segment, bytes);
            BsonDocument report = validate();
            int named = report.getArray("problems").size()
                    + report.getArray("notes").size();
            assertThat(named)
                    .as("flipped byte %d of %d: %s", at, whole.length, report.toJson())
                    .isPositive();
            found += report.getArray("problems").toString().contains(segment.toString()) ? 1 : 0;
        }
        assertThat(found).isGreaterThan(whole.length / 6);
        assertThat(Files.readAllBytes(segment)).as("validation writes nothing").hasSameSizeAs(whole);
    }

    @Test
    void damage_in_two_places_is_told_twice_and_what_is_between_is_read() throws IOException {
        for (int i = 0; i < 20; i++) {
            insert(10 * i, 10 * i + 10);
        }
        long records =
                commander.run("shop", "{walStats: 1}").getInt64("records").getValue();
        commander.close();
        Path segment = only("logs/p1");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 4] ^= 1;
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);
        BsonDocument report = validate();
        assertThat(report.getArray("problems")).as(report.toJson()).hasSize(2);
        assertThat(report.getInt64("records").getValue()).isEqualTo(records - 2);
    }

    @Test
    void a_torn_tail_is_a_note_and_no_damage() throws IOException {
        insert(0, 5);
        insert(5, 10);
        commander.close();
        Path segment = only("logs/p1");
        byte[] bytes = Files.readAllBytes(segment);
        Files.write(segment, Arrays.copyOf(bytes, bytes.length - 3));
        BsonDocument report = validate();
        assertThat(report.getBoolean("valid").getValue()).as(report.toJson()).isTrue();
        assertThat(report.getArray("notes")).hasSize(1);
        assertThat(Files.size(segment)).as("nothing is cut").isEqualTo(bytes.length - 3);
        commander = Commander.open(folder);
        assertThat(commander.run("shop", "{count: 'c'}").getInt32("n").getValue())
                .isEqualTo(5);
    }

    @Test
    void a_missing_segment_is_told() throws IOException {
        commander.close();
        FileStoreOptions small = FileStoreOptions.defaults().withSegmentBytesMax(600);
        try (Engine engine = Engine.open(FileStore.open(folder, small))) {
            Client client = engine.connect("127.0.0.1:1");
            for (int i = 0; i < 10; i++) {
                BsonDocument command = BsonDocument.parse("{insert: 'c', documents: [{_id: " + i + "}], $db: 'shop'}");
                engine.run(client, new Request(Commander.encode(command), Map.of()));
            }
        }
        List<Path> segments = all("logs/p1");
        assertThat(segments).hasSizeGreaterThan(3);
        Files.delete(segments.get(1));
        BsonDocument report = validate();
        assertThat(report.getArray("problems")).as(report.toJson()).hasSize(1);
        assertThat(report.getArray("problems").get(0).asString().getValue())
                .contains("expected a segment that starts at LSN");
    }

    @Test
    void a_damaged_page_and_a_damaged_manifest_are_told_with_their_checkpoint() throws IOException {
        insert(0, 300);
        commander.run("shop", "{walCheckpoint: 1}");
        long first = lsn();
        insert(300, 310);
        commander.run("shop", "{walCheckpoint: 1}");
        long second = lsn();
        commander.close();
        flip(all("checkpoints/p1").get(1), 20);
        flip(all("pages/p1").get(0), 200);
        BsonDocument report = validate();
        assertThat(report.getBoolean("valid").getValue()).isFalse();
        List<String> problems = new ArrayList<>();
        report.getArray("problems")
                .forEach(problem -> problems.add(problem.asString().getValue()));
        assertThat(problems).as(report.toJson()).anyMatch(line -> line.contains("checkpoint " + second));
        assertThat(problems).anyMatch(line -> line.contains("checkpoint " + first + ": page"));

        commander = Commander.open(folder);
        BsonDocument open = commander.run("admin", "{walValidate: 'shop'}");
        assertThat(open.getArray("problems")).hasSameSizeAs(problems);
    }

    @Test
    void a_damaged_checkpoint_is_in_the_list_as_one() throws IOException {
        insert(0, 30);
        commander.run("shop", "{walCheckpoint: 1}");
        commander.close();
        flip(only("checkpoints/p1"), 20);
        commander = Commander.open(folder);
        BsonDocument listed = commander.run("shop", "{walListCheckpoints: 1}");
        assertThat(listed.getArray("checkpoints")
                        .get(0)
                        .asDocument()
                        .getString("damaged")
                        .getValue())
                .contains("checksum");
    }

    @Test
    void a_damaged_newest_manifest_is_replaced_by_the_next_checkpoint() throws IOException {
        insert(0, 30);
        commander.run("shop", "{walCheckpoint: 1}");
        commander.close();
        flip(only("checkpoints/p1"), 20);
        commander = Commander.open(folder);
        assertThat(commander.run("shop", "{walValidate: 1}").getBoolean("valid").getValue())
                .isFalse();
        assertThat(commander.run("shop", "{walCheckpoint: 1}").getInt64("lsn")).isEqualTo(new BsonInt64(lsn()));
        BsonDocument report = commander.run("shop", "{walValidate: 1}");
        assertThat(report.getBoolean("valid").getValue()).as(report.toJson()).isTrue();
    }

    @Test
    void a_collection_whose_options_take_several_pages_is_walked_through() {
        insert(0, 30);
        String rules = IntStream.range(0, 3000)
                .mapToObj(i -> "a_field_with_a_long_name_" + i + ": {$not: {$gt: " + i + "}}")
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        commander.run("shop", "{create: 'ruled', validator: {" + rules + "}}");
        commander.run("shop", "{insert: 'ruled', documents: [{_id: 1}]}");
        commander.run("shop", "{walCheckpoint: 1}");
        long first = lsn();
        commander.run("shop", "{insert: 'ruled', documents: [{_id: 2}]}");
        commander.run("shop", "{walCheckpoint: 1}");
        BsonDocument report = commander.run("shop", "{walValidate: 1}");
        assertThat(report.getBoolean("valid").getValue()).as(report.toJson()).isTrue();
        commander.restart();
        commander.run("shop", "{walCleanup: 1, retainMillis: 0, graceMillis: 0}");
        assertThat(commander.run("shop", "{count: 'ruled'}").getInt32("n").getValue())
                .isEqualTo(2);
        commander.restart();
        assertThat(commander.run("shop", "{count: 'ruled'}").getInt32("n").getValue())
                .isEqualTo(2);
        report = commander.run("shop", "{walValidate: 1}");
        assertThat(report.getBoolean("valid").getValue()).as(report.toJson()).isTrue();
        assertThat(report.getInt64("last_lsn").getValue()).isGreaterThan(first);
    }

    @Test
    void a_damaged_list_of_projects_is_told() throws IOException {
        insert(0, 3);
        commander.run("other", "{insert: 'c', documents: [{_id: 1}]}");
        commander.close();
        flip(only("logs/p0"), 10);
        try (FileStore store = FileStore.open(folder)) {
            BsonDocument gone = Commander.decode(Doc.of(Engine.validate(store, "shop")));
            assertThat(gone.getString("errmsg").getValue())
                    .contains("list of projects")
                    .contains("p0");
            BsonDocument there = Commander.decode(Doc.of(Engine.validate(store, "other")));
            assertThat(there.getBoolean("valid").getValue()).isFalse();
        }
    }

    private BsonDocument validate() {
        try (FileStore store = FileStore.open(folder)) {
            return Commander.decode(Doc.of(Engine.validate(store, "shop")));
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x10;
        Files.write(file, bytes);
    }

    private Path only(String place) throws IOException {
        List<Path> files = all(place);
        assertThat(files).hasSize(1);
        return files.get(0);
    }

    private List<Path> all(String place) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(place))) {
            return files.sorted().toList();
        }
    }
}
