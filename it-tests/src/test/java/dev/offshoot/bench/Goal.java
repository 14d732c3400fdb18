package dev.offshoot.bench;

import java.util.Locale;

/** What a number should be, and whether it is. */
record Goal(String text, boolean met) {
    /** The ratio measured / baseline may be this much. */
    static Goal atMost(double ratio, double limit) {
        return new Goal("<= " + number(limit) + "x", ratio <= limit);
    }

    /** The ratio has to be this much: a rate against a rate, or baseline time / measured time. */
    static Goal atLeast(double ratio, double limit) {
        return new Goal(">= " + number(limit) + "x", ratio >= limit);
    }

    /** A limit in units of its own, such as time. */
    static Goal under(String limit, boolean met) {
        return new Goal("< " + limit, met);
    }

    private static String number(double limit) {
        return limit == Math.rint(limit) ? String.format(Locale.ROOT, "%.0f", limit) : Double.toString(limit);
    }
}
