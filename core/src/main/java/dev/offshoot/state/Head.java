package dev.offshoot.state;

import dev.offshoot.wal.Pending;
import dev.offshoot.wal.Yielding;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A branch's newest states: the one that is acknowledged, which readers see, and the pending one, which the next writer builds on.
 *
 * <p>{@code acknowledged} is written by the leader of the group commit and read by anybody; the other fields belong to whoever holds
 * {@code turn}. Pending state counts only in the epoch it was made in.
 */
final class Head {
    private static final int YIELDS_MAX = 20;
    private static final long PATIENCE_MILLIS = 50;

    final ReentrantLock turn = new ReentrantLock();
    volatile Snapshot acknowledged;
    private long epoch = -1;
    private Snapshot pending;
    private @Nullable Pending last;
    private boolean dropped;
    private long lineageLsn;
    private final @Nullable Snapshot base;
    private final @Nullable Mask mask;

    /**
     * @param base what the branch was made from; null for a first branch
     * @param mask what the branch hides; null for nothing
     */
    Head(Snapshot acknowledged, @Nullable Snapshot base, @Nullable Mask mask) {
        this.mask = mask;
        this.acknowledged = acknowledged;
        this.pending = acknowledged;
        this.base = base;
    }

    /** A state of the branch as readers see it. */
    Snapshot seen(Snapshot stored) {
        return mask == null ? stored : mask.view(stored);
    }

    /** The acknowledged state as readers see it. */
    Snapshot seen() {
        return seen(acknowledged);
    }

    /** What a checkpoint keeps of it now. */
    BranchState state() {
        return new BranchState(acknowledged, base);
    }

    /**
     * Takes the turn. Most turns are over in a few microseconds, and parking takes 55, so this yields a few times before it parks.
     *
     * @param yielding as long as that is worth it
     * @param patience called now and then meanwhile; what it throws ends the wait without the turn
     */
    void takeTurn(Yielding yielding, Runnable patience) {
        for (int i = 0; i < YIELDS_MAX; i++) {
            if (turn.tryLock()) {
                return;
            }
            if (!yielding.once()) {
                break;
            }
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    if (turn.tryLock(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
                        return;
                    }
                    patience.run();
                } catch (InterruptedException e) {
                    interrupted = true; // which ends no wait, but is for whoever comes next to see
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Forgets pending state of an earlier epoch. Who comes late, with an epoch that is over, changes nothing: what is pending since
     * counts, and a commit evaluated in the old epoch is not taken.
     */
    void enter(long current) {
        if (epoch < current) {
            epoch = current;
            pending = acknowledged;
            last = null;
            dropped = false;
            lineageLsn = 0;
        }
    }

    Snapshot pending() {
        return pending;
    }

    /** The newest commit that made the pending state, or null when that is the acknowledged one. */
    @Nullable
    Pending last() {
        return last;
    }

    boolean dropped() {
        return dropped;
    }

    /** Whether the catalog that readers see knows all resets and merges that the pending state has. */
    boolean isPastAcknowledged() {
        return lineageLsn <= acknowledged.lsn();
    }

    void advance(Snapshot state, Pending by) {
        pending = state;
        last = by;
        if (by.commits().stream().anyMatch(Catalog::concerns)) {
            lineageLsn = state.lsn();
        }
    }

    void drop(Pending by) {
        dropped = true;
        last = by;
    }
}
