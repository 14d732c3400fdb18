package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Project;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.RecordSummary;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The records of a project's log as documents, and then those that come. Nothing of the log is open between two reads of it. Not thread
 * safe.
 */
final class LogTail implements Tail {
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int READ_RECORDS_MAX = 512;
    private static final long READ_BYTES_MAX = 4 << 20;

    private final Engine engine;
    private final boolean follows;
    private final ArrayDeque<Doc> ready = new ArrayDeque<>();
    private Project project;
    private boolean over;
    private long nextLsn;
    private long left;

    /**
     * @param fromLsn in the record to begin with
     * @param limit how many records at most
     * @param follows whether there is more after the end
     */
    LogTail(Engine engine, Project project, long fromLsn, long limit, boolean follows) {
        this.engine = engine;
        this.project = project;
        this.nextLsn = fromLsn;
        this.left = limit;
        this.follows = follows;
    }

    @Override
    public boolean hasNext() {
        if (ready.isEmpty() && left > 0) {
            boolean gone = isGone(); // before the look at its end: nothing comes behind the drop
            if (nextLsn <= project.lastLsn()) {
                read();
            }
            over = gone && ready.isEmpty();
        }
        return left > 0 && !ready.isEmpty();
    }

    /** Whether the project was dropped; it may also have been opened again since. */
    private boolean isGone() {
        Project now = engine.openProject(project.name());
        if (now == null || now.id() != project.id()) {
            return true;
        }
        project = now;
        return false;
    }

    @Override
    public Doc next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        left--;
        return ready.remove();
    }

    @Override
    public boolean isOver() {
        return left <= 0 || !follows || over;
    }

    @Override
    public void await(long millis) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!hasNext() && !isOver() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private void read() {
        long bytes = 0;
        try (RecordCursor cursor = project.records(nextLsn)) {
            while (ready.size() < Math.min(READ_RECORDS_MAX, left) && bytes < READ_BYTES_MAX) {
                LogRecord entry = cursor.next();
                if (entry == null) {
                    return;
                }
                bytes += entry.header().length;
                nextLsn = entry.lastLsn() + 1;
                ready.add(describe(entry));
            }
        }
    }

    private static Doc describe(LogRecord entry) {
        RecordSummary summary = RecordSummary.of(entry);
        DocBuilder doc = new DocBuilder(256)
                .append("lsn", summary.firstLsn())
                .append("last_lsn", summary.lastLsn())
                .appendDate("at", summary.millis())
                .appendTimestamp("time", summary.time())
                .append("bytes", entry.header().length + entry.payload().length)
                .startArray("commits");
        for (RecordSummary.Group group : summary.groups()) {
            doc.addDocument()
                    .append("actor", group.origin().actor())
                    .append("command", group.origin().command())
                    .append("branch", group.origin().branch())
                    .append("ns", group.origin().namespace());
            if (!group.origin().message().isEmpty()) {
                doc.append("message", group.origin().message());
            }
            doc.startDocument("changes");
            group.changes().forEach(doc::append);
            doc.end().end();
        }
        return doc.end().buildDoc();
    }
}
