package dev.offshoot.state;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogVisitor;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Looks at all records of a log: whether each decodes, and whether time goes forward. Not thread safe. */
final class LogCheck implements LogVisitor {
    private final String log;
    private final Runnable patience;
    private final Consumer<WalRecord> records;
    private final Set<Long> ends;
    private final List<LogEnd> known = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<Gap> unread = new ArrayList<>();
    private LogEnd last = LogEnd.EMPTY;
    private long count;
    private long firstLsn;
    private long lastLsn;

    /**
     * @param ends positions whose ends {@link #endAt} is to tell
     * @param records is given every record that decodes
     * @param patience called for every record; what it throws ends the check
     */
    LogCheck(String log, Set<Long> ends, Consumer<WalRecord> records, Runnable patience) {
        this.log = log;
        this.ends = new HashSet<>(ends);
        this.records = records;
        this.patience = patience;
    }

    @Override
    public void record(LogRecord entry) {
        patience.run();
        count++;
        firstLsn = firstLsn == 0 ? entry.firstLsn() : firstLsn;
        if (lastLsn != 0 && entry.firstLsn() > lastLsn + 1) {
            unread.add(new Gap(lastLsn + 1, entry.firstLsn() - 1));
        }
        lastLsn = entry.lastLsn();
        try {
            WalRecord record = RecordCodec.decode(entry);
            checkTime(record);
            records.accept(record);
        } catch (CorruptionException e) {
            damaged(e.getMessage() == null ? "record at LSN " + entry.firstLsn() : e.getMessage());
            unread.add(new Gap(entry.firstLsn(), entry.lastLsn()));
        }
    }

    private void checkTime(WalRecord record) {
        if (Long.compareUnsigned(record.time(), last.time()) <= 0) {
            damaged("record at LSN " + record.firstLsn() + ": expected a time above that of the record before, "
                    + time(last.time()) + ", found " + time(record.time()));
        }
        if (record.millis() < last.millis()) {
            damaged("record at LSN " + record.firstLsn() + ": expected a wall clock of " + last.millis()
                    + " or later, as the record before has, found " + record.millis());
        }
        last = LogEnd.of(record);
        if (ends.contains(last.lsn())) {
            known.add(last);
        }
    }

    private static String time(long timestamp) {
        return Integer.toUnsignedString((int) (timestamp >>> 32)) + "." + Integer.toUnsignedString((int) timestamp);
    }

    @Override
    public void damaged(String what) {
        problems.add("log " + log + ": " + what);
    }

    @Override
    public void unfinished(String what) {
        notes.add("log " + log + ": " + what + "; an append that was cut short, opening the log cuts it off");
    }

    /** The record that ends at an LSN; {@link LogEnd#EMPTY} when none was read that does. */
    LogEnd endAt(long lsn) {
        for (LogEnd end : known) {
            if (end.lsn() == lsn) {
                return end;
            }
        }
        return LogEnd.EMPTY;
    }

    /** Whether what the log has at an LSN could not be read. */
    boolean isUnread(long lsn) {
        return unread.stream().anyMatch(gap -> gap.from <= lsn && lsn <= gap.to);
    }

    long records() {
        return count;
    }

    /** The first LSN that was read; 0 for none. */
    long firstLsn() {
        return firstLsn;
    }

    /** The last LSN that was read; 0 for none. */
    long lastLsn() {
        return lastLsn;
    }

    List<String> problems() {
        return problems;
    }

    List<String> notes() {
        return notes;
    }

    private record Gap(long from, long to) {}
}
