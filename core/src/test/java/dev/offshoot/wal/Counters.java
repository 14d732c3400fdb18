package dev.offshoot.wal;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The smallest state that shows a write that got lost, came twice or was evaluated on the wrong state: a counter on each branch,
 * and a commit adds one to what its writer read. It evaluates, submits and publishes as the real state does.
 */
final class Counters implements LogFollower {
    static final long RIVAL = -1;

    private final List<Branch> branches = new ArrayList<>();
    /** Written by the leader; the records as the follower was told them. */
    final List<WalRecord> told = new ArrayList<>();
    /** Written by the leader; the first LSNs of commits in the order of their publication. Guarded by itself. */
    private final Set<Long> published = new LinkedHashSet<>();

    private final RetryTable<Long> results = new RetryTable<>();

    Counters(int branches) {
        for (int i = 0; i < branches; i++) {
            this.branches.add(new Branch());
        }
    }

    /** What one attempt to add one came to. The token tells it from every other attempt. */
    record Attempt(long token, Pending.Outcome outcome, long lsn, boolean publishedBefore) {}

    /** Says when the state that a commit makes is applied. */
    interface Applying {
        void apply(Pending pending, Runnable publication);
    }

    /** Evaluates and submits until an epoch lasts long enough for it. */
    Pending submit(GroupCommit log, Draft draft, Applying applying) {
        Branch branch = branches.get(draft.branch);
        while (true) {
            branch.turn.lock();
            try {
                long epoch = log.epoch();
                long value = (branch.pendingEpoch == epoch ? branch.pending : branch.acknowledged) + 1;
                Pending pending = log.submit(epoch, draft.commit(value));
                if (pending != null) {
                    branch.pending = value;
                    branch.pendingEpoch = epoch;
                    applying.apply(
                            pending,
                            () -> publish(branch, value, pending.commit().firstLsn()));
                    return pending;
                }
            } finally {
                branch.turn.unlock();
            }
        }
    }

    /** One attempt, from the evaluation to the outcome. */
    Attempt attempt(GroupCommit log, Draft draft, Applying applying) {
        Pending pending;
        try {
            pending = submit(log, draft, applying);
        } catch (StoreException e) {
            return new Attempt(draft.token, Pending.Outcome.FAILED, 0, false);
        }
        return awaited(log, draft, pending);
    }

    Attempt awaited(GroupCommit log, Draft draft, Pending pending) {
        Pending.Outcome outcome = log.await(pending);
        long lsn = pending.commit().firstLsn();
        return new Attempt(draft.token, outcome, lsn, isPublished(lsn));
    }

    /** The first LSNs of commits in the order of their publication. */
    List<Long> published() {
        synchronized (published) {
            return List.copyOf(published);
        }
    }

    long acknowledged(int branch) {
        return branches.get(branch).acknowledged;
    }

    boolean hasResult(RetryKey key) {
        synchronized (results) {
            return results.get(key) != null;
        }
    }

    @Override
    public void acknowledged(WalRecord record) {
        told.add(record);
        keepResults(record);
    }

    @Override
    public void followed(WalRecord record) {
        told.add(record);
        keepResults(record);
        for (Commit commit : record.commits()) {
            branches.get((int) commit.branch()).acknowledged = value(commit);
        }
    }

    static long value(Commit commit) {
        return number(commit, "value");
    }

    static long token(Commit commit) {
        return number(commit, "token");
    }

    /** A rival's way to make the next record of a log: it adds one to a counter, or to two. */
    static LogRecord rivalRecord(List<LogRecord> log, long seed) {
        long[] values = new long[16];
        WalRecord last = null;
        for (LogRecord entry : log) {
            last = RecordCodec.decode(entry);
            last.commits().forEach(c -> values[(int) c.branch()] = value(c));
        }
        long lsn = last == null ? 1 : last.lastLsn() + 1;
        long time = last == null ? 1 : last.time() + 1;
        List<Commit> commits = new ArrayList<>();
        for (int branch = 0; branch <= seed % 2; branch++) {
            Commit commit = new Draft(branch, RIVAL, null, 1 + (int) (seed % 3))
                    .commit(values[branch] + 1)
                    .at(lsn);
            commits.add(commit);
            lsn = commit.lastLsn() + 1;
        }
        byte[] nonce = new byte[LogRecord.NONCE_BYTES];
        nonce[0] = (byte) 0xFF;
        WalRecord record = new WalRecord(commits.get(0).firstLsn(), time, last == null ? 0 : last.millis(), commits);
        return RecordCodec.encode(record, nonce);
    }

    /**
     * A commit that adds one to a counter.
     *
     * @param token tells it from every other
     * @param changes how many LSNs it takes
     */
    record Draft(int branch, long token, @Nullable RetryKey key, int changes) {
        Commit commit(long value) {
            List<Change> all = new ArrayList<>();
            byte[] document = new DocBuilder()
                    .append("value", value)
                    .append("token", token)
                    .build();
            all.add(new Change.Put(Change.made(0), Change.made(0), document));
            while (all.size() < changes) {
                all.add(new Change.Delete(Change.made(0), Change.made(0)));
            }
            RetryKey k = key;
            List<RetryResult> results = k == null ? List.of() : List.of(new RetryResult(k, Doc.EMPTY.toBytes()));
            return Commit.draft(branch, new Origin("test", "update", "branch-" + branch, "counters"), all, results);
        }
    }

    static RetryKey key(long process, int writer, long txnNumber) {
        return new RetryKey(new UUID(process, writer), txnNumber, 0);
    }

    private void publish(Branch branch, long value, long lsn) {
        branch.acknowledged = value;
        synchronized (published) {
            if (!published.add(lsn)) {
                throw new AssertionError("LSN " + lsn + " is published twice");
            }
        }
    }

    private boolean isPublished(long lsn) {
        synchronized (published) {
            return published.contains(lsn);
        }
    }

    private void keepResults(WalRecord record) {
        synchronized (results) {
            for (Commit commit : record.commits()) {
                commit.results().forEach(r -> results.put(r.key(), commit.firstLsn(), record.millis()));
            }
        }
    }

    private static long number(Commit commit, String field) {
        Value found = Doc.of(((Change.Put) commit.changes().get(0)).document()).get(field);
        if (found == null) {
            throw new AssertionError("no " + field + " in " + commit);
        }
        return found.asInt64();
    }

    private static final class Branch {
        private final ReentrantLock turn = new ReentrantLock();
        private long pending;
        private long pendingEpoch = -1;
        private volatile long acknowledged;
    }
}
