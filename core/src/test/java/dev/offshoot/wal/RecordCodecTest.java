package dev.offshoot.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

final class RecordCodecTest {
    private static final byte[] NONCE = new byte[LogRecord.NONCE_BYTES];
    private static final int RECORDS = 300;

    /** The worked example of docs/formats.md. */
    private static final WalRecord EXAMPLE = new WalRecord(
            42,
            (1_795_000_000L << 32) + 3,
            1_795_000_000_123L,
            List.of(
                    new Commit(
                            42,
                            1,
                            new Origin("ann", "insert", "main", "items"),
                            List.of(new Change.Put(
                                    2, 42, new DocBuilder().append("_id", 7).build())),
                            List.of(new RetryResult(
                                    new RetryKey(new UUID(0x0011223344556677L, 0x8899AABBCCDDEEFFL), 9, 0),
                                    new DocBuilder().append("n", 1).build()))),
                    new Commit(
                            43,
                            30,
                            new Origin("ben", "delete", "exp", "items"),
                            List.of(new Change.Delete(2, 5), new Change.Delete(2, 41)),
                            List.of())));

    @Test
    void a_payload_has_the_bytes_of_the_worked_example() throws IOException {
        LogRecord entry = RecordCodec.encode(EXAMPLE, NONCE);
        assertThat(HexFormat.of().formatHex(entry.payload()))
                .isEqualTo(documentedPayload())
                .isEqualTo("00020001010128000e000000105f696400070000000001"
                        + "00112233445566778899aabbccddeeff09000c0c000000106e000100000000"
                        + "011e02022926022a030038e7c5de");
        assertThat(entry.firstLsn()).isEqualTo(42);
        assertThat(entry.count()).isEqualTo(3);
        assertSame(RecordCodec.decode(entry), EXAMPLE, "the example");
    }

    @Test
    void a_payload_of_changes_to_collections_has_these_bytes() {
        byte[] empty = new DocBuilder().build();
        Commit commit = new Commit(
                42,
                1,
                new Origin("ann", "collMod", "main", "items"),
                List.of(
                        new Change.RenameCollection(2, "i"),
                        new Change.AlterCollection(2, empty),
                        new Change.AlterIndex(2, 40, empty)),
                List.of());
        LogRecord entry = RecordCodec.encode(new WalRecord(42, 1, 1, List.of(commit)), NONCE);
        String content = "00" + "01" + "00" + "01" + "03" // not compressed; 1 commit: origin 0, branch 1, 3 changes
                + "0c" + "28" + "0169" // LSN 42: renameCollection 42 - 40 = 2 to "i"
                + "0d" + "29" + "05" + "0500000000" // LSN 43: alterCollection 43 - 41 = 2, 5 bytes of options
                + "0e" + "2a" + "04" + "05" + "0500000000" // LSN 44: alterIndex 44 - 42 = 2, index 44 - 4 = 40
                + "00"; // no results
        String payload = HexFormat.of().formatHex(entry.payload());
        assertThat(payload.substring(0, payload.length() - 8)).isEqualTo(content);
    }

    @Test
    void a_payload_of_changes_to_histories_has_these_bytes() {
        byte[] empty = new DocBuilder().build();
        Commit commit = new Commit(
                42,
                1,
                new Origin("ann", "mergeBranch", "main", ""),
                List.of(
                        new Change.Merge(30, 40),
                        new Change.Reset(1, 41),
                        new Change.Mark(),
                        new Change.RestoreCollection(30, 40, 2, "i"),
                        new Change.CreateTag("v", 1, 44),
                        new Change.DropTag(46),
                        new Change.AlterBranch(30, empty),
                        new Change.AlterProject(empty),
                        new Change.RestoreBranch(30, "b"),
                        new Change.CreateBranch("p", 1, 50, empty),
                        new Change.Pick(30, 40, "bob")),
                List.of());
        LogRecord entry = RecordCodec.encode(new WalRecord(42, 1, 1, List.of(commit)), NONCE);
        String content = "00" + "01" + "00" + "01" + "0b" // not compressed; 1 commit: origin 0, branch 1, 11 changes
                + "18" + "0c" + "02" // LSN 42: merge of branch 42 - 12 = 30 at 42 - 2 = 40
                + "17" + "2a" + "02" // LSN 43: reset to branch 43 - 42 = 1 at 43 - 2 = 41
                + "19" // LSN 44: mark
                + "1b" + "0f" + "05" + "2b" + "0169" // LSN 45: restoreCollection, branch 30 at 40, collection 2 as "i"
                + "12" + "0176" + "2d" + "02" // LSN 46: createTag "v" of branch 1 at 44
                + "13" + "01" // LSN 47: dropTag 46
                + "14" + "12" + "05" + "0500000000" // LSN 48: alterBranch 30, 5 bytes of properties
                + "15" + "05" + "0500000000" // LSN 49: alterProject
                + "16" + "14" + "0162" // LSN 50: restoreBranch 30 as "b"
                + "1a" + "0170" + "32" + "01" + "05" + "0500000000" // LSN 51: createPartialBranch "p" of 1 at 50
                + "1c" + "16" + "0c" + "03626f62" // LSN 52: pick of branch 52 - 22 = 30 at 52 - 12 = 40 by "bob"
                + "00"; // no results
        String payload = HexFormat.of().formatHex(entry.payload());
        assertThat(payload.substring(0, payload.length() - 8)).isEqualTo(content);
    }

    @Test
    void a_payload_of_a_patch_has_these_bytes_and_its_header_counts_a_put() {
        byte[] delta = {1, 2, 3};
        Commit commit = new Commit(
                48,
                1,
                new Origin("ann", "update", "main", "items"),
                List.of(new Change.Patch(2, 42, delta, new byte[700])),
                List.of());
        LogRecord entry = RecordCodec.encode(new WalRecord(48, 1, 1, List.of(commit)), NONCE);
        String content = "00" + "01" + "00" + "01" + "01" // not compressed; 1 commit: origin 0, branch 1, 1 change
                + "0f" + "2e" + "06" + "03" + "010203" // LSN 48: patch, 48 - 46 = 2, 48 - 6 = 42, 3 bytes
                + "00"; // no results
        String payload = HexFormat.of().formatHex(entry.payload());
        assertThat(payload.substring(0, payload.length() - 8)).isEqualTo(content);
        assertThat(new RawBsonDocument(entry.header()).toJson()).contains("\"ops\": {\"put\": 1}");
        Change read = RecordCodec.decode(entry).commits().get(0).changes().get(0);
        assertThat(read)
                .isInstanceOfSatisfying(
                        Change.Patch.class,
                        patch -> assertThat(patch.document()).isNull());
    }

    @Test
    void a_record_is_compressed_where_that_saves_an_eighth() {
        Origin origin = new Origin("ann", "insert", "main", "items");
        byte[] noise = new byte[900];
        new Random(3).nextBytes(noise);
        for (int zeros : new int[] {0, 100, 150, 300}) {
            byte[] document = new DocBuilder()
                    .append("noise", Value.binary(noise))
                    .append("zeros", Value.binary(new byte[zeros]))
                    .build();
            Commit commit = new Commit(3, 1, origin, List.of(new Change.Put(1, 3, document)), List.of());
            byte[] payload = RecordCodec.encode(new WalRecord(3, 1, 1, List.of(commit)), NONCE)
                    .payload();
            assertThat(payload[0]).as("%s zeros", zeros).isEqualTo((byte) (zeros < 200 ? 0 : 1));
        }
    }

    @Test
    void a_header_is_plain_bson() {
        BsonDocument header =
                new RawBsonDocument(RecordCodec.encode(EXAMPLE, NONCE).header());
        assertThat(header.toJson())
                .isEqualTo("{\"v\": 1,"
                        + " \"time\": {\"$timestamp\": {\"t\": 1795000000, \"i\": 3}},"
                        + " \"at\": {\"$date\": \"2026-11-18T11:06:40.123Z\"},"
                        + " \"commits\": ["
                        + "{\"branch\": \"main\", \"actor\": \"ann\", \"command\": \"insert\", \"ns\": \"items\","
                        + " \"ops\": {\"put\": 1}}, "
                        + "{\"branch\": \"exp\", \"actor\": \"ben\", \"command\": \"delete\", \"ns\": \"items\","
                        + " \"ops\": {\"delete\": 2}}]}");
        assertThat(header.getTimestamp("time")).isEqualTo(new BsonTimestamp(1_795_000_000, 3));
    }

    @Test
    void a_message_stands_in_the_header_and_groups_commits() {
        Change delete = new Change.Delete(2, 5);
        Origin said = new Origin("ann", "delete", "main", "items", "spring sale");
        Origin silent = new Origin("ann", "delete", "main", "items");
        WalRecord record = new WalRecord(
                42,
                1,
                1,
                List.of(
                        new Commit(42, 1, said, List.of(delete), List.of()),
                        new Commit(43, 1, silent, List.of(delete), List.of()),
                        new Commit(44, 1, said, List.of(delete), List.of())));
        LogRecord entry = RecordCodec.encode(record, NONCE);
        assertThat(HexFormat.of().formatHex(entry.header()))
                .isEqualTo("09010000" + "107600" + "01000000" // v
                        + "1174696d6500" + "0100000000000000" // time
                        + "09617400" + "0100000000000000" // at
                        + "04636f6d6d69747300" + "da000000" // commits
                        + "033000" + "72000000" // 0
                        + "026272616e636800" + "05000000" + "6d61696e00" // branch: main
                        + "026163746f7200" + "04000000" + "616e6e00" // actor: ann
                        + "02636f6d6d616e6400" + "07000000" + "64656c65746500" // command: delete
                        + "026e7300" + "06000000" + "6974656d7300" // ns: items
                        + "026d736700" + "0c000000" + "737072696e672073616c6500" // msg: spring sale
                        + "036f707300" + "11000000" + "1064656c65746500" + "02000000" + "00" + "00" // ops
                        + "033100" + "5d000000" // 1, without msg
                        + "026272616e636800" + "05000000" + "6d61696e00"
                        + "026163746f7200" + "04000000" + "616e6e00"
                        + "02636f6d6d616e6400" + "07000000" + "64656c65746500"
                        + "026e7300" + "06000000" + "6974656d7300"
                        + "036f707300" + "11000000" + "1064656c65746500" + "01000000" + "00" + "00"
                        + "00" + "00");
        assertSame(RecordCodec.decode(entry), record, "with a message");
        assertThat(RecordSummary.of(entry).groups())
                .containsExactly(
                        new RecordSummary.Group(said, Map.of("delete", 2L)),
                        new RecordSummary.Group(silent, Map.of("delete", 1L)));
    }

    @Test
    void a_text_that_is_too_long_for_a_message_is_cut_between_characters() {
        String fits = "x".repeat(Origin.MESSAGE_CHARS_MAX);
        assertThat(Origin.message(fits)).isSameAs(fits);
        String cut = Origin.message(fits + "y");
        assertThat(cut).hasSize(Origin.MESSAGE_CHARS_MAX).endsWith("x...");
        String faces = Origin.message("\uD83D\uDE00".repeat(Origin.MESSAGE_CHARS_MAX));
        assertThat(faces).hasSize(Origin.MESSAGE_CHARS_MAX - 1).endsWith("\uD83D\uDE00...");
        assertThatIllegalArgumentException().isThrownBy(() -> new Origin("a", "b", "c", "d", fits + "y"));
    }

    @Test
    void the_header_counts_the_operations_of_an_origin_together() {
        List<Commit> commits = new ArrayList<>();
        Origin origin = new Origin("ann", "insert", "main", "items");
        byte[] document = new DocBuilder().append("_id", 1).build();
        for (int i = 0; i < 500; i++) {
            commits.add(new Commit(10 + i, 1, origin, List.of(new Change.Put(2, 10 + i, document)), List.of()));
        }
        LogRecord entry = RecordCodec.encode(new WalRecord(10, 1, 1, commits), NONCE);
        assertThat(new RawBsonDocument(entry.header()).getArray("commits"))
                .singleElement()
                .extracting(
                        c -> c.asDocument().getDocument("ops").getInt32("put").getValue())
                .isEqualTo(500);
        assertThat(entry.payload().length).as("compressed").isLessThan(500 * document.length / 4);
    }

    @Test
    void random_records_come_back_as_they_were() {
        Set<Change.Kind> seen = EnumSet.noneOf(Change.Kind.class);
        for (long seed = 1; seed <= RECORDS; seed++) {
            WalRecord record = new RandomRecords(seed).next();
            LogRecord entry = RecordCodec.encode(record, NONCE);
            assertThat(entry.lastLsn()).isEqualTo(record.lastLsn());
            assertSame(RecordCodec.decode(entry), record, "seed " + seed);
            record.commits().forEach(c -> c.changes().forEach(change -> seen.add(change.kind())));
        }
        assertThat(seen).containsExactly(Change.Kind.values());
    }

    @Test
    void large_documents_come_back() {
        Random random = new Random(5);
        byte[] noise = new byte[5 << 20];
        random.nextBytes(noise);
        for (byte[] data : List.of(noise, new byte[20 << 20])) {
            byte[] document =
                    new DocBuilder().append("data", Value.binary(data)).build();
            Commit commit = new Commit(
                    3, 1, new Origin("a", "insert", "main", "c"), List.of(new Change.Put(1, 3, document)), List.of());
            WalRecord record = new WalRecord(3, 1, 1, List.of(commit));
            assertSame(RecordCodec.decode(RecordCodec.encode(record, NONCE)), record, data.length + " bytes");
        }
    }

    @Test
    void every_cut_or_changed_payload_is_corruption_and_nothing_else() {
        int tried = 0;
        for (long seed = 1; seed <= 20; seed++) {
            LogRecord entry = RecordCodec.encode(new RandomRecords(seed).small(), NONCE);
            byte[] payload = entry.payload();
            Random random = new Random(seed);
            for (int i = 0; i < payload.length; i++, tried++) {
                byte[] cut = Arrays.copyOf(payload, i);
                assertCorrupt(withPayload(entry, cut), "seed " + seed + ", cut at " + i);
                byte[] flipped = payload.clone();
                flipped[i] ^= (byte) (1 << random.nextInt(8));
                assertCorrupt(withPayload(entry, flipped), "seed " + seed + ", flipped at " + i);
            }
        }
        assertThat(tried).isGreaterThan(2_000);
    }

    /** What a broken encoder, rather than a broken disk, would leave: the checksum is right, and the bytes are not. */
    @Test
    void nonsense_with_a_right_checksum_is_corruption_or_a_record() {
        int corrupt = 0;
        for (long seed = 1; seed <= 3_000; seed++) {
            Random random = new Random(seed);
            LogRecord entry = RecordCodec.encode(new RandomRecords(seed % 20).small(), NONCE);
            byte[] body = Arrays.copyOf(entry.payload(), entry.payload().length - 4);
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                body[1 + random.nextInt(body.length - 1)] = (byte) random.nextInt();
            }
            try {
                RecordCodec.decode(withPayload(entry, RecordCodec.checked(body)));
            } catch (CorruptionException e) {
                assertThat(e).as("seed " + seed).hasMessageContaining("LSN " + entry.firstLsn());
                corrupt++;
            }
        }
        assertThat(corrupt).isGreaterThan(300);
    }

    @Test
    void a_record_of_another_version_or_of_other_lsns_is_refused() {
        LogRecord entry = RecordCodec.encode(EXAMPLE, NONCE);
        byte[] header = entry.header().clone();
        header[4 + 3] = 2;
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> RecordCodec.decode(new LogRecord(42, 3, NONCE, header, entry.payload())))
                .withMessageContaining("version 2")
                .withMessageContaining("LSN 42");
        assertCorrupt(new LogRecord(42, 4, NONCE, entry.header(), entry.payload()), "one LSN more");
        assertCorrupt(new LogRecord(42, 2, NONCE, entry.header(), entry.payload()), "one LSN less");
    }

    @Test
    void a_header_without_its_fields_is_corruption() {
        LogRecord entry = RecordCodec.encode(EXAMPLE, NONCE);
        for (byte[] header : List.of(
                new DocBuilder().build(),
                new DocBuilder().append("v", 1).build(),
                new DocBuilder().append("v", "1").build(),
                new DocBuilder().append("v", 1).append("commits", 3).build())) {
            assertCorrupt(new LogRecord(42, 3, NONCE, header, entry.payload()), new RawBsonDocument(header).toJson());
        }
    }

    @Test
    void a_changed_header_is_corruption_or_a_record() {
        int corrupt = 0;
        byte[] header = RecordCodec.encode(EXAMPLE, NONCE).header();
        for (int bit = 0; bit < 8 * header.length; bit++) {
            byte[] flipped = header.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            LogRecord entry = RecordCodec.encode(EXAMPLE, NONCE);
            try {
                RecordCodec.decode(new LogRecord(42, 3, NONCE, flipped, entry.payload()));
            } catch (CorruptionException e) {
                corrupt++;
            }
        }
        assertThat(corrupt).isGreaterThan(500);
    }

    @Test
    void ids_of_what_a_commit_makes_itself_become_lsns() {
        byte[] document = new DocBuilder().build();
        Commit draft = Commit.draft(
                1,
                new Origin("a", "insert", "main", "c"),
                List.of(
                        new Change.CreateCollection("c", document),
                        new Change.CreateIndex(Change.made(0), document),
                        new Change.Put(Change.made(0), Change.made(2), document),
                        new Change.Put(9, Change.made(3), document),
                        new Change.Delete(Change.made(0), Change.made(2))),
                List.of());
        Commit bound = draft.at(100);
        assertThat(bound.changes().get(1)).isEqualTo(new Change.CreateIndex(100, document));
        assertThat(bound.changes().get(2)).isEqualTo(new Change.Put(100, 102, document));
        assertThat(bound.changes().get(3)).isEqualTo(new Change.Put(9, 103, document));
        assertThat(bound.changes().get(4)).isEqualTo(new Change.Delete(100, 102));
        assertThat(bound.lastLsn()).isEqualTo(104);
    }

    @Test
    void an_unknown_compression_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RecordCodec.decompress(RecordCodec.checked(new byte[] {2, 0})))
                .withMessageContaining("compression 2");
    }

    /** The hex digits in docs/formats.md: the first column, two spaces or more before the words. */
    private static String documentedPayload() throws IOException {
        String page =
                Files.readString(Path.of(System.getProperty("basedir", ".")).resolve("../docs/formats.md"));
        int start = page.indexOf("```hex\n") + "```hex\n".length();
        StringBuilder hex = new StringBuilder();
        for (String line : page.substring(start, page.indexOf("```", start)).split("\n")) {
            hex.append(line.substring(0, line.indexOf("  ")).replace(" ", ""));
        }
        return hex.toString();
    }

    private static LogRecord withPayload(LogRecord entry, byte[] payload) {
        return new LogRecord(entry.firstLsn(), entry.count(), entry.nonce(), entry.header(), payload);
    }

    private static void assertCorrupt(LogRecord entry, String what) {
        assertThatExceptionOfType(CorruptionException.class)
                .as(what)
                .isThrownBy(() -> RecordCodec.decode(entry))
                .withMessageContaining("LSN " + entry.firstLsn());
    }

    /** Compares piece by piece: records of Java compare arrays by identity. */
    private static void assertSame(WalRecord actual, WalRecord expected, String what) {
        assertThat(actual.firstLsn()).as(what).isEqualTo(expected.firstLsn());
        assertThat(actual.time()).as(what).isEqualTo(expected.time());
        assertThat(actual.millis()).as(what).isEqualTo(expected.millis());
        assertThat(actual.commits()).as(what).hasSameSizeAs(expected.commits());
        for (int i = 0; i < actual.commits().size(); i++) {
            Commit a = actual.commits().get(i);
            Commit b = expected.commits().get(i);
            assertThat(a.firstLsn()).as(what).isEqualTo(b.firstLsn());
            assertThat(a.branch()).as(what).isEqualTo(b.branch());
            assertThat(a.origin()).as(what).isEqualTo(b.origin());
            assertThat(a.changes()).as(what).hasSameSizeAs(b.changes());
            for (int c = 0; c < a.changes().size(); c++) {
                assertThat(RandomRecords.text(a.changes().get(c)))
                        .as(what)
                        .isEqualTo(RandomRecords.text(b.changes().get(c)));
            }
            assertThat(a.results().stream().map(RandomRecords::text))
                    .as(what)
                    .containsExactlyElementsOf(
                            b.results().stream().map(RandomRecords::text).toList());
        }
    }
}
