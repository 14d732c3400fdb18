package dev.offshoot.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Prints steps: what is done, how one does it, what came out, and what it cost. */
final class Steps {
    private static final String INDENT = "   ";

    private final PrintStream out;
    private final Path folder;
    private int number;

    Steps(PrintStream out, Path folder) {
        this.out = out;
        this.folder = folder;
    }

    /** The work of a step; answers the lines to show. */
    interface Work {
        List<String> run() throws IOException;
    }

    /**
     * One step.
     *
     * @param how commands or code that does it
     */
    void step(String title, List<String> how, Work work) throws IOException {
        title(title);
        how.forEach(line -> out.println(INDENT + line));
        long bytes = Folders.size(folder);
        long start = System.nanoTime();
        List<String> result = work.run();
        long micros = (System.nanoTime() - start) / 1_000;
        result.forEach(line -> out.println(INDENT + "=> " + line));
        cost(micros, Folders.size(folder) - bytes);
    }

    void title(String title) {
        number++;
        out.println();
        out.println(number + ". " + title);
    }

    /** Bytes are those by which the files of the store grew: the log is all there is. */
    void cost(long micros, long bytes) {
        out.println(INDENT + String.format(Locale.ROOT, "cost: %.1f ms, log +%,d bytes", micros / 1_000.0, bytes));
    }
}
