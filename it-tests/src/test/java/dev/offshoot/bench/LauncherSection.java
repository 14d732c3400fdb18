package dev.offshoot.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How long a person waits for {@code offshoot --help}, where it is built, against a JVM that does nothing. */
final class LauncherSection implements Section {
    private static final int ROUNDS = 9;
    private static final double HALF_SECOND = 5e8;
    private static final long PATIENCE_SECONDS = 60;

    @Override
    public String name() {
        return "launcher";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Command line");
        Path root = root();
        if (root == null) {
            bench.report().note("offshoot --help: not measured, cli/target/offshoot.jar is not built");
            return;
        }
        ProcessBuilder bare = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xshare:auto", "-version");
        ProcessBuilder help =
                new ProcessBuilder(root.resolve("cli/bin/offshoot").toString(), "--help");
        wallNanos(bare);
        wallNanos(help); // may still build, or make its archive of classes
        wallNanos(help);
        double[] baseline = new double[ROUNDS];
        double[] measured = new double[ROUNDS];
        double[] ratio = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            baseline[i] = wallNanos(bare);
            measured[i] = wallNanos(help);
            ratio[i] = measured[i] / baseline[i];
        }
        double nanos = Spread.of(measured).median();
        bench.report()
                .line(
                        "offshoot --help / java -version",
                        Amount.time(Spread.of(baseline).median()),
                        Amount.time(nanos),
                        Spread.of(ratio),
                        Goal.under("0.5 s", nanos < HALF_SECOND));
    }

    private static double wallNanos(ProcessBuilder command) throws IOException, InterruptedException {
        command.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        long start = System.nanoTime();
        Process process = command.start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException(command.command() + " did not end");
        }
        if (process.exitValue() != 0) {
            throw new IllegalStateException(command.command() + " ended with " + process.exitValue());
        }
        return System.nanoTime() - start;
    }

    /** The clone that this runs in, if its command is built. */
    private static @Nullable Path root() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isExecutable(at.resolve("cli/bin/offshoot"))
                    && Files.exists(at.resolve("cli/target/offshoot.jar"))) {
                return at;
            }
        }
        return null;
    }
}
