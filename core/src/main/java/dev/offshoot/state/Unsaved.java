package dev.offshoot.state;

import dev.offshoot.wal.Commit;
import dev.offshoot.wal.WalRecord;

/**
 * What of a project is in its log and in memory, but in no checkpoint yet. Says when the next one is due, and holds writers back when
 * they are so far ahead of it that memory would not last. Thread safe.
 */
final class Unsaved {
    /** How many times what makes a checkpoint due there may be before writers wait. */
    private static final int ROOM = 3;

    private static final int WAITS = 10;
    private static final long WAIT_MILLIS = 100;

    private final CheckpointPolicy policy;
    private long bytes;
    private long changes;
    private long sinceMillis;
    private boolean failing;

    /** Whether there is too much; asked without the monitor by every write. */
    private volatile boolean full;

    Unsaved(CheckpointPolicy policy, long nowMillis) {
        this.policy = policy;
        this.sinceMillis = nowMillis;
    }

    synchronized void add(WalRecord record) {
        for (Commit commit : record.commits()) {
            bytes += commit.approximateBytes();
        }
        changes += record.lastLsn() - record.firstLsn() + 1;
        full = isTooMuch();
    }

    synchronized boolean isDue(long nowMillis) {
        return changes > 0
                && (bytes >= policy.bytes()
                        || changes >= policy.changes()
                        || nowMillis - sinceMillis >= policy.millis());
    }

    /** Takes what there is: a checkpoint of it begins. */
    synchronized Amount take(long nowMillis) {
        Amount taken = new Amount(bytes, changes);
        bytes = 0;
        changes = 0;
        sinceMillis = nowMillis;
        full = false;
        return taken;
    }

    /** The checkpoint is there. */
    synchronized void saved() {
        failing = false;
        notifyAll();
    }

    /** The checkpoint failed: what was taken is to be saved still. Nobody waits for the next one, since that may fail too. */
    synchronized void giveBack(Amount taken) {
        bytes += taken.bytes;
        changes += taken.changes;
        failing = true;
        full = false;
        notifyAll();
    }

    /** Waits while there is too much; not for ever, so that writers go on where checkpoints do not. */
    void awaitRoom() {
        if (full) {
            waitForRoom();
        }
    }

    private synchronized void waitForRoom() {
        boolean interrupted = false;
        for (int i = 0; i < WAITS && full; i++) {
            try {
                wait(WAIT_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isTooMuch() {
        return bytes / ROOM >= policy.bytes() && !failing;
    }

    /** What there is now. */
    synchronized Amount amount() {
        return new Amount(bytes, changes);
    }

    /** So many bytes and changes. */
    record Amount(long bytes, long changes) {}
}
