package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.wal.Pending;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import org.jspecify.annotations.Nullable;

/** What a statement sees while it has its branch's turn: the newest pending state, and results of retryable writes. */
public final class Turn {
    private final @Nullable BranchWrites writes;
    private final Snapshot snapshot;
    private final Snapshot stored;
    private @Nullable Pending dependsOn;

    /**
     * @param writes of the project; null where there is none, so that nothing was executed in it
     * @param snapshot as readers see it
     */
    Turn(@Nullable BranchWrites writes, Snapshot snapshot, Snapshot stored, @Nullable Pending dependsOn) {
        this.writes = writes;
        this.snapshot = snapshot;
        this.stored = stored;
        this.dependsOn = dependsOn;
    }

    /** The state as readers see it: where the branch has a mask, through it. What a statement answers may come from nowhere else. */
    public Snapshot snapshot() {
        return snapshot;
    }

    /** The state as it is stored, without the branch's mask: for what is changed, merged or compared, and never shown. */
    public Snapshot stored() {
        return stored;
    }

    /**
     * Whether {@link Project#catalog} tells of all resets and merges that went into {@link #snapshot}. One that is not acknowledged yet is not in
     * there.
     */
    public boolean isPastAcknowledged() {
        return writes == null || writes.isPastAcknowledged(snapshot.branch());
    }

    /**
     * Waits until the log has all that made {@link #snapshot}, so that it can be read there; false where that will not be, and the statement is
     * evaluated again. Holds up the branch meanwhile.
     */
    public boolean settle() {
        Pending last = dependsOn;
        return last == null || writes == null || writes.isAcknowledged(last);
    }

    /**
     * The result of a statement that was executed before, or null.
     *
     * @throws CommandException TransactionTooOld when its session has used a newer transaction number since
     */
    public byte @Nullable [] executed(RetryKey key) {
        if (writes == null) {
            return null;
        }
        long newest = writes.newestTransaction(key.session());
        if (newest > key.txnNumber()) {
            throw new CommandException(
                    ErrorCode.TRANSACTION_TOO_OLD,
                    "Retryable write with txnNumber " + key.txnNumber() + " is prohibited on session " + key.session()
                            + " because a newer retryable write with txnNumber " + newest
                            + " has already started on this session.");
        }
        Pending pending = writes.pendingResult(key);
        if (pending != null) {
            wait(pending);
            return result(pending, key);
        }
        return writes.acknowledgedResult(key);
    }

    @Nullable
    Pending dependsOn() {
        return dependsOn;
    }

    private void wait(Pending pending) {
        if (dependsOn == null
                || dependsOn.commit().firstLsn() < pending.commit().firstLsn()) {
            dependsOn = pending;
        }
    }

    private static byte[] result(Pending pending, RetryKey key) {
        for (RetryResult result : pending.results()) {
            if (result.key().equals(key)) {
                return result.result();
            }
        }
        throw new IllegalStateException("pending commit without the result of " + key);
    }
}
