package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.RetryResult;
import java.util.List;

/**
 * One statement of a write command: reads a state and says what is to change. It may be evaluated several times, on newer states,
 * until one of them holds; so it has no side effects.
 */
@FunctionalInterface
public interface Statement<R> {
    /**
     * Evaluates against the newest pending state of the branch.
     *
     * @throws CommandException as the statement's result
     */
    Draft<R> evaluate(Turn turn);

    /**
     * What a statement comes to.
     *
     * @param result what the caller gets once it holds
     * @param changes empty when nothing changes
     * @param retries what a retry of the statement is to be answered; only kept beside changes
     * @param past the states that the changes refer to
     */
    record Draft<R>(R result, List<Change> changes, List<RetryResult> retries, Referred past) {
        /** A draft whose changes refer to no past position. */
        public Draft(R result, List<Change> changes, List<RetryResult> retries) {
            this(result, changes, retries, Referred.NONE);
        }

        public static <R> Draft<R> unchanged(R result) {
            return new Draft<>(result, List.of(), List.of());
        }
    }

    /**
     * States at past positions that {@link Change.Reset} and {@link Change.RestoreCollection} name, so that nothing has to be read once a
     * commit is submitted. Each state is named by its own branch and LSN.
     */
    record Referred(List<Snapshot> states) {
        static final Referred NONE = new Referred(List.of());

        /** What a mask shows is never stored. */
        public Referred {
            states = states.stream().map(Snapshot::stored).toList();
        }

        Snapshot at(long branch, long lsn) {
            for (Snapshot state : states) {
                if (state.branch() == branch && state.lsn() == lsn) {
                    return state;
                }
            }
            throw new IllegalStateException("the state of branch " + branch + " at " + lsn + " is not at hand");
        }
    }
}
