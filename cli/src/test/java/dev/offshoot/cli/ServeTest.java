package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verbs against a server that the command line started. */
final class ServeTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_server_announces_itself_in_one_line_and_verbs_find_it() throws IOException {
        try (Running server = serve("-o", "json")) {
            String uri = uri(server);
            Run.at(uri, "project", "create", "shop").exits(ExitCodes.OK);
            Run.at("mongodb://127.0.0.1:1", "branch", "create", "shop", "x", "--uri", uri)
                    .exits(ExitCodes.OK);
            assertThat(Run.at(uri, "uri", "shop", "x").out()).isEqualToIgnoringNewLines(uri + "/shop~x");
            JsonNode status =
                    Run.at(uri, "status", "-o", "json").exits(ExitCodes.OK).json();
            assertThat(status.get("projects").get(0).get("branches")).hasSize(2);
            Run.at(uri, "branch", "show", "shop", "nothing").exits(ExitCodes.NOT_FOUND);
            Run.at(uri, "branch", "create", "shop", "x").exits(ExitCodes.CONFLICT);
        }
    }

    @Test
    void the_line_for_people_holds_the_uri_too() throws IOException {
        try (Running server = serve()) {
            assertThat(server.line()).matches("serving .* at mongodb://127\\.0\\.0\\.1:\\d+");
        }
    }

    @Test
    void what_was_written_is_there_after_a_stop_and_a_start() throws IOException {
        try (Running server = serve("-o", "json")) {
            Run.at(uri(server), "project", "create", "shop").exits(ExitCodes.OK);
        }
        try (Running server = serve("-o", "json")) {
            assertThat(Run.at(uri(server), "project", "list", "-o", "json").json())
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"always", "interval:20", "never"})
    void with_every_sync_policy_a_stop_loses_nothing(String policy) throws IOException {
        try (Running server = serve("-o", "json", "--sync", policy)) {
            Run.at(uri(server), "project", "create", "shop").exits(ExitCodes.OK);
        }
        String data = folder.resolve("data").toString();
        Run list = Run.of("project", "list", "--data", data, "--sync", policy, "-o", "json");
        assertThat(list.exits(ExitCodes.OK).json()).hasSize(1);
    }

    @Test
    void a_sync_policy_that_there_is_not_is_an_error_that_names_those_there_are() {
        Run run = Run.of("serve", "--sync", "hourly").exits(ExitCodes.USAGE);
        assertThat(run.err()).contains("'hourly'", "always", "never", "interval:MS", "try: --sync");
        Run far = Run.of("serve", "--sync", "never", "--store", "mongodb://127.0.0.1:1");
        assertThat(far.exits(ExitCodes.USAGE).err()).contains("majority", "--data");
    }

    @Test
    void caches_that_leave_little_of_the_heap_are_warned_of() throws IOException {
        long heap = Runtime.getRuntime().maxMemory() >> 20;
        try (Running server = serve("-o", "json", "--memory", heap / 4 * 3 + "m")) {
            assertThat(uri(server)).isNotEmpty();
            assertThat(server.err()).contains("warning", "more than half of the heap", "-Xmx");
        }
        try (Running server = serve("-o", "json", "--memory", heap / 4 + "m")) {
            assertThat(uri(server)).isNotEmpty();
            assertThat(server.err()).doesNotContain("warning");
        }
        Run none = Run.of("serve", "--memory", 2 * heap + "m").exits(ExitCodes.USAGE);
        assertThat(none.err()).contains("more than the heap", heap + " MB", "try: --memory " + heap / 4 + "m");
    }

    @Test
    void it_serves_as_many_connections_as_it_is_told() throws IOException {
        try (Running server = serve("-o", "json", "--max-connections", "7");
                MongoClient client = MongoClients.create(uri(server))) {
            Document open = client.getDatabase("admin")
                    .runCommand(new Document("serverStatus", 1))
                    .get("connections", Document.class);
            assertThat(open.getInteger("current") + open.getInteger("available"))
                    .isEqualTo(7);
        }
        Run none = Run.of("serve", "--max-connections", "0").exits(ExitCodes.USAGE);
        assertThat(none.err()).contains("nobody is served", "try: --max-connections 1000");
    }

    @Test
    void a_folder_belongs_to_one_process() throws IOException {
        try (Running server = serve("-o", "json")) {
            assertThat(uri(server)).isNotEmpty();
            Run run = Run.of("project", "list", "--data", folder.resolve("data").toString())
                    .exits(ExitCodes.FAILURE);
            assertThat(run.err()).contains("in use").contains("--uri").doesNotContain("\tat ");
        }
    }

    @Test
    void a_taken_port_is_an_error_that_says_what_to_do() throws IOException {
        try (Running server = serve("-o", "json")) {
            String port = uri(server).replaceAll(".*:", "");
            Run run = Run.of("serve", "--data", folder.resolve("other").toString(), "--port", port)
                    .exits(ExitCodes.FAILURE);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains(port).contains("try: another --port");
        }
    }

    @Test
    void the_quickstart_tells_its_story_and_keeps_serving() throws IOException {
        Path data = folder.resolve("quickstart");
        try (Running run = Running.start("quickstart", "--serve", "--port", "0", "--data", data.toString())) {
            List<String> lines = run.linesUntil("Serving ");
            String uri = lines.get(lines.size() - 1).replaceAll(".* at (\\S+) until.*", "$1");
            assertThat(lines)
                    .anyMatch(line -> line.contains("bytes copied: 0"))
                    .anyMatch(line -> line.contains("price 12.50 -> 9.90"))
                    .anyMatch(line -> line.contains("+ customers 1000"))
                    .anyMatch(line -> line.contains("- orders 5003"))
                    .anyMatch(line -> line.contains("mongosh \"" + uri + "/shop~feature-x\""));
            JsonNode branches = Run.at(uri, "branch", "list", "shop", "-o", "json")
                    .exits(ExitCodes.OK)
                    .json();
            assertThat(branches)
                    .extracting(branch -> branch.get("name").asText())
                    .containsExactlyInAnyOrder("main", "feature-x");
        }
        Run again =
                Run.of("quickstart", "--port", "0", "--data", data.toString()).exits(ExitCodes.CONFLICT);
        assertThat(again.err()).contains("already").contains("offshoot serve --data");
    }

    @Test
    void the_quickstart_takes_another_port_when_its_own_is_taken() throws IOException {
        try (Running server = serve("-o", "json")) {
            String port = uri(server).replaceAll(".*:", "");
            Run run = Run.of("quickstart", "--port", port).exits(ExitCodes.OK);
            assertThat(run.err()).contains("port " + port + " is taken");
            assertThat(run.out()).contains("The server stops now");
        }
    }

    private Running serve(String... more) throws IOException {
        String[] words = {
            "serve", "--port", "0", "--data", folder.resolve("data").toString()
        };
        return Running.start(Stream.of(words, more).flatMap(Arrays::stream).toArray(String[]::new));
    }

    private static String uri(Running server) throws IOException {
        return new ObjectMapper().readTree(server.line()).get("uri").asText();
    }
}
