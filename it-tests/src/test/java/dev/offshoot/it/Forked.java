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
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(args));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new Forked(process, port(process));
        } catch (IOException e) {
            throw new AssertionError("cannot start " + main, e);
        }
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
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
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
