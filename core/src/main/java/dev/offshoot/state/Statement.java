package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RetryResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
     * @param parts in place of the changes: several commits that become visible together, in order
     */
    record Draft<R>(R result, List<Change> changes, List<RetryResult> retries, Referred past, List<Part> parts) {
        /** A draft whose changes refer to no past position. */
        public Draft(R result, List<Change> changes, List<RetryResult> retries) {
            this(result, changes, retries, Referred.NONE);
        }

        /** A draft of one commit. */
        public Draft(R result, List<Change> changes, List<RetryResult> retries, Referred past) {
            this(result, changes, retries, past, List.of());
        }

        boolean isUnchanged() {
            return changes.isEmpty() && parts.isEmpty();
        }

        /** The commits it makes of a branch; the last has the retry results. */
        List<Commit> commits(long branch, Origin origin) {
            if (parts.isEmpty()) {
                return List.of(Commit.draft(branch, origin, changes, retries));
            }
            List<Commit> commits = new ArrayList<>(parts.size());
            for (Part part : parts) {
                Origin own = part.origin() == null ? origin : part.origin();
                boolean isLast = commits.size() == parts.size() - 1;
                commits.add(Commit.draft(branch, own, part.changes(), isLast ? retries : List.of()));
            }
            return commits;
        }

        public static <R> Draft<R> unchanged(R result) {
            return new Draft<>(result, List.of(), List.of());
        }
    }

    /**
     * One commit of several.
     *
     * @param origin who did it first; null for who does it now
     * @param changes at least one; what they make is named by places counted from the first change of the first part
     */
    record Part(@Nullable Origin origin, List<Change> changes) {}

    /**
     * States at past positions that {@link Change.Reset} and {@link Change.RestoreCollection} name, so that nothing has to be read once a
     * commit is submitted. Each state is named by its own branch and LSN.
     */
    record Referred(List<Snapshot> states) {
        static final Referred NONE = new Referred(List.of());

        /** What a mask shows is never stored. */
        public Referred {
            states = states.stream().map(Snapshot::stored).map(Snapshot::folded).toList();
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
