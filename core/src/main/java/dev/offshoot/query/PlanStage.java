package dev.offshoot.query;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;

/** One step of a plan that runs, and what it has done so far. Used by one thread. */
abstract class PlanStage implements Matches {
    private long works;
    private long advanced;
    private boolean ended;

    @Override
    public final boolean next() {
        if (!ended && move()) {
            advanced++;
            return true;
        }
        ended = true;
        return false;
    }

    /** Goes on to the next result; not called again after the end. */
    abstract boolean move();

    /** A step that took something up, whether it became a result or not. */
    final void work() {
        works++;
    }

    /** How many results there were so far. */
    final long returned() {
        return advanced;
    }

    abstract String name();

    /** What is special about it. */
    abstract void describe(DocBuilder out);

    /** What it looked at, for {@code executionStats}. */
    abstract void count(DocBuilder out);

    abstract void inputs(DocBuilder out, boolean stats);

    abstract long keysExamined();

    abstract long documentsExamined();

    void explain(DocBuilder out, boolean stats) {
        out.append("stage", name());
        if (stats) {
            out.append("nReturned", number(advanced))
                    .append("executionTimeMillisEstimate", 0)
                    .append("works", number(works + (ended ? 1 : 0)))
                    .append("advanced", number(advanced))
                    .append("needTime", number(Math.max(0, works - advanced)))
                    .append("needYield", 0)
                    .append("saveState", 0)
                    .append("restoreState", 0)
                    .append("isEOF", ended ? 1 : 0);
        }
        describe(out);
        if (stats) {
            count(out);
        }
        inputs(out, stats);
    }

    static Value number(long count) {
        return count == (int) count ? Value.of((int) count) : Value.of(count);
    }
}
