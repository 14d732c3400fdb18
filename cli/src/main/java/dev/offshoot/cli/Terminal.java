package dev.offshoot.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What surrounds a run: its streams, which of them are a person's terminal, the environment and the wish to stop. Data goes to
 * {@code out}, talk to {@code err}; all text is UTF-8.
 *
 * @param people the streams that are a terminal
 */
record Terminal(
        InputStream in,
        Printer out,
        PrintStream err,
        Set<Stream> people,
        Map<String, String> environment,
        StopSignal stop) {
    /** The launcher knows which streams are terminals and says so here, such as {@code in,err}. */
    private static final String STREAMS_PROPERTY = "offshoot.terminals";

    enum Stream {
        IN,
        OUT,
        ERR
    }

    static Terminal ofProcess(StopSignal stop) {
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new Printer(new FileOutputStream(FileDescriptor.out)),
                new Printer(new FileOutputStream(FileDescriptor.err)),
                terminals(System.getProperty(STREAMS_PROPERTY, "")),
                System.getenv(),
                stop);
    }

    boolean isPerson(Stream stream) {
        return people.contains(stream);
    }

    /** Asks on {@code err} and reads one line of the answer; empty at the end of the input. */
    String ask(String question) throws IOException {
        err.print(question);
        err.flush();
        String line = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
        return line == null ? "" : line.strip();
    }

    private static Set<Stream> terminals(String names) {
        Set<String> given = Set.of(names.isEmpty() ? new String[0] : names.split(",", -1));
        Set<Stream> found = EnumSet.noneOf(Stream.class);
        for (Stream stream : Stream.values()) {
            if (given.contains(stream.name().toLowerCase(Locale.ROOT))) {
                found.add(stream);
            }
        }
        return found;
    }
}
