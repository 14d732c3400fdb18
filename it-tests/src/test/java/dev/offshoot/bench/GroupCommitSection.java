package dev.offshoot.bench;

import dev.offshoot.engine.Request;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.Store;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.SimulatedStore;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** How much more many writers get done than one, and how long each of them waits. */
final class GroupCommitSection implements Section {
    private static final int[] WRITERS = {1, 8, 64};
    private static final int TURNS_PER_ROUND = 3;
    private static final int WARM_UPS = 5;
    private static final double P50_ROUND_TRIPS_MAX = 1.5;
    private static final double P99_ROUND_TRIPS_MAX = 4;

    @Override
    public String name() {
        return "group-commit";
    }

    @Override
    public void run(Bench bench) throws Exception {
        bench.report().heading("Group commit, in process");
        warmUp(bench);
        rates(bench, "files", FileStore.open(bench.folder("group")), 12);
        handOffs(bench);
        new ScansBesideWriters(bench).run();
        DiskPrice price = new DiskPrice(bench);
        price.ofBatches();
        price.ofTheSlowest();
        for (int millis : new int[] {1, 5}) {
            String name = "store of " + millis + " ms";
            long nanos = millis * 1_000_000L;
            Writers.Outcome[] many = rates(bench, name, SimulatedStore.slow(nanos), 25);
            waits(bench, name, roundTrip(bench, nanos), many);
        }
    }

    /** Compiling all that a writer runs takes seconds, which other sections may have spent, or this one is alone. */
    private static void warmUp(Bench bench) throws Exception {
        Request insert = Local.insert("shop", "things", Documents.withoutId());
        try (Local engine = Local.open(FileStore.open(bench.folder("warm-up")))) {
            Writers.run(
                    engine,
                    insert,
                    WRITERS[WRITERS.length - 1],
                    WARM_UPS * bench.mode().warmUpMillis());
        }
    }

    /** Prints the rates of 8 and of 64 writers; answers the rounds of 64. */
    private static Writers.Outcome[] rates(Bench bench, String name, Store store, double goal) throws Exception {
        Mode mode = bench.mode();
        Request insert = Local.insert("shop", "things", Documents.withoutId());
        Writers.Outcome[][] outcomes = new Writers.Outcome[WRITERS.length][mode.rounds()];
        try (Local engine = Local.open(store)) {
            for (int writers : WRITERS) {
                Writers.run(engine, insert, writers, mode.warmUpMillis());
            }
            for (int round = 0; round < mode.rounds(); round++) {
                for (int i = 0; i < WRITERS.length; i++) {
                    outcomes[i][round] = Writers.run(engine, insert, WRITERS[i], TURNS_PER_ROUND * mode.roundMillis());
                }
            }
        }
        rate(bench, name + ", 8 writers / 1 writer", outcomes[0], outcomes[1], 5);
        rate(bench, name + ", 64 writers / 1 writer", outcomes[0], outcomes[2], goal);
        return outcomes[2];
    }

    /** What the same writers get done on this machine when each has but bytes to hand over. */
    private static void handOffs(Bench bench) throws Exception {
        Mode mode = bench.mode();
        double[][] perSecond = new double[WRITERS.length][mode.rounds()];
        try (BareGroupCommit bare = BareGroupCommit.open(bench.folder("hand-offs"))) {
            for (int writers : WRITERS) {
                bare.perSecond(writers, mode.warmUpMillis());
            }
            for (int round = 0; round < mode.rounds(); round++) {
                for (int i = 0; i < WRITERS.length; i++) {
                    perSecond[i][round] = bare.perSecond(WRITERS[i], TURNS_PER_ROUND * mode.roundMillis());
                }
            }
        }
        bench.report()
                .note(String.format(
                        Locale.ROOT,
                        "  a bare group commit, whose writers do nothing but hand over bytes: 8 %.2fx, 64 %.1fx of one's %s",
                        ratio(perSecond[0], perSecond[1]).median(),
                        ratio(perSecond[0], perSecond[2]).median(),
                        Amount.rate(Spread.of(perSecond[0]).median())));
    }

    private static Spread ratio(double[] one, double[] many) {
        double[] ratios = new double[one.length];
        Arrays.setAll(ratios, i -> many[i] / one[i]);
        return Spread.of(ratios);
    }

    private static void rate(Bench bench, String name, Writers.Outcome[] one, Writers.Outcome[] many, double goal) {
        Spread ratio = ratio(rates(one), rates(many));
        bench.report()
                .line(
                        name,
                        Amount.rate(median(one, Writers.Outcome::perSecond)),
                        Amount.rate(median(many, Writers.Outcome::perSecond)),
                        ratio,
                        Goal.atLeast(ratio.median(), goal));
    }

    private static double[] rates(Writers.Outcome[] outcomes) {
        return Arrays.stream(outcomes).mapToDouble(Writers.Outcome::perSecond).toArray();
    }

    private static void waits(Bench bench, String name, double roundTrip, Writers.Outcome[] many) {
        wait(
                bench,
                name + ", 64 writers, p50 / round trip",
                roundTrip,
                many,
                Writers.Outcome::p50Nanos,
                P50_ROUND_TRIPS_MAX);
        wait(
                bench,
                name + ", 64 writers, p99 / round trip",
                roundTrip,
                many,
                Writers.Outcome::p99Nanos,
                P99_ROUND_TRIPS_MAX);
    }

    private static void wait(
            Bench bench,
            String name,
            double roundTrip,
            Writers.Outcome[] many,
            ToDoubleFunction<Writers.Outcome> which,
            double limit) {
        double[] ratios = Arrays.stream(many)
                .mapToDouble(which)
                .map(nanos -> nanos / roundTrip)
                .toArray();
        Spread ratio = Spread.of(ratios);
        bench.report()
                .line(
                        name,
                        Amount.time(roundTrip),
                        Amount.time(median(many, which)),
                        ratio,
                        Goal.atMost(ratio.median(), limit));
    }

    private static double median(Writers.Outcome[] outcomes, ToDoubleFunction<Writers.Outcome> which) {
        return Spread.of(Arrays.stream(outcomes).mapToDouble(which).toArray()).median();
    }

    /** What one bare append to such a store takes on this machine, whose timers are not exact. */
    private static double roundTrip(Bench bench, long nanos) throws Exception {
        LogStore bare = SimulatedLogStore.calm(nanos);
        long[] lsn = {1};
        Op append = () -> bare.append(
                new LogRecord(lsn[0]++, 1, new byte[LogRecord.NONCE_BYTES], new byte[] {5, 0, 0, 0, 0}, new byte[300]));
        return Rounds.of(bench.mode(), append).nanos(0);
    }
}
