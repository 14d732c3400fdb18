package dev.offshoot.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What every section needs: how long to run, where to write, whom to tell. Closing it removes its files. */
record Bench(Mode mode, Report report, Path files, List<Path> made) implements AutoCloseable {
    static Bench of(Mode mode, Report report, Path files) {
        return new Bench(mode, report, files, new ArrayList<>());
    }

    /** A new empty folder. */
    Path folder(String name) throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(files), name);
        made.add(folder);
        return folder;
    }

    /** A line for times, where less is better. */
    void slowdown(String name, Rounds rounds, int op, int than, double limit) {
        Spread ratio = rounds.ratio(op, than);
        report.line(
                name,
                Amount.time(rounds.nanos(than)),
                Amount.time(rounds.nanos(op)),
                ratio,
                Goal.atMost(ratio.median(), limit));
    }

    @Override
    public void close() {
        made.forEach(Bench::delete);
        made.clear();
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + folder, e);
        }
    }
}
