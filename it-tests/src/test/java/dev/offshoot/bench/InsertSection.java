package dev.offshoot.bench;

import dev.offshoot.engine.Request;
import dev.offshoot.store.file.FileStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What one durable insert costs above the disk's own price, and how far the disk agrees with itself. */
final class InsertSection implements Section {
    private static final int PROBES = 200;

    @Override
    public String name() {
        return "insert";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Durable insert, one writer");
        Path folder = bench.folder("insert");
        Request insert = Local.insert("shop", "things", Documents.withoutId());
        try (Local engine = Local.open(FileStore.open(folder))) {
            engine.run(insert);
            long before = bytes(folder);
            for (int i = 0; i < PROBES; i++) {
                engine.run(insert);
            }
            int frameBytes = (int) ((bytes(folder) - before) / PROBES);
            try (BareLog one = BareLog.open(bench.folder("bare"), frameBytes);
                    BareLog other = BareLog.open(bench.folder("bare"), frameBytes)) {
                Rounds rounds = Rounds.of(bench.mode(), one::append, () -> engine.run(insert), other::append);
                bench.slowdown("insert / bare append + fdatasync of " + frameBytes + " bytes", rounds, 1, 0, 1.5);
                Spread noise = rounds.ratio(2, 0);
                bench.report()
                        .note(String.format(
                                "  noise: a second bare log takes %s of the first's time, quartiles %s-%s",
                                Amount.text(noise.median(), "x"),
                                Amount.text(noise.low(), "x"),
                                Amount.text(noise.high(), "x")));
            }
        }
    }

    private static long bytes(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
