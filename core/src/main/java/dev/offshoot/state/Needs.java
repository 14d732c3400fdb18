package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Clocks;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the processes on a shared store tell each other of one project, so that none removes what another one needs: from where on each
 * needs the checkpoints and the log, to which positions it is about to refer, and below which one it is removing. Whoever refers to a position
 * or removes something says so first and then looks what others say, so of two that do both at the same time one at least sees the other; who reads
 * says so first and then looks whether what it reads is there.
 * On a store for one process nobody says anything. Thread safe.
 */
final class Needs {
    private static final Logger LOG = LoggerFactory.getLogger(Needs.class);
    private static final String ALONE = "-alone";
    private static final String READING = "-reading";
    private static final String REFERRING = "-referring";
    private static final String REMOVING = "-removing";

    /** Longer than what is read waits to be told with the rest. */
    private static final long READ_MILLIS = TimeUnit.MINUTES.toMillis(5);

    /** Longer than a commit or a removal takes; what a process said that was killed counts for as long. */
    private static final long SAID_MILLIS = TimeUnit.MINUTES.toMillis(30);

    /** How long a removal that ended with its process keeps others from removing; the clocks of processes may differ by less. */
    private static final long ALONE_MILLIS = TimeUnit.SECONDS.toMillis(15);

    private static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ProjectStorage storage;
    private final Clocks clocks;

    /** What tells what is said here from what others say; null until something is. */
    private volatile @Nullable String self;

    /** The positions that commits refer to which are on their way. */
    private final Queue<Long> referring = new ConcurrentLinkedQueue<>();

    /** Whether others may read that something is referred to; said by one at a time. */
    private volatile boolean told;

    /** From where on others know that something here is read. */
    private volatile Told read = Told.NOTHING;

    /** Guards what is said of reading. */
    private final Object reading = new Object();

    private boolean saysReading;

    private record Told(long from, long untilMillis) {
        static final Told NOTHING = new Told(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    Needs(ProjectStorage storage, Clocks clocks) {
        this.storage = storage;
        this.clocks = clocks;
    }

    /**
     * What other processes need.
     *
     * @param from the lowest LSN from where on one needs the checkpoints and the log; {@link Long#MAX_VALUE} for nothing
     * @param any whether there are others
     */
    record Others(long from, boolean any) {
        /** Whether this is no more than was known before. */
        boolean isWithin(Others before) {
            return from >= before.from && (!any || before.any);
        }
    }

    /** @param process what tells this process's needs from those of others */
    Others others(String process) {
        long from = Long.MAX_VALUE;
        boolean any = false;
        for (Map.Entry<String, Long> need : said().entrySet()) {
            String who = need.getKey();
            if (!who.equals(process) && !isOwn(who)) {
                any = true;
            }
            if (!who.endsWith(ALONE) && !who.endsWith(REMOVING) && !isOwn(who)) {
                from = Math.min(from, need.getValue());
            }
        }
        return new Others(from, any);
    }

    private Map<String, Long> said() {
        return storage.manifests().needs(clocks.millis().getAsLong());
    }

    private boolean isOwn(String who) {
        String own = self;
        return own != null && who.startsWith(own);
    }

    private void say(String what, long lsn) {
        say(what, lsn, clocks.millis().getAsLong() + SAID_MILLIS);
    }

    private void say(String what, long lsn, long untilMillis) {
        storage.manifests().need(self() + what, lsn, untilMillis);
    }

    private synchronized String self() {
        String own = self;
        if (own == null) {
            own = HexFormat.of().formatHex(clocks.nonces().get());
            self = own;
        }
        return own;
    }

    /**
     * From now on nobody removes what is there from a position on, until somebody {@link #tell(String, LongSupplier, long) tells} what is
     * read then. A store that cannot be told is read all the same: what cannot be written cannot be removed either, but by one who can.
     */
    void read(long from) {
        if (!storage.shared() || isTold(from)) {
            return;
        }
        synchronized (reading) {
            if (isTold(from)) {
                return;
            }
            try {
                saysReading = true;
                long until = clocks.millis().getAsLong() + READ_MILLIS;
                say(READING, Math.max(1, from), until);
                read = new Told(from, until);
            } catch (StoreException e) {
                LOG.warn("others do not learn what is read of log {}: {}", storage.id(), e.getMessage());
            }
        }
    }

    private boolean isTold(long from) {
        Told told = read;
        return from >= told.from && clocks.millis().getAsLong() < told.untilMillis;
    }

    /**
     * Tells from where on this process needs the checkpoints and the log, what is being read included.
     *
     * @param process what tells this process's needs from those of others
     * @param from asked while nobody begins to read
     * @param untilMillis how long this holds unless it is said again, milliseconds since 1970
     */
    void tell(String process, LongSupplier from, long untilMillis) {
        synchronized (reading) {
            long lowest = from.getAsLong();
            storage.manifests().need(process, lowest, untilMillis);
            withdrawReading();
            read = new Told(lowest, untilMillis);
        }
    }

    private void withdrawReading() {
        if (saysReading) {
            saysReading = false;
            withdraw(READING);
        }
    }

    /** Nothing is read here any more. */
    void end() {
        synchronized (reading) {
            withdrawReading();
            read = Told.NOTHING;
        }
    }

    /**
     * From now on nobody removes what a position needs, until {@link #referred}.
     *
     * @throws CommandException ConflictingOperationInProgress when another process is removing what is below a later position
     */
    void refer(long lsn) {
        if (!storage.shared()) {
            return;
        }
        referring.add(lsn);
        synchronized (this) {
            told = true;
            say(REFERRING, Collections.min(referring));
        }
        long start = clocks.nanos().getAsLong();
        while (isRemoved(lsn)) {
            if (clocks.nanos().getAsLong() - start > WAIT_NANOS) {
                throw new CommandException(
                        ErrorCode.CONFLICTING_OPERATION_IN_PROGRESS,
                        "another process is cleaning up what is below position " + lsn + " of log " + storage.id()
                                + "; nothing was changed. Try again in a moment, or refer to a later position");
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    private boolean isRemoved(long lsn) {
        return said().entrySet().stream()
                .anyMatch(said -> said.getKey().endsWith(REMOVING) && !isOwn(said.getKey()) && lsn < said.getValue());
    }

    /** The commit that referred to a position is in the log, or never will be. Waits for nothing. */
    void referred(long lsn) {
        referring.remove(lsn);
    }

    /** Tells others that nothing is referred to any more, if that is so. */
    void tell() {
        if (!told) {
            return;
        }
        synchronized (this) {
            if (referring.isEmpty()) {
                told = false;
                withdraw(REFERRING);
            }
        }
    }

    private void withdraw(String what) {
        try {
            say(what, 0);
        } catch (StoreException e) {
            LOG.warn(
                    "what was said of log {} ends by itself in half an hour at most: {}", storage.id(), e.getMessage());
        }
    }

    /**
     * While it is open this process removes what only positions below an LSN need, and no other one removes anything: what one relies on must not
     * go with the other. For one thread.
     */
    final class Removal implements AutoCloseable {
        private final long below;
        private long untilMillis;

        private Removal(long below) {
            this.below = below;
            if (storage.shared()) {
                try {
                    renew();
                    if (below > 0) {
                        say(REMOVING, below);
                    }
                } catch (RuntimeException e) {
                    close();
                    throw e;
                }
            }
        }

        private void renew() {
            untilMillis = clocks.millis().getAsLong() + ALONE_MILLIS;
            say(ALONE, 1, untilMillis);
        }

        /** Whether it is the only one. */
        boolean isAlone() {
            return said().keySet().stream().noneMatch(who -> who.endsWith(ALONE) && !isOwn(who));
        }

        /** Asked before each step. False where the one before took so long that another process may have begun. */
        boolean goesOn() {
            if (!storage.shared()) {
                return true;
            }
            long left = untilMillis - clocks.millis().getAsLong();
            if (left > 0 && left < ALONE_MILLIS / 2) {
                renew();
            }
            return left > 0;
        }

        @Override
        public void close() {
            if (storage.shared()) {
                if (below > 0) {
                    withdraw(REMOVING);
                }
                withdraw(ALONE);
            }
        }
    }

    /** @param below 0 for nothing that a position needs */
    Removal remove(long below) {
        return new Removal(below);
    }
}
