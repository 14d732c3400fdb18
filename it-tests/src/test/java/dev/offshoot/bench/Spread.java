package dev.offshoot.bench;

import java.util.Arrays;

/** What the rounds of one comparison said: the median and the quartiles, which tell how noisy the machine was. */
record Spread(double low, double median, double high) {
    static Spread of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int n = sorted.length;
        return new Spread(sorted[n / 4], sorted[n / 2], sorted[n - 1 - n / 4]);
    }

    /** Of something that was measured once. */
    static Spread one(double value) {
        return new Spread(value, value, value);
    }
}
