package dev.offshoot.wal;

import dev.offshoot.metrics.AppendMeters;
import dev.offshoot.metrics.AppendMeters.Failure;
import dev.offshoot.store.AppendResult;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one appender of a project (decisions 3, 4, 13). Thread safe.
 *
 * <p>Writers {@link #submit} commits, which reserves exactly their LSNs and queues them in that order, and then {@link #await}
 * the outcome. There is no thread of its own: a waiting writer that finds nobody leading becomes the leader, turns whatever
 * waits into one record, appends it, publishes it, wakes its writers and leaves; the first writer still waiting leads next. So an
 * uncontended writer appends on its own thread, and at most one append is in flight.
 *
 * <p>When writers come in groups, the last batch and those who queued behind it tell how many to expect; the leader waits for
 * them while they keep coming, for at most a quarter of the time an append takes, or half of it where that is short. Without this, writers would fall into two
 * halves, each of which waits for the append of the other before its own: two round trips for everybody.
 *
 * <p>Writers park while they wait; where appends are fast, up to eight of them yield instead. To wake a parked one costs 2 us and
 * more, and 55 where its processor fell asleep. Nobody yields while others keep the processors busy ({@link
 * Yielding}).
 *
 * <p>The <em>epoch</em> counts how often pending state became void: another process won a position, or an append failed. A commit
 * evaluated in an older epoch cannot be submitted. Everything queued at that moment is LOST, so its statements may run again on
 * the new tip. A writer reads the epoch first and the state after it.
 *
 * <p>An append with an unknown outcome stays in flight: the same bytes with the same nonce are appended again, by whoever awaits,
 * submits or {@link #follow follows} next, until the store decides. Meanwhile its writers are told
 * {@link Pending.Outcome#UNKNOWN}. Nothing waits behind it: what was queued is LOST, and who wants to submit has it settled
 * first or is told that nothing was written. So there is at most one batch whose fate nobody knows.
 *
 * <p>A follower or a publication that fails leaves state that is not what the log says, so it ends this object as
 * {@link #close} does; the failure goes to the thread that led.
 */
public final class GroupCommit {
    private static final int BATCH_COMMITS_MAX = 1000;
    private static final long BATCH_BYTES_MAX = 1 << 20;
    private static final int BATCH_HEADER_BYTES_MAX = LogRecord.HEADER_BYTES_MAX - 1024;
    private static final int GATHER_FRACTION = 4;
    private static final long GATHER_NANOS_MIN = 100_000;
    private static final long GATHER_NANOS_MAX = 5_000_000;
    private static final long PARKED_GATHER_NANOS_MIN = 200_000;
    private static final int LEAD_TRIES = 10_000;
    private static final int WATCHERS_MAX = 8;
    private static final long WATCHED_NANOS_MAX = 500_000;
    private static final long CLOCK_DRIFT_SECONDS_MAX = 365 * 24 * 3600L;

    private final LogStore store;
    private final Clocks clocks;
    private final LogFollower follower;
    private final Sequencer sequencer;
    private final AppendMeters meters;

    /** Held by the leader; guards all fields that are neither volatile nor atomic. */
    private final ReentrantLock leader = new ReentrantLock();

    /** What the leader took from the queue and has no outcome for. */
    private List<Pending> taken = List.of();

    /** Whom the leader wakes once it has let go of the lock. */
    private List<Pending> toWake = new ArrayList<>();

    private final Compression compression = new Compression();
    private @Nullable Batch unsettled;
    private boolean behind;
    private boolean interrupted;
    private LogEnd tail;
    private int expected = 1;

    /** How long the last append took. */
    private volatile long appendNanos;

    /** One for each writer that may watch while it waits, instead of being parked. */
    private final Semaphore watches = new Semaphore(WATCHERS_MAX);

    private final Yielding yielding;

    /** How many reads of what others appended have begun. */
    private final AtomicLong followsBegun = new AtomicLong();

    /** The last of those that came to the end of the log. */
    private long followed;

    private final AtomicLong observedTime = new AtomicLong();

    /** How many attempts left an append without an answer. */
    private final AtomicInteger unknowns = new AtomicInteger();

    private volatile boolean closed;
    private volatile @Nullable Throwable broken;

    /** An appender at the end of a log that has been read up to there. */
    public GroupCommit(LogStore store, LogEnd end, Clocks clocks, LogFollower follower) {
        this(store, end, clocks, follower, AppendMeters.unseen());
    }

    /** The same with meters for its appends. */
    public GroupCommit(LogStore store, LogEnd end, Clocks clocks, LogFollower follower, AppendMeters meters) {
        this.meters = meters;
        this.store = store;
        this.clocks = clocks;
        this.follower = follower;
        this.tail = end;
        yielding = new Yielding(clocks.nanos());
        sequencer = new Sequencer(end.lsn() + 1);
    }

    /** Goes up when pending state became void. */
    public long epoch() {
        return sequencer.epoch();
    }

    /**
     * Makes the times of later records greater than a {@code $clusterTime} that a client has seen. One that is more than a
     * year ahead of the clock is ignored, as nobody can have seen it.
     */
    public void observe(long clusterTime) {
        if ((clusterTime >>> 32) <= clocks.millis().getAsLong() / 1000 + CLOCK_DRIFT_SECONDS_MAX) {
            observedTime.accumulateAndGet(clusterTime, GroupCommit::later);
        }
    }

    /** How its writers yield where they wait for each other. */
    public Yielding yielding() {
        return yielding;
    }

    /** The LSN that the next commit gets, unless another one is submitted before. */
    public long nextLsn() {
        return sequencer.nextLsn();
    }

    /**
     * Reserves LSNs for a commit evaluated in an epoch and queues it; null when that epoch is over and the commit has to be
     * evaluated again. After this nothing of the caller's may fail until it called {@link Pending#applied}.
     *
     * @throws StoreException when the log is closed, or an earlier append has no answer from the store yet; nothing was reserved
     */
    public @Nullable Pending submit(long evaluatedIn, Commit draft) {
        return submit(evaluatedIn, List.of(draft));
    }

    /**
     * The same for commits that become visible together: they get LSNs in a row and are in one record.
     *
     * @param drafts at least one; only the last may have results. What they make is named by places counted from the first change of the
     *     first ({@link Change#made}). Together they fit into one record: see {@link #isOneRecord}
     */
    public @Nullable Pending submit(long evaluatedIn, List<Commit> drafts) {
        Pending pending = sequencer.reserve(evaluatedIn, drafts);
        while (pending == null) {
            switch (sequencer.state()) {
                case CLOSED -> throw closedException();
                case UNDECIDED -> decide();
                case OPEN -> {
                    if (evaluatedIn != sequencer.epoch()) {
                        return null;
                    }
                }
            }
            pending = sequencer.reserve(evaluatedIn, drafts);
        }
        return pending;
    }

    /** Whether the header of a record has room for who made commits, and what they said about them. */
    public static boolean isOneRecord(List<Commit> commits) {
        return Commit.headerBytesMax(commits) <= BATCH_HEADER_BYTES_MAX;
    }

    /**
     * The pending commit that holds the result of a statement, or null. Asked before the acknowledged results: a result is
     * among those before it leaves here.
     */
    public @Nullable Pending pendingResult(RetryKey key) {
        return sequencer.result(key);
    }

    /** The newest transaction number that a session has pending, or -1. */
    public long newestPending(UUID session) {
        return sequencer.newest(session);
    }

    /** Waits for the outcome of a commit, and does the appending where nobody else does. An interrupt does not end the wait. */
    public Pending.Outcome await(Pending pending) {
        int unknownsBefore = unknowns.get();
        Thread self = Thread.currentThread();
        boolean wasInterrupted = false;
        pending.enter(self); // before the first look at the outcome: who sets it looks for waiters afterwards
        try {
            while (pending.outcome() == null && unknowns.get() == unknownsBefore && !closed) {
                wasInterrupted |= Thread.interrupted(); // or park would not wait
                if (leader.tryLock()) {
                    leadAndRelease(pending);
                } else if (!watch(pending)) {
                    LockSupport.park(this);
                }
            }
        } finally {
            pending.leave(self);
            if (wasInterrupted) {
                self.interrupt();
            }
        }
        Pending.Outcome outcome = pending.outcome();
        return outcome == null ? Pending.Outcome.UNKNOWN : outcome;
    }

    /**
     * Waits on the processor until the outcome is there or nobody leads. False where enough writers do so already, others need
     * the processor, or it would take too long: then the caller parks. A wake-up meanwhile is not lost, since it makes that park
     * return at once.
     */
    private boolean watch(Pending pending) {
        if (appendNanos > WATCHED_NANOS_MAX || !watches.tryAcquire()) {
            return false;
        }
        try {
            long start = clocks.nanos().getAsLong();
            do {
                if (pending.outcome() != null || !leader.isLocked()) {
                    return true;
                }
            } while (yielding.once() && clocks.nanos().getAsLong() - start < WATCHED_NANOS_MAX);
            return false;
        } finally {
            watches.release();
        }
    }

    /**
     * Reads what other processes appended, and settles what is in flight. When it returns, the acknowledged state holds all that the
     * store had acknowledged when it was called. Many who wait for the same share a read.
     *
     * @throws StoreException when the store cannot be read or did not decide, or the log is closed
     */
    public void follow() {
        long before = followsBegun.get();
        leader.lock();
        try {
            begin();
            if (closed) {
                throw closedException();
            }
            if (followed > before) {
                return; // somebody read it all while this one waited
            }
            long mine = followsBegun.incrementAndGet();
            settle();
            requireSettled();
            catchUp(List.of());
            followed = mine;
        } finally {
            release();
        }
    }

    /**
     * Looks at the acknowledged state between two records, at whose end it is. Waits for an append in flight; the log stands still
     * meanwhile, so the look must be short.
     */
    public <T> T atRest(Function<LogEnd, T> look) {
        takeLead();
        try {
            begin();
            return look.apply(tail);
        } finally {
            release();
        }
    }

    /** Writers take the lead from each other without parking, so who parks for it first may wait long. */
    @SuppressWarnings("ThreadPriorityCheck") // how the scheduler takes the yield changes how long this takes, no more
    private void takeLead() {
        for (int i = 0; i < LEAD_TRIES; i++) {
            if (leader.tryLock()) {
                return;
            }
            Thread.yield();
        }
        leader.lock();
    }

    /**
     * Refuses further commits and appends those that are queued. One whose append has no answer from the store stays without an
     * outcome: UNKNOWN. Idempotent.
     */
    public void close() {
        sequencer.close();
        leader.lock();
        try {
            begin();
            while (!closed && unsettled == null && sequencer.queued() > 0) {
                lead();
            }
        } finally {
            end(closedException());
            release();
        }
    }

    /** Settles what is in flight for a writer that is about to reserve LSNs, unless someone just tried in vain. */
    private void decide() {
        int before = unknowns.get();
        leader.lock();
        try {
            begin();
            if (unknowns.get() == before && !closed) {
                settle();
            }
            requireSettled();
        } finally {
            release();
        }
    }

    private void requireSettled() {
        Batch batch = unsettled;
        if (batch != null) {
            throw new StoreException(
                    "an earlier append, at LSN " + batch.record.firstLsn()
                            + ", is still without an answer from the store; nothing was written, try again",
                    batch.commits.get(0).failure());
        }
    }

    private void leadAndRelease(Pending own) {
        try {
            begin();
            if (!closed && own.outcome() == null) {
                settle();
                if (unsettled == null && own.outcome() == null) {
                    lead();
                }
            }
        } finally {
            release();
        }
    }

    /** What a thread does first when it has the leader's lock: an interrupt is for later, not for the store. */
    private void begin() {
        interrupted = Thread.interrupted();
    }

    private void release() {
        List<Pending> waking = toWake;
        toWake = new ArrayList<>();
        boolean wasInterrupted = interrupted;
        leader.unlock();
        sequencer.wakeFirst();
        waking.forEach(Pending::wake);
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One round of the leader, with nothing in flight: catch up, gather, append. */
    private void lead() {
        if (behind) {
            try {
                catchUp(List.of());
            } catch (RuntimeException e) {
                drop(sequencer.drain(), e);
                return;
            }
        }
        if (sequencer.queued() > 0) {
            gather();
            appendBatch();
        }
    }

    /** Waits for the writers that were answered last, as long as they keep coming. */
    private void gather() {
        int present = sequencer.queued();
        if (expected <= 1 || present >= expected) {
            return;
        }
        long limit = gatherNanos(appendNanos);
        long lull = limit / GATHER_FRACTION;
        long start = clocks.nanos().getAsLong();
        long lastCame = start;
        long now = start;
        while (present < expected && now - start < limit && now - lastCame < lull && letOthersCome(limit)) {
            now = clocks.nanos().getAsLong();
            int before = present;
            present = sequencer.queued();
            if (present > before) {
                lastCame = now;
            }
        }
    }

    /**
     * Waits a moment. A parked thread comes back after 60 us and more, which is too late for a fast store: so false there, where
     * others keep the processors busy.
     */
    private boolean letOthersCome(long limit) {
        if (yielding.once()) {
            return true;
        }
        if (limit < PARKED_GATHER_NANOS_MIN) {
            return false;
        }
        LockSupport.parkNanos(this, limit / 8);
        return true;
    }

    /** A quarter of an append; but to wake eight writers takes as long for a fast store, so there it is up to half of one. */
    private static long gatherNanos(long appendNanos) {
        long atLeast = Math.min(appendNanos / 2, GATHER_NANOS_MIN);
        return Math.min(Math.max(appendNanos / GATHER_FRACTION, atLeast), GATHER_NANOS_MAX);
    }

    private void appendBatch() {
        taken = new ArrayList<>();
        sequencer.take(taken, BATCH_COMMITS_MAX, BATCH_BYTES_MAX, BATCH_HEADER_BYTES_MAX);
        if (taken.isEmpty()) {
            return;
        }
        Batch batch;
        try {
            batch = batchOf(taken);
        } catch (RuntimeException | OutOfMemoryError e) {
            drop(taken, e instanceof RuntimeException r ? r : new StoreException("no memory for a record", e));
            return;
        }
        int size = taken.size();
        long start = clocks.nanos().getAsLong();
        append(batch);
        appendNanos = clocks.nanos().getAsLong() - start;
        expected = size + sequencer.queued();
    }

    private Batch batchOf(List<Pending> pendings) {
        List<Commit> commits = new ArrayList<>(pendings.size());
        for (Pending pending : pendings) {
            commits.addAll(pending.commits());
        }
        long millis = Math.max(tail.millis(), clocks.millis().getAsLong());
        long time = later(later(tail.time(), observedTime.get()) + 1, ((millis / 1000) << 32) + 1);
        WalRecord record = new WalRecord(commits.get(0).firstLsn(), time, millis, commits);
        return new Batch(record, RecordCodec.encode(record, clocks.nonces().get(), compression), pendings);
    }

    /** The greater of two BSON timestamps, which have no sign. */
    private static long later(long a, long b) {
        return Long.compareUnsigned(a, b) >= 0 ? a : b;
    }

    private void append(Batch batch) {
        long start = clocks.nanos().getAsLong();
        AppendResult result;
        try {
            result = store.append(batch.entry);
        } catch (RuntimeException e) {
            boolean refused = e instanceof StoreException && !(e instanceof UnknownOutcomeException);
            meters.failed(refused ? Failure.REFUSED : Failure.UNKNOWN);
            if (refused && unsettled == null) {
                drop(batch.commits, e);
            } else {
                leaveUnsettled(batch, e); // a refusal speaks of its own attempt; an earlier one may still be stored
            }
            return;
        } catch (Error e) {
            leaveUnsettled(batch, new StoreException("an append failed half way", e));
            throw e;
        }
        long nanos = clocks.nanos().getAsLong() - start;
        unsettled = null;
        switch (result) {
            case APPENDED -> {
                acknowledge(batch);
                meters.appended(nanos, batch.commits.size(), batch.entry.bytes());
            }
            case TAKEN -> {
                lose(batch);
                meters.failed(Failure.TAKEN);
            }
        }
    }

    /** Appends the record in flight again: same bytes, same nonce, same position. */
    private void settle() {
        Batch batch = unsettled;
        if (batch != null) {
            long before = sequencer.epoch();
            append(batch);
            if (unsettled == null && sequencer.epoch() == before) {
                drop(List.of(), null); // what was evaluated since the append did not see it
            }
        }
    }

    private void leaveUnsettled(Batch batch, RuntimeException cause) {
        unsettled = batch;
        for (Pending pending : batch.commits) {
            pending.doubt(cause);
        }
        settleAll(sequencer.suspend(batch.commits), Pending.Outcome.LOST);
        unknowns.incrementAndGet();
        toWake.addAll(batch.commits);
    }

    private void acknowledge(Batch batch) {
        tail = LogEnd.of(batch.record);
        try {
            follower.acknowledged(batch.record);
            for (Pending pending : batch.commits) {
                pending.publish();
            }
        } catch (RuntimeException | Error e) {
            breakDown(e);
            throw e;
        }
        sequencer.forget(batch.commits);
        taken = List.of();
        settleAll(batch.commits, Pending.Outcome.ACKNOWLEDGED);
    }

    private void lose(Batch batch) {
        behind = true;
        try {
            catchUp(batch.commits);
        } catch (StoreException | CorruptionException e) {
            behind = true; // the next leader tells its writers why
        }
    }

    /**
     * Folds what others appended. If there was something, whatever is pending was evaluated on a state that is not the tip, and
     * is lost like the commits given.
     */
    private void catchUp(List<Pending> lost) {
        boolean moved = false;
        try (RecordCursor cursor = store.read(tail.lsn() + 1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                fold(entry);
                moved = true;
            }
            behind = false;
        } finally {
            if (moved || !lost.isEmpty()) {
                drop(lost, null);
            }
        }
    }

    private void fold(LogRecord entry) {
        if (entry.firstLsn() != tail.lsn() + 1) {
            throw new CorruptionException("the log goes on at LSN " + entry.firstLsn() + " after LSN " + tail.lsn());
        }
        WalRecord record = new RecordDecoder(compression).decode(entry);
        try {
            follower.followed(record);
        } catch (RuntimeException | Error e) {
            breakDown(e);
            throw e;
        }
        tail = LogEnd.of(record);
    }

    /**
     * Starts a new epoch: all pending state is void. The commits given failed for a reason, or are lost where there is none; those
     * that are queued are lost.
     */
    private void drop(List<Pending> commits, @Nullable RuntimeException cause) {
        List<Pending> queued = sequencer.restart(tail.lsn() + 1);
        taken = List.of();
        if (cause == null) {
            settleAll(commits, Pending.Outcome.LOST);
        } else {
            failAll(commits, cause);
        }
        settleAll(queued, Pending.Outcome.LOST);
    }

    private void settleAll(List<Pending> commits, Pending.Outcome outcome) {
        for (Pending pending : commits) {
            pending.settle(outcome);
        }
        toWake.addAll(commits);
    }

    private void failAll(List<Pending> commits, RuntimeException cause) {
        for (Pending pending : commits) {
            pending.fail(cause);
        }
        toWake.addAll(commits);
    }

    private void breakDown(Throwable cause) {
        broken = cause;
        sequencer.close();
        end(closedException());
    }

    /** The end: what was taken stays without an outcome, what is queued was never tried. */
    private void end(RuntimeException cause) {
        closed = true;
        compression.close();
        for (Pending pending : taken) {
            pending.doubt(cause);
        }
        toWake.addAll(taken);
        failAll(sequencer.drain(), cause);
    }

    private StoreException closedException() {
        Throwable cause = broken;
        return cause == null
                ? new StoreException("the log is closed; the server is shutting down", null)
                : new StoreException(
                        "the log is closed since its state could not follow it; restart the server", cause);
    }

    /** A record on its way to the store. */
    private record Batch(WalRecord record, LogRecord entry, List<Pending> commits) {}
}
