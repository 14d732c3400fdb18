package dev.offshoot.archive.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.BlobStoreContract;
import dev.offshoot.store.StoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A bucket of an S3 server that runs in this JVM. */
final class S3BlobsTest extends BlobStoreContract {
    private static final String SECRET = S3Server.SECRET;
    private static final String KEY = S3Server.KEY;
    private static final S3Server SERVER = S3Server.start();

    private final String prefix = UUID.randomUUID().toString();

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    private static String endpoint() {
        return SERVER.endpoint();
    }

    @Override
    protected BlobStore open() {
        return SERVER.blobs(prefix);
    }

    /** More than a service answers at once. */
    @Override
    protected int many() {
        return 1100;
    }

    private static BlobStore open(String place, String endpoint) {
        return S3Server.open(place, endpoint);
    }

    @Test
    void a_bucket_that_is_not_there_is_said() {
        requireFailure("s3://nobucket/x", endpoint(), "there is no bucket 'nobucket'");
    }

    @Test
    void a_service_that_does_not_answer_is_said() {
        requireFailure("s3://backups/x", "http://127.0.0.1:1", "no answer (ConnectException");
    }

    @Test
    void credentials_that_are_refused_are_said_and_no_secret_is_printed() throws Exception {
        try (Answering server = new Answering(403, "SignatureDoesNotMatch")) {
            requireFailure(
                    "s3://backups/x",
                    server.endpoint(),
                    "the service refuses these credentials (SignatureDoesNotMatch");
            assertThat(server.requests.get()).as("one for each request").isEqualTo(4);
        }
    }

    @Test
    void a_service_that_is_busy_is_asked_again() throws Exception {
        try (Answering server = new Answering(503, "SlowDown")) {
            requireFailure("s3://backups/x", server.endpoint(), "the service answers SlowDown, status 503");
            assertThat(server.requests.get()).isGreaterThan(3);
        }
    }

    private void requireFailure(String place, String endpoint, String expected) {
        try (BlobStore blobs = open(place, endpoint)) {
            for (Runnable request : new Runnable[] {
                () -> blobs.put("a", new byte[10]), () -> blobs.get("a"), () -> blobs.list("a"), () -> blobs.delete("a")
            }) {
                StoreException failure = catchThrowableOfType(StoreException.class, request::run);
                assertThat(failure).isNotNull().hasMessageContaining(expected).hasMessageContaining(place);
                StringWriter trace = new StringWriter();
                failure.printStackTrace(new PrintWriter(trace));
                assertThat(trace.toString()).doesNotContain(SECRET);
            }
            assertThat(blobs.describe()).doesNotContain(SECRET).doesNotContain(KEY);
        }
    }

    @Test
    void what_is_no_bucket_or_service_is_refused() {
        for (String place : new String[] {"s3://", "s3:///x", "s3://A_B/x", "s3://x"}) {
            assertThatThrownBy(() -> S3Place.parse(place, null, null, S3Server.ENVIRONMENT))
                    .as(place)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("s3://backups/shop");
        }
        assertThatThrownBy(() -> S3Place.parse("s3://backups", "localhost:9000", null, S3Server.ENVIRONMENT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http://127.0.0.1:9000");
    }

    @Test
    void a_place_is_read_from_its_text_and_the_environment() {
        S3Place place = S3Place.parse(
                "s3://backups/a/b/",
                null,
                null,
                Map.of("AWS_ENDPOINT_URL", "http://one:1", "AWS_REGION", "eu-1", "AWS_SECRET_ACCESS_KEY", SECRET));
        assertThat(place.prefix()).isEqualTo("a/b");
        assertThat(place.region()).isEqualTo("eu-1");
        assertThat(String.valueOf(place.endpoint())).isEqualTo("http://one:1");
        assertThat(place.toString()).isEqualTo("s3://backups/a/b at one:1");
    }

    /** A service that says the same to everything. */
    private static final class Answering implements AutoCloseable {
        private final HttpServer server;
        private final AtomicInteger requests = new AtomicInteger();

        Answering(int status, String code) throws Exception {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            byte[] answer =
                    ("<Error><Code>" + code + "</Code><Message>no</Message></Error>").getBytes(StandardCharsets.UTF_8);
            server.createContext("/", exchange -> {
                requests.incrementAndGet();
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().add("Content-Type", "application/xml");
                exchange.sendResponseHeaders(status, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
        }

        String endpoint() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
