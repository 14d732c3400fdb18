package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.engine.Client;
import dev.offshoot.engine.Request;
import dev.offshoot.store.file.FileStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** What threads that scan get done beside writers: who waits for a disk must not keep others from their work (decision 6). */
final class ScansBesideWriters {
    private static final int DOCUMENTS = 20_000;
    private static final int SCANNING_THREADS = 2;
    private static final int TURNS_PER_ROUND = 3;

    private final Bench bench;

    ScansBesideWriters(Bench bench) {
        this.bench = bench;
    }

    void run() throws Exception {
        Mode mode = bench.mode();
        Request scan = Request.of(new DocBuilder(128)
                .append("count", "read")
                .startDocument("query")
                .append("kind", 5)
                .end()
                .append("$db", "shop")
                .buildDoc());
        double[] few = new double[mode.rounds()];
        double[] many = new double[mode.rounds()];
        try (Local engine = Local.open(FileStore.open(bench.folder("scans")))) {
            engine.insertAll("shop", "read", documents());
            perSecond(engine, scan, 0, mode.warmUpMillis());
            for (int round = 0; round < mode.rounds(); round++) {
                long millis = TURNS_PER_ROUND * mode.roundMillis();
                double alone = perSecond(engine, scan, 0, millis);
                few[round] = perSecond(engine, scan, 8, millis) / alone;
                many[round] = perSecond(engine, scan, 64, millis) / alone;
            }
        }
        bench.report()
                .note(String.format(
                        Locale.ROOT,
                        "  %d threads that scan, beside writers / alone: beside 8 %.2fx, beside 64 %.2fx",
                        SCANNING_THREADS,
                        Spread.of(few).median(),
                        Spread.of(many).median()));
    }

    private static List<Doc> documents() {
        Doc[] documents = new Doc[DOCUMENTS];
        Arrays.setAll(
                documents,
                i -> new DocBuilder(48)
                        .append("_id", i)
                        .append("kind", i % 100)
                        .append("name", "thing " + i)
                        .buildDoc());
        return List.of(documents);
    }

    private static double perSecond(Local engine, Request scan, int writers, long millis) throws Exception {
        AtomicLong scans = new AtomicLong();
        Thread scanning = new Thread(() -> scans.set(scansIn(engine, scan, millis)));
        if (writers > 0) {
            Writers.beside(engine, Local.insert("shop", "things", Documents.withoutId()), writers, scanning);
        } else {
            scanning.start();
        }
        scanning.join();
        return scans.get() * 1e3 / millis;
    }

    private static long scansIn(Local engine, Request scan, long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        AtomicLong scans = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < SCANNING_THREADS; i++) {
            Client client = engine.connect();
            Thread thread = new Thread(() -> {
                while (System.nanoTime() < end) {
                    engine.run(client, scan);
                    scans.incrementAndGet();
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while others scan", e);
            }
        }
        return scans.get();
    }
}
