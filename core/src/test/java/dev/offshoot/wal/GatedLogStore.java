package dev.offshoot.wal;

import dev.offshoot.store.AppendResult;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A store whose appends wait until the test lets them through. */
public final class GatedLogStore implements LogStore {
    private final LogStore behind;
    private final Semaphore permits;
    private final AtomicInteger arrived = new AtomicInteger();

    GatedLogStore(LogStore behind) {
        this(behind, new Semaphore(0));
    }

    /** @param permits an append takes one each */
    public GatedLogStore(LogStore behind, Semaphore permits) {
        this.behind = behind;
        this.permits = permits;
    }

    /** How many appends have come so far. */
    int arrived() {
        return arrived.get();
    }

    void letThrough(int appends) {
        permits.release(appends);
    }

    @Override
    public AppendResult append(LogRecord entry) {
        arrived.incrementAndGet();
        permits.acquireUninterruptibly();
        return behind.append(entry);
    }

    @Override
    public RecordCursor read(long fromLsn) {
        return behind.read(fromLsn);
    }

    @Override
    public long firstLsn() {
        return behind.firstLsn();
    }

    @Override
    public void beginAt(long lsn) {
        behind.beginAt(lsn);
    }

    @Override
    public void sync() {
        behind.sync();
    }

    @Override
    public long trim(long belowLsn, boolean dryRun) {
        return behind.trim(belowLsn, dryRun);
    }

    @Override
    public List<LogSegment> segments() {
        return behind.segments();
    }
}
