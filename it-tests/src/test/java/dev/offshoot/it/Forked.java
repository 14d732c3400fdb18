package dev.offshoot.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM that runs a main class of the tests. It ends itself when the JVM that started it is gone. */
final class Forked implements AutoCloseable {
    /** Starts sooner, and says nothing about each thing that is found torn. */
    private static final List<String> WITHOUT_LOGGING = List.of(
            "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider", "-Dslf4j.internal.verbosity=WARN");

    private static final String READY = "READY ";
    private static final int KILLED = 128 + 9;
    private static final long END_SECONDS = 30;

    private final Process process;
    private final int port;

    private Forked(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts a main class and waits until it is {@link #ready}. */
    static Forked start(Class<?> main, String... args) {
        return start(main, List.of(), args);
    }

    /** The same with options for its JVM. */
    static Forked start(Class<?> main, List<String> options, String... args) {
        try {
            Process process = fork(main, options, List.of(args));
            return new Forked(process, port(process));
        } catch (IOException e) {
            throw new AssertionError("cannot start " + main, e);
        }
    }

    /** Runs a main class until it ends with this exit code; answers the lines it said. */
    static List<String> runToHalt(Class<?> main, int exitCode, List<String> args) throws IOException {
        Process process = fork(main, WITHOUT_LOGGING, args);
        try (Forked forked = new Forked(process, 0)) {
            List<String> said = reader(process).lines().toList();
            int exit = forked.waitFor();
            if (exit != exitCode) {
                throw new AssertionError("the process ended with " + exit + " after " + said.size() + " lines");
            }
            return said;
        }
    }

    private static Process fork(Class<?> main, List<String> options, List<String> args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(args);
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static BufferedReader reader(Process process) {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Said by the started process: it serves on this port, and lives until its input ends. */
    static void ready(int port) throws IOException {
        System.out.println(READY + port);
        System.out.flush();
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
        Runtime.getRuntime().halt(0);
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly();
        int exit = waitFor();
        if (exit != KILLED) {
            throw new AssertionError("the process ended by itself with " + exit + " before it was killed");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        waitFor();
    }

    private int waitFor() {
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("process " + process.pid() + " does not end");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads on behind the port, so that the process never waits for somebody to read. */
    private static int port(Process process) throws IOException {
        BufferedReader out = reader(process);
        for (String line; (line = out.readLine()) != null; ) {
            if (line.startsWith(READY)) {
                Thread drain = new Thread(() -> out.lines().forEach(System.out::println), "output of " + process.pid());
                drain.setDaemon(true);
                drain.start();
                return Integer.parseInt(line.substring(READY.length()));
            }
            System.out.println(line);
        }
        throw new AssertionError("the process ended before it was ready");
    }
}
