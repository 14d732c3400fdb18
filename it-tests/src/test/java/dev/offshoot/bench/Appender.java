package dev.offshoot.bench;

import dev.offshoot.bson.Doc;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.GroupCommit;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.LogFollower;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.Pending;
import dev.offshoot.wal.WalRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/** The group commit on a log in files, without an engine: nobody evaluates a command, nor reads what was written. */
final class Appender implements AutoCloseable {
    private static final Origin ORIGIN = new Origin("bench", "insert", "main", "shop.things");

    private final FileStore store;
    private final LogStore log;
    private final GroupCommit commits;

    private Appender(FileStore store) {
        this.store = store;
        this.log = store.log("p1");
        this.commits = new GroupCommit(
                log,
                LogEnd.EMPTY,
                new Clocks(System::currentTimeMillis, System::nanoTime, () -> {
                    byte[] nonce = new byte[LogRecord.NONCE_BYTES];
                    ThreadLocalRandom.current().nextBytes(nonce);
                    return nonce;
                }),
                new LogFollower() {
                    @Override
                    public void acknowledged(WalRecord record) {}

                    @Override
                    public void followed(WalRecord record) {}
                });
    }

    static Appender open(Path folder) {
        return new Appender(FileStore.open(folder));
    }

    LogStore log() {
        return log;
    }

    /** Returns once the document is durable. Any number of threads. */
    void append(Doc document) {
        Commit draft =
                Commit.draft(1, ORIGIN, List.of(new Change.Put(1, Change.made(0), document.toBytes())), List.of());
        Pending pending = Objects.requireNonNull(commits.submit(commits.epoch(), draft), "nobody else appends");
        pending.applied(() -> {});
        if (commits.await(pending) != Pending.Outcome.ACKNOWLEDGED) {
            throw new IllegalStateException("an append failed", pending.failure());
        }
    }

    @Override
    public void close() {
        commits.close();
        store.close();
    }
}
