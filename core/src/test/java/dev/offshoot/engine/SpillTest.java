package dev.offshoot.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.Scratch;
import dev.offshoot.store.file.FileScratch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries that hold more than a stage may, with temporary files, and what is left of those. */
class SpillTest {
    private static final int COUNT = 3000;
    private static final String SORT =
            "{aggregate: 'c', pipeline: [{$sort: {k: 1, _id: -1}}], cursor: {batchSize: 10}}";

    private Path files;
    private Sheets sheets;
    private Commander mongo;

    /** Temporary files, counted. */
    private static final class Sheets implements Scratch {
        private final Scratch files;
        private final List<Sheet> all = new ArrayList<>();
        private int open;

        Sheets(Scratch files) {
            this.files = files;
        }

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public Sheet newSheet() {
            Sheet sheet = files.newSheet();
            open++;
            Sheet counted = new Sheet() {
                private boolean closed;

                @Override
                public void append(byte[] bytes, int offset, int length) {
                    sheet.append(bytes, offset, length);
                }

                @Override
                public long size() {
                    return sheet.size();
                }

                @Override
                public void read(long position, byte[] into, int offset, int length) {
                    sheet.read(position, into, offset, length);
                }

                @Override
                public void close() {
                    open -= closed ? 0 : 1;
                    closed = true;
                    sheet.close();
                }
            };
            all.add(counted);
            return counted;
        }
    }

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        files = Files.createDirectory(folder.resolve("temporary"));
        sheets = new Sheets(FileScratch.in(files));
        mongo = Commander.open(
                folder.resolve("data"), EngineOptions.DEFAULT.with(sheets).withStageBytes(64_000));
        BsonArray documents = new BsonArray();
        for (int i = 0; i < COUNT; i++) {
            documents.add(new BsonDocument("_id", new BsonInt32(i))
                    .append("k", new BsonInt32(i * 7919 % 101))
                    .append("s", new BsonString("x".repeat(i % 200))));
        }
        mongo.run("shop", new BsonDocument("insert", new BsonString("c")).append("documents", documents));
    }

    @AfterEach
    void close() throws IOException {
        mongo.close();
        assertThat(sheets.open).isZero();
        try (Stream<Path> left = Files.list(files)) {
            assertThat(left).isEmpty();
        }
    }

    private static List<Integer> expected() {
        return IntStream.range(0, COUNT)
                .boxed()
                .sorted((a, b) -> a * 7919 % 101 != b * 7919 % 101
                        ? Integer.compare(a * 7919 % 101, b * 7919 % 101)
                        : Integer.compare(b, a))
                .toList();
    }

    private static List<Integer> ids(BsonDocument reply, String batch) {
        List<Integer> ids = new ArrayList<>();
        for (BsonValue document : reply.getDocument("cursor").getArray(batch)) {
            ids.add(document.asDocument().getInt32("_id").getValue());
        }
        return ids;
    }

    private static long id(BsonDocument reply) {
        return reply.getDocument("cursor").getInt64("id").getValue();
    }

    @Test
    void a_cursor_reads_a_sort_from_its_files_to_the_end_and_gives_them_back() {
        BsonDocument first = mongo.run("shop", SORT);
        List<Integer> ids = new ArrayList<>(ids(first, "firstBatch"));
        assertThat(ids).hasSize(10);
        assertThat(sheets.open).isPositive();
        BsonDocument next = mongo.run("shop", "{getMore: {$numberLong: '" + id(first) + "'}, collection: 'c'}");
        ids.addAll(ids(next, "nextBatch"));
        assertThat(id(next)).isZero();
        assertThat(ids).isEqualTo(expected());
        assertThat(sheets.open).isZero();
    }

    @Test
    void a_killed_cursor_gives_its_files_back() {
        long id = id(mongo.run("shop", SORT));
        assertThat(sheets.open).isPositive();
        mongo.run("shop", "{killCursors: 'c', cursors: [{$numberLong: '" + id + "'}]}");
        assertThat(sheets.open).isZero();
    }

    @Test
    void an_engine_that_closes_gives_the_files_of_its_cursors_back() {
        mongo.run("shop", SORT);
        assertThat(sheets.open).isPositive();
        mongo.restart();
        assertThat(sheets.open).isZero();
    }

    @Test
    void a_find_sorts_through_files_too() {
        BsonDocument reply =
                mongo.run("shop", "{find: 'c', sort: {k: 1, _id: -1}, batchSize: 5000, projection: {k: 1}}");
        assertThat(ids(reply, "firstBatch")).isEqualTo(expected());
        assertThat(sheets.all).isNotEmpty();
        assertThat(sheets.open).isZero();
    }

    @Test
    void groups_go_through_files_and_an_error_on_the_way_leaves_none() {
        BsonDocument reply = mongo.run(
                "shop",
                "{aggregate: 'c', pipeline: [{$group: {_id: '$k', all: {$push: '$s'}}}, {$project: {n: {$size:"
                        + " '$all'}}}, {$group: {_id: 1, n: {$sum: '$n'}}}], cursor: {}}");
        assertThat(reply.getDocument("cursor").getArray("firstBatch"))
                .containsExactly(BsonDocument.parse("{_id: 1, n: 3000}"));
        assertThat(sheets.all).isNotEmpty();
        assertThat(sheets.open).isZero();
        mongo.fail(
                "shop",
                "{aggregate: 'c', pipeline: [{$sort: {k: 1}}, {$project: {x: {$divide: [1, '$k']}}}], cursor: {}}");
        assertThat(sheets.open).isZero();
    }

    @Test
    void a_client_that_allows_no_files_gets_mongodbs_error() {
        String refused = SORT.replace("cursor:", "allowDiskUse: false, cursor:");
        assertThat(mongo.fail("shop", refused).getInt32("code").getValue()).isEqualTo(292);
        assertThat(mongo.fail("shop", "{find: 'c', sort: {k: 1}, allowDiskUse: false}")
                        .getString("errmsg")
                        .getValue())
                .contains("Sort exceeded memory limit of 64000 bytes, but did not opt in to external sorting.");
        assertThat(sheets.all).isEmpty();
    }
}
