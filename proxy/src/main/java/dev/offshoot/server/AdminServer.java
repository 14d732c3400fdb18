package dev.offshoot.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for those who look after a server, over HTTP: {@code GET /metrics} and {@code GET /health}. Thread safe. It has no
 * authentication.
 *
 * <p>At most two requests are answered at once, by threads of their own; others wait. Clients that take their time hold up nobody but each
 * other.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int BACKLOG = 16;
    private static final int THREADS = 2;
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer http;
    private final AdminPages pages;
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS, AdminServer::thread);

    private AdminServer(HttpServer http, AdminPages pages) {
        this.http = http;
        this.pages = pages;
    }

    /**
     * Binds and begins to serve.
     *
     * @param port 0 for any free one
     * @throws IOException if the address cannot be bound; the message says which
     */
    public static AdminServer start(String host, int port, AdminPages pages) throws IOException {
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getByName(host), port), BACKLOG);
        } catch (IOException e) {
            throw new IOException("cannot listen on " + host + ":" + port + ": " + e.getMessage(), e);
        }
        AdminServer server = new AdminServer(http, pages);
        http.createContext("/", server::answer);
        http.setExecutor(server.threads);
        http.start();
        return server;
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "offshoot-admin");
        thread.setDaemon(true);
        return thread;
    }

    /** Where it listens, with the port that was chosen. */
    public InetSocketAddress address() {
        return http.getAddress();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            send(exchange, guarded(exchange));
        }
    }

    private Answer guarded(HttpExchange exchange) {
        try {
            return answerTo(exchange);
        } catch (RuntimeException e) {
            LOG.error("internal error in {} {}", exchange.getRequestMethod(), exchange.getRequestURI(), e);
            return Answer.sentence(500, "Internal error: " + e + "; the server's log has more.");
        }
    }

    private record Answer(int status, String type, String text) {
        static Answer sentence(int status, String sentence) {
            return new Answer(status, TEXT, sentence + "\n");
        }
    }

    private Answer answerTo(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        boolean known = path.equals("/metrics") || path.equals("/health");
        if (!known) {
            return Answer.sentence(404, "There is no " + path + " here; there are /metrics and /health.");
        }
        String method = exchange.getRequestMethod();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            exchange.getResponseHeaders().set("Allow", "GET, HEAD");
            return Answer.sentence(405, path + " takes GET and HEAD, not " + method + ".");
        }
        return path.equals("/metrics")
                ? new Answer(200, pages.metricsType(), pages.metrics().get())
                : health();
    }

    private Answer health() {
        String troubles = String.join("\n", pages.troubles().get());
        return troubles.isEmpty() ? Answer.sentence(200, "ok") : Answer.sentence(503, troubles);
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
            exchange.sendResponseHeaders(answer.status, -1);
            return;
        }
        exchange.sendResponseHeaders(answer.status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** Stops at once. Idempotent. */
    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
