package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A verb that runs until it is told to stop, in this JVM. */
final class Running implements AutoCloseable {
    private static final long WAIT_SECONDS = 60;

    private final StopSignal stop = StopSignal.ofCaller();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final BufferedReader lines;

    private Running(BufferedReader lines) {
        this.lines = lines;
    }

    static Running start(String... words) throws IOException {
        PipedOutputStream printed = new PipedOutputStream();
        Running running = new Running(new BufferedReader(
                new InputStreamReader(new PipedInputStream(printed, 1 << 16), StandardCharsets.UTF_8)));
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                new Printer(printed),
                new PrintStream(running.err, true, StandardCharsets.UTF_8),
                Set.of(),
                Map.of(),
                running.stop);
        new Thread(() -> {
                    running.exitCode.complete(Offshoot.commandLine(terminal).execute(words));
                    terminal.out().close();
                })
                .start();
        return running;
    }

    /** The next line that it prints; null at its end. */
    @Nullable
    String line() throws IOException {
        return lines.readLine();
    }

    /** Lines up to the one that begins like this, which is the last. */
    List<String> linesUntil(String begin) throws IOException {
        List<String> read = new ArrayList<>();
        for (String line = line(); line != null; line = line()) {
            read.add(line);
            if (line.startsWith(begin)) {
                return read;
            }
        }
        throw new AssertionError("no line begins with '" + begin + "': " + read + err());
    }

    String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    /** Asks it to stop, and waits for its exit code. */
    int stop() {
        stop.request();
        return exitCode.orTimeout(WAIT_SECONDS, TimeUnit.SECONDS).join();
    }

    @Override
    public void close() {
        assertThat(stop()).as(err()).isEqualTo(ExitCodes.OK);
    }
}
