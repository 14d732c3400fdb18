package dev.offshoot.state;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.RecordDecoder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The past of one project, from its checkpoints and its log. Thread safe. */
final class History {
    /** What a commit leaves in memory besides its documents: the nodes on the ways to them. */
    private static final long COMMIT_BYTES = 2 << 10;

    /** What a change that waits to be folded ({@link LateChanges}) takes besides its document. */
    private static final long CHANGE_BYTES = 200;

    /** Of a state that was folded from another one in the cache: what is stored may not lead to it. */
    private static final Materializer.Stored UNSURE = new Materializer.Stored(-1, -1);

    private final String project;
    private final ProjectStorage storage;
    private final LogStore log;
    private final Checkpoints checkpoints;
    private final Materializer materializer;
    private final LongFunction<@Nullable Snapshot> bases;

    /** States that are kept whatever their age, by {@link PastPosition#key}, and the checkpoint that they are in. */
    private volatile Kept kept = new Kept(Tree.empty(), 0);

    private final Readings readings;

    /** The checkpoints that states share pages with, by their trees of collections, as long as somebody has them. */
    private final Cache<Tree<CollectionSnapshot>, Set<Long>> sources =
            Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

    private final References references;
    private final AtomicLong removals = new AtomicLong();

    private record Kept(Tree<BranchState> states, long lsn) {}

    /** @param bases what a branch that is still there was made from, by its id; null for others */
    History(
            String project,
            ProjectStorage storage,
            Checkpoints checkpoints,
            Materializer materializer,
            Needs needs,
            LongFunction<@Nullable Snapshot> bases) {
        this.references = new References(needs);
        this.readings = new Readings(needs);
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
        try (Readings.Reading reading = readings.begin()) {
            reading.at(lsn);
            Materializer.Past past = materializer.find(storage.id(), branch, lsn);
            if (past == null) {
                Materializer.Near near = near(new PastPosition(catalog, branch, lsn));
                past = materializer.at(
                        storage.id(), branch, lsn, () -> fold(new Fold(catalog, true, reading), branch, lsn, near));
            }
            sources.put(past.snapshot().collections(), past.from());
            return past.snapshot();
        }
    }

    /**
     * Looks whether a position can be had from what is stored; the cache may have one that cannot.
     *
     * @throws CommandException BadValue for a position that is no longer kept
     */
    void requireStored(Catalog catalog, Branch branch, long lsn) {
        if (isAhead(catalog, branch, lsn)) {
            return;
        }
        try (Readings.Reading reading = readings.begin()) {
            reading.at(lsn);
            Materializer.Past past = materializer.find(storage.id(), branch, lsn);
            if (past == null || !past.stored().equals(stored())) {
                materializer.again(
                        storage.id(), branch, lsn, () -> fold(new Fold(catalog, true, reading), branch, lsn, null));
            }
        }
    }

    /** Whether the log has all of it, or the newest checkpoint and the log above that. */
    private boolean isAhead(Catalog catalog, Branch branch, long lsn) {
        long saved = kept.lsn();
        return log.firstLsn() == 1
                || (saved > 0 && lsn >= saved && !catalog.existing(branch.id()).dropped());
    }

    /** The commits that refer to positions. */
    References references() {
        return references;
    }

    /** Something was removed that positions may have been folded from. */
    void removed() {
        removals.incrementAndGet();
    }

    private Materializer.Stored stored() {
        return new Materializer.Stored(removals.get(), log.firstLsn());
    }

    /**
     * The nearest state below that is in the cache, of the newest part of what a position sees: all else that the position sees comes after it. Not
     * one inside of the commit that the part begins with, which does not see the reset there.
     */
    private Materializer.@Nullable Near near(PastPosition position) {
        List<Segments.Segment> parts = position.segments().newestFirst();
        Segments.Segment newest = parts.isEmpty() ? null : parts.get(0);
        Materializer.Near found = newest == null ? null : materializer.nearest(storage.id(), newest);
        if (newest == null || found == null) {
            return null;
        }
        Catalog catalog = position.catalog();
        Segments there = catalog.segments(catalog.existing(newest.branch()), found.lsn());
        return there.newestFirst().get(0).above() == newest.above() ? found : null;
    }

    /** For reading what does not go into the cache. */
    Readings.Reading reading() {
        return readings.begin();
    }

    /** The same for a state that goes into a checkpoint: it is not cached. */
    Snapshot toKeep(Catalog catalog, Branch branch, long lsn, Readings.Reading reading) {
        return fold(new Fold(catalog, false, reading), branch, lsn, null).snapshot();
    }

    /** The positions that are being folded, or are in the cache. */
    List<Long> inUse() {
        List<Long> all = new ArrayList<>(readings.positions()); // first: what is folded goes into the cache
        all.addAll(materializer.cached(storage.id()));
        sources.asMap().values().forEach(all::addAll);
        return all;
    }

    /** The checkpoints that a state from here shares pages with; empty for any other. */
    Set<Long> sources(Snapshot state) {
        return sources.asMap().getOrDefault(state.collections(), Set.of());
    }

    /** A checkpoint with kept states was made or loaded. */
    void keeps(Tree<BranchState> states, long lsn) {
        kept = new Kept(states, lsn);
    }

    /** The states that are kept whatever their age, by {@link PastPosition#key}. */
    Tree<BranchState> kept() {
        return kept.states();
    }

    private Materializer.Past fold(Fold fold, Branch branch, long lsn, Materializer.@Nullable Near near) {
        Materializer.Stored before = near == null ? stored() : UNSURE;
        Snapshot state = near == null ? fold.at(branch.id(), lsn) : fold.at(branch.id(), lsn, near);
        return new Materializer.Past(state, Set.copyOf(fold.from), fold.heldBytes, before);
    }

    /** One position being folded, and those that changes on the way refer to. */
    private final class Fold implements Past {
        private final Catalog catalog;
        private final boolean late;

        /** The checkpoints whose pages it shares. */
        private final Set<Long> from = new TreeSet<>();

        private final Readings.Reading reading;
        private long heldBytes;

        /** @param late whether changes of documents are kept for later ({@link LateChanges}) */
        Fold(Catalog catalog, boolean late, Readings.Reading reading) {
            this.late = late;
            this.catalog = catalog;
            this.reading = reading;
        }

        /** Not from the cache: that would have to fill itself while it is being filled. */
        @Override
        public Snapshot at(long id, long lsn) {
            while (true) {
                long first = log.firstLsn();
                try {
                    return once(id, lsn);
                } catch (StoreException e) {
                    if (log.firstLsn() == first) {
                        throw e;
                    } // else it was trimmed meanwhile: there is another beginning, or the position is no longer kept
                }
            }
        }

        private Snapshot once(long id, long lsn) {
            PastPosition position = new PastPosition(catalog, catalog.existing(id), lsn);
            Checkpoints.Start start = start(position, History.this::start);
            if (start == null) {
                requireKept(position);
                int oldest = position.segments().newestFirst().size() - 1;
                start = new Checkpoints.Start(Snapshot.empty(id), position.begin(), 0, false, oldest);
            }
            try {
                return run(start.state().fork(id), start.part(), start.lsn(), position);
            } catch (CommandException e) { // a change on the way refers to what is no longer kept
                Checkpoints.Start other = start(position, History.this::kept);
                if (other == null) {
                    throw e;
                }
                return run(other.state().fork(id), other.part(), other.lsn(), position);
            }
        }

        /** The same, from a state in the cache where no checkpoint is nearer. */
        Snapshot at(long id, long lsn, Materializer.Near near) {
            PastPosition position = new PastPosition(catalog, catalog.existing(id), lsn);
            Checkpoints.Start start = start(position, History.this::start);
            if ((start != null && start.lsn() >= near.lsn()) || near.lsn() + 1 < log.firstLsn()) {
                return at(id, lsn);
            }
            from.addAll(
                    near.past().from()); // which stay as long as that state is held, as it is until this one is known
            heldBytes += near.past().heldBytes();
            long first = log.firstLsn();
            try {
                return run(near.past().snapshot().fork(id), 0, near.lsn(), position);
            } catch (CommandException e) { // a change on the way refers to what is no longer kept
                return at(id, lsn);
            } catch (StoreException e) {
                if (log.firstLsn() == first) {
                    throw e;
                }
                return at(id, lsn);
            }
        }

        @Override
        public @Nullable Snapshot target(long branch, Change.Reset reset) {
            return null; // its segments are folded already
        }

        private Snapshot run(Snapshot state, int part, long above, PastPosition position) {
            PositionFold fold = new PositionFold(position.segments(), state, part, this::foldOf);
            if (above >= position.lsn()) {
                return fold.end(); // the log may begin above it
            }
            try (RecordCursor cursor = log.read(above + 1);
                    RecordDecoder decoder = new RecordDecoder()) {
                for (LogRecord entry = cursor.next();
                        entry != null && entry.firstLsn() <= position.lsn();
                        entry = cursor.next()) {
                    for (Commit commit : decoder.decode(entry).commits()) {
                        boolean isIn = commit.lastLsn() <= above; // it was stored with one that is not
                        if (!isIn && fold.apply(commit)) {
                            heldBytes += COMMIT_BYTES
                                    + CHANGE_BYTES * commit.changes().size()
                                    + 2L * commit.approximateBytes();
                        }
                    }
                }
            }
            return fold.end();
        }

        private BranchFold foldOf(Snapshot state) {
            return late ? BranchFold.late(state, this) : BranchFold.from(state, Keeper.NONE, this);
        }

        private Checkpoints.@Nullable Start start(PastPosition position, Look look) {
            Checkpoints.Start start = begin(position, look, reading);
            if (start != null) {
                from.add(start.from());
            }
            return start;
        }
    }

    /** Finds where a fold may begin; null for nowhere but the beginning of the log. */
    private interface Look {
        /** @param reading is told of whatever is looked at, before */
        Checkpoints.@Nullable Start apply(PastPosition position, LongConsumer reading);
    }

    /** Where to begin; a cleanup leaves that alone from then on. Null for the beginning of the log. */
    private Checkpoints.@Nullable Start begin(PastPosition position, Look look, Readings.Reading reading) {
        while (true) {
            Checkpoints.Start start = look.apply(position, reading::from);
            reading.from(start == null ? position.begin() : start.from());
            if (start == null
                    || !start.isStored()
                    || start.from() == kept.lsn()
                    || storage.manifests().get(start.from()) != null) { // else a cleanup was first
                return start;
            }
        }
    }

    /**
     * The nearest state to fold on from to see what a position sees, and where that state is; null where the log does not go on from one. A
     * cleanup leaves it alone as long as somebody has it.
     */
    Checkpoints.@Nullable Start startBelow(Catalog catalog, Branch branch, long lsn) {
        try (Readings.Reading reading = readings.begin()) {
            Checkpoints.Start start = begin(new PastPosition(catalog, branch, lsn), this::start, reading);
            if (start == null || start.lsn() + 1 < log.firstLsn()) {
                return null;
            }
            if (start.isStored()) {
                sources.put(start.state().collections(), Set.of(start.from()));
            }
            return start;
        }
    }

    /** The state itself where it is kept; or from a checkpoint, or from what the branch or an ancestor of it was made from, whichever is nearer. */
    private Checkpoints.@Nullable Start start(PastPosition position, LongConsumer reading) {
        Kept now = kept;
        BranchState found = now.states().get(position.key());
        if (found != null) {
            return new Checkpoints.Start(found.head(), position.lsn(), now.lsn(), true, Checkpoints.Start.AT_POSITION);
        }
        Checkpoints.Start saved = checkpoints.nearest(position, reading);
        List<Segments.Segment> parts = position.segments().newestFirst();
        for (int part = 0; part < parts.size(); part++) {
            Segments.Segment segment = parts.get(part);
            long made = segment.branch();
            if (segment.above() == made - 1 && made + 1 >= log.firstLsn()) {
                Snapshot base = bases.apply(made);
                if (base != null && (saved == null || saved.lsn() < made)) {
                    return new Checkpoints.Start(base, made, made, false, part);
                }
            }
        }
        return saved == null && !isInLog(position) ? kept(position, reading) : saved;
    }

    /** What is kept of the position, or of what it came from so far as the log goes on from there. */
    private Checkpoints.@Nullable Start kept(PastPosition position, LongConsumer reading) {
        for (PastPosition.Part part : position.parts()) {
            if (part.above() + 1 >= log.firstLsn() || part.above() >= position.lsn()) {
                Checkpoints.Start found = exact(part.position(), reading);
                if (found != null) {
                    return new Checkpoints.Start(
                            Scope.restrict(found.state(), part.entry()),
                            part.above(),
                            found.from(),
                            found.isStored(),
                            part.then());
                }
            }
        }
        return null;
    }

    private Checkpoints.@Nullable Start exact(PastPosition position, LongConsumer reading) {
        Kept now = kept;
        BranchState found = now.states().get(position.key());
        if (found != null) {
            return new Checkpoints.Start(found.head(), position.lsn(), now.lsn(), true, Checkpoints.Start.AT_POSITION);
        }
        for (long made : position.madeFromIt()) {
            Snapshot base = bases.apply(made);
            if (base != null) {
                return new Checkpoints.Start(base, position.lsn(), made, false, Checkpoints.Start.AT_POSITION);
            }
        }
        Checkpoints.Start stored = checkpoints.exact(position, reading);
        PastPosition whole = stored == null ? position.whole() : null;
        Checkpoints.Start more = whole == null ? null : exact(whole, reading);
        return more == null
                ? stored
                : new Checkpoints.Start(
                        Scope.restrict(more.state(), position.lessens()),
                        position.lsn(),
                        more.from(),
                        more.isStored(),
                        Checkpoints.Start.AT_POSITION);
    }

    /** Whether the log reaches back to where all that the position sees begins. */
    private boolean isInLog(PastPosition position) {
        return position.begin() + 1 >= log.firstLsn() || position.begin() >= position.lsn();
    }

    private void requireKept(PastPosition position) {
        if (!isInLog(position)) {
            long oldest = oldest();
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "position " + position.lsn() + " of project '" + project + "' is no longer kept"
                            + (position.lsn() < oldest
                                    ? "; the oldest one is " + oldest
                                    : " for branch '" + position.branch().name() + "'"));
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
            return oldest();
        }
    }

    /** The newest checkpoint that is not younger than a time, which the log goes on from; 0 for the beginning of the log. */
    private long startBefore(long millis) {
        List<Long> all = checkpoints.list();
        long first = log.firstLsn();
        for (int i = all.size() - 1; i >= 0 && all.get(i) + 1 >= first; i--) {
            Checkpoint found = checkpoints.readable(all.get(i));
            if (found != null && found.manifest().end().millis() <= millis) {
                return all.get(i);
            }
        }
        if (first > 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "the time " + Instant.ofEpochMilli(millis) + " is before the oldest position that project '"
                            + project + "' still keeps, " + oldest());
        }
        return 0;
    }
}
