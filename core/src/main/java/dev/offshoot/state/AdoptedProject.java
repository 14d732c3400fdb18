package dev.offshoot.state;

import dev.offshoot.archive.ProjectTarget;
import dev.offshoot.page.PageWalk;
import dev.offshoot.store.AppendResult;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A project that is being filled from elsewhere. One thread at a time, and one process. */
public final class AdoptedProject implements ProjectTarget {
    private final ProjectStorage storage;
    private final Runnable open;
    private long lastLsn;

    /** @param open puts the project on the list */
    AdoptedProject(ProjectStorage storage, Runnable open) {
        this.storage = storage;
        this.open = open;
        try (RecordCursor there = storage.log().read(storage.log().firstLsn())) {
            for (LogRecord entry = there.next(); entry != null; entry = there.next()) {
                lastLsn = entry.lastLsn();
            }
        }
    }

    @Override
    public long firstLsn() {
        return storage.log().firstLsn();
    }

    @Override
    public long lastLsn() {
        return lastLsn;
    }

    @Override
    public RecordCursor records(long fromLsn) {
        return storage.log().read(fromLsn);
    }

    @Override
    public void begin(long lsn) {
        storage.log().beginAt(lsn);
    }

    @Override
    public @Nullable LogRecord cut(LogRecord entry, long lsn) {
        WalRecord record = RecordCodec.decode(entry);
        List<Commit> kept = new ArrayList<>();
        for (Commit commit : record.commits()) {
            if (commit.lastLsn() > lsn || commit.changes().stream().anyMatch(Change.DropProject.class::isInstance)) {
                break;
            }
            kept.add(commit);
        }
        if (kept.isEmpty()) {
            return null;
        }
        return kept.size() == record.commits().size()
                ? entry
                : RecordCodec.encode(
                        new WalRecord(record.firstLsn(), record.time(), record.millis(), kept), entry.nonce());
    }

    @Override
    public void append(LogRecord entry) {
        LogStore log = storage.log();
        if (log.append(entry) != AppendResult.APPENDED) {
            throw new StoreException(
                    "another process writes to log " + storage.id() + " at LSN " + entry.firstLsn()
                            + "; restore a project in one process at a time",
                    null);
        }
        lastLsn = entry.lastLsn();
    }

    @Override
    public void put(PageId id, byte[] bytes) {
        storage.pages().keep(id, bytes);
    }

    /** Sees first that all pages of it are there; then as {@link Checkpoints} writes one. */
    @Override
    public void checkpoint(long lsn, byte[] manifest) {
        Manifest own = Manifest.ofAnyLog(manifest, storage.id(), lsn).ofLog(storage.id());
        PageWalk walk = PageWalk.reaching(storage.pages(), this::requirePage);
        Cleanup.trees(own).forEach(walk::add);
        storage.pages().pageStore().flush();
        storage.log().sync();
        storage.manifests().put(lsn, own.toBytes());
    }

    private void requirePage(PageId id) {
        if (!storage.pages().pageStore().has(id)) {
            throw new CorruptionException("the archived checkpoint lacks page " + id);
        }
    }

    @Override
    public void finish() {
        if (lastLsn == 0) {
            throw new StoreException("nothing was brought in, so there is no project to make", null);
        }
        storage.log().sync();
        open.run();
    }
}
