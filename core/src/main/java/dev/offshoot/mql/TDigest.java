package dev.offshoot.mql;

import java.util.Arrays;

/**
 * Percentiles of many numbers in little memory: the merging t-digest of Dunning and Ertl, with the scale function and the parameters
 * of MongoDB, so that it answers what MongoDB answers. A few thousand numbers are kept exactly; then a percentile is a number of the
 * data, else it is interpolated. Infinite numbers are counted apart, NaN is ignored. Not thread safe.
 */
final class TDigest {
    private static final int DELTA = 2000;
    private static final int BUFFERED_MAX = 5 * DELTA;

    private double[] buffer = new double[16];
    private int buffered;
    private double[] means = {};
    private double[] weights = {};
    private int centroids;
    private long count;
    private long negativeInfinities;
    private long positiveInfinities;
    private double min = Double.MAX_VALUE;
    private double max = -Double.MAX_VALUE;

    void add(double value) {
        if (Double.isNaN(value)) {
            return;
        }
        if (Double.isInfinite(value)) {
            if (value < 0) {
                negativeInfinities++;
            } else {
                positiveInfinities++;
            }
            return;
        }
        if (buffered == buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.min(BUFFERED_MAX, buffered * 2));
        }
        buffer[buffered++] = value;
        if (buffered == BUFFERED_MAX) {
            flush();
        }
    }

    boolean isEmpty() {
        return buffered + centroids + negativeInfinities + positiveInfinities == 0;
    }

    long heldBytes() {
        return 8L * (buffer.length + means.length + weights.length);
    }

    /** The number below which the share {@code p} of all numbers is; there has to be one. */
    double percentile(double p) {
        flush();
        if (p >= 1) {
            return positiveInfinities > 0 ? Double.POSITIVE_INFINITY : count > 0 ? max : Double.NEGATIVE_INFINITY;
        }
        if (p <= 0) {
            return negativeInfinities > 0 ? Double.NEGATIVE_INFINITY : count > 0 ? min : Double.POSITIVE_INFINITY;
        }
        long all = count + negativeInfinities + positiveInfinities;
        long rank = rank(all, p);
        if (rank < negativeInfinities) {
            return Double.NEGATIVE_INFINITY;
        }
        if (rank >= count + negativeInfinities) {
            return Double.POSITIVE_INFINITY;
        }
        return atRank(rank - negativeInfinities);
    }

    /** The place of a percentile among so many sorted numbers. */
    static long rank(long count, double p) {
        return p >= 1 ? count - 1 : (long) Math.max(0, Math.ceil(count * p) - 1);
    }

    private double atRank(long rank) {
        int i = 0;
        double upTo = weights[0];
        while (upTo <= rank) {
            upTo += weights[++i];
        }
        return weights[i] == 1 ? means[i] : interpolated(i, upTo, rank);
    }

    /** Numbers are taken to be spread evenly between the means of neighbours. */
    private double interpolated(int i, double upTo, long rank) {
        boolean last = i == centroids - 1;
        double left;
        double right;
        double weightLeft;
        double weightRight;
        double twiceInner;
        if (upTo - rank >= weights[i] / 2) {
            left = i == 0 ? min : means[i - 1];
            right = means[i];
            weightLeft = i == 0 ? 0 : weights[i - 1];
            weightRight = weights[i];
            twiceInner = weightLeft + 2 * weightRight - 2 * (upTo - 1 - rank);
        } else {
            left = means[i];
            right = last ? max : means[i + 1];
            weightLeft = weights[i];
            weightRight = last ? 0 : weights[i + 1];
            twiceInner = weightLeft - 2 * (upTo - 1 - rank);
        }
        return Math.min(right, left + (right - left) * (twiceInner / (weightLeft + weightRight)));
    }

    private void flush() {
        if (buffered == 0) {
            return;
        }
        Arrays.sort(buffer, 0, buffered);
        count += buffered;
        min = Math.min(min, buffer[0]);
        max = Math.max(max, buffer[buffered - 1]);
        new Merge().run();
        buffered = 0;
    }

    /** Sorted new numbers and the centroids, merged into new centroids as heavy as the scale function lets them be. */
    private final class Merge {
        private final double[] newMeans = new double[centroids + buffered];
        private final double[] newWeights = new double[centroids + buffered];
        private int made;
        private int oldNext;
        private int bufferNext;

        void run() {
            double before = 0;
            while (oldNext < centroids || bufferNext < buffered) {
                boolean old = oldIsNext();
                double weight = old ? weights[oldNext] : 1;
                double mean = old ? means[oldNext] : buffer[bufferNext];
                advance(old);
                double limit = count * limit(before / count);
                while (oldNext < centroids || bufferNext < buffered) {
                    boolean more = oldIsNext();
                    double added = more ? weights[oldNext] : 1;
                    if (before + weight + added > limit) {
                        break;
                    }
                    double value = more ? means[oldNext] : buffer[bufferNext];
                    weight += added;
                    mean += (value - mean) * (added / weight);
                    advance(more);
                }
                newMeans[made] = mean;
                newWeights[made++] = weight;
                before += weight;
            }
            means = Arrays.copyOf(newMeans, made);
            weights = Arrays.copyOf(newWeights, made);
            centroids = made;
        }

        private boolean oldIsNext() {
            return bufferNext == buffered || (oldNext < centroids && means[oldNext] <= buffer[bufferNext]);
        }

        private void advance(boolean old) {
            if (old) {
                oldNext++;
            } else {
                bufferNext++;
            }
        }
    }

    /** How far a centroid that begins at the share {@code q} may reach: one step of the scale function {@code k2} further. */
    private static double limit(double q) {
        double root = Math.sqrt(2);
        double k = q <= 0.5 ? DELTA / root * Math.sqrt(q) : DELTA - DELTA / root * Math.sqrt(1 - q);
        double r = (k + 1) / DELTA;
        return r <= 0.5 ? 2 * r * r : 1 - 2 * (1 - r) * (1 - r);
    }
}
