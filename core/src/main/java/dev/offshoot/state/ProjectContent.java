package dev.offshoot.state;

import dev.offshoot.archive.ProjectSource;
import dev.offshoot.page.PageWalk;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What of an open project goes into an archive. Thread safe. */
final class ProjectContent implements ProjectSource {
    private static final int READ_BYTES = 4 << 20;

    private final String project;
    private final ProjectStorage storage;
    private final Checkpoints checkpoints;
    private final History history;
    private final LongSupplier lastLsn;

    ProjectContent(
            String project, ProjectStorage storage, Checkpoints checkpoints, History history, LongSupplier lastLsn) {
        this.project = project;
        this.storage = storage;
        this.checkpoints = checkpoints;
        this.history = history;
        this.lastLsn = lastLsn;
    }

    @Override
    public String project() {
        return project;
    }

    @Override
    public String log() {
        return storage.id();
    }

    @Override
    public long firstLsn() {
        return storage.log().firstLsn();
    }

    @Override
    public long lastLsn() {
        return lastLsn.getAsLong();
    }

    /** What goes away is durable here first, so that an archive is never ahead of a store that lost its end. */
    @Override
    public RecordCursor records(long fromLsn) {
        storage.log().sync();
        return storage.log().read(fromLsn);
    }

    @Override
    public List<Long> checkpoints() {
        return checkpoints.list();
    }

    @Override
    public byte @Nullable [] manifest(long lsn) {
        return storage.manifests().get(lsn);
    }

    @Override
    public void pages(long lsn, Consumer<PageId> page) {
        try (Readings.Reading reading = history.reading()) {
            reading.from(lsn);
            Checkpoint checkpoint = checkpoints.open(lsn);
            if (checkpoint == null) {
                throw new CorruptionException(
                        "checkpoint " + lsn + " of log " + storage.id() + ": expected it, found none");
            }
            PageWalk walk = PageWalk.reaching(storage.pages(), page);
            Cleanup.trees(checkpoint.manifest()).forEach(walk::add);
        }
    }

    @Override
    public List<byte[]> read(List<PageId> ids) {
        List<byte[]> found = new ArrayList<>();
        long bytes = 0;
        for (PageId id : ids) {
            byte[] page = storage.pages().stored(id);
            if (!found.isEmpty() && bytes + page.length > READ_BYTES) {
                break;
            }
            found.add(page);
            bytes += page.length;
        }
        return found;
    }
}
