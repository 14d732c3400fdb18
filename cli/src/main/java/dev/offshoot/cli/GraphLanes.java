package dev.offshoot.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * Draws how commits hang together, the newest first, as {@code git log --graph} does: a column for each line of history that is open, which
 * waits for the commit it comes to next. Not thread safe.
 */
final class GraphLanes {
    private final List<Long> waiting = new ArrayList<>();

    /** Where the commit is that was drawn last, and whether its lane ends with it. */
    private int column;

    private boolean ended;

    /**
     * The rows for a commit: those that lead to it, and then the one of the commit itself.
     *
     * @param commit its id
     * @param parents the ids of the commits it comes after, its own history first; none of them was drawn
     */
    List<String> commit(long commit, List<Long> parents) {
        List<String> rows = new ArrayList<>();
        if (!waiting.contains(commit)) {
            waiting.add(commit);
        }
        column = waiting.indexOf(commit);
        for (int lane = waiting.lastIndexOf(commit); lane > column; lane = waiting.lastIndexOf(commit)) {
            join(rows, lane);
        }
        rows.add("| ".repeat(column) + "* " + "| ".repeat(lanesBehind()));
        ended = parents.isEmpty();
        if (ended) {
            waiting.remove(column);
        } else {
            waiting.set(column, parents.get(0));
        }
        return rows;
    }

    /** The rows behind the commit that was drawn last, once what there is to say of it was printed. */
    List<String> behind(List<Long> parents) {
        List<String> rows = new ArrayList<>();
        if (ended && column < waiting.size()) {
            rows.add("| ".repeat(column) + " /".repeat(waiting.size() - column));
        }
        ended = false;
        for (int i = 1; i < parents.size(); i++) {
            rows.add("| ".repeat(column + i - 1) + "|\\" + " \\".repeat(waiting.size() - column - i));
            waiting.add(column + i, parents.get(i));
        }
        return rows;
    }

    /** What stands before a line about the commit that was drawn last. */
    String margin() {
        return ended ? "| ".repeat(column) + "  " + "| ".repeat(waiting.size() - column) : "| ".repeat(waiting.size());
    }

    private int lanesBehind() {
        return waiting.size() - column - 1;
    }

    /** Leads a lane to that of the commit, past those between; the lanes on its right close up. */
    private void join(List<String> rows, int lane) {
        waiting.remove(lane);
        int right = waiting.size() - lane;
        rows.add("| ".repeat(lane - 1) + "|/" + " /".repeat(right));
        for (int at = lane - 1; at > column; at--) {
            rows.add("| ".repeat(at - 1) + "|/" + "| ".repeat(waiting.size() - at));
        }
    }
}
