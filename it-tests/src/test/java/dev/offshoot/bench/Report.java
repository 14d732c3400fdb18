package dev.offshoot.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints a line for each number and counts the goals that are missed. */
final class Report {
    private final PrintStream out;
    private final List<String> missed = new ArrayList<>();
    private int met;

    Report(PrintStream out) {
        this.out = out;
    }

    void heading(String text) {
        out.printf(
                Locale.ROOT,
                "%n%-64s %10s %10s %8s %13s  %-11s%n",
                text,
                "baseline",
                "measured",
                "ratio",
                "quartiles",
                "goal");
    }

    void line(String name, String baseline, String measured, Spread ratio, Goal goal) {
        out.printf(
                Locale.ROOT,
                "%-64s %10s %10s %8s %13s  %-11s %s%n",
                name,
                baseline,
                measured,
                times(ratio.median()) + "x",
                times(ratio.low()) + "-" + times(ratio.high()),
                goal.text(),
                goal.met() ? "met" : "MISSED");
        if (goal.met()) {
            met++;
        } else {
            missed.add(name);
        }
    }

    void note(String text) {
        out.println(text);
    }

    void summary() {
        out.printf("%n%d goals met, %d missed%n", met, missed.size());
        missed.forEach(name -> out.println("  missed: " + name));
    }

    private static String times(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.1f", ratio);
    }
}
