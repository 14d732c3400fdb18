package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.engine.Request;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.file.FileStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the file store adds to the price of the disk: to the same bytes in the same batches, written and synced by nobody else. */
final class DiskPrice {
    private static final int WRITERS = 64;
    private static final int TURNS_PER_ROUND = 3;
    private static final int FRAME_HEAD_BYTES = 60;
    private static final int RECORD_BYTES = 300;

    private final Bench bench;

    DiskPrice(Bench bench) {
        this.bench = bench;
    }

    /** Many writers against one that writes what their batches came to. */
    void ofBatches() throws Exception {
        Doc document = Documents.withoutId().get(0);
        FileStore store = FileStore.open(bench.folder("batches"));
        Request insert = Local.insert("shop", "things", List.of(document));
        try (Local engine = Local.open(store)) {
            ofBatches(
                    "files, 64 writers / raw write + fdatasync of their batches",
                    store.log("p1"),
                    millis -> Writers.run(engine, insert, WRITERS, millis));
        }
        try (Appender appender = Appender.open(bench.folder("batches"))) {
            ofBatches(
                    "files, 64 writers that only append / the same of theirs",
                    appender.log(),
                    millis -> Writers.run(() -> () -> appender.append(document), WRITERS, millis));
        }
    }

    /** Something that writes for so many milliseconds. */
    private interface Load {
        Writers.Outcome run(long millis) throws Exception;
    }

    private void ofBatches(String name, LogStore log, Load load) throws Exception {
        Mode mode = bench.mode();
        double[] ours = new double[mode.rounds()];
        double[] raw = new double[mode.rounds()];
        try (BareLog bare = BareLog.open(bench.folder("bare"), 1 << 20)) {
            load.run(mode.warmUpMillis());
            for (int round = 0; round < mode.rounds(); round++) {
                long before = tail(log);
                ours[round] = load.run(TURNS_PER_ROUND * mode.roundMillis()).perSecond();
                List<Integer> batches = batches(log, before + 1);
                raw[round] = (tail(log) - before) * 1e9 / nanosOf(bare, batches);
            }
        }
        double[] ratios = new double[ours.length];
        Arrays.setAll(ratios, i -> ours[i] / raw[i]);
        Spread ratio = Spread.of(ratios);
        bench.report()
                .line(
                        name,
                        Amount.rate(Spread.of(raw).median()),
                        Amount.rate(Spread.of(ours).median()),
                        ratio,
                        Goal.atLeast(ratio.median(), 0.5));
    }

    /** One append after the other, beside bare ones in turns. */
    void ofTheSlowest() throws Exception {
        Mode mode = bench.mode();
        double[] ours = new double[mode.rounds()];
        double[] bareOnes = new double[mode.rounds()];
        try (FileStore store = FileStore.open(bench.folder("appends"));
                BareLog bare = BareLog.open(bench.folder("bare"), FRAME_HEAD_BYTES + RECORD_BYTES)) {
            LogStore log = store.log("p1");
            long[] lsn = {1};
            Op append = () -> log.append(new LogRecord(
                    lsn[0]++,
                    1,
                    new byte[LogRecord.NONCE_BYTES],
                    new byte[] {5, 0, 0, 0, 0},
                    new byte[RECORD_BYTES - 5]));
            p99(append, mode.warmUpMillis());
            for (int round = 0; round < mode.rounds(); round++) {
                bareOnes[round] = p99(bare::append, TURNS_PER_ROUND * mode.roundMillis());
                ours[round] = p99(append, TURNS_PER_ROUND * mode.roundMillis());
            }
        }
        double[] ratios = new double[ours.length];
        Arrays.setAll(ratios, i -> ours[i] / bareOnes[i]);
        Spread ratio = Spread.of(ratios);
        bench.report()
                .line(
                        "files, one append, p99 / p99 of a bare append + fdatasync",
                        Amount.time(Spread.of(bareOnes).median()),
                        Amount.time(Spread.of(ours).median()),
                        ratio,
                        Goal.atMost(ratio.median(), 3));
    }

    private static long tail(LogStore log) {
        return log.segments().isEmpty()
                ? 0
                : log.segments().get(log.segments().size() - 1).lastLsn();
    }

    private static List<Integer> batches(LogStore log, long fromLsn) {
        List<Integer> bytes = new ArrayList<>();
        try (RecordCursor cursor = log.read(fromLsn)) {
            for (LogRecord entry; (entry = cursor.next()) != null; ) {
                bytes.add(FRAME_HEAD_BYTES + entry.header().length + entry.payload().length);
            }
        }
        return bytes;
    }

    private static long nanosOf(BareLog bare, List<Integer> batches) throws Exception {
        long start = System.nanoTime();
        for (int bytes : batches) {
            bare.append(bytes);
        }
        return System.nanoTime() - start;
    }

    private static double p99(Op op, long millis) throws Exception {
        long[] samples = new long[1024];
        int n = 0;
        long end = System.nanoTime() + millis * 1_000_000;
        for (long start = System.nanoTime(); start < end; ) {
            op.run();
            long now = System.nanoTime();
            if (n == samples.length) {
                samples = Arrays.copyOf(samples, n * 2);
            }
            samples[n++] = now - start;
            start = now;
        }
        Arrays.sort(samples, 0, n);
        return samples[(int) (n * 0.99)];
    }
}
