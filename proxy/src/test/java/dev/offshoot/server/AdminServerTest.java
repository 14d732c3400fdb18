package dev.offshoot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class AdminServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile List<String> troubles = List.of();
    private AdminServer server = start(0);

    private AdminServer start(int port) {
        try {
            return AdminServer.start(
                    "127.0.0.1",
                    port,
                    new AdminPages("text/plain; version=0.0.4", () -> "a 1.0\nü 2.0\n", () -> troubles));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeEach
    void it_listens() {
        assertThat(server.address().getPort()).isPositive();
    }

    @AfterEach
    void stop() {
        server.close();
        server.close();
    }

    @Test
    void metrics_are_given_as_text() throws Exception {
        HttpResponse<String> answer = send("GET", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("a 1.0\nü 2.0\n");
        assertThat(answer.headers().firstValue("content-type")).hasValue("text/plain; version=0.0.4");
    }

    @Test
    void health_is_ok_or_says_what_is_wrong() throws Exception {
        assertThat(send("GET", "/health").body()).isEqualTo("ok\n");
        troubles = List.of("the disk is broken", "and so is the net");
        HttpResponse<String> answer = send("GET", "/health");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("the disk is broken\nand so is the net\n");
    }

    @Test
    void a_page_that_fails_says_so() throws Exception {
        try (AdminServer failing = AdminServer.start(
                "127.0.0.1",
                0,
                new AdminPages(
                        "text/plain",
                        () -> {
                            throw new IllegalStateException("no figures");
                        },
                        List::of))) {
            URI uri = URI.create("http://127.0.0.1:" + failing.address().getPort() + "/metrics");
            HttpResponse<String> answer =
                    client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("no figures");
        }
    }

    @Test
    void other_paths_and_methods_get_a_sentence() throws Exception {
        for (String path : List.of("/", "/metricsx", "/metrics/", "/health/x", "/favicon.ico")) {
            HttpResponse<String> answer = send("GET", path);
            assertThat(answer.statusCode()).as(path).isEqualTo(404);
            assertThat(answer.body()).contains(path).contains("/metrics and /health");
        }
        HttpResponse<String> answer = send("POST", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.body()).contains("POST");
        assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
    }

    @Test
    void head_has_no_body() throws Exception {
        HttpResponse<String> answer = send("HEAD", "/metrics");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(answer.headers().firstValue("content-length")).hasValue("13");
    }

    @Test
    void many_clients_at_once_are_all_answered() {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(client.sendAsync(request("GET", "/metrics"), HttpResponse.BodyHandlers.ofString()));
        }
        assertThat(answers)
                .allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    }

    @Test
    void bytes_that_are_not_http_end_their_connection_only() throws Exception {
        try (Socket socket =
                new Socket(server.address().getAddress(), server.address().getPort())) {
            socket.getOutputStream().write("\0\1\2 nonsense\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).hasSizeLessThan(1000);
        }
        assertThat(send("GET", "/health").statusCode()).isEqualTo(200);
    }

    @Test
    void a_port_that_is_taken_is_named() {
        int port = server.address().getPort();
        assertThatThrownBy(() -> AdminServer.start("127.0.0.1", port, new AdminPages("text/plain", () -> "", List::of)))
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(BindException.class)
                .hasMessageContaining("127.0.0.1:" + port);
    }

    private HttpRequest request(String method, String path) {
        URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + path);
        return HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
    }

    private HttpResponse<String> send(String method, String path) throws IOException, InterruptedException {
        return client.send(request(method, path), HttpResponse.BodyHandlers.ofString());
    }
}
