package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs that look after the log, on a folder and on a server. */
final class WalTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void stats_segments_and_checkpoints_are_shown_to_people_and_scripts() throws IOException {
        shop(300);
        JsonNode stats = offshoot("wal stats shop -o json").exits(ExitCodes.OK).json();
        assertThat(stats.get("changes").get("put").asLong()).isEqualTo(300);
        assertThat(stats.get("unsaved_changes").asLong()).isZero();
        assertThat(stats.get("checkpoints").asInt()).isEqualTo(1);
        assertThat(stats.get("bytes").get("pages").asLong()).isPositive();
        assertThat(offshoot("wal stats shop").exits(ExitCodes.OK).out())
                .contains("LAST LSN", "COMPRESSION", "CHANGES PUT", "UNSAVED CHANGES", "OLDEST LSN");

        JsonNode checkpoints = offshoot("wal list-checkpoints shop -o json").json();
        assertThat(checkpoints).hasSize(1);
        assertThat(checkpoints.get(0).get("lsn")).isEqualTo(stats.get("last_checkpoint_lsn"));
        assertThat(offshoot("wal list-checkpoints shop").out())
                .contains("CREATED", stats.get("last_lsn").asText());
        assertThat(offshoot("wal list-segments shop").exits(ExitCodes.OK).out()).startsWith("NAME");
    }

    @Test
    void an_import_ends_with_a_checkpoint_and_status_shows_it() throws IOException {
        Run run = shop(3);
        assertThat(run.out()).contains("; checkpoint at LSN ");
        long lsn = offshoot("wal list-checkpoints shop -o json")
                .json()
                .get(0)
                .get("lsn")
                .asLong();
        JsonNode project = offshoot("status -o json").json().get("projects").get(0);
        assertThat(project.get("checkpoint").get("lsn").asLong()).isEqualTo(lsn);
        assertThat(offshoot("status").out()).contains("CHECKPOINT LSN");
        offshoot("project create empty").exits(ExitCodes.OK);
        assertThat(offshoot("wal list-checkpoints empty -o json")
                        .exits(ExitCodes.OK)
                        .json())
                .isEmpty();
    }

    @Test
    void a_tail_is_a_line_for_each_record() throws IOException {
        shop(3);
        offshoot("branch create shop exp").exits(ExitCodes.OK);
        List<String> lines =
                offshoot("wal tail shop").exits(ExitCodes.OK).out().lines().toList();
        assertThat(lines.get(lines.size() - 1)).matches("\\d+  \\S+Z  .*createBranch  .*createBranch 1");
        assertThat(lines).anyMatch(line -> line.matches("\\d+-\\d+  \\S+Z  .*  insert  main\\.things  .*put 3.*"));
        List<String> json =
                offshoot("wal tail shop -o json --from 1").out().lines().toList();
        assertThat(json).hasSameSizeAs(lines);
        long next = 1;
        for (String line : json) {
            JsonNode row = new ObjectMapper().readTree(line);
            assertThat(row.get("lsn").asLong()).isEqualTo(next);
            assertThat(row.get("commits").get(0).get("command").asText()).isNotEmpty();
            next = row.get("last_lsn").asLong() + 1;
        }
        assertThat(offshoot("wal tail shop --limit 1 -o json").out().lines()).hasSize(1);
    }

    @Test
    void a_tail_follows_a_server_until_it_is_stopped() throws IOException {
        try (Running server = Running.start("serve", "--data", folder.toString(), "--port", "0", "--retain", "7d")) {
            String uri = String.valueOf(server.line()).replaceAll(".* at ", "");
            Run.at(uri, "project", "create", "shop").exits(ExitCodes.OK);
            Running tail = Running.start("wal", "tail", "shop", "--follow", "-o", "json", "--uri", uri);
            JsonNode first = new ObjectMapper().readTree(tail.line());
            assertThat(first.get("lsn").asLong()).isEqualTo(1);
            Run.at(uri, "branch", "create", "shop", "exp").exits(ExitCodes.OK);
            JsonNode second = new ObjectMapper().readTree(tail.line());
            assertThat(second.get("commits").get(0).get("command").asText()).isEqualTo("createBranch");
            tail.close();
            assertThat(Run.at(uri, "wal", "validate", "shop")
                            .exits(ExitCodes.OK)
                            .out())
                    .contains("shop is whole");
            Run inUse = Run.of("wal", "validate", "shop", "--data", folder.toString());
            assertThat(inUse.exits(ExitCodes.FAILURE).err()).contains("is in use by process");
            assertThat(Run.at(uri, "wal", "cleanup", "shop", "--yes", "--no-grace")
                            .exits(ExitCodes.USAGE)
                            .err())
                    .contains("a server has clients");
            Run.at(uri, "wal", "cleanup", "shop", "--yes").exits(ExitCodes.OK);
        }
    }

    @Test
    void a_past_position_comes_back_as_a_branch() throws IOException {
        shop(5);
        long lsn = offshoot("wal list-checkpoints shop -o json")
                .json()
                .get(0)
                .get("lsn")
                .asLong();
        importing(5, 9);
        JsonNode made = offshoot("wal restore shop --checkpoint " + lsn + " --as then -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(made.get("base_lsn").asLong()).isEqualTo(lsn);
        assertThat(offshoot("wal restore shop --lsn " + lsn + " --as then")
                        .exits(ExitCodes.CONFLICT)
                        .err())
                .contains("then");
        offshoot("wal restore shop --lsn " + lsn + " --branch then --as again").exits(ExitCodes.OK);
        JsonNode replay = offshoot("wal replay shop --to " + (lsn + 4) + " --branch then -o json")
                .exits(ExitCodes.OK)
                .json();
        assertThat(replay.get("collections")
                        .get(0)
                        .get("replayed")
                        .get("documents")
                        .asLong())
                .isEqualTo(5);
        assertThat(offshoot("wal restore shop --checkpoint 2 --as no")
                        .exits(ExitCodes.NOT_FOUND)
                        .err())
                .contains("it has: " + lsn);
        offshoot("wal restore shop --lsn 99999 --as no").exits(ExitCodes.USAGE);
        offshoot("wal restore shop --as no").exits(ExitCodes.USAGE);
        offshoot("wal restore shop --lsn 1 --checkpoint 1 --as no").exits(ExitCodes.USAGE);
    }

    @Test
    void a_replay_says_that_all_is_the_same() throws IOException {
        shop(20);
        long lsn = offshoot("wal stats shop -o json").json().get("last_lsn").asLong();
        assertThat(offshoot("wal replay shop --to " + lsn).exits(ExitCodes.OK).out())
                .contains("things", "the same as readers see");
        assertThat(offshoot("wal replay shop --to " + (lsn + 1))
                        .exits(ExitCodes.USAGE)
                        .err())
                .contains("its positions are 0 to " + lsn);
        offshoot("wal replay shop --to -1").exits(ExitCodes.USAGE);
        offshoot("wal replay shop --to 1 --branch nothing").exits(ExitCodes.NOT_FOUND);
        offshoot("wal tail shop --from " + (lsn + 1)).exits(ExitCodes.USAGE);
    }

    @Test
    void what_is_not_there_is_not_found() {
        offshoot("project create shop").exits(ExitCodes.OK);
        for (String words : List.of(
                "wal stats no",
                "wal list-segments no",
                "wal tail no",
                "wal validate no",
                "wal replay no --to 1",
                "wal checkpoint no",
                "wal list-checkpoints no",
                "wal restore no --lsn 1 --as x",
                "wal cleanup no --yes")) {
            Run run = offshoot(words).exits(ExitCodes.NOT_FOUND);
            assertThat(run.err()).as(words).contains("no").contains("try: ");
        }
    }

    @Test
    void a_cleanup_tells_what_it_would_remove_asks_and_removes() throws IOException {
        shop(50);
        for (int i = 1; i < 8; i++) {
            importing(50 * i, 50 * i + 50);
        }
        JsonNode dry = offshoot("wal cleanup shop --retain 0s --no-grace --dry-run -o json")
                .exits(ExitCodes.OK)
                .json()
                .get(0);
        assertThat(dry.get("checkpoints").asInt()).isPositive();
        assertThat(dry.get("page_bytes").asLong()).isPositive();
        assertThat(offshoot("wal cleanup shop").exits(ExitCodes.USAGE).err()).contains("--yes");
        Run wrong = answering("yes", "wal cleanup shop --retain 0s --no-grace").exits(ExitCodes.USAGE);
        assertThat(wrong.err()).contains("bytes of log", "Type the name", "nothing was deleted");
        assertThat(offshoot("wal list-checkpoints shop -o json").json()).hasSize(8);
        assertThat(answering("all", "wal cleanup --all --retain 0s --no-grace")
                        .exits(ExitCodes.OK)
                        .out())
                .startsWith("removed from shop: " + dry.get("checkpoints").asText() + " checkpoints");
        assertThat(offshoot("wal list-checkpoints shop -o json").json())
                .hasSize(8 - dry.get("checkpoints").asInt());
        offshoot("wal validate shop").exits(ExitCodes.OK);
        offshoot("wal cleanup").exits(ExitCodes.USAGE);
        offshoot("wal cleanup shop --all --yes").exits(ExitCodes.USAGE);
    }

    @Test
    void what_is_left_of_a_deleted_project_is_told_and_removed() throws IOException {
        shop(50);
        assertThat(offshoot("wal cleanup --deleted --retain 0s --no-grace --yes")
                        .exits(ExitCodes.OK)
                        .out())
                .startsWith("nothing is left");
        offshoot("project delete shop --yes").exits(ExitCodes.OK);
        offshoot("wal cleanup --deleted --yes").exits(ExitCodes.OK);
        assertThat(all("logs/p1")).as("kept for ever").isNotEmpty();
        JsonNode dry = offshoot("wal cleanup --deleted --retain 0s --no-grace --dry-run -o json")
                .exits(ExitCodes.OK)
                .json()
                .get(0);
        assertThat(dry.get("project").asText()).isEqualTo("shop");
        assertThat(dry.get("deleted_at").asText()).endsWith("Z");
        assertThat(dry.get("bytes").asLong()).isPositive();
        assertThat(answering("all", "wal cleanup --all --retain 0s --no-grace")
                        .exits(ExitCodes.OK)
                        .out())
                .startsWith("removed all of shop, which was deleted at ");
        assertThat(folder.resolve("logs/p1")).doesNotExist();
        assertThat(folder.resolve("pages/p1")).doesNotExist();
    }

    @Test
    void a_folder_that_no_server_opens_is_validated() throws IOException {
        shop(50);
        importing(50, 60);
        Path segment = all("logs/p1").get(0);
        flip(segment, 200);
        assertThat(Run.of("branch", "list", "shop", "--data", folder.toString())
                        .exits(ExitCodes.FAILURE)
                        .err())
                .contains("Restore this file from a backup")
                .doesNotContain("bug");
        Run run = offshoot("wal validate shop").exits(ExitCodes.FAILURE);
        assertThat(run.out()).contains("damaged: log p1: " + segment, "shop is DAMAGED");
        assertThat(offshoot("wal validate shop -o json").json().get("problems")).hasSize(1);
    }

    @Test
    void damage_to_a_page_and_a_manifest_is_told_by_file_or_hash() throws IOException {
        shop(300);
        importing(300, 320);
        flip(all("checkpoints/p1").get(0), 30);
        flip(all("pages/p1").get(1), 60);
        Run run = offshoot("wal validate shop").exits(ExitCodes.FAILURE);
        assertThat(run.out().lines().filter(line -> line.startsWith("damaged: ")))
                .hasSizeGreaterThan(1)
                .anyMatch(line -> line.contains("checkpoint"))
                .anyMatch(line -> line.contains("page"));
        assertThat(offshoot("wal list-checkpoints shop").exits(ExitCodes.OK).out())
                .contains("expected the checksum");
    }

    @Test
    void a_project_that_lost_its_log_is_told_of_and_can_be_deleted_and_made_again() throws IOException {
        shop(50);
        offshoot("project create blog").exits(ExitCodes.OK);
        Files.delete(folder.resolve("logs").resolve("p1").resolve("00000000000000000001.wal"));
        Run list = offshoot("project list -o json").exits(ExitCodes.FAILURE);
        assertThat(list.json()).hasSize(1);
        assertThat(list.err()).contains("project 'shop' is damaged: log p1 ends before LSN");
        offshoot("status").exits(ExitCodes.FAILURE);
        offshoot("wal cleanup --all --dry-run").exits(ExitCodes.FAILURE);
        offshoot("wal stats shop").exits(ExitCodes.FAILURE);
        offshoot("project delete shop --yes").exits(ExitCodes.OK);
        shop(50);
        offshoot("status").exits(ExitCodes.OK);
    }

    private Run shop(int documents) throws IOException {
        return importing(0, documents);
    }

    private Run importing(int from, int to) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = from; i < to; i++) {
            lines.append("{\"_id\": ").append(i).append(", \"text\": \"one of them\"}\n");
        }
        Path file = Files.writeString(folder.resolveSibling(folder.getFileName() + ".ndjson"), lines);
        try {
            return offshoot("import --project shop --collection things " + file).exits(ExitCodes.OK);
        } finally {
            Files.delete(file);
        }
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 0x10;
        Files.write(file, bytes);
    }

    private List<Path> all(String place) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(place))) {
            return files.sorted().toList();
        }
    }

    private Run offshoot(String words) {
        return Run.of(onFolder(words));
    }

    private Run answering(String answer, String words) {
        return Run.answering(answer, onFolder(words));
    }

    private String[] onFolder(String words) {
        List<String> all = new ArrayList<>(Arrays.asList(words.split(" ")));
        all.addAll(List.of("--data", folder.toString()));
        return all.toArray(String[]::new);
    }
}
