package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.offshoot.store.file.FileStoreOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ImportTest {
    private static final String ALL_TYPES = """
            {"_id": {"$oid": "65a1b2c3d4e5f60718293a4b"}, "int": 1, "long": {"$numberLong": "5000000000"},
             "double": 1.5, "whole": {"$numberDouble": "2.0"}, "infinite": {"$numberDouble": "Infinity"},
             "decimal": {"$numberDecimal": "12.50"}, "date": {"$date": "2026-01-02T03:04:05.006Z"},
             "early": {"$date": {"$numberLong": "-1"}}, "text": "Zoë \\ud83c\\udf75 \\u0000", "null": null, "yes": true,
             "binary": {"$binary": {"base64": "AAEC/w==", "subType": "80"}}, "uuid": {"$uuid": "3b241101-e2bb-4255-8caf-4136c566a962"},
             "regex": {"$regularExpression": {"pattern": "^a/b", "options": "i"}}, "ts": {"$timestamp": {"t": 7, "i": 8}},
             "min": {"$minKey": 1}, "max": {"$maxKey": 1}, "code": {"$code": "x => x"},
             "symbol": {"$symbol": "s"}, "undefined": {"$undefined": true}, "list": [1, [], {"a": []}], "empty": {}, "": ""}
            """;

    @TempDir
    private Path folder = Path.of("");

    @Test
    void an_array_lines_and_gzip_all_arrive() throws IOException {
        Path array = write("a.json", "[{\"_id\": 1}, {\"_id\": 2}]");
        Path lines = write("b.ndjson", "{\"_id\": 3}\n{\"_id\": 4}\n");
        Path packed = folder.resolve("c.without-its-ending");
        Files.write(packed, gzip("{\"_id\": 5}\n{\"_id\": 6, \"n\": \"Ærø\"}"));
        Run run =
                importing(array.toString(), lines.toString(), packed.toString()).exits(ExitCodes.OK);
        assertThat(run.out()).startsWith("imported 6 documents into shop.things");
        assertThat(run.err()).isEmpty();
        assertThat(stored()).extracting(d -> d.getInt32("_id").getValue()).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(stored().get(5).getString("n").getValue()).isEqualTo("Ærø");
    }

    @Test
    void the_standard_input_is_a_file_too() throws IOException {
        byte[] input = gzip("[{\"_id\": 1}]");
        Run.withInput(input, words("-")).exits(ExitCodes.OK);
        assertThat(stored()).hasSize(1);
    }

    @Test
    void every_type_of_extended_json_comes_back_as_it_was() throws IOException {
        importing(write("types.json", ALL_TYPES).toString()).exits(ExitCodes.OK);
        assertThat(stored()).containsExactly(BsonDocument.parse(ALL_TYPES));
        assertThat(stored().get(0).toBsonDocument().keySet())
                .containsExactlyElementsOf(BsonDocument.parse(ALL_TYPES).keySet());
    }

    @Test
    void the_first_bad_document_stops_it_with_file_line_and_what_was_imported() throws IOException {
        Path file = write("bad.ndjson", "{\"_id\": 1}\n{\"_id\": 2}\n{\"_id\": oops}\n{\"_id\": 4}\n");
        Run run = importing(file.toString()).exits(ExitCodes.FAILURE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("bad.ndjson: line 3, document 3: ")
                .contains("2 documents before it were imported");
        assertThat(stored()).hasSize(2);
    }

    @Test
    void a_duplicate_is_a_conflict_with_its_place() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 1_500; i++) {
            text.append("{\"_id\": ").append(i == 1_400 ? 7 : i).append("}\n");
        }
        Run run = importing(write("twice.ndjson", text.toString()).toString()).exits(ExitCodes.CONFLICT);
        assertThat(run.err())
                .contains("twice.ndjson: line 1401, document 1401: ")
                .contains("1400 documents before it were imported");
        assertThat(stored()).hasSize(1_400);
    }

    @Test
    void a_document_that_begins_right_and_ends_wrong_is_named_by_its_first_line() throws IOException {
        Run run = importing(write("cut.json", "[{\"_id\": 1},\n{\"a\": [1, 2\n").toString())
                .exits(ExitCodes.FAILURE);
        assertThat(run.err()).contains("cut.json: line 2, document 2: the file ends inside the document");
    }

    @Test
    void text_that_is_not_utf8_and_gzip_that_is_cut_are_said() throws IOException {
        Path latin = folder.resolve("latin.json");
        Files.write(latin, "{\"_id\": \"Zoë\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(importing(latin.toString()).exits(ExitCodes.FAILURE).err()).contains("not UTF-8");

        byte[] whole = gzip("{}\n".repeat(3));
        Path cut = folder.resolve("cut.gz");
        for (int length : List.of(whole.length - 6, 2)) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThat(importing(cut.toString()).exits(ExitCodes.FAILURE).err())
                    .contains("cut.gz: ", "gzip is damaged or cut short");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{§a§: §b\\ud800c§}                    | an escape such as \\ud800 is half of a character",
                "{§a§: {§\\udc00§: 1}}                 | surrogate",
                "{§a\\u0000b§: 1}                      | null character",
                "{§a§: {§$regularExpression§: {§pattern§: §a\\u0000§, §options§: §§}}} | null character",
                "{§a§: {§$numberLong§: §9223372036854775808§}} | '9223372036854775808'",
                "{§a§: {§$numberLong§: 9223372036854775808}}   | expected a string",
                "{§a§: 1 §b§: 2}                       | expecting comma",
                "{§a§: 1,}                             | expecting double-quote",
                "{§a§: [1, 2,]}                        | expected a valid value",
                "{§a§: 01}                             | Leading zeroes not allowed",
                "{a: 1}                                | expecting double-quote",
                "{'a': 1}                              | expecting double-quote",
                "{§a§: ObjectId(§65a1b2c3d4e5f60718293a4b§)} | Unrecognized token 'ObjectId'",
                "{§a§: 1]                              | expected '}'"
            })
    void what_is_no_json_or_cannot_be_bson_is_refused_with_its_place(String document, String reason)
            throws IOException {
        Path file = write("bad.ndjson", "{\"_id\": 1}\n" + document.replace('§', '"') + "\n{\"_id\": 3}\n");
        Run run = importing(file.toString()).exits(ExitCodes.FAILURE);
        assertThat(run.err())
                .startsWith("offshoot: " + file + ": line 2, document 2: ")
                .contains(reason, "1 document before it was imported")
                .doesNotContain("\0", "bug");
        assertThat(stored()).hasSize(1);
    }

    @Test
    void a_document_of_more_than_16_mib_is_refused_with_its_place() throws IOException {
        int most = (16 << 20) - 22;
        String text = "{\"_id\": 1, \"a\": \"%s\"}\n";
        Path file = write("big.ndjson", text.formatted("x".repeat(most)) + text.formatted("x".repeat(most + 1)));
        assertThat(importing(file.toString()).exits(ExitCodes.FAILURE).err())
                .contains(
                        "big.ndjson: line 2, document 2: the document has 16777217 bytes; at most 16777216 are allowed")
                .contains("1 document before it was imported");
        assertThat(stored()).hasSize(1);
    }

    @Test
    void the_line_of_what_is_wrong_is_told_in_a_document_of_several() throws IOException {
        Path file = write("lines.json", "[\n{},\n{\n  \"a\": 1,\n  \"b\": oops\n}]");
        assertThat(importing(file.toString()).exits(ExitCodes.FAILURE).err())
                .contains("lines.json: line 5, document 2: ");
    }

    @Test
    void integers_of_more_than_64_bits_are_doubles() throws IOException {
        String text = "{\"_id\": 1, \"a\": 9223372036854775808, \"b\": [-99999999999999999999 ,9223372036854775807], "
                + "\"c\": \"9223372036854775808\", \"d\": NaN}";
        importing(write("large.json", text).toString()).exits(ExitCodes.OK);
        assertThat(stored())
                .containsExactly(new BsonDocument("_id", new BsonInt32(1))
                        .append("a", new BsonDouble(0x1p63))
                        .append("b", new BsonArray(List.of(new BsonDouble(-1e20), new BsonInt64(Long.MAX_VALUE))))
                        .append("c", new BsonString("9223372036854775808"))
                        .append("d", new BsonDouble(Double.NaN)));
    }

    @Test
    void integers_that_no_double_can_hold_are_refused() throws IOException {
        Path file = write("long.json", "{\"_id\": 1}\n{\"a\": " + "9".repeat(309) + "}");
        assertThat(importing(file.toString()).exits(ExitCodes.FAILURE).err())
                .contains("long.json: line 2, document 2: Number value length (309) exceeds");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "there are no pipes with names of files")
    void a_pipe_with_a_name_is_read() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
            try {
                Files.writeString(pipe, "{\"_id\": 1}");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        importing(pipe.toString()).exits(ExitCodes.OK);
        written.join();
        assertThat(stored()).hasSize(1);
    }

    @Test
    void all_parts_of_a_gzip_are_read_also_from_a_slow_pipe() throws IOException {
        InputStream parts = new SequenceInputStream(
                new ByteArrayInputStream(gzip("{}")), new ByteArrayInputStream(gzip("{\"a\": 1}")));
        InputStream slow = new FilterInputStream(parts) {
            @Override
            public int available() {
                return 0;
            }
        };
        try (ImportFile file = ImportFile.open(Path.of("-"), slow, new Progress.None())) {
            StringWriter text = new StringWriter();
            file.text().transferTo(text);
            assertThat(text).hasToString("{}{\"a\": 1}");
        }
    }

    @Test
    void the_standard_input_is_given_once() {
        assertThat(Run.withInput("{}".getBytes(StandardCharsets.UTF_8), words("-", "-"))
                        .exits(ExitCodes.USAGE)
                        .err())
                .contains("the standard input can be read once");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void an_import_without_an_answer_says_what_is_imported_and_how_to_go_on() throws IOException {
        Path file = write(
                "many.ndjson",
                IntStream.range(0, 2_500)
                        .mapToObj(i -> "{\"_id\": " + i + "}\n")
                        .collect(Collectors.joining()));
        try (Running server = Running.start("serve", "--port", "0", "--data", data(), "-o", "json")) {
            URI uri = URI.create(
                    new ObjectMapper().readTree(server.line()).get("uri").asText());
            try (LossyRelay relay = new LossyRelay(uri.getPort(), "insert")) {
                relay.lose(2, 3);
                Run run = Run.at(relay.uri(), "import", "--project", "shop", "--collection", "things", file.toString());
                assertThat(run.exits(ExitCodes.UNREACHABLE).err())
                        .contains("many.ndjson: line 1001: ")
                        .contains("1000 documents before it were imported")
                        .contains("lines 1001 to 2000 may be there or not")
                        .contains("\n  try: the same with what " + file + " has from line 1001 on");
                assertThat(relay.commands()).isEqualTo(3);
            }
        }
    }

    @Test
    void a_file_that_is_not_there_stops_it_before_anything_is_imported() throws IOException {
        Path good = write("good.json", "{\"_id\": 1}");
        Run run = importing(good.toString(), folder.resolve("none.json").toString())
                .exits(ExitCodes.NOT_FOUND);
        assertThat(run.err()).contains("none.json").contains("nothing was imported");
        importing(folder.toString()).exits(ExitCodes.USAGE);
    }

    @Test
    void an_import_can_go_to_a_branch() throws IOException {
        importing(write("a.json", "{\"_id\": 1}").toString()).exits(ExitCodes.OK);
        Run.of("branch", "create", "shop", "x", "--data", data()).exits(ExitCodes.OK);
        Path more = write("b.json", "{\"_id\": 2}");
        Run.of("import", "--project", "shop~x", "--collection", "things", "--data", data(), more.toString())
                .exits(ExitCodes.OK);
        assertThat(stored()).hasSize(1);
        assertThat(stored("shop~x")).hasSize(2);
    }

    @Test
    void json_says_how_many() throws IOException {
        Path file = write("a.json", "[{}, {}, {}]");
        assertThat(importing(file.toString(), "-o", "json")
                        .exits(ExitCodes.OK)
                        .json()
                        .get("imported")
                        .asInt())
                .isEqualTo(3);
        assertThat(stored()).allMatch(document -> document.isObjectId("_id"));
    }

    private Run importing(String... more) {
        return Run.of(words(more));
    }

    private String[] words(String... more) {
        List<String> words =
                new ArrayList<>(List.of("import", "--project", "shop", "--collection", "things", "--data", data()));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private List<BsonDocument> stored() {
        return stored("shop");
    }

    private List<BsonDocument> stored(String database) {
        try (Target target = Target.embedded(Stores.open(Path.of(data()), FileStoreOptions.defaults()))) {
            return target.database(database)
                    .getCollection("things", BsonDocument.class)
                    .find()
                    .into(new ArrayList<>());
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }
}
