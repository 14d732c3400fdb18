package dev.offshoot.driver;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.engine.Request;
import dev.offshoot.wire.CannedMongos;
import dev.offshoot.wire.FrameException;
import dev.offshoot.wire.FrameReader;
import dev.offshoot.wire.Messages;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class InMemorySocketTest {
    private final CountDownLatch slowStarted = new CountDownLatch(1);
    private final CountDownLatch slowMayEnd = new CountDownLatch(1);
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final List<Boolean> interruptsSeen = new CopyOnWriteArrayList<>();
    private final CannedMongos mongos = new CannedMongos(this::answer);
    private final ExecutorService timed = Executors.newCachedThreadPool();
    private final InMemorySocket socket = new InMemorySocket(mongos, timed);

    private Doc answer(Request request) {
        threads.add(Thread.currentThread());
        interruptsSeen.add(Thread.currentThread().isInterrupted());
        if (CannedMongos.name(request).equals("slow")) {
            slowStarted.countDown();
            try {
                slowMayEnd.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return CannedMongos.ok();
    }

    @BeforeEach
    void connect() throws IOException {
        socket.connect(new InetSocketAddress(
                InetSocketAddress.createUnresolved("nowhere", 1).getHostString(), 1));
    }

    @AfterEach
    void close() throws InterruptedException {
        slowMayEnd.countDown();
        socket.close();
        timed.shutdown();
        assertThat(timed.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        assertThat(mongos.open()).isZero();
    }

    private void send(byte[] message) throws IOException {
        socket.getOutputStream().write(message);
    }

    private void sendSlow() throws IOException {
        send(Messages.opMsg(1, 0, Messages.body(Messages.command("slow", "shop"))));
    }

    private byte[] reply() throws IOException {
        return requireNonNull(new FrameReader(socket.getInputStream()).next());
    }

    @Test
    void a_command_runs_on_the_thread_that_reads() throws IOException {
        send(Messages.ping(5));
        assertThat(threads).isEmpty();
        byte[] reply = reply();
        assertThat(Bson.int32(reply, 8)).isEqualTo(5);
        assertThat(Messages.bodyOf(reply)).isEqualTo(CannedMongos.ok());
        assertThat(threads).containsExactly(Thread.currentThread());
    }

    @Test
    void messages_may_be_written_in_any_pieces_and_read_byte_by_byte() throws IOException {
        byte[] pings = Messages.join(Messages.ping(1), Messages.ping(2), Messages.ping(3));
        OutputStream out = socket.getOutputStream();
        for (byte b : pings) {
            out.write(b);
        }
        for (int id = 1; id <= 3; id++) {
            byte[] reply = new byte[38];
            for (int i = 0; i < reply.length; i++) {
                reply[i] = (byte) socket.getInputStream().read();
            }
            assertThat(Bson.int32(reply, 0)).isEqualTo(reply.length);
            assertThat(Bson.int32(reply, 8)).isEqualTo(id);
        }
    }

    @Test
    void a_message_with_more_to_come_runs_when_it_is_written() throws IOException {
        send(Messages.opMsg(1, 2, Messages.body(Messages.command("ping", "admin"))));
        assertThat(mongos.requests()).hasSize(1);
        send(Messages.ping(2));
        assertThat(Bson.int32(reply(), 8)).isEqualTo(2);
    }

    @Test
    void a_read_with_a_time_out_gives_up_and_a_later_one_gets_the_reply() throws IOException {
        sendSlow();
        socket.setSoTimeout(20);
        assertThatThrownBy(this::reply).isInstanceOf(SocketTimeoutException.class);
        slowMayEnd.countDown();
        socket.setSoTimeout(0);
        assertThat(Bson.int32(reply(), 8)).isEqualTo(1);
        assertThat(threads).hasSize(1).doesNotContain(Thread.currentThread());
        send(Messages.ping(2));
        socket.setSoTimeout(20_000);
        assertThat(Bson.int32(reply(), 8)).isEqualTo(2);
    }

    @Test
    void closing_ends_a_read_that_waits_with_a_time_out_while_the_command_goes_on() throws Exception {
        sendSlow();
        socket.setSoTimeout(30_000);
        CompletableFuture<byte[]> read = inBackground();
        slowStarted.await();
        socket.close();
        assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SocketException.class);
        assertThat(mongos.open()).as("the command still runs").isEqualTo(1);
    }

    @Test
    void a_read_whose_socket_is_closed_meanwhile_fails_when_the_command_ends() throws Exception {
        sendSlow();
        CompletableFuture<byte[]> read = inBackground();
        slowStarted.await();
        socket.close();
        slowMayEnd.countDown();
        assertThatThrownBy(() -> read.get(20, TimeUnit.SECONDS)).hasRootCauseInstanceOf(SocketException.class);
        assertThat(mongos.open()).isZero();
    }

    private CompletableFuture<byte[]> inBackground() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return reply();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void an_interrupt_ends_a_read_that_waits_with_a_time_out() throws Exception {
        sendSlow();
        socket.setSoTimeout(30_000);
        AtomicReference<IOException> failure = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            try {
                reply();
            } catch (IOException e) {
                failure.set(Thread.currentThread().isInterrupted() ? e : null);
            }
        });
        reader.start();
        slowStarted.await();
        reader.interrupt();
        reader.join();
        assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
    }

    @Test
    void an_interrupt_that_came_before_does_not_reach_the_engine_and_is_not_lost() throws IOException {
        send(Messages.ping(1));
        Thread.currentThread().interrupt();
        try {
            reply();
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(interruptsSeen).containsExactly(false);
    }

    @Test
    void a_closed_socket_neither_reads_nor_writes() throws IOException {
        send(Messages.ping(1));
        socket.close();
        assertThatThrownBy(this::reply).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> send(Messages.ping(2))).isInstanceOf(SocketException.class);
        assertThat(socket.isClosed()).isTrue();
        assertThat(mongos.requests()).isEmpty();
    }

    @Test
    void a_bad_frame_is_refused_before_it_is_stored() {
        byte[] bad = Messages.ping(1);
        Bson.putInt32(bad, 0, 48_000_001);
        assertThatThrownBy(() -> send(bad)).isInstanceOf(FrameException.class);
    }

    @Test
    void a_read_without_a_request_fails_at_once() {
        assertThatThrownBy(this::reply).isInstanceOf(SocketException.class);
    }
}
