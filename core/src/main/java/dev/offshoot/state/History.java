package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The past of one project, from its checkpoints and its log. Thread safe. */
final class History {
    /** What a commit leaves in memory besides its documents: the nodes on the ways to them. */
    private static final long COMMIT_BYTES = 2 << 10;

    private final String project;
    private final ProjectStorage storage;
    private final LogStore log;
    private final Checkpoints checkpoints;
    private final Materializer materializer;
    private final LongFunction<@Nullable Snapshot> bases;

    /** Positions that are being folded, by who does. */
    private final Map<Object, Long> folding = new ConcurrentHashMap<>();

    /** @param bases what a branch that is still there was made from, by its id; null for others */
    History(
            String project,
            ProjectStorage storage,
            Checkpoints checkpoints,
            Materializer materializer,
            LongFunction<@Nullable Snapshot> bases) {
        this.bases = bases;
        this.project = project;
        this.storage = storage;
        this.log = storage.log();
        this.checkpoints = checkpoints;
        this.materializer = materializer;
    }

    /**
     * The branch as it was at a position; an LSN inside a commit means the end of the commit before.
     *
     * @throws CommandException BadValue for a position that is no longer kept
     */
    Snapshot at(Catalog catalog, Branch branch, long lsn) {
        Object folder = new Object();
        folding.put(folder, lsn);
        try {
            return materializer.at(storage.id(), branch, lsn, () -> fold(catalog, branch, lsn));
        } finally {
            folding.remove(folder);
        }
    }

    /** The positions that are being folded, or are in the cache. */
    List<Long> inUse() {
        List<Long> all = new ArrayList<>(folding.values()); // first: what is folded goes into the cache
        all.addAll(materializer.cached(storage.id()));
        return all;
    }

    private Materializer.Past fold(Catalog catalog, Branch branch, long lsn) {
        Segments segments = catalog.segments(branch, lsn);
        Checkpoints.Start start = start(segments, lsn);
        if (start == null) {
            requireWholeLog(lsn);
        }
        long heldBytes = 0;
        BranchFold fold = BranchFold.from(
                start == null ? Snapshot.empty(branch.id()) : start.state().fork(branch.id()),
                Keeper.NONE,
                within(catalog));
        try (RecordCursor cursor = log.read(start == null ? 1 : start.lsn() + 1)) {
            for (LogRecord entry = cursor.next(); entry != null && entry.firstLsn() <= lsn; entry = cursor.next()) {
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    if (segments.holds(commit)) {
                        fold.apply(commit);
                        heldBytes += COMMIT_BYTES + 2L * commit.approximateBytes();
                    }
                }
            }
        }
        return new Materializer.Past(fold.snapshot(), start == null ? 0 : start.lsn(), heldBytes);
    }

    /** What changes on the way of a fold refer to. Not from the cache: that would have to fill itself while it is being filled. */
    private Past within(Catalog catalog) {
        return new Past() {
            @Override
            public Snapshot at(long id, long lsn) {
                return fold(catalog, catalog.existing(id), lsn).snapshot();
            }

            @Override
            public @Nullable Snapshot target(Change.Reset reset) {
                return null; // its segments are folded already
            }
        };
    }

    /** The nearest state to fold on from to see what a position sees, and where that state is; null for the beginning of the log. */
    Checkpoints.@Nullable Start startBelow(Catalog catalog, Branch branch, long lsn) {
        return start(catalog.segments(branch, lsn), lsn);
    }

    /** From a checkpoint, or from what the branch or an ancestor of it was made from, whichever is nearer. */
    private Checkpoints.@Nullable Start start(Segments segments, long lsn) {
        Checkpoints.Start saved = checkpoints.nearest(segments, lsn);
        for (Segments.Segment segment : segments.newestFirst()) {
            long made = segment.branch();
            if (segment.above() == made - 1 && made + 1 >= log.firstLsn()) {
                Snapshot base = bases.apply(made);
                if (base != null && (saved == null || saved.lsn() < made)) {
                    return new Checkpoints.Start(base, made);
                }
            }
        }
        return saved;
    }

    private void requireWholeLog(long lsn) {
        if (log.firstLsn() > 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "position " + lsn + " of project '" + project + "' is no longer kept; the oldest one is "
                            + oldest());
        }
    }

    /** The oldest position that can be read. */
    long oldest() {
        long first = log.firstLsn();
        if (first == 1) {
            return 0;
        }
        for (long kept : checkpoints.list()) {
            if (kept + 1 >= first) {
                return kept;
            }
        }
        return first;
    }

    /**
     * The last position whose record is not younger than a time in milliseconds since 1970; 0 when all are.
     *
     * @throws CommandException BadValue for a time that is before what is kept
     */
    long storedBy(long millis) {
        long lsn = startBefore(millis);
        try (RecordCursor cursor = log.read(lsn + 1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                if (RecordCodec.millisOf(entry) > millis) {
                    return lsn;
                }
                lsn = entry.lastLsn();
            }
        }
        return lsn;
    }

    /** The wall clock of the record that made a position; 0 where the log does not reach back to it. */
    long millisAt(long lsn) {
        if (lsn < log.firstLsn()) {
            return 0;
        }
        try (RecordCursor cursor = log.read(lsn)) {
            LogRecord entry = cursor.next();
            return entry == null ? 0 : RecordCodec.millisOf(entry);
        }
    }

    /** As {@link #storedBy}, but the oldest position that is kept where that is before it. */
    long keptBy(long millis) {
        try {
            return storedBy(millis);
        } catch (CommandException e) {
            List<Long> all = checkpoints.list();
            return all.isEmpty() ? 0 : all.get(0);
        }
    }

    /** The newest checkpoint that is not younger than a time; 0 for the beginning of the log. */
    private long startBefore(long millis) {
        List<Long> all = checkpoints.list();
        for (int i = all.size() - 1; i >= 0; i--) {
            Checkpoint found = checkpoints.readable(all.get(i));
            if (found != null && found.manifest().end().millis() <= millis) {
                return all.get(i);
            }
        }
        if (log.firstLsn() > 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the time " + Instant.ofEpochMilli(millis) + " is before the oldest position that project '"
                            + project + "' still keeps, " + (all.isEmpty() ? log.firstLsn() : all.get(0)));
        }
        return 0;
    }
}
