package dev.offshoot.bench;

import java.util.Arrays;
import java.util.List;

/**
 * Times things in turns, A B A B, so that what else happens on the machine hits all of them alike. A round's time is the median of
 * its operations; a ratio is the median of the ratios of neighbouring rounds.
 */
final class Rounds {
    private final double[][] nanos;

    private Rounds(double[][] nanos) {
        this.nanos = nanos;
    }

    /** Warms all up and measures them; the first one is the baseline. */
    static Rounds of(Mode mode, Op... ops) throws Exception {
        return of(mode, List.of(ops));
    }

    static Rounds of(Mode mode, List<Op> ops) throws Exception {
        for (int turn = 0; turn < 4; turn++) {
            for (Op op : ops) {
                medianNanos(op, mode.warmUpMillis() / 4);
            }
        }
        double[][] nanos = new double[ops.size()][mode.rounds()];
        for (int round = 0; round < mode.rounds(); round++) {
            for (int i = 0; i < ops.size(); i++) {
                nanos[i][round] = medianNanos(ops.get(i), mode.roundMillis());
            }
        }
        return new Rounds(nanos);
    }

    /** The time of an operation: the median of the rounds. */
    double nanos(int op) {
        return Spread.of(nanos[op]).median();
    }

    /** How many times as long one takes as another. */
    Spread ratio(int op, int than) {
        double[] ratios = new double[nanos[op].length];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = nanos[op][i] / nanos[than][i];
        }
        return Spread.of(ratios);
    }

    private static double medianNanos(Op op, long millis) throws Exception {
        long[] samples = new long[1024];
        int n = 0;
        long end = System.nanoTime() + millis * 1_000_000;
        long start;
        do {
            start = System.nanoTime();
            op.run();
            if (n == samples.length) {
                samples = Arrays.copyOf(samples, n * 2);
            }
            samples[n++] = System.nanoTime() - start;
        } while (start < end);
        Arrays.sort(samples, 0, n);
        return samples[n / 2];
    }
}
