package dev.offshoot.bench;

import java.util.Locale;

/** Numbers for people: three digits and a unit. */
final class Amount {
    private Amount() {}

    static String time(double nanos) {
        if (nanos < 1_000) {
            return text(nanos, "ns");
        }
        if (nanos < 1_000_000) {
            return text(nanos / 1e3, "us");
        }
        return nanos < 1e9 ? text(nanos / 1e6, "ms") : text(nanos / 1e9, "s");
    }

    static String rate(double perSecond) {
        return perSecond < 1_000 ? text(perSecond, "/s") : text(perSecond / 1e3, "k/s");
    }

    static String bytes(double bytes) {
        if (bytes < 10_000) {
            return text(bytes, "B");
        }
        return bytes < 10e6 ? text(bytes / 1e3, "KB") : text(bytes / 1e6, "MB");
    }

    static String text(double value, String unit) {
        String digits = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, digits, value) + " " + unit;
    }
}
