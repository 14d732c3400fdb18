package dev.offshoot.state;

import dev.offshoot.metrics.Meters;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.AppendResult;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.UnknownOutcomeException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The projects of a store: a fold of the system log (project 0), and those that are open. Making a project is an append to the
 * system log with the same compare-and-set as any write, so two processes cannot make {@code shop} twice. Thread safe.
 */
public final class Projects implements AutoCloseable {
    /** The log that holds the list of projects. */
    static final String SYSTEM_LOG = "p0";

    private static final int ATTEMPTS_MAX = 5;
    private static final Logger LOG = LoggerFactory.getLogger(Projects.class);

    private final Store store;
    private final LogStore system;
    private final Materializer materializer;
    private final CheckpointPolicy policy;
    private final Clocks clocks;
    private final Holds holds;
    private final Meters meters;

    private final TreeMap<String, Info> byName = new TreeMap<>();

    /** Projects that are being brought in from elsewhere, by their names. */
    private final TreeMap<String, Info> adopting = new TreeMap<>();

    /** Projects that were dropped and are not known to be gone from the store, by their ids. */
    private final TreeMap<Long, Dropped> dropped = new TreeMap<>();

    /** Held while dropped projects are removed from the store, which may take long; before the monitor. */
    private final Object reclaiming = new Object();

    /** Open projects by name: read without the lock, changed with it. */
    private final Map<String, Project> open = new ConcurrentHashMap<>();

    private @Nullable WalRecord last;

    /** Reads the system log. Projects open when they are first asked for. */
    public Projects(Store store, Materializer materializer, CheckpointPolicy policy, Clocks clocks) {
        this(store, materializer, policy, clocks, Holds.NONE, Meters.unseen());
    }

    /** The same with meters, and what tells which positions have to stay for what waits in projects. */
    public Projects(
            Store store,
            Materializer materializer,
            CheckpointPolicy policy,
            Clocks clocks,
            Holds holds,
            Meters meters) {
        this.holds = holds;
        this.meters = meters;
        this.store = store;
        this.system = store.log(SYSTEM_LOG);
        this.materializer = materializer;
        this.policy = policy;
        this.clocks = clocks;
        readSystemLog();
    }

    /** A project in the list. {@code createdMillis} is the wall clock of the record that made it. */
    public record Info(long id, String name, long createdMillis) {}

    /** A project that was dropped. {@code droppedMillis} is the wall clock of the record that says so. */
    public record Dropped(long id, String name, long droppedMillis) {}

    /**
     * What was removed of a project that was dropped, or would be.
     *
     * @param bytes in the store
     */
    public record Reclaimed(Dropped project, long bytes) {}

    /**
     * Removes what the store has of projects that were dropped: log, checkpoints and pages. Those that another process said to need stay.
     * A crash in the middle leaves some of it, for the next call.
     *
     * @param beforeMillis projects that were dropped at this time or later stay, milliseconds since 1970
     * @param process what tells this process from others
     * @param dryRun to count and change nothing
     * @return those of which there was something left, by id
     * @throws StoreException when something could not be removed
     */
    public List<Reclaimed> reclaim(long beforeMillis, String process, boolean dryRun) {
        synchronized (reclaiming) {
            List<Reclaimed> reclaimed = new ArrayList<>();
            for (Dropped project : droppedBefore(beforeMillis)) {
                String id = logId(project.id());
                if (isNeeded(id, process)) {
                    continue;
                }
                long bytes = store.remove(id, dryRun);
                if (bytes > 0) {
                    reclaimed.add(new Reclaimed(project, bytes));
                }
                if (!dryRun) {
                    materializer.forget(id);
                    forget(project);
                }
            }
            return reclaimed;
        }
    }

    /** Their drops are durable: no power cut may bring back the name of what is gone. */
    private synchronized List<Dropped> droppedBefore(long millis) {
        readSystemLog();
        List<Dropped> found = dropped.values().stream()
                .filter(project -> project.droppedMillis() < millis)
                .toList();
        if (!found.isEmpty()) {
            system.sync();
        }
        return found;
    }

    private synchronized void forget(Dropped project) {
        dropped.remove(project.id());
    }

    private boolean isNeeded(String id, String process) {
        return store.checkpoints(id).needs(clocks.millis().getAsLong()).keySet().stream()
                .anyMatch(other -> !other.equals(process));
    }

    /** All projects, ordered by name. */
    public synchronized List<Info> list() {
        return new ArrayList<>(byName.values());
    }

    /** Those that come from elsewhere and are not whole yet, ordered by name; nobody can use them. */
    public synchronized List<Info> restoring() {
        return new ArrayList<>(adopting.values());
    }

    /** The open project of this name, or null when there is none; a shared store is asked again before null is answered. */
    public @Nullable Project find(String name) {
        Project project = open.get(name);
        return project == null || project.isEnded() || project.isToBeReopened() ? load(name) : project;
    }

    private synchronized @Nullable Project load(String name) {
        if (store.shared() && (!byName.containsKey(name) || open.containsKey(name))) {
            readSystemLog(); // somebody may have made it, or made it again
        }
        Info info = byName.get(name);
        return info == null ? null : openLive(info);
    }

    /** The open project; null when it has ended, and then the list of projects learns it too if whoever dropped it did not get so far. */
    private @Nullable Project openLive(Info info) {
        Project project = open(info);
        if (project.isEnded()) {
            unlist(info, new Origin("offshoot", "dropProject", "", info.name()));
            return null;
        }
        return project;
    }

    /**
     * Makes a project with its branch {@code main}.
     *
     * @throws CommandException NamespaceExists when the name is taken
     */
    public synchronized Project create(String name, Origin origin) {
        followOthers();
        find(name); // takes one that has ended off the list
        append(origin, () -> {
            requireFree(name);
            if (adopting.containsKey(name)) {
                throw new CommandException(
                        ErrorCode.NAMESPACE_EXISTS,
                        "project '" + name + "' is being restored; restore it again to go on, or delete it");
            }
            return new Change.CreateProject(name);
        });
        Info info = byName.get(name);
        if (info == null) {
            throw new AssertionError("project " + name + " is not in the fold of the record that made it");
        }
        try {
            return open(info);
        } catch (StoreException e) {
            giveUp(info, origin, e);
            throw e;
        }
    }

    /** A project whose own log could not be begun must not be there; on a shared store somebody else may have begun it. */
    private void giveUp(Info info, Origin origin, StoreException cause) {
        if (store.shared()) {
            return;
        }
        try {
            unlist(info, origin);
        } catch (StoreException e) {
            cause.addSuppressed(e);
        }
    }

    private void requireFree(String name) {
        for (String other : byName.keySet()) {
            if (!other.equals(name) && other.equalsIgnoreCase(name)) {
                throw new CommandException(
                        ErrorCode.DATABASE_DIFFER_CASE,
                        "db already exists with different case already have: [" + other + "] trying to create [" + name
                                + "]");
            }
        }
        if (byName.containsKey(name)) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_EXISTS, "project '" + name + "' already exists; choose another name");
        }
    }

    /**
     * A project that comes from elsewhere, to be filled. Its name is taken, and nobody sees it, until {@link AdoptedProject#finish};
     * asking for it again before that goes on with what is there.
     *
     * @throws CommandException NamespaceExists when there is a project of this name
     */
    public synchronized AdoptedProject adopt(String name, Origin origin) {
        find(name); // takes one that has ended off the list
        readSystemLog();
        append(origin, () -> {
            requireFree(name);
            return adopting.containsKey(name) ? null : new Change.AdoptProject(name);
        });
        Info info = adopting.get(name);
        if (info == null) {
            throw new AssertionError("project " + name + " is not in the fold of the record that adopts it");
        }
        return new AdoptedProject(
                storage(logId(info.id()), Set.of()),
                () -> append(origin, () -> info.equals(adopting.get(name)) ? new Change.OpenProject(info.id()) : null));
    }

    /** The project of this name; makes it where there is none, whoever else does so at the same time. */
    public synchronized Project findOrCreate(String name, Origin origin) {
        Project found = find(name);
        if (found != null) {
            return found;
        }
        try {
            return create(name, origin);
        } catch (CommandException e) {
            found = find(name); // another process made it first
            if (found == null) {
                throw e;
            }
            return found;
        }
    }

    /**
     * Removes a project with all its branches. What the store has of it stays until {@link #reclaim}. The project's own log says so first, which stops
     * every process that writes to it; then the list of projects does.
     *
     * @throws CommandException NamespaceNotFound when there is none
     */
    public synchronized void drop(String name, Origin origin) {
        followOthers();
        Project project;
        Info info;
        try {
            project = find(name);
            info = byName.get(name);
        } catch (CorruptionException e) {
            LOG.warn("project {} is dropped, which is damaged: {}", name, e.getMessage());
            append(origin, () -> dropping(byName.get(name)));
            return;
        }
        if (project == null && adopting.containsKey(name)) {
            append(origin, () -> dropping(adopting.get(name)));
            return;
        }
        if (project == null || info == null) {
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "project '" + name + "' not found; "
                            + NearNames.hint("there are", name, List.copyOf(byName.keySet())));
        }
        project.end(origin);
        unlist(info, origin);
    }

    private static @Nullable Change dropping(@Nullable Info info) {
        return info == null ? null : new Change.DropProject(info.id());
    }

    /** Takes a project that has ended off the list, unless somebody did. */
    private void unlist(Info info, Origin origin) {
        append(origin, () -> info.equals(byName.get(info.name())) ? new Change.DropProject(info.id()) : null);
    }

    /** The projects that are open. */
    public Collection<Project> opened() {
        return List.copyOf(open.values());
    }

    /** Reads what other processes did to the list of projects. */
    public synchronized void follow() {
        readSystemLog();
    }

    private void followOthers() {
        if (store.shared()) {
            readSystemLog();
        }
    }

    @Override
    public synchronized void close() {
        open.values().forEach(Project::close);
        open.clear();
    }

    private Project open(Info info) {
        Set<PageId> damaged = Set.of();
        Project project = open.get(info.name());
        if (project != null && project.isToBeReopened()) {
            LOG.warn("project {} met a failure of its store or a damaged page; it is opened again", info.name());
            damaged = project.damagedPages();
            project.close();
            open.remove(info.name());
            materializer.forget(logId(info.id()));
            project = null;
        }
        if (project == null) {
            project = openSound(info, damaged);
            open.put(info.name(), project);
        }
        return project;
    }

    /** Opens a project; once more without the checkpoints that reach a damaged page, if that is what keeps it from being opened. */
    private Project openSound(Info info, Set<PageId> damaged) {
        ProjectStorage storage = storage(logId(info.id()), damaged);
        try {
            return open(info, storage);
        } catch (CorruptionException e) {
            Set<PageId> found = new HashSet<>(storage.pages().damaged());
            found.removeAll(damaged);
            if (found.isEmpty()) {
                throw e;
            }
            LOG.warn("project {} met a damaged page while it was opened: {}", info.name(), e.getMessage());
            found.addAll(damaged);
            materializer.forget(logId(info.id())); // what was folded on the way refers to the damaged page
            return open(info, storage(logId(info.id()), found));
        }
    }

    private Project open(Info info, ProjectStorage storage) {
        return Project.open(info.id(), info.name(), storage, materializer, policy, clocks, meters.project(info.name()));
    }

    /** The log of a project. */
    static String logId(long project) {
        return "p" + Long.toString(project, 36);
    }

    private ProjectStorage storage(String logId, Set<PageId> damaged) {
        return new ProjectStorage(
                logId,
                store.log(logId),
                materializer.pages(store.pages(logId), clocks.nanos()),
                store.checkpoints(logId),
                store.shared(),
                damaged,
                holds);
    }

    /** What a change is decided by: asked again after each loss, on the newest list. Null for nothing to do. */
    private interface Decision {
        @Nullable
        Change decide();
    }

    private void append(Origin origin, Decision decision) {
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            Change change = decision.decide();
            if (change == null) {
                return;
            }
            WalRecord record = record(origin, change);
            if (change instanceof Change.CreateProject || change instanceof Change.AdoptProject) {
                requireUnused(logId(record.firstLsn()));
            }
            AppendResult result =
                    settle(RecordCodec.encode(record, clocks.nonces().get()));
            if (result == AppendResult.APPENDED) {
                system.sync(); // whatever is promised of writes: without the list nobody owns a log
                apply(record);
                return;
            }
            readSystemLog();
        }
        throw new StoreException("the list of projects is being changed by others all the time; try again", null);
    }

    /** Others on a shared store may be ahead of this list; the append tells. */
    private void requireUnused(String id) {
        if (store.shared()) {
            return;
        }
        LogStore log = store.log(id);
        if (log.firstLsn() > 1
                || !log.segments().isEmpty()
                || !store.checkpoints(id).list().isEmpty()) {
            throw new CorruptionException("the store has a log " + id + " that the list of projects (log " + SYSTEM_LOG
                    + ") does not know, and a new project would take it over: the end of the list was lost. Restore it from a"
                    + " backup, or move what the store has under " + id + " out of it");
        }
    }

    private WalRecord record(Origin origin, Change change) {
        WalRecord before = last;
        long lsn = before == null ? 1 : before.lastLsn() + 1;
        long millis =
                Math.max(before == null ? 0 : before.millis(), clocks.millis().getAsLong());
        long time = Math.max(before == null ? 0 : before.time() + 1, ((millis / 1000) << 32) + 1);
        return new WalRecord(
                lsn, time, millis, List.of(new Commit(lsn, Commit.PROJECT, origin, List.of(change), List.of())));
    }

    private AppendResult settle(LogRecord entry) {
        try {
            return system.append(entry);
        } catch (UnknownOutcomeException e) {
            return settleUnknown(entry, e);
        }
    }

    /** Appends the same record until the store decides; that an attempt was not stored says nothing about the one before. */
    private AppendResult settleUnknown(LogRecord entry, UnknownOutcomeException first) {
        for (int attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                return system.append(entry);
            } catch (StoreException e) {
                first.addSuppressed(e);
            }
        }
        throw first;
    }

    private void readSystemLog() {
        WalRecord before = last;
        try (RecordCursor cursor = system.read(before == null ? 1 : before.lastLsn() + 1)) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                apply(RecordCodec.decode(entry));
            }
        }
    }

    private void apply(WalRecord record) {
        for (Commit commit : record.commits()) {
            long lsn = commit.firstLsn();
            for (Change change : commit.changes()) {
                if (change instanceof Change.CreateProject create) {
                    byName.put(create.name(), new Info(lsn, create.name(), record.millis()));
                } else if (change instanceof Change.AdoptProject adopt) {
                    adopting.put(adopt.name(), new Info(lsn, adopt.name(), record.millis()));
                } else if (change instanceof Change.OpenProject opened) {
                    opened(opened.project());
                } else if (change instanceof Change.DropProject drop) {
                    remove(drop.project(), record.millis());
                }
                lsn++;
            }
        }
        last = record;
    }

    private void opened(long id) {
        List<Info> found =
                adopting.values().stream().filter(info -> info.id() == id).toList();
        adopting.values().removeAll(found);
        found.forEach(info -> byName.put(info.name(), info));
    }

    private void remove(long id, long millis) {
        for (Map<String, Info> list : List.of(adopting, byName)) {
            list.values().stream()
                    .filter(info -> info.id() == id)
                    .forEach(info -> dropped.put(id, new Dropped(id, info.name(), millis)));
        }
        adopting.values().removeIf(info -> info.id() == id);
        byName.values().removeIf(info -> info.id() == id);
        open.values().removeIf(project -> {
            if (project.id() == id) {
                project.drop();
            }
            return project.id() == id;
        });
    }
}
