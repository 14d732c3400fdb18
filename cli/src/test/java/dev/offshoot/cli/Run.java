package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/** One run of the command line in this JVM: what it answered and printed. */
record Run(int exitCode, String out, String err) {
    private static final Map<String, String> NO_SERVER =
            Map.of(TargetOptions.URI_VARIABLE, "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200");

    /** A run without a person, as in a script. */
    static Run of(String... words) {
        return with(new byte[0], Set.of(), NO_SERVER, words);
    }

    /** A run of a script that gets bytes on its standard input. */
    static Run withInput(byte[] input, String... words) {
        return with(input, Set.of(), NO_SERVER, words);
    }

    /** A run at a terminal, where a person answers. */
    static Run answering(String answer, String... words) {
        byte[] typed = (answer + "\n").getBytes(StandardCharsets.UTF_8);
        return with(typed, Set.of(Terminal.Stream.values()), NO_SERVER, words);
    }

    /** A script whose environment names a server. */
    static Run at(String uri, String... words) {
        return with(new byte[0], Set.of(), Map.of(TargetOptions.URI_VARIABLE, uri), words);
    }

    private static Run with(
            byte[] input, Set<Terminal.Stream> people, Map<String, String> environment, String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                new ByteArrayInputStream(input),
                new Printer(out),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                people,
                environment,
                StopSignal.ofCaller());
        int exitCode = Offshoot.commandLine(terminal).execute(words);
        return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Checks the exit code; what was printed is in the message. */
    Run exits(int expected) {
        assertThat(exitCode).as("out: %s%nerr: %s", out, err).isEqualTo(expected);
        return this;
    }

    /** What was printed as JSON: one value, and nothing beside it. */
    JsonNode json() {
        try {
            return new ObjectMapper().readTree(out);
        } catch (JsonProcessingException e) {
            throw new AssertionError("not JSON: " + out, e);
        }
    }
}
