package dev.offshoot.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.engine.Request;
import dev.offshoot.wire.CannedMongos;
import dev.offshoot.wire.FrameReader;
import dev.offshoot.wire.Messages;
import dev.offshoot.wire.Mutations;
import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
final class ServerTest {
    private static final ServerOptions ANY_PORT = ServerOptions.of("127.0.0.1", 0);

    private final CountDownLatch slowStarted = new CountDownLatch(1);
    private final CountDownLatch slowMayEnd = new CountDownLatch(1);
    private final CannedMongos mongos = new CannedMongos(this::answer);
    private Server server = start(ANY_PORT);

    private Server start(ServerOptions options) {
        try {
            return Server.start(mongos, options);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Doc answer(Request request) {
        return switch (CannedMongos.name(request)) {
            case "slow" -> slow();
            case "echo" -> request.body();
            default -> CannedMongos.ok();
        };
    }

    private Doc slow() {
        slowStarted.countDown();
        try {
            slowMayEnd.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return CannedMongos.ok();
    }

    @AfterEach
    void close() {
        slowMayEnd.countDown();
        server.close();
        await(() -> mongos.open() == 0);
    }

    private Socket connect() throws IOException {
        return new Socket(server.address().getAddress(), server.address().getPort());
    }

    private static Doc ask(Socket socket, Doc command) throws IOException {
        send(socket, Messages.opMsg(1, 0, Messages.body(command)));
        return reply(socket);
    }

    private static Doc reply(Socket socket) throws IOException {
        return Messages.bodyOf(requireNonNull(new FrameReader(socket.getInputStream()).next()));
    }

    private static void send(Socket socket, byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    private static Doc ping() {
        return Messages.command("ping", "admin");
    }

    /** Whether the server closed it, cleanly or not. */
    private static boolean isEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void commands_are_answered_in_order_also_when_they_come_at_once() throws IOException {
        try (Socket socket = connect()) {
            byte[][] pings = new byte[100][];
            Arrays.setAll(pings, Messages::ping);
            send(socket, Messages.join(pings));
            FrameReader replies = new FrameReader(socket.getInputStream());
            for (int i = 0; i < pings.length; i++) {
                byte[] reply = requireNonNull(replies.next());
                assertThat(Bson.int32(reply, 8)).isEqualTo(i);
                assertThat(Messages.bodyOf(reply)).isEqualTo(CannedMongos.ok());
            }
        }
    }

    @Test
    void a_large_message_makes_the_round_trip() throws IOException {
        Doc echo = new DocBuilder()
                .append("echo", Value.binary(new byte[16_000_000]))
                .buildDoc();
        try (Socket socket = connect()) {
            assertThat(ask(socket, echo)).isEqualTo(echo);
            assertThat(ask(socket, ping())).isEqualTo(CannedMongos.ok());
        }
    }

    @Test
    void a_bad_frame_closes_its_connection_with_one_line_in_the_log_and_no_other_connection() throws IOException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger("dev.offshoot");
        lines.start();
        log.addAppender(lines);
        try (Socket good = connect();
                Socket bad = connect()) {
            assertThat(ask(good, ping())).isEqualTo(CannedMongos.ok());
            byte[] tooLong = Messages.ping(1);
            Bson.putInt32(tooLong, 0, 48_000_001);
            send(bad, tooLong);
            assertThat(isEnded(bad)).isTrue();
            assertThat(ask(good, ping())).isEqualTo(CannedMongos.ok());
            server.close();
        } finally {
            log.detachAppender(lines);
        }
        assertThat(lines.list.stream().filter(l -> l.getLevel().isGreaterOrEqual(Level.INFO)))
                .singleElement()
                .satisfies(l -> assertThat(l.getFormattedMessage()).contains("48000001"));
    }

    @Test
    void half_a_frame_leaves_nothing_behind() throws IOException {
        byte[] ping = Messages.ping(1);
        for (int cut = 0; cut < ping.length; cut++) {
            try (Socket socket = connect()) {
                send(socket, Arrays.copyOf(ping, cut));
            }
        }
        await(() -> mongos.connected() == ping.length && mongos.open() == 0 && server.connections() == 0);
        assertThat(mongos.requests()).isEmpty();
    }

    @Test
    void a_client_that_does_not_wait_for_its_reply_leaves_nothing_behind() throws IOException {
        Doc echo = new DocBuilder()
                .append("echo", Value.binary(new byte[16_000_000]))
                .buildDoc();
        try (Socket socket = connect()) {
            send(socket, Messages.opMsg(1, 0, Messages.body(echo)));
        }
        await(() -> mongos.connected() == 1 && mongos.open() == 0);
    }

    @Test
    void no_mutation_of_a_good_frame_harms_the_server() throws IOException {
        long seed = 20260101;
        Random random = new Random(seed);
        int mutants = 400;
        for (int i = 0; i < mutants; i++) {
            byte[] mutant = Mutations.of(random);
            if (i % 5 == 0) {
                mutant[random.nextInt(16)] = (byte) random.nextInt();
            }
            try (Socket socket = connect()) {
                send(socket, mutant);
                socket.shutdownOutput();
                while (!isEnded(socket)) {
                    assertThat(server.connections()).isLessThan(10);
                }
            }
        }
        try (Socket socket = connect()) {
            assertThat(ask(socket, ping())).as("seed %s", seed).isEqualTo(CannedMongos.ok());
        }
        assertThat(mongos.connected()).isEqualTo(mutants + 1);
        assertThat(mongos.requests().size()).as("seed %s", seed).isGreaterThan(mutants / 20);
    }

    @Test
    void connections_above_the_most_allowed_are_closed_and_room_is_used_again() throws IOException {
        try (Server small = start(ANY_PORT.withConnectionsMax(2))) {
            Server all = server;
            server = small;
            all.close();
            try (Socket first = connect();
                    Socket second = connect()) {
                assertThat(ask(first, ping())).isEqualTo(CannedMongos.ok());
                assertThat(ask(second, ping())).isEqualTo(CannedMongos.ok());
                try (Socket third = connect()) {
                    assertThat(isEnded(third)).isTrue();
                }
            }
            await(() -> small.connections() == 0);
            try (Socket again = connect()) {
                assertThat(ask(again, ping())).isEqualTo(CannedMongos.ok());
            }
        }
    }

    @Test
    void closing_ends_idle_connections_and_lets_a_running_command_answer() throws Exception {
        try (Socket idle = connect();
                Socket busy = connect()) {
            assertThat(ask(idle, ping())).isEqualTo(CannedMongos.ok());
            send(busy, Messages.opMsg(1, 0, Messages.body(Messages.command("slow", "shop"))));
            slowStarted.await();
            CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
            assertThat(isEnded(idle)).isTrue();
            assertThat(closed).isNotDone();
            slowMayEnd.countDown();
            assertThat(reply(busy)).isEqualTo(CannedMongos.ok());
            assertThat(isEnded(busy)).isTrue();
            closed.get(20, TimeUnit.SECONDS);
            assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
        }
    }

    @Test
    void closing_waits_only_so_long_for_a_command_that_does_not_end() throws Exception {
        try (Server impatient = start(ANY_PORT.withCloseWaitMillis(50))) {
            server.close();
            server = impatient;
            try (Socket busy = connect()) {
                send(busy, Messages.opMsg(1, 0, Messages.body(Messages.command("slow", "shop"))));
                slowStarted.await();
                server.close();
                assertThat(isEnded(busy)).isTrue();
            }
        }
    }

    @Test
    void an_address_in_use_is_named() {
        ServerOptions taken = ServerOptions.of("127.0.0.1", server.address().getPort());
        assertThatThrownBy(() -> Server.start(mongos, taken))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("127.0.0.1:" + taken.port());
    }
}
