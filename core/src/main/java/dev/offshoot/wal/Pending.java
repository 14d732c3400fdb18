package dev.offshoot.wal;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A commit that has its LSNs and waits for the store. The thread that submitted it applies it to its pending state and then says
 * so by {@link #applied}; the commit is published once both this and the append are done. Thread safe.
 */
public final class Pending {
    /** How the wait for a commit ended. */
    public enum Outcome {
        /** In the log for good, and published. */
        ACKNOWLEDGED,
        /** Never stored: another writer won the position, or an earlier append failed. The statement may run again. */
        LOST,
        /** Never stored: the store said no. {@link Pending#failure} says why. */
        FAILED,
        /** The store did not say. It may be settled later; nobody may run the statement again. */
        UNKNOWN
    }

    private final Commit commit;
    private volatile @Nullable Runnable publication;
    private volatile @Nullable Thread publisher;
    private volatile @Nullable Outcome outcome;
    private volatile @Nullable Thread waiter;
    private @Nullable RuntimeException failure;

    Pending(Commit commit) {
        this.commit = commit;
    }

    public Commit commit() {
        return commit;
    }

    /** Says that the pending state holds the commit; {@code publication} makes that state the one that readers see. */
    public void applied(Runnable publication) {
        this.publication = publication;
        LockSupport.unpark(publisher);
    }

    /** Why the outcome is {@link Outcome#FAILED}. */
    public RuntimeException failure() {
        RuntimeException cause = failure;
        return cause == null ? new IllegalStateException("the commit did not fail") : cause;
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    void settle(Outcome result) {
        outcome = result;
    }

    void fail(RuntimeException cause) {
        failure = cause;
        outcome = Outcome.FAILED;
    }

    void publish() {
        publisher = Thread.currentThread();
        Runnable ready = publication;
        while (ready == null) {
            LockSupport.park(this);
            ready = publication;
        }
        ready.run();
    }

    void waitsHere() {
        waiter = Thread.currentThread();
    }

    /** Wakes the thread that waits, if one does. */
    boolean wake() {
        Thread thread = waiter;
        LockSupport.unpark(thread);
        return thread != null;
    }
}
