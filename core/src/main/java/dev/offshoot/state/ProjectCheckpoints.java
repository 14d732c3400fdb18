package dev.offshoot.state;

import dev.offshoot.archive.ProjectSource;
import dev.offshoot.metrics.ProjectMeters;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.state.KeptPositions.Position;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageStore;
import dev.offshoot.store.StoreException;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Clocks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a project while it is open: when one is due, making it of the project's acknowledged state, and removing what nobody
 * needs any more behind it. Thread safe; one checkpoint or cleanup at a time, for which its monitor is held.
 */
public final class ProjectCheckpoints {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectCheckpoints.class);

    /** What another process is writing or reading it has said after this time, and what it put meanwhile is in a checkpoint. */
    private static final long OTHERS_GRACE_MILLIS = 10 * 60_000L;

    private final Project project;
    private final ProjectStorage storage;
    private final Checkpoints checkpoints;
    private final History history;
    private final Needs needs;
    private final Unsaved unsaved;
    private final FoldPages foldPages;
    private final Clocks clocks;
    private final ProjectMeters meters;

    /** The checkpoint that the newest states were loaded from or went to last; 0 while there is none. */
    private volatile long savedLsn;

    private volatile long savedMillis;

    /** For which catalog the newest checkpoint has the kept states; by whoever makes one. */
    private @Nullable Catalog keptFor;

    /** For what that waits it has them; by whoever makes one. */
    private Holds.Held heldFor = Holds.Held.NOTHING;

    /** What tells this process from others on the same store, once it needs something. */
    private volatile String self = "";

    ProjectCheckpoints(
            Project project,
            ProjectStorage storage,
            Checkpoints checkpoints,
            History history,
            Needs needs,
            CheckpointPolicy policy,
            Clocks clocks,
            ProjectMeters meters) {
        this.project = project;
        this.storage = storage;
        this.checkpoints = checkpoints;
        this.history = history;
        this.needs = needs;
        this.unsaved = new Unsaved(policy, clocks.millis().getAsLong());
        this.foldPages = new FoldPages(storage.pages(), clocks.millis());
        this.clocks = clocks;
        this.meters = meters;
    }

    /** What of the project is in no checkpoint. */
    Unsaved unsaved() {
        return unsaved;
    }

    /** The pages that folds wrote and no checkpoint reaches yet. */
    FoldPages folds() {
        return foldPages;
    }

    /** Where opening the project may begin; null for the beginning of its log. */
    @Nullable
    Checkpoint newestUsable() {
        return checkpoints.newestUsable();
    }

    /** Whether damaged pages have to be lived with. */
    boolean isResigned() {
        return checkpoints.isResigned();
    }

    /** The project's states came from this checkpoint. */
    void loaded(Checkpoint checkpoint) {
        meters.checkpoints().newestIs(checkpoint.manifest().createdMillis());
        savedAt(checkpoint.manifest());
        history.keeps(checkpoint.kept(), checkpoint.lsn());
    }

    /** The positions whose states the newest checkpoint keeps besides those of the branches. */
    List<Position> kept() {
        List<Position> kept = new ArrayList<>();
        Cursor<BranchState> cursor = history.kept().ascending(null, null);
        while (cursor.next()) {
            kept.add(Position.of(cursor.key()));
        }
        return kept;
    }

    ProjectSource content() {
        return new ProjectContent(project.name(), storage, checkpoints, history, project::lastLsn);
    }

    /** Whether a checkpoint should be made now. */
    public boolean isDue() {
        return project.acknowledged().broken() == null
                && unsaved.isDue(clocks.millis().getAsLong());
    }

    /**
     * Makes a checkpoint of the acknowledged state, unless nothing has changed since the last one. Writers go on meanwhile.
     *
     * @return the newest checkpoint, also one that another process made of this position: then the project has to be asked for again; null
     *     when there is none because the project has no changes
     * @throws StoreException when the store failed; then there is no new checkpoint
     */
    public synchronized @Nullable Manifest checkpoint() {
        project.acknowledged().checkWhole();
        Capture capture = project.capture();
        Manifest newest = newestManifest();
        if (capture.end().lsn() == 0
                || (newest != null && newest.lsn() == capture.end().lsn() && savedLsn == newest.lsn())) {
            return newest;
        }
        try {
            return save(capture);
        } catch (Checkpoints.OtherCheckpointException e) {
            LOG.info("{}", e.getMessage());
            return e.manifest();
        }
    }

    /** Null when there is none, or a damaged one, which is to hinder nobody from making the next. */
    private @Nullable Manifest newestManifest() {
        List<Long> all = checkpoints.list();
        Checkpoint newest = all.isEmpty() ? null : checkpoints.readable(all.get(all.size() - 1));
        return newest == null ? null : newest.manifest();
    }

    /**
     * Makes a checkpoint of what was captured, while nobody else makes one.
     *
     * @throws StoreException when the store failed; then there is no new checkpoint
     */
    Manifest save(Capture capture) {
        long start = clocks.nanos().getAsLong();
        long startMillis = clocks.millis().getAsLong();
        PageStore.Amount before = storage.pages().written();
        try (Readings.Reading reading = history.reading()) {
            Holds.Held held = held(capture);
            Tree<BranchState> kept = keptBy(capture, held, reading);
            Manifest manifest = checkpoints.write(capture, kept, startMillis);
            history.keeps(kept, manifest.lsn());
            keptFor = capture.catalog();
            heldFor = held;
            unsaved.saved();
            savedAt(manifest);
            foldPages.close(capture.folds());
            PageStore.Amount written = storage.pages().written();
            meters.checkpoints()
                    .written(
                            clocks.nanos().getAsLong() - start,
                            written.pages() - before.pages(),
                            written.bytes() - before.bytes());
            return manifest;
        } catch (RuntimeException | Error e) {
            unsaved.giveBack(capture.unsaved());
            foldPages.failed(startMillis);
            if (checkpoints.isUnsure()) {
                project.acknowledged().breakDown(e); // the state refers to pages that may be gone
            }
            throw e;
        }
    }

    /** The states of {@link KeptPositions}, but for those that branches were made from, which are there anyway. */
    private Tree<BranchState> keptBy(Capture capture, Holds.Held held, Readings.Reading reading) {
        Catalog catalog = capture.catalog();
        Tree<BranchState> kept = history.kept();
        if (catalog == keptFor && held.equals(heldFor)) {
            return kept;
        }
        Map<Position, List<Long>> madeFrom = KeptPositions.madeFrom(catalog);
        Set<Position> wanted = KeptPositions.of(catalog, Long.MAX_VALUE, held.states());
        wanted.removeIf(position -> madeFrom.getOrDefault(position, List.of()).stream()
                .map(capture.states()::get)
                .anyMatch(state -> state != null && state.base() != null));
        Set<Position> keys = new HashSet<>();
        for (Position position : wanted) {
            BranchState before = kept.get(position.key());
            BranchState state = before == null ? stateAt(position, capture, reading) : before;
            if (state != null) {
                for (Position key : List.of(position, at(catalog, state.head()))) {
                    if (key.branch() != 0) {
                        kept = kept.put(key.key(), state);
                        keys.add(key);
                    }
                }
            }
        }
        for (Position before : kept()) {
            kept = keys.contains(before) ? kept : kept.remove(before.key());
        }
        return kept;
    }

    private Holds.Held held(Capture capture) {
        Branch internal = capture.catalog().branch(Branch.INTERNAL);
        BranchState state = internal == null ? null : capture.states().get(internal.id());
        return state == null ? Holds.Held.NOTHING : storage.holds().of(capture.catalog(), state.head());
    }

    /** What has to stay for what waits now. */
    private Holds.Held held() {
        Branch internal = project.internal();
        return internal == null ? Holds.Held.NOTHING : storage.holds().of(project.catalog(), project.head(internal));
    }

    /** The position as what is made from the state names it, which is where its last commit ends. */
    private static Position at(Catalog catalog, Snapshot state) {
        return Position.of(catalog, state.branch(), state.lsn());
    }

    /** Null where it is no longer kept. */
    private @Nullable BranchState stateAt(Position position, Capture capture, Readings.Reading reading) {
        BranchState newest = capture.states().get(position.branch());
        if (newest != null && newest.head().lsn() <= position.lsn()) {
            return new BranchState(newest.head(), null);
        }
        Catalog catalog = capture.catalog();
        try {
            return new BranchState(
                    history.toKeep(catalog, catalog.existing(position.branch()), position.lsn(), reading), null);
        } catch (CommandException e) {
            LOG.warn("a tag, the base of merges or what a merge waits with cannot be kept: {}", e.getMessage());
            return null;
        }
    }

    private void savedAt(Manifest manifest) {
        savedLsn = manifest.lsn();
        savedMillis = manifest.createdMillis();
    }

    /**
     * Removes what is neither kept nor in use: checkpoints, the log below the oldest of those that stay, pages. While other processes
     * are at work on the same store they have ten minutes of grace at least.
     *
     * @param retention how far back positions are kept, and for how long others may go on reading
     * @param inUse past positions that somebody reads at
     * @param readersSince when the oldest of those began who read the newest state of their time, milliseconds since 1970
     * @param dryRun to count and change nothing
     * @throws CommandException ConflictingOperationInProgress when another process is cleaning up the project
     */
    public synchronized CleanupResult cleanup(
            Retention retention, Collection<Long> inUse, long readersSince, boolean dryRun) {
        project.acknowledged().checkWhole();
        long start = clocks.nanos().getAsLong();
        long now = clocks.millis().getAsLong();
        Needs.Others others = needs.others(self);
        long grace = others.any() ? Math.max(retention.graceMillis(), OTHERS_GRACE_MILLIS) : retention.graceMillis();
        long recent = Math.min(readersSince, now - grace);
        Cleanup cleanup = new Cleanup(storage, checkpoints, history, this::reasons);
        CleanupResult result = cleanup.run(
                retention.isForever() ? 0 : history.keptBy(now - retention.keepMillis()),
                history.keptBy(recent),
                () -> new Cleanup.Readers(
                        positions(inUse, recent), needs.others(self).from()),
                below -> beginRemoval(below, others),
                savedMillis(recent),
                dryRun);
        if (result == null) {
            throw new CommandException(
                    ErrorCode.CONFLICTING_OPERATION_IN_PROGRESS,
                    "another process is cleaning up project '" + project.name()
                            + "' or did so meanwhile; try again in a moment");
        }
        if (!dryRun) {
            meters.gc().ended(clocks.nanos().getAsLong() - start, result.removed());
        }
        return result;
    }

    /** Null where other processes need more than was known. Behind this it is known what they referred to. */
    private Needs.@Nullable Removal beginRemoval(long below, Needs.Others before) {
        Needs.Removal removal = needs.remove(below);
        boolean begins = false;
        try {
            if (storage.shared()) {
                project.follow();
            }
            begins = needs.others(self).isWithin(before);
        } finally {
            if (!begins) {
                removal.close();
            }
        }
        return begins ? removal : null;
    }

    private Cleanup.Reasons reasons() {
        return new Cleanup.Reasons(project.catalog(), held());
    }

    private List<Long> positions(Collection<Long> inUse, long readersSince) {
        List<Long> all = new ArrayList<>(inUse);
        all.addAll(history.inUse());
        all.addAll(foldPages.checkpoints(readersSince));
        return all;
    }

    /**
     * Tells other processes on the same store which checkpoints this one needs: the one that its newest states refer to, and older ones
     * that somebody here reads from. Where it has none yet, that is the log above its newest states.
     *
     * @param process what tells this process from others
     * @param inUse as in {@link #cleanup}
     * @param readersSince as in {@link #cleanup}
     * @param untilMillis how long this holds unless it is said again, milliseconds since 1970
     */
    public void need(String process, Collection<Long> inUse, long readersSince, long untilMillis) {
        if (newestNeeded() > 0) {
            self = process;
            needs.tell(process, () -> lowest(inUse, readersSince), untilMillis);
        }
    }

    private long lowest(Collection<Long> inUse, long readersSince) {
        NavigableSet<Long> known = new TreeSet<>(checkpoints.list());
        List<Long> positions = positions(inUse, readersSince);
        if (readersSince < savedMillis) {
            positions.add(history.keptBy(readersSince));
        }
        long lowest = newestNeeded();
        for (long position : positions) {
            Long below = known.floor(position);
            lowest = below == null ? lowest : Math.min(lowest, below);
        }
        return lowest;
    }

    /** What the newest states need; 0 for nothing. */
    private long newestNeeded() {
        long saved = savedLsn;
        return saved > 0 ? saved : project.lastLsn();
    }

    /** The project is closed. */
    void close() {
        needs.end();
    }

    /** Tells other processes that this one needs nothing any more. */
    public void needNothing(String process) {
        storage.manifests().need(process, 0, 0);
    }

    /** Pages written since the newest checkpoint was captured may be in use by what is not in one yet. */
    private long savedMillis(long latest) {
        Manifest newest = newestManifest();
        return newest == null
                ? 0
                : Math.min(latest, Math.min(newest.createdMillis(), foldPages.sinceMillis(latest)) - 1);
    }

    /**
     * The manifest of the checkpoint at an LSN, or null when there is none.
     *
     * @throws CorruptionException when it is damaged
     */
    public @Nullable Manifest manifest(long lsn) {
        Checkpoint found = checkpoints.open(lsn);
        return found == null ? null : found.manifest();
    }

    /** The LSNs of the checkpoints, ascending. */
    public List<Long> list() {
        return checkpoints.list();
    }
}
