package dev.offshoot.state;

import dev.offshoot.wal.Commit;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Folds what a position sees of the log, from one part of its history to the next. Not thread safe. */
final class PositionFold {
    private final Segments segments;
    private final Function<Snapshot, BranchFold> from;
    private BranchFold fold;

    /** The part that the state is of; -1 once it is that of the position. */
    private int part;

    /**
     * @param start a state that all changes up to somewhere are in
     * @param part the part of the history that this is in
     * @param from begins the fold of a state
     */
    PositionFold(Segments segments, Snapshot start, int part, Function<Snapshot, BranchFold> from) {
        this.segments = segments;
        this.from = from;
        this.fold = from.apply(start);
        this.part = part;
    }

    /** Takes the next commit of the log; false where the position does not see it. */
    boolean apply(Commit commit) {
        int next = segments.indexOf(commit);
        if (next < 0) {
            return false;
        }
        goTo(next);
        fold.apply(commit);
        return true;
    }

    private void goTo(int next) {
        for (; part > next; part--) {
            List<Scope> crossing = segments.crossing(part);
            if (!crossing.isEmpty()) {
                become(state -> Scope.restrict(state, crossing));
            }
        }
    }

    /** Goes on with the same state in another form. */
    void become(UnaryOperator<Snapshot> form) {
        fold = from.apply(form.apply(fold.snapshot()));
    }

    /** The state at the position, once all commits were taken. */
    Snapshot end() {
        goTo(-1);
        return fold.snapshot();
    }
}
