package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.page.PageCache;
import dev.offshoot.page.Pages;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Computes a branch at a position again, from the oldest state that there is and with caches of its own, and compares it with what readers
 * see. What does not fit into memory goes to pages that no checkpoint will reach; the next cleanup removes them. Not thread safe.
 */
final class ReplayCheck {
    private static final long CACHE_BYTES = 16 << 20;
    private static final long HELD_BYTES_MAX = 64 << 20;
    private static final long COMMIT_BYTES = 2 << 10;

    private final ProjectStorage storage;
    private final Readings.Reading reading;
    private final Runnable patience;
    private long fromLsn;
    private long records;

    /**
     * @param reading of what it reads; the caller ends it
     * @param patience called now and then; what it throws ends the check
     */
    ReplayCheck(ProjectStorage storage, Readings.Reading reading, Runnable patience) {
        this.storage = storage;
        this.reading = reading;
        this.patience = patience;
    }

    /**
     * @param seen what readers see of the branch at the position
     * @throws CommandException BadValue where what it was made from is no longer kept
     * @throws dev.offshoot.store.CorruptionException where the log or a page is damaged
     */
    ReplayReport run(Catalog catalog, Branch branch, long lsn, Snapshot seen) {
        try (Pages pages = new Pages(storage.pages().pageStore(), new PageCache(CACHE_BYTES))) {
            Snapshot replayed = fold(catalog, branch, lsn, pages);
            return new ReplayReport(branch.name(), lsn, fromLsn, records, compare(replayed, seen));
        } catch (NotKept e) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    e.getMessage() + " cannot be computed again: what it was made from is no longer kept");
        }
    }

    private Snapshot fold(Catalog catalog, Branch branch, long lsn, Pages pages) {
        PastPosition position = new PastPosition(catalog, branch, lsn);
        long id = branch.id();
        NotKept failure = new NotKept(position);
        reading.from(position.begin());
        if (position.begin() + 1 >= storage.log().firstLsn() || position.begin() >= lsn) {
            int oldest = position.segments().newestFirst().size() - 1;
            Checkpoints.Start nothing = new Checkpoints.Start(Snapshot.empty(id), position.begin(), 0, true, oldest);
            try {
                return fold(catalog, position, nothing, pages);
            } catch (NotKept e) { // a change above it refers to what only checkpoints make up for
                failure.addSuppressed(e);
            }
        }
        for (Checkpoints.Start start : starts(position, pages)) {
            try {
                return fold(catalog, position, start, pages);
            } catch (NotKept e) { // the same, and the next ones may
                failure.addSuppressed(e);
            }
        }
        throw failure;
    }

    /** What checkpoints have to begin with, the farthest first. */
    private List<Checkpoints.Start> starts(PastPosition position, Pages pages) {
        Checkpoints checkpoints = new Checkpoints(new ProjectStorage(
                storage.id(), storage.log(), pages, storage.manifests(), storage.shared(), Set.of(), Holds.NONE));
        List<Checkpoints.Start> starts = new ArrayList<>(checkpoints.leadingTo(position, reading::from));
        Checkpoints.Start last = onTheWay(position, checkpoints);
        if (last != null) {
            starts.add(last);
        }
        return starts;
    }

    private Snapshot fold(Catalog catalog, PastPosition position, Checkpoints.Start start, Pages pages) {
        long lsn = position.lsn();
        Snapshot begin = start.state().fork(position.branch().id());
        Past past = past(catalog, pages);
        PositionFold fold = new PositionFold(
                position.segments(), begin, start.part(), state -> BranchFold.from(state, Keeper.NONE, past));
        fromLsn = start.lsn();
        records = 0;
        if (fromLsn >= lsn) {
            return fold.end(); // the log may begin above it
        }
        long heldBytes = 0;
        try (RecordCursor cursor = storage.log().read(fromLsn + 1)) {
            for (LogRecord entry = cursor.next(); entry != null && entry.firstLsn() <= lsn; entry = cursor.next()) {
                patience.run();
                records++;
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    boolean isIn = commit.lastLsn() <= start.lsn(); // it was stored with one that is not
                    if (!isIn && fold.apply(commit)) {
                        heldBytes += COMMIT_BYTES + 2L * commit.approximateBytes();
                    }
                }
                if (heldBytes > HELD_BYTES_MAX) {
                    fold.become(state -> toPages(state, pages));
                    heldBytes = 0;
                }
            }
        }
        return fold.end();
    }

    /** Nothing leads to a position any more. */
    private static final class NotKept extends RuntimeException {
        private static final long serialVersionUID = 1;

        NotKept(PastPosition position) {
            super("position " + position.lsn() + " of branch '"
                    + position.branch().name() + "'");
        }
    }

    /** Resets are followed by the segments; what else changes refer to is folded the same way. */
    private Past past(Catalog catalog, Pages pages) {
        return new Past() {
            @Override
            public Snapshot at(long id, long position) {
                return new ReplayCheck(storage, reading, patience).fold(catalog, catalog.existing(id), position, pages);
            }

            @Override
            public @Nullable Snapshot target(long branch, Change.Reset reset) {
                return null;
            }
        };
    }

    /** What a checkpoint has of the position, or of what it came from so far as the log goes on from there. */
    private Checkpoints.@Nullable Start onTheWay(PastPosition position, Checkpoints checkpoints) {
        List<PastPosition.Part> parts = position.parts();
        for (int i = 0; i < parts.size(); i++) {
            PastPosition.Part part = parts.get(i);
            if (part.above() + 1 >= storage.log().firstLsn() || part.above() >= position.lsn()) {
                Checkpoints.Start found = checkpoints.exact(part.position(), reading::from);
                if (found != null) {
                    int from = i == 0 ? Checkpoints.Start.AT_POSITION : i;
                    return new Checkpoints.Start(found.state(), part.above(), found.from(), true, from);
                }
            }
        }
        return null;
    }

    private static Snapshot toPages(Snapshot snapshot, Pages pages) {
        byte[] state = BranchStateFormat.FORMAT.write(new BranchState(snapshot, null), pages);
        return BranchStateFormat.FORMAT.read(state, pages).head();
    }

    private List<ReplayReport.Pair> compare(Snapshot replayed, Snapshot seen) {
        TreeMap<String, ReplayReport.Pair> pairs = new TreeMap<>();
        for (CollectionSnapshot collection : replayed.all()) {
            pairs.put(
                    collection.name(),
                    new ReplayReport.Pair(
                            collection.name(), fingerprint(collection), fingerprint(seen.entry(collection.name()))));
        }
        for (CollectionSnapshot collection : seen.all()) {
            if (!pairs.containsKey(collection.name())) {
                pairs.put(collection.name(), new ReplayReport.Pair(collection.name(), null, fingerprint(collection)));
            }
        }
        return new ArrayList<>(pairs.values());
    }

    private @Nullable Fingerprint fingerprint(@Nullable CollectionSnapshot collection) {
        return collection == null ? null : Fingerprint.of(collection, patience);
    }
}
