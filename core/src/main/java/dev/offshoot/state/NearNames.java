package dev.offshoot.state;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** What could have been meant by a name that is not there: the names there are, those that differ by a slip of the finger first. */
public final class NearNames {
    private static final int LISTED_MAX = 20;
    private static final int COMPARED_MAX = 10_000;

    private NearNames() {}

    /**
     * The end of a message, such as {@code did you mean 'feature-x'? it has: feature-x, main}.
     *
     * @param intro what stands before the list
     */
    public static String hint(String intro, String wanted, List<String> names) {
        List<String> near = near(wanted, names.subList(0, Math.min(COMPARED_MAX, names.size())));
        String meant = near.isEmpty() ? "" : "did you mean '" + near.get(0) + "'? ";
        List<String> listed = new ArrayList<>(near);
        for (String name : names) {
            if (listed.size() < LISTED_MAX && !near.contains(name)) {
                listed.add(name);
            }
        }
        String list =
                listed.isEmpty() ? "none" : String.join(", ", listed.subList(0, Math.min(LISTED_MAX, listed.size())));
        int more = names.size() - LISTED_MAX;
        return meant + intro + ": " + list + (more > 0 ? ", and " + more + " more" : "");
    }

    /** The names that are few edits away, the nearest first. */
    static List<String> near(String wanted, List<String> names) {
        String lower = wanted.toLowerCase(Locale.ROOT);
        int edits = 1 + lower.length() / 4;
        List<Near> near = new ArrayList<>();
        for (String name : names) {
            int distance = distance(lower, name.toLowerCase(Locale.ROOT));
            if (distance <= edits && distance < name.length()) {
                near.add(new Near(name, distance));
            }
        }
        near.sort(Comparator.comparingInt(Near::distance).thenComparing(Near::name));
        return near.stream().map(Near::name).toList();
    }

    /** How many letters have to be inserted, removed, replaced or swapped with their neighbour (Damerau, optimal alignment). */
    static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
                if (isSwapped(a, i, b, j)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }

    private static boolean isSwapped(String a, int i, String b, int j) {
        return i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    }

    private record Near(String name, int distance) {}
}
