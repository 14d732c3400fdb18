package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** FerretDB version 1 on SQLite in a process of its own: a server that is not ours and keeps what it was told over {@code kill -9}. */
final class Ferret implements AutoCloseable {
    /** The system property that names its program. */
    static final String PROGRAM = "offshoot.test.ferretdb";

    private static final long START_SECONDS = 30;
    private static final long PAUSE_MILLIS = 20;

    private final Path folder;
    private final int port;
    private Process process;

    private Ferret(Path folder, int port) throws IOException {
        this.folder = folder;
        this.port = port;
        this.process = run();
    }

    /** Starts it with its data in a folder. */
    static Ferret start(Path folder) {
        try {
            return new Ferret(folder, freePort());
        } catch (IOException e) {
            throw new AssertionError("cannot start FerretDB", e);
        }
    }

    String uri() {
        return "mongodb://127.0.0.1:" + port;
    }

    /** {@code kill -9}, and a start on the same data and port. */
    void restart() {
        assertThat(process.isAlive()).as("FerretDB before it is killed").isTrue();
        close();
        try {
            process = run();
        } catch (IOException e) {
            throw new AssertionError("cannot start FerretDB again", e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            assertThat(process.waitFor(START_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Process run() throws IOException {
        List<String> command = List.of(
                System.getProperty(PROGRAM),
                "--handler=sqlite",
                "--sqlite-url=file:" + folder + "/",
                "--state-dir=" + folder,
                "--listen-addr=127.0.0.1:" + port,
                "--debug-addr=-",
                "--telemetry=disable");
        Process started = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            awaitReady(started);
        } catch (InterruptedException | AssertionError e) {
            started.destroyForcibly();
            throw new AssertionError("FerretDB does not start", e);
        }
        return started;
    }

    private void awaitReady(Process started) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!listens()) {
            boolean ended = started.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            assertThat(ended || System.nanoTime() > end).as("ended or is late").isFalse();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
