package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.store.file.FileStoreOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(stored()).allMatch(document -> document.containsKey("_id"));
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
