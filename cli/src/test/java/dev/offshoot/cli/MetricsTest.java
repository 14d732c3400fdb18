package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server shows to those who look after it. */
final class MetricsTest {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*(?:\\{[^{}]*})?) (-?[0-9.]+(?:E-?[0-9]+)?|NaN|[+-]Inf)");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void what_was_written_is_counted_exactly() throws Exception {
        try (Running server = serve("--admin-port", "0")) {
            JsonNode ready = new ObjectMapper().readTree(server.line());
            String uri = ready.get("uri").asText();
            String admin = ready.get("admin").asText();
            Run.at(uri, "project", "create", "shop").exits(ExitCodes.OK);
            Map<String, Double> before = scrape(admin);
            write(uri, 25);
            Map<String, Double> after = scrape(admin);
            assertThat(grown(before, after, "offshoot_append_seconds_count{project=\"shop\"}"))
                    .isEqualTo(25); // the first one makes the collection too
            assertThat(grown(before, after, "offshoot_append_batch_sum{project=\"shop\"}"))
                    .isEqualTo(25);
            assertThat(grown(before, after, "offshoot_log_bytes_total{project=\"shop\"}"))
                    .isGreaterThan(25 * 100.0);
            assertThat(grown(before, after, "offshoot_fsync_seconds_count")).isEqualTo(25);
            assertThat(grown(before, after, "offshoot_commands_seconds_count{command=\"insert\",result=\"ok\"}"))
                    .isEqualTo(25);
            assertThat(after)
                    .containsKeys(
                            "offshoot_append_seconds_bucket{project=\"shop\",le=\"+Inf\"}",
                            "offshoot_replay_seconds_count{project=\"shop\"}",
                            "offshoot_cursors_open",
                            "offshoot_cache_bytes{cache=\"past\"}",
                            "offshoot_cache_bytes{cache=\"nodes\"}",
                            "offshoot_cache_misses_total{cache=\"packed\"}",
                            "offshoot_gc_bytes_total{project=\"shop\"}",
                            "jvm_threads_live_threads",
                            "process_uptime_seconds")
                    .doesNotContainKey("offshoot_tail_lag_seconds"); // nobody shares this store
        }
    }

    @Test
    void a_command_that_fails_is_counted_as_an_error() throws Exception {
        try (Running server = serve("--admin-port", "0")) {
            JsonNode ready = new ObjectMapper().readTree(server.line());
            Run.at(ready.get("uri").asText(), "branch", "show", "nowhere", "nothing")
                    .exits(ExitCodes.NOT_FOUND);
            assertThat(scrape(ready.get("admin").asText()))
                    .containsEntry("offshoot_commands_seconds_count{command=\"listBranches\",result=\"error\"}", 1.0);
        }
    }

    @Test
    void every_figure_is_in_the_docs() throws Exception {
        String docs = Files.readString(Path.of("..", "docs", "operations.md"));
        try (Running server = serve("--admin-port", "0")) {
            JsonNode ready = new ObjectMapper().readTree(server.line());
            Run.at(ready.get("uri").asText(), "project", "create", "shop").exits(ExitCodes.OK);
            List<String> names = get(ready.get("admin").asText() + "/metrics")
                    .body()
                    .lines()
                    .filter(line -> line.startsWith("# TYPE offshoot_"))
                    .map(line -> line.split(" ", -1)[2])
                    .filter(name -> !name.endsWith("_max"))
                    .toList();
            assertThat(names).hasSizeGreaterThan(25);
            assertThat(names).allSatisfy(name -> assertThat(docs).contains("| `" + name + "` |"));
        }
    }

    @Test
    void health_and_wrong_paths_answer_a_sentence() throws Exception {
        try (Running server = serve("--admin-port", "0")) {
            String admin =
                    new ObjectMapper().readTree(server.line()).get("admin").asText();
            assertThat(get(admin + "/health").statusCode()).isEqualTo(200);
            assertThat(get(admin + "/").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void a_taken_admin_port_is_an_error_that_says_what_to_do() throws Exception {
        try (Running server = serve("--admin-port", "0")) {
            String port = new ObjectMapper()
                    .readTree(server.line())
                    .get("admin")
                    .asText()
                    .replaceAll(".*:", "");
            Run run = Run.of(
                            "serve",
                            "--port",
                            "0",
                            "--data",
                            folder.resolve("other").toString(),
                            "--admin-port",
                            port)
                    .exits(ExitCodes.FAILURE);
            assertThat(run.out()).isEmpty();
            assertThat(run.err()).contains(port).contains("try: another --admin-port");
        }
        Run.of("serve", "--admin-port", "70000").exits(ExitCodes.USAGE);
        Run.of("serve", "--host", "0.0.0.0", "--admin-port", "0").exits(ExitCodes.USAGE);
    }

    @Test
    void status_tells_connections_and_what_was_appended() throws Exception {
        try (Running server = serve()) {
            JsonNode ready = new ObjectMapper().readTree(server.line());
            assertThat(ready.has("admin")).isFalse();
            String uri = ready.get("uri").asText();
            Run.at(uri, "project", "create", "shop").exits(ExitCodes.OK);
            write(uri, 10);
            JsonNode status =
                    Run.at(uri, "status", "-o", "json").exits(ExitCodes.OK).json();
            assertThat(status.get("connections").asInt()).isPositive();
            assertThat(status.get("appended_records").asInt()).isEqualTo(11); // and main
            assertThat(status.get("appended_bytes").asInt()).isGreaterThan(1000);
            assertThat(Run.at(uri, "status").out()).contains("APPENDED RECORDS  11");
        }
    }

    private static void write(String uri, int documents) {
        try (MongoClient client = MongoClients.create(uri)) {
            MongoCollection<Document> items = client.getDatabase("shop").getCollection("items");
            for (int i = 0; i < documents; i++) {
                items.insertOne(new Document("_id", i).append("name", "item " + i));
            }
        }
    }

    private static double grown(Map<String, Double> before, Map<String, Double> after, String sample) {
        assertThat(after).containsKey(sample);
        return after.getOrDefault(sample, 0.0) - before.getOrDefault(sample, 0.0);
    }

    /** All samples; a line that is neither one nor a comment is an error. */
    private static Map<String, Double> scrape(String admin) throws IOException, InterruptedException {
        HttpResponse<String> answer = get(admin + "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        Map<String, Double> samples = new HashMap<>();
        for (String line : answer.body().lines().toList()) {
            if (!line.startsWith("#")) {
                Matcher sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                samples.put(sample.group(1), number(sample.group(2)));
            }
        }
        return samples;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private Running serve(String... more) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "serve",
                "-o",
                "json",
                "--port",
                "0",
                "--data",
                folder.resolve("data").toString()));
        words.addAll(List.of(more));
        return Running.start(words.toArray(String[]::new));
    }
}
