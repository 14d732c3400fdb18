package dev.offshoot.wal;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The one appender of a project (decisions 3, 4, 13). Thread safe.
 *
 * <p>Writers {@link #submit} commits, which reserves exactly their LSNs and queues them in that order, and then {@link #await}
 * the outcome. There is no thread of its own: a waiting writer that finds nobody leading becomes the leader, turns whatever
 * waits into one record, appends it, publishes it, wakes its writers and leaves; the first writer still waiting leads next. So an
 * uncontended writer appends on its own thread, and at most one append is in flight.
 *
 * <p>When writers come in groups, the last batch tells how many to expect; the leader waits for them for at most an eighth
 * of the time an append takes. Without this, the first writer back would start an append of its own and everybody else would
 * wait for two.
 *
 * <p>The <em>epoch</em> counts how often pending state became void: another process won a position, or an append failed. A commit
 * evaluated in an older epoch cannot be submitted. Everything queued at that moment is LOST, so its statements may run again on
 * the new tip.
 *
 * <p>An append with an unknown outcome stays in flight: the same bytes with the same nonce are appended again, by the next leader
 * or by {@link #follow}, until the store decides. Meanwhile waiting writers are told {@link Pending.Outcome#UNKNOWN}.
 */
public final class GroupCommit {
    private static final int BATCH_COMMITS_MAX = 1000;
    private static final long BATCH_BYTES_MAX = 1 << 20;
    private static final int GATHER_FRACTION = 8;
    private static final long GATHER_PAUSE_NANOS = 5_000;

    private final LogStore store;
    private final Clocks clocks;
    private final LogFollower follower;

    /** Held by the leader; guards what is in flight and the tail. */
    private final ReentrantLock leader = new ReentrantLock();

    private @Nullable Batch unsettled;
    private boolean behind;
    private long tail;
    private long tailTime;
    private long tailMillis;
    private int expected = 1;
    private long appendNanos;

    /** Guards the reservation of LSNs: queue, next LSN, epoch and the results of pending commits. */
    private final Object sequencer = new Object();

    private final ArrayDeque<Pending> queue = new ArrayDeque<>();
    private final RetryTable<Pending> pendingResults = new RetryTable<>();
    private long nextLsn;
    private volatile long epoch;
    private volatile int queued;
    private final AtomicInteger unknowns = new AtomicInteger();
    private volatile long observedTime;
    private volatile boolean closed;

    /** An appender at the end of a log that has been read up to this record; null for an empty log. */
    public GroupCommit(LogStore store, @Nullable WalRecord last, Clocks clocks, LogFollower follower) {
        this.store = store;
        this.clocks = clocks;
        this.follower = follower;
        if (last != null) {
            moveTail(last);
        }
        nextLsn = tail + 1;
    }

    /** Goes up when pending state became void. */
    public long epoch() {
        return epoch;
    }

    /** Makes the times of later records greater than a {@code $clusterTime} that a client has seen. */
    public void observe(long clusterTime) {
        synchronized (sequencer) {
            observedTime = Math.max(observedTime, clusterTime);
        }
    }

    /**
     * Reserves LSNs for a commit evaluated in an epoch and queues it; null when that epoch is over and the commit has to be
     * evaluated again. After this nothing of the caller's may fail until it called {@link Pending#applied}.
     */
    public @Nullable Pending submit(long evaluatedIn, Commit draft) {
        synchronized (sequencer) {
            if (closed) {
                throw new StoreException("the log is closed; the server is shutting down", null);
            }
            if (evaluatedIn != epoch) {
                return null;
            }
            Pending pending = new Pending(draft.at(nextLsn));
            nextLsn = pending.commit().lastLsn() + 1;
            queue.add(pending);
            queued = queue.size();
            for (RetryResult result : draft.results()) {
                pendingResults.put(result.key(), pending, clocks.millis().getAsLong());
            }
            return pending;
        }
    }

    /** The pending commit that holds the result of a statement, or null. */
    public @Nullable Pending pendingResult(RetryKey key) {
        synchronized (sequencer) {
            return pendingResults.get(key);
        }
    }

    /** The newest transaction number that a session has pending, or -1. */
    public long newestPending(UUID session) {
        synchronized (sequencer) {
            return pendingResults.newest(session);
        }
    }

    /** Waits for the outcome of a commit, and does the appending where nobody else does. An interrupt does not end the wait. */
    public Pending.Outcome await(Pending pending) {
        int unknownsBefore = unknowns.get();
        boolean interrupted = false;
        pending.waitsHere();
        Pending.Outcome outcome = pending.outcome();
        while (outcome == null && unknowns.get() == unknownsBefore) {
            if (leader.tryLock()) {
                leadAndRelease(pending);
            } else {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            outcome = pending.outcome();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome == null ? Pending.Outcome.UNKNOWN : outcome;
    }

    /**
     * Reads what other processes appended, and settles what is in flight. When it returns, the acknowledged state holds all that the
     * store had acknowledged when it was called.
     *
     * @throws StoreException when the store cannot be read or did not decide
     */
    public void follow() {
        leader.lock();
        try {
            settle();
            if (unsettled != null) {
                throw new StoreException("an append is still without an answer from the store; try again", null);
            }
            catchUp();
        } finally {
            leader.unlock();
            wakeNext();
        }
    }

    /** Refuses further commits and waits for the append in flight. Commits still queued stay without an outcome: UNKNOWN. */
    public void close() {
        leader.lock();
        try {
            synchronized (sequencer) {
                closed = true;
            }
            if (unsettled == null && queued > 0) {
                appendBatch();
            }
            unknowns.incrementAndGet();
        } finally {
            leader.unlock();
        }
        synchronized (sequencer) {
            queue.forEach(Pending::wake);
        }
    }

    private void leadAndRelease(Pending own) {
        @Nullable List<Pending> done = null;
        try {
            if (own.outcome() == null) {
                done = lead();
            }
        } finally {
            leader.unlock();
            wakeNext();
            if (done != null) {
                done.forEach(Pending::wake);
            }
        }
    }

    /** One round as the leader: settle, catch up, gather, append. Answers the commits that have an outcome now. */
    private @Nullable List<Pending> lead() {
        settle();
        if (unsettled != null) {
            return null;
        }
        if (behind) {
            try {
                catchUp();
            } catch (RuntimeException e) {
                drop(List.of(), e);
                return null;
            }
        }
        gather();
        return appendBatch();
    }

    private void gather() {
        if (expected <= 1 || queued >= expected) {
            return;
        }
        long limit = appendNanos / GATHER_FRACTION;
        long start = clocks.nanos().getAsLong();
        while (queued < expected && clocks.nanos().getAsLong() - start < limit) {
            LockSupport.parkNanos(this, GATHER_PAUSE_NANOS);
        }
    }

    private @Nullable List<Pending> appendBatch() {
        List<Pending> commits = take();
        if (commits.isEmpty()) {
            return null;
        }
        Batch batch;
        try {
            batch = batchOf(commits);
        } catch (RuntimeException e) {
            drop(commits, e);
            return null;
        }
        expected = commits.size();
        long start = clocks.nanos().getAsLong();
        append(batch);
        appendNanos = clocks.nanos().getAsLong() - start;
        return commits;
    }

    private List<Pending> take() {
        List<Pending> taken = new ArrayList<>();
        long bytes = 0;
        synchronized (sequencer) {
            while (!queue.isEmpty() && taken.size() < BATCH_COMMITS_MAX && bytes < BATCH_BYTES_MAX) {
                Pending pending = queue.poll();
                bytes += pending.commit().approximateBytes();
                taken.add(pending);
            }
            queued = queue.size();
        }
        return taken;
    }

    private Batch batchOf(List<Pending> pendings) {
        List<Commit> commits = new ArrayList<>(pendings.size());
        for (Pending pending : pendings) {
            commits.add(pending.commit());
        }
        long millis = Math.max(tailMillis, clocks.millis().getAsLong());
        long time = Math.max(Math.max(tailTime, observedTime) + 1, ((millis / 1000) << 32) + 1);
        WalRecord record = new WalRecord(commits.get(0).firstLsn(), time, millis, commits);
        return new Batch(record, RecordCodec.encode(record, clocks.nonces().get()), pendings);
    }

    private void append(Batch batch) {
        AppendResult result;
        try {
            result = store.append(batch.entry);
        } catch (UnknownOutcomeException e) {
            leaveUnsettled(batch);
            return;
        } catch (StoreException e) {
            if (unsettled != null) {
                leaveUnsettled(batch); // only this attempt is known not to be stored; an earlier one may be
            } else {
                drop(batch.commits, e);
            }
            return;
        } catch (RuntimeException e) {
            leaveUnsettled(batch);
            throw e;
        }
        unsettled = null;
        switch (result) {
            case APPENDED -> acknowledge(batch);
            case TAKEN -> lose(batch);
        }
    }

    /** Appends the record in flight again: same bytes, same nonce, same position. */
    private void settle() {
        Batch batch = unsettled;
        if (batch != null) {
            append(batch);
            if (unsettled == null) {
                batch.commits.forEach(Pending::wake);
            }
        }
    }

    private void leaveUnsettled(Batch batch) {
        unsettled = batch;
        unknowns.incrementAndGet();
        batch.commits.forEach(Pending::wake);
        synchronized (sequencer) {
            queue.forEach(Pending::wake);
        }
    }

    private void acknowledge(Batch batch) {
        moveTail(batch.record);
        follower.acknowledged(batch.record);
        for (Pending pending : batch.commits) {
            pending.publish();
        }
        synchronized (sequencer) {
            for (Pending pending : batch.commits) {
                for (RetryResult result : pending.commit().results()) {
                    pendingResults.remove(result.key(), pending);
                }
            }
        }
        for (Pending pending : batch.commits) {
            pending.settle(Pending.Outcome.ACKNOWLEDGED);
        }
    }

    private void lose(Batch batch) {
        behind = true;
        try {
            catchUp();
        } catch (StoreException e) {
            behind = true;
        }
        drop(batch.commits, null);
    }

    /** Folds what others appended. If there was something, whatever is pending was evaluated on a state that is not the tip. */
    private void catchUp() {
        boolean moved = false;
        try (RecordCursor cursor = store.read(tail + 1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                WalRecord record = RecordCodec.decode(entry);
                follower.followed(record);
                moveTail(record);
                moved = true;
            }
        } finally {
            if (moved) {
                drop(List.of(), null);
            }
        }
        behind = false;
    }

    /**
     * Starts a new epoch: all pending state is void. The commits given failed for a reason, or are lost like all that is queued where
     * there is none.
     */
    private void drop(List<Pending> commits, @Nullable RuntimeException cause) {
        List<Pending> lost;
        synchronized (sequencer) {
            lost = new ArrayList<>(queue);
            queue.clear();
            queued = 0;
            pendingResults.clear();
            nextLsn = tail + 1;
            epoch++;
        }
        boolean whole = commits.isEmpty() && cause != null;
        for (Pending pending : commits) {
            end(pending, cause);
        }
        for (Pending pending : lost) {
            end(pending, whole ? cause : null);
        }
    }

    private static void end(Pending pending, @Nullable RuntimeException cause) {
        if (cause == null) {
            pending.settle(Pending.Outcome.LOST);
        } else {
            pending.fail(cause);
        }
        pending.wake();
    }

    private void wakeNext() {
        synchronized (sequencer) {
            for (Pending pending : queue) {
                if (pending.wake()) {
                    return;
                }
            }
        }
    }

    private void moveTail(WalRecord record) {
        tail = record.lastLsn();
        tailTime = record.time();
        tailMillis = record.millis();
    }

    /** A record on its way to the store. */
    private record Batch(WalRecord record, LogRecord entry, List<Pending> commits) {}
}
