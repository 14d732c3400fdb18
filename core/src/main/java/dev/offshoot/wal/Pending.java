package dev.offshoot.wal;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A commit, or several that become visible together in one record, with its LSNs, which waits for the store. The thread that submitted it applies it to its pending state and then says
 * so by {@link #applied}; the commit is published once both this and the append are done. Thread safe; any number of threads
 * may wait for it: the writer, a retry of its statement, and whoever read the state it made.
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

    private static final Thread[] NOBODY = {};

    private final List<Commit> commits;
    private final long headerBytesMax;
    private volatile @Nullable Runnable publication;
    private volatile @Nullable Thread publisher;
    private volatile @Nullable Outcome outcome;
    private volatile @Nullable RuntimeException failure;
    private volatile Thread[] waiters = NOBODY;
    private volatile @Nullable Runnable whenSettled;

    Pending(List<Commit> commits, long headerBytesMax) {
        this.commits = commits;
        this.headerBytesMax = headerBytesMax;
    }

    /** The commits, in order; at least one. */
    public List<Commit> commits() {
        return commits;
    }

    /** The first of the commits. */
    public Commit commit() {
        return commits.get(0);
    }

    /** The LSN of the last change. */
    public long lastLsn() {
        return commits.get(commits.size() - 1).lastLsn();
    }

    /** What retries of the statement are to be answered. */
    public List<RetryResult> results() {
        return commits.get(commits.size() - 1).results();
    }

    long approximateBytes() {
        long bytes = 0;
        for (Commit commit : commits) {
            bytes += commit.approximateBytes();
        }
        return bytes;
    }

    long headerBytesMax() {
        return headerBytesMax;
    }

    /**
     * Says that the pending state holds the commit; {@code publication} makes that state the one that readers see. It is run
     * once at most, by the thread that appended, in the order of LSNs, and must not fail.
     */
    public void applied(Runnable publication) {
        this.publication = publication;
        LockSupport.unpark(publisher);
    }

    /** Why the outcome is {@link Outcome#FAILED}, or so far {@link Outcome#UNKNOWN}. */
    public RuntimeException failure() {
        RuntimeException cause = failure;
        return cause == null ? new IllegalStateException("the commit did not fail") : cause;
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    /**
     * Has something run once there is an outcome, which is at once where there is one already. A commit whose outcome stays unknown until
     * the log is closed has none.
     *
     * @param then short; may be run more than once, the first time before anybody sees the outcome, and must not fail
     */
    public void whenSettled(Runnable then) {
        whenSettled = then;
        if (outcome != null) {
            then.run();
        }
    }

    void settle(Outcome result) {
        runWhenSettled();
        outcome = result;
        runWhenSettled(); // it may have come meanwhile
    }

    private void runWhenSettled() {
        Runnable then = whenSettled;
        if (then != null) {
            then.run();
        }
    }

    void fail(RuntimeException cause) {
        failure = cause;
        settle(Outcome.FAILED);
    }

    /** Keeps why there is no outcome yet. */
    void doubt(RuntimeException cause) {
        failure = cause;
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

    synchronized void enter(Thread thread) {
        Thread[] more = Arrays.copyOf(waiters, waiters.length + 1);
        more[waiters.length] = thread;
        waiters = more;
    }

    synchronized void leave(Thread thread) {
        Thread[] before = waiters;
        int at = 0;
        while (before[at] != thread) {
            at++;
        }
        Thread[] less = before.length == 1 ? NOBODY : Arrays.copyOf(before, before.length - 1);
        if (at < less.length) {
            less[at] = before[less.length];
        }
        waiters = less;
    }

    /** Wakes the threads that wait; says whether there are any. */
    boolean wake() {
        Thread[] present = waiters;
        for (Thread thread : present) {
            LockSupport.unpark(thread);
        }
        return present.length > 0;
    }
}
