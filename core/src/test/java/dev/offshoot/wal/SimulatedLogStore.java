package dev.offshoot.wal;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory that keeps to the contract of {@link LogStore} and may be hostile within it: by a seed it is slow, refuses,
 * does not answer, stores what it did not answer (at once, later or never), and lets a rival win positions. Thread safe; appends
 * by two threads at once are an error of the caller's.
 */
public final class SimulatedLogStore implements LogStore {
    /** What a hostile store does. */
    public enum Fault {
        /** A rival appends records first. */
        RIVAL,
        /** Certainly not stored. */
        REFUSED,
        /** No answer; it is stored. */
        UNKNOWN_STORED,
        /** No answer; it is not stored. */
        UNKNOWN_NOT_STORED,
        /** No answer; the store gets it later, perhaps after the same record came again. */
        UNKNOWN_STORED_LATER,
        /** It arrives twice; the second answer is the one that counts. */
        DUPLICATED,
        /** The log cannot be read. */
        UNREADABLE,
        /** An answer after ten times the latency. */
        SLOW
    }

    private static final int SLOW_FACTOR = 10;
    private static final long SPIN_NANOS = 70_000;

    private final Log log;
    private final long latencyNanos;
    private final @Nullable Random random;
    private final int faultPercent;
    private final AtomicBoolean appending = new AtomicBoolean();
    private final Map<Fault, Integer> fired = new EnumMap<>(Fault.class);
    private @Nullable Function<@Nullable LogRecord, LogRecord> rival;
    private @Nullable Fault next;
    private boolean interruptSeen;

    private SimulatedLogStore(Log log, long latencyNanos, @Nullable Random random, int faultPercent) {
        this.log = log;
        this.latencyNanos = latencyNanos;
        this.random = random;
        this.faultPercent = faultPercent;
    }

    /** A store that does what it is asked and takes this long for it. */
    public static SimulatedLogStore calm(long latencyNanos) {
        return new SimulatedLogStore(new Log(), latencyNanos, null, 0);
    }

    /** A store that does a fault of some kind in so many of a hundred calls. Without a rival there is no {@link Fault#RIVAL}. */
    public static SimulatedLogStore hostile(long seed, int faultPercent, long latencyNanos) {
        return new SimulatedLogStore(new Log(), latencyNanos, new Random(seed), faultPercent);
    }

    /** The same log as another process reaches it, with faults of its own. */
    public SimulatedLogStore sibling(long seed) {
        return sibling(seed, faultPercent);
    }

    /** The same with a fault in so many of a hundred calls. */
    SimulatedLogStore sibling(long seed, int percent) {
        return new SimulatedLogStore(log, latencyNanos, new Random(seed), percent);
    }

    /** The same log without faults or latency. */
    public SimulatedLogStore calmed() {
        return new SimulatedLogStore(log, 0, null, 0);
    }

    /** Sets who makes the records of {@link Fault#RIVAL}: given the last record of the log, the one after it. */
    public SimulatedLogStore withRival(Function<@Nullable LogRecord, LogRecord> rival) {
        synchronized (log) {
            this.rival = rival;
        }
        return this;
    }

    /** Makes the next append (or read, for {@link Fault#UNREADABLE}) do this. */
    public void failNext(Fault fault) {
        synchronized (log) {
            next = fault;
        }
    }

    /** How often a fault happened. */
    public int fired(Fault fault) {
        synchronized (log) {
            return fired.getOrDefault(fault, 0);
        }
    }

    /** Whether a call was made by an interrupted thread. */
    public boolean interruptSeen() {
        synchronized (log) {
            return interruptSeen;
        }
    }

    /** What is in the log now. */
    public List<LogRecord> records() {
        synchronized (log) {
            return List.copyOf(log.records);
        }
    }

    @Override
    public AppendResult append(LogRecord entry) {
        if (!appending.compareAndSet(false, true)) {
            throw new AssertionError("two threads append at once");
        }
        try {
            Fault fault;
            synchronized (log) {
                fault = draw(Fault.UNREADABLE);
            }
            pause(fault == Fault.SLOW ? SLOW_FACTOR * latencyNanos : latencyNanos);
            synchronized (log) {
                return append(entry, fault);
            }
        } finally {
            appending.set(false);
        }
    }

    @Override
    public RecordCursor read(long fromLsn) {
        pause(latencyNanos);
        synchronized (log) {
            if (draw(null) == Fault.UNREADABLE) {
                throw new StoreException("simulated: the log cannot be read", null);
            }
            log.arriveLate();
            if (fromLsn < log.firstLsn()) {
                throw new StoreException("simulated: the log begins at LSN " + log.firstLsn(), null);
            }
            List<LogRecord> found = new ArrayList<>();
            for (int i = log.records.size(); i > 0 && log.records.get(i - 1).lastLsn() >= fromLsn; i--) {
                found.add(0, log.records.get(i - 1));
            }
            return cursor(found.iterator());
        }
    }

    @Override
    public long firstLsn() {
        synchronized (log) {
            return log.firstLsn();
        }
    }

    @Override
    public void beginAt(long lsn) {
        if (lsn < 2) {
            throw new IllegalArgumentException("a log is begun at LSN 2 or above, not " + lsn);
        }
        pause(latencyNanos);
        synchronized (log) {
            log.arriveLate();
            if (!log.records.isEmpty()) {
                throw new StoreException("simulated: there are records from LSN " + log.firstLsn() + " on", null);
            }
            log.beginLsn = lsn;
        }
    }

    @Override
    public void sync() {}

    @Override
    public long trim(long belowLsn, boolean dryRun) {
        pause(latencyNanos);
        synchronized (log) {
            List<LogRecord> below = log.below(belowLsn);
            long bytes = bytesOf(below);
            if (!dryRun) {
                below.clear();
            }
            return bytes;
        }
    }

    @Override
    public List<LogSegment> segments() {
        synchronized (log) {
            return log.records.isEmpty()
                    ? List.of()
                    : List.of(new LogSegment("memory", log.firstLsn(), log.tail(), bytesOf(log.records)));
        }
    }

    private static long bytesOf(List<LogRecord> records) {
        return records.stream()
                .mapToLong(entry -> entry.header().length + entry.payload().length)
                .sum();
    }

    private AppendResult append(LogRecord entry, @Nullable Fault fault) {
        if (random != null && random.nextBoolean()) {
            log.arriveLate();
        }
        if (fault == Fault.RIVAL && rival != null) {
            log.put(rival.apply(log.last()));
        }
        if (entry.firstLsn() > log.tail() + 1) {
            throw new IllegalArgumentException("LSN " + entry.firstLsn() + " would leave a gap after " + log.tail());
        }
        if (fault == Fault.REFUSED) {
            throw new StoreException("simulated: not stored", null);
        }
        if (fault == Fault.UNKNOWN_NOT_STORED) {
            throw new UnknownOutcomeException("simulated: no answer", null);
        }
        if (fault == Fault.UNKNOWN_STORED_LATER) {
            log.late.add(entry);
            throw new UnknownOutcomeException("simulated: no answer yet", null);
        }
        AppendResult result = log.put(entry);
        if (fault == Fault.DUPLICATED) {
            result = log.put(entry);
        }
        log.arriveLate();
        if (fault == Fault.UNKNOWN_STORED) {
            throw new UnknownOutcomeException("simulated: the answer was lost", null);
        }
        return result;
    }

    private @Nullable Fault draw(@Nullable Fault notThis) {
        interruptSeen |= Thread.currentThread().isInterrupted();
        Fault fault = next;
        boolean forAppend = notThis != null;
        if (fault != null && (fault == Fault.UNREADABLE) != forAppend) {
            next = null;
        } else if (random != null && random.nextInt(100) < faultPercent) {
            fault = forAppend ? Fault.values()[random.nextInt(Fault.values().length)] : Fault.UNREADABLE;
        } else {
            return null;
        }
        if (fault == notThis || (fault == Fault.RIVAL && rival == null)) {
            return null;
        }
        if (fault != null) {
            fired.merge(fault, 1, Integer::sum);
        }
        return fault;
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        if (nanos > 2 * SPIN_NANOS) {
            LockSupport.parkNanos(nanos - SPIN_NANOS);
        }
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(1000);
        }
    }

    private static RecordCursor cursor(Iterator<LogRecord> records) {
        return new RecordCursor() {
            @Override
            public @Nullable LogRecord next() {
                return records.hasNext() ? records.next() : null;
            }

            @Override
            public void close() {}
        };
    }

    /** What is stored, and what is still on its way. Guarded by itself. */
    private static final class Log {
        private final List<LogRecord> records = new ArrayList<>();
        private final List<LogRecord> late = new ArrayList<>();
        /** Where it begins while there are no records. */
        private long beginLsn = 1;

        @Nullable
        LogRecord last() {
            return records.isEmpty() ? null : records.get(records.size() - 1);
        }

        long tail() {
            LogRecord last = last();
            return last == null ? beginLsn - 1 : last.lastLsn();
        }

        long firstLsn() {
            return records.isEmpty() ? beginLsn : records.get(0).firstLsn();
        }

        /** The records that trimming removes, as a view. */
        List<LogRecord> below(long lsn) {
            int count = 0;
            while (count < records.size() - 1 && records.get(count).lastLsn() < lsn) {
                count++;
            }
            return records.subList(0, count);
        }

        AppendResult put(LogRecord entry) {
            if (entry.firstLsn() == tail() + 1) {
                records.add(entry);
                return AppendResult.APPENDED;
            }
            if (entry.firstLsn() < firstLsn()) {
                throw new UnknownOutcomeException("simulated: the log begins at LSN " + firstLsn(), null);
            }
            int at = records.size() - 1;
            while (records.get(at).firstLsn() > entry.firstLsn()) {
                at--;
            }
            return Arrays.equals(records.get(at).nonce(), entry.nonce()) ? AppendResult.APPENDED : AppendResult.TAKEN;
        }

        void arriveLate() {
            late.removeIf(entry -> entry.firstLsn() < firstLsn());
            late.forEach(this::put);
            late.clear();
        }
    }
}
