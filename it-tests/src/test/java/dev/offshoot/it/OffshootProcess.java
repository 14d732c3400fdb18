package dev.offshoot.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program as a user starts it, in a process of its own: by the launcher that {@code -Doffshoot.test.launcher=FILE} names, else its
 * main class from the class path.
 */
final class OffshootProcess implements AutoCloseable {
    private static final Pattern PORT = Pattern.compile("\"uri\"\\s*:\\s*\"mongodb://[^\"]*:([0-9]+)\"");
    private static final long START_SECONDS = 120;
    private static final long END_SECONDS = 30;

    private final Process process;
    private final Path said;
    private final Path complained;

    private OffshootProcess(Process process, Path said, Path complained) {
        this.process = process;
        this.said = said;
        this.complained = complained;
    }

    /**
     * Starts a verb.
     *
     * @param folder for what it says
     * @param javaOptions for its JVM, separated by blanks
     */
    static OffshootProcess start(Path folder, String javaOptions, List<String> arguments) throws IOException {
        Path said = Files.createTempFile(folder, "said", ".txt");
        Path complained = Files.createTempFile(folder, "complained", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command(javaOptions, arguments));
        builder.environment().put("OFFSHOOT_JAVA_OPTS", javaOptions);
        Process process = builder.redirectOutput(said.toFile())
                .redirectError(complained.toFile())
                .start();
        return new OffshootProcess(process, said, complained);
    }

    private static List<String> command(String javaOptions, List<String> arguments) {
        String launcher = System.getProperty("offshoot.test.launcher", "");
        List<String> command = new ArrayList<>();
        if (launcher.isEmpty()) {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(List.of(javaOptions.split(" ")));
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        } else {
            command.add(launcher);
        }
        command.addAll(arguments);
        return command;
    }

    /** Waits until the server serves; its arguments have {@code -o json}. */
    int port() throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() < end && process.isAlive()) {
            Matcher found = PORT.matcher(Files.readString(said));
            if (found.find()) {
                return Integer.parseInt(found.group(1));
            }
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
        throw new AssertionError("no server after " + START_SECONDS + " s: " + said());
    }

    /** Waits until it ends well. */
    void awaitSuccess(long seconds) throws IOException, InterruptedException {
        assertThat(process.waitFor(seconds, TimeUnit.SECONDS))
                .as("ended after %s s", seconds)
                .isTrue();
        assertThat(process.exitValue()).as(said()).isZero();
    }

    /** {@code kill -9}. */
    void kill() throws IOException, InterruptedException {
        assertThat(process.isAlive()).as(said()).isTrue();
        close();
        assertThat(process.waitFor(END_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** All it said so far, to whomever. */
    String said() throws IOException {
        return Files.readString(said) + Files.readString(complained);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
