package dev.offshoot.merge;

import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one list of elements becomes another with the fewest removals and insertions (E. Myers, "An O(ND) Difference Algorithm and Its
 * Variations", 1986). Where elements were removed and inserted at the same place, the first ones of both are paired: those changed. It
 * takes time in proportion to the elements times the edits, and memory to the square of the edits.
 *
 * @param after for each element before its place in the list after: of an equal one, or of what it was changed to; -1 where it was
 *     removed
 * @param gap for each element after the place in the list before that it was inserted in front of, up to the length of that list; -1 where
 *     it was there before
 */
record ArrayEdits(int[] after, int[] gap) {
    /** Removals and insertions together; lists that need more of them are told apart as a whole. */
    static final int EDITS_MAX = 500;

    /** The edits; null where it takes more than {@link #EDITS_MAX}. */
    static @Nullable ArrayEdits between(List<Value> before, List<Value> after) {
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        Map<Value, Integer> numbers = new HashMap<>();
        int[] a = numbered(before.subList(head, before.size() - tail), numbers);
        int[] b = numbered(after.subList(head, after.size() - tail), numbers);
        List<int[]> trace = trace(a, b);
        if (trace == null) {
            return null;
        }
        int[] pairs = new int[before.size()];
        Arrays.fill(pairs, -1);
        for (int i = 0; i < head; i++) {
            pairs[i] = i;
        }
        for (int i = 1; i <= tail; i++) {
            pairs[before.size() - i] = after.size() - i;
        }
        keep(trace, a, b, head, pairs);
        return paired(pairs, after.size());
    }

    /** Equal elements have equal numbers. */
    private static int[] numbered(List<Value> elements, Map<Value, Integer> numbers) {
        int[] numbered = new int[elements.size()];
        for (int i = 0; i < numbered.length; i++) {
            numbered[i] = numbers.computeIfAbsent(elements.get(i), element -> numbers.size());
        }
        return numbered;
    }

    /**
     * For d = 0, 1, ... how far into {@code a} one gets with d edits on each diagonal k = x - y from -d to d, until both ends are reached;
     * null where that takes too many.
     */
    private static @Nullable List<int[]> trace(int[] a, int[] b) {
        List<int[]> trace = new ArrayList<>();
        int editsMax = Math.min(EDITS_MAX, a.length + b.length);
        for (int d = 0; d <= editsMax; d++) {
            int[] reached = new int[2 * d + 1];
            trace.add(reached);
            for (int k = -d; k <= d; k += 2) {
                int x = d == 0 ? 0 : start(trace.get(d - 1), d, k);
                int y = x - k;
                while (x < a.length && y < b.length && y >= 0 && a[x] == b[y]) {
                    x++;
                    y++;
                }
                reached[k + d] = x;
                if (x >= a.length && y >= b.length) {
                    return trace;
                }
            }
        }
        return null;
    }

    /** Where the d-th edit leads to on diagonal k: down from the diagonal above, or right from the one below. */
    private static int start(int[] reached, int d, int k) {
        return isInsertion(reached, d, k) ? at(reached, d - 1, k + 1) : at(reached, d - 1, k - 1) + 1;
    }

    private static boolean isInsertion(int[] reached, int d, int k) {
        return k == -d || (k != d && at(reached, d - 1, k - 1) < at(reached, d - 1, k + 1));
    }

    private static int at(int[] reached, int d, int k) {
        return reached[k + d];
    }

    /** Walks the trace back and notes which elements are kept. */
    private static void keep(List<int[]> trace, int[] a, int[] b, int head, int[] pairs) {
        int x = a.length;
        int y = b.length;
        for (int d = trace.size() - 1; d >= 0; d--) {
            int from = d == 0 ? 0 : start(trace.get(d - 1), d, x - y);
            int k = x - y;
            while (x > from) {
                x--;
                y--;
                pairs[head + x] = head + y;
            }
            if (d > 0 && isInsertion(trace.get(d - 1), d, k)) {
                y--;
            } else if (d > 0) {
                x--;
            }
        }
    }

    /** Pairs what is left between two kept elements. */
    private static ArrayEdits paired(int[] pairs, int afterSize) {
        int[] gap = new int[afterSize];
        Arrays.fill(gap, -1);
        int i = 0;
        int j = 0;
        while (i < pairs.length || j < afterSize) {
            int runEnd = i;
            while (runEnd < pairs.length && pairs[runEnd] < 0) {
                runEnd++;
            }
            int afterEnd = runEnd < pairs.length ? pairs[runEnd] : afterSize;
            while (i < runEnd && j < afterEnd) {
                pairs[i++] = j++;
            }
            while (j < afterEnd) {
                gap[j++] = runEnd;
            }
            i = runEnd + 1;
            j = afterEnd + 1;
        }
        return new ArrayEdits(pairs, gap);
    }
}
