package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import dev.offshoot.store.file.FileStoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles, shipping and restoring on the command line. */
final class ArchiveVerbsTest {
    @TempDir
    private Path folder = Path.of("");

    private String data = "";
    private String other = "";

    @BeforeEach
    void fill() throws IOException {
        data = folder.resolve("data").toString();
        other = folder.resolve("other").toString();
        imports(0, 500);
        Run.of("branch", "create", "shop", "exp", "--data", data).exits(ExitCodes.OK);
    }

    private void imports(int from, int to) throws IOException {
        String lines = IntStream.range(from, to)
                .mapToObj(i -> "{\"_id\": " + i + ", \"n\": " + i % 7 + "}")
                .collect(Collectors.joining("\n"));
        Path file = Files.writeString(folder.resolve("lines.json"), lines);
        Run.of("import", "--data", data, "--project", "shop", "--collection", "c", file.toString())
                .exits(ExitCodes.OK);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private static long count(String data, String database) {
        try (Target target = Target.embedded(Stores.open(Path.of(data), FileStoreOptions.defaults()))) {
            return target.database(database).getCollection("c").countDocuments();
        }
    }

    private static void checkpoint(String data) {
        try (Target target = Target.embedded(Stores.open(Path.of(data), FileStoreOptions.defaults()))) {
            assertThat(target.database("shop").runCommand(new Document("walCheckpoint", 1)))
                    .containsKey("lsn");
        }
    }

    @Test
    void a_bundle_goes_to_another_folder_under_another_name() {
        checkpoint(data);
        Run export = Run.of("wal", "export", "shop", path("b"), "--data", data, "-o", "json")
                .exits(ExitCodes.OK);
        assertThat(export.json().get("pages").asLong()).isPositive();
        Run again = Run.of("wal", "export", "shop", path("b"), "--data", data, "-o", "json")
                .exits(ExitCodes.OK);
        assertThat(again.json().get("objects").asLong()).isZero();
        Run imported = Run.of("wal", "import", path("b"), "--as", "copy", "--data", other, "-o", "json")
                .exits(ExitCodes.OK);
        assertThat(imported.json().get("last_lsn")).isEqualTo(export.json().get("lsn"));
        assertThat(imported.json().get("checkpoints").asInt()).isEqualTo(1);
        assertThat(count(other, "copy")).isEqualTo(500);
        assertThat(count(other, "copy~exp")).isEqualTo(500);
        assertThat(Run.of("wal", "validate", "copy", "--data", other)
                        .exits(ExitCodes.OK)
                        .out())
                .contains("copy is whole", "1 checkpoint");
        Run taken = Run.of("wal", "import", path("b"), "--as", "copy", "--data", other)
                .exits(ExitCodes.CONFLICT);
        assertThat(taken.err()).contains("project 'copy' already exists").contains("--as");
    }

    @Test
    void what_is_shipped_in_rounds_is_restored_to_a_position() throws IOException {
        Run first = Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data, "-o", "json")
                .exits(ExitCodes.OK);
        imports(500, 600);
        Run second = Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data, "-o", "json")
                .exits(ExitCodes.OK);
        assertThat(second.json().get("records").asLong()).isLessThan(10);
        String lsn = first.json().get("lsn").asText();
        Run.of("wal", "restore", "shop", "--from", path("archive"), "--data", other)
                .exits(ExitCodes.OK);
        assertThat(count(other, "shop")).isEqualTo(600);
        Run.of("wal", "restore", "shop", "--from", path("archive"), "--lsn", lsn, "--as", "before", "--data", other)
                .exits(ExitCodes.OK);
        assertThat(count(other, "before")).isEqualTo(500);
        Run late = Run.of(
                        "wal",
                        "restore",
                        "shop",
                        "--from",
                        path("archive"),
                        "--lsn",
                        "99999",
                        "--as",
                        "x",
                        "--data",
                        other)
                .exits(ExitCodes.NOT_FOUND);
        assertThat(late.err()).contains("position 99999");
        Run typo = Run.of("wal", "restore", "shpo", "--from", path("archive"), "--data", other)
                .exits(ExitCodes.NOT_FOUND);
        assertThat(typo.err()).contains("no archive of a project 'shpo'").contains("there is one of shop");
    }

    /** Small segments, so that a cleanup has some to remove; then a checkpoint. */
    private void insert(int from, int to) {
        FileStoreOptions small = FileStoreOptions.defaults().withSegmentBytesMax(1000);
        try (Target target = Target.embedded(Stores.open(Path.of(data), small))) {
            for (int i = from; i < to; i++) {
                target.database("shop").getCollection("c").insertOne(new Document("_id", i));
            }
            target.database("shop").runCommand(new Document("walCheckpoint", 1));
        }
    }

    /** Nothing older than the newest checkpoint is kept. */
    private void cleanUp() {
        Run.of("wal", "cleanup", "shop", "--retain", "0s", "--no-grace", "--yes", "--data", data)
                .exits(ExitCodes.OK);
    }

    @Test
    void a_project_that_was_cleaned_up_is_shipped_restored_and_whole() throws IOException {
        checkpoint(data);
        insert(500, 540);
        cleanUp();
        imports(600, 700);
        Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data).exits(ExitCodes.OK);
        Run.of("wal", "export", "shop", path("b"), "--data", data).exits(ExitCodes.OK);
        Run restored = Run.of("wal", "restore", "shop", "--from", path("archive"), "--data", other, "-o", "json")
                .exits(ExitCodes.OK);
        assertThat(restored.json().get("first_lsn").asLong()).isGreaterThan(1);
        Run.of("wal", "import", path("b"), "--as", "copy", "--data", other).exits(ExitCodes.OK);
        for (String project : List.of("shop", "copy")) {
            assertThat(count(other, project)).isEqualTo(640);
            assertThat(count(other, project + "~exp")).isEqualTo(500);
            assertThat(Run.of("wal", "validate", project, "--data", other)
                            .exits(ExitCodes.OK)
                            .out())
                    .contains(project + " is whole");
        }
    }

    @Test
    void a_server_is_exported_and_shipped_while_it_runs_but_takes_nothing_in() throws Exception {
        try (Running server = Running.start("serve", "--data", data, "--port", "0")) {
            String uri = String.valueOf(server.line()).replaceAll(".* at ", "");
            Run.at(uri, "wal", "export", "shop", path("b")).exits(ExitCodes.OK);
            Running shipping = Running.start(
                    "wal", "ship", "shop", "--to", path("archive"), "--uri", uri, "--follow", "--every", "1");
            assertThat(shipping.line()).contains("up to LSN");
            try (MongoClient client = MongoClients.create(uri)) {
                client.getDatabase("shop").getCollection("c").insertOne(new Document("_id", "late"));
                client.getDatabase("shop").runCommand(new Document("walCheckpoint", 1));
            }
            String line = String.valueOf(shipping.line());
            assertThat(line).contains("up to LSN");
            while (!line.contains("with a checkpoint")) {
                line = String.valueOf(shipping.line());
            }
            assertThat(shipping.stop()).isEqualTo(ExitCodes.OK);
            Run refused = Run.at(uri, "wal", "import", path("b"), "--as", "x").exits(ExitCodes.USAGE);
            assertThat(refused.err()).contains("a running server cannot").contains("--data");
        }
        Run.of("wal", "restore", "shop", "--from", path("archive"), "--data", other)
                .exits(ExitCodes.OK);
        assertThat(count(other, "shop")).isEqualTo(501);
        Run.of("wal", "restore", "shop", "--from", path("b"), "--as", "bundled", "--data", other)
                .exits(ExitCodes.OK);
        assertThat(count(other, "bundled")).isEqualTo(500);
    }

    @Test
    void a_dry_run_of_shipping_tells_what_retaining_less_removes_and_changes_nothing() throws IOException {
        checkpoint(data);
        Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data).exits(ExitCodes.OK);
        insert(500, 520);
        Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data).exits(ExitCodes.OK);
        insert(520, 540);
        Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data).exits(ExitCodes.OK);
        cleanUp();
        imports(600, 700);
        long before = archiveBytes();
        Run dry = Run.of(
                        "wal",
                        "ship",
                        "shop",
                        "--to",
                        path("archive"),
                        "--retain",
                        "0s",
                        "--dry-run",
                        "--data",
                        data,
                        "-o",
                        "json")
                .exits(ExitCodes.OK);
        assertThat(archiveBytes()).as("neither trimmed nor shipped to").isEqualTo(before);
        assertThat(dry.json().get("dry_run").asBoolean()).isTrue();
        for (String what : List.of("checkpoints", "records", "segments", "bytes", "oldest_lsn")) {
            assertThat(dry.json().get(what).asLong()).as(what).isPositive();
        }
        assertThat(dry.json().get("bytes").asLong()).isLessThan(before);
        assertThat(dry.json().get("pages").asLong()).as("the branch needs them").isZero();
        String sentence = Run.of(
                        "wal", "ship", "shop", "--to", path("archive"), "--retain", "0s", "--dry-run", "--data", data)
                .exits(ExitCodes.OK)
                .out();
        assertThat(sentence).startsWith("would remove from " + path("archive") + ": 1 checkpoints");
        Run shipped = Run.of("wal", "ship", "shop", "--to", path("archive"), "--retain", "0s", "--data", data)
                .exits(ExitCodes.OK);
        assertThat(shipped.err()).contains(sentence.strip().replace("would remove", "removed"));
        assertThat(Run.of("wal", "ship", "shop", "--to", path("archive"), "--retain", "0s", "--dry-run", "--data", data)
                        .exits(ExitCodes.OK)
                        .out())
                .contains("would remove nothing");
        Run.of("wal", "restore", "shop", "--from", path("archive"), "--data", other)
                .exits(ExitCodes.OK);
        assertThat(count(other, "shop")).isEqualTo(640);
    }

    @Test
    void a_dry_run_of_shipping_needs_something_to_tell() {
        for (List<String> words : List.of(List.<String>of(), List.of("--retain", "1d", "--follow"))) {
            List<String> all = new ArrayList<>(
                    List.of("wal", "ship", "shop", "--to", path("archive"), "--data", data, "--dry-run"));
            all.addAll(words);
            assertThat(Run.of(all.toArray(String[]::new)).exits(ExitCodes.USAGE).err())
                    .contains("--dry-run tells what --retain would remove");
        }
        Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data, "--dry-run", "--retain", "1d")
                .exits(ExitCodes.NOT_FOUND);
        assertThat(folder.resolve("archive")).doesNotExist();
    }

    private long archiveBytes() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder.resolve("archive"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }

    @Test
    void the_log_of_an_archive_stands_in_for_a_damaged_checkpoint() throws IOException {
        Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data).exits(ExitCodes.OK);
        Path object = first("archive/shop/pages");
        damage(object);
        Run run = Run.of("wal", "restore", "shop", "--from", path("archive"), "--data", other)
                .exits(ExitCodes.OK);
        assertThat(run.err()).contains("warning: the archive is damaged: shop/pages/" + object.getFileName());
        assertThat(run.out()).contains("0 checkpoints");
        assertThat(count(other, "shop")).isEqualTo(500);
    }

    private Path first(String place) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(place))) {
            return files.sorted().findFirst().orElseThrow();
        }
    }

    private static void damage(Path object) throws IOException {
        byte[] damaged = Files.readAllBytes(object);
        damaged[damaged.length / 2] ^= 1;
        Files.write(object, damaged);
    }

    @Test
    void a_damaged_object_is_named_and_what_is_restored_is_not_seen() throws IOException {
        Run.of("wal", "ship", "shop", "--to", path("archive"), "--data", data).exits(ExitCodes.OK);
        Path object = first("archive/shop/log");
        byte[] whole = Files.readAllBytes(object);
        damage(object);
        Run run = Run.of("wal", "restore", "shop", "--from", path("archive"), "--data", other)
                .exits(ExitCodes.FAILURE);
        assertThat(run.err()).contains("damaged data: shop/log/" + object.getFileName());
        assertThat(Run.of("project", "list", "--data", other, "-o", "json")
                        .exits(ExitCodes.OK)
                        .json())
                .isEmpty();
        Files.write(object, whole);
        Run.of("wal", "restore", "shop", "--from", path("archive"), "--data", other)
                .exits(ExitCodes.OK);
        assertThat(count(other, "shop")).isEqualTo(500);
    }

    @Test
    void what_is_not_there_is_said_and_makes_nothing() {
        for (List<String> words : List.of(
                List.of("wal", "export", "none", path("b"), "--data", data),
                List.of("wal", "ship", "none", "--to", path("archive"), "--data", data),
                List.of("wal", "import", path("b"), "--data", other),
                List.of("wal", "restore", "shop", "--from", path("archive"), "--data", other))) {
            Run run = Run.of(words.toArray(String[]::new)).exits(ExitCodes.NOT_FOUND);
            assertThat(run.err()).startsWith("offshoot: ");
        }
        assertThat(folder.resolve("b")).doesNotExist();
        assertThat(folder.resolve("archive")).doesNotExist();
        assertThat(folder.resolve("other")).doesNotExist();
        Run bucket = Run.of("wal", "ship", "shop", "--to", "s3://X/y", "--data", data)
                .exits(ExitCodes.USAGE);
        assertThat(bucket.err()).contains("not the name of a bucket");
        for (String place : List.of("", "S3://x/y", "gs://x/y")) {
            Run ship =
                    Run.of("wal", "ship", "shop", "--to", place, "--data", data).exits(ExitCodes.USAGE);
            assertThat(ship.err()).contains("is no place for an archive");
        }
        Run.of("wal", "restore", "shop", "--from", path("a"), "--branch", "x", "--data", data)
                .exits(ExitCodes.USAGE);
    }
}
