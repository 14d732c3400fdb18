package dev.offshoot.wal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The project-wide step in which commits get their LSNs: the queue of what was reserved and not yet taken by the leader, and the
 * retry results of all that is pending. Everything happens under one lock that is held for no longer than it takes to move
 * references. Thread safe.
 */
final class Sequencer {
    /** What became of an attempt to reserve. */
    enum State {
        OPEN,
        /** An append is without an answer; nothing is reserved behind it. */
        UNDECIDED,
        CLOSED
    }

    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private final RetryTable<Pending> results = new RetryTable<>();
    private long nextLsn;
    private volatile long epoch;
    private volatile int queued;
    private volatile State state = State.OPEN;

    Sequencer(long nextLsn) {
        this.nextLsn = nextLsn;
    }

    long epoch() {
        return epoch;
    }

    int queued() {
        return queued;
    }

    State state() {
        return state;
    }

    /** What the next commit gets, unless another one is faster. */
    synchronized long nextLsn() {
        return nextLsn;
    }

    /**
     * Gives commits that go together their LSNs and queues them; null where the epoch is another one, or this is not {@link State#OPEN}.
     *
     * @param drafts only the last has results
     */
    @Nullable
    Pending reserve(long evaluatedIn, List<Commit> drafts) {
        return reserve(evaluatedIn, drafts, Commit.headerBytesMax(drafts));
    }

    private synchronized @Nullable Pending reserve(long evaluatedIn, List<Commit> drafts, long headerBytesMax) {
        if (state != State.OPEN || evaluatedIn != epoch) {
            return null;
        }
        Pending pending = new Pending(Commit.at(drafts, nextLsn), headerBytesMax);
        nextLsn = pending.lastLsn() + 1;
        queue.add(pending);
        queued = queue.size();
        keepResults(pending);
        return pending;
    }

    synchronized @Nullable Pending result(RetryKey key) {
        return results.get(key);
    }

    synchronized long newest(UUID session) {
        return results.newest(session);
    }

    /**
     * Moves commits from the front of the queue to a batch until that has enough of them.
     *
     * @param headerBytesMax what their origins may take together; the first commit is taken whatever it takes
     */
    synchronized void take(List<Pending> batch, int commitsMax, long bytesMax, int headerBytesMax) {
        long bytes = 0;
        long headerBytes = 0;
        while (!queue.isEmpty() && batch.size() < commitsMax && bytes < bytesMax) {
            Pending pending = queue.element();
            headerBytes += pending.headerBytesMax();
            if (headerBytes > headerBytesMax && !batch.isEmpty()) {
                break;
            }
            bytes += pending.approximateBytes();
            batch.add(pending);
            queue.remove();
        }
        queued = queue.size();
    }

    /** Empties the queue. */
    synchronized List<Pending> drain() {
        List<Pending> all = new ArrayList<>(queue);
        queue.clear();
        queued = 0;
        return all;
    }

    /** Starts a new epoch, in which the next commit gets this LSN; answers what was queued. */
    synchronized List<Pending> restart(long lsn) {
        results.clear();
        nextLsn = lsn;
        epoch++;
        if (state == State.UNDECIDED) {
            state = State.OPEN;
        }
        return drain();
    }

    /** Starts a new epoch in which nothing is reserved until the fate of these commits is known; answers what was queued. */
    synchronized List<Pending> suspend(List<Pending> undecided) {
        List<Pending> lost = restart(nextLsn);
        undecided.forEach(this::keepResults);
        if (state == State.OPEN) {
            state = State.UNDECIDED;
        }
        return lost;
    }

    synchronized void close() {
        state = State.CLOSED;
    }

    /** Forgets the results of commits that are acknowledged. */
    synchronized void forget(List<Pending> acknowledged) {
        for (Pending pending : acknowledged) {
            for (RetryResult result : pending.results()) {
                results.remove(result.key(), pending);
            }
        }
    }

    /** Wakes the first queued commit that somebody waits for. */
    synchronized void wakeFirst() {
        for (Pending pending : queue) {
            if (pending.wake()) {
                return;
            }
        }
    }

    private void keepResults(Pending pending) {
        for (RetryResult result : pending.results()) {
            results.put(result.key(), pending, 0); // one time for all, so none expires while it is pending
        }
    }
}
