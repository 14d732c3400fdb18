package dev.offshoot.state;

import dev.offshoot.archive.ProjectSource;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.metrics.ProjectMeters;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.GroupCommit;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.Origin;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One project while it is open: its branches and their states, its log, and the ways into both. Thread safe.
 *
 * <p>What readers see is its {@link AcknowledgedState}. A write gets into the log, and then there, by {@link BranchWrites}; what is done to
 * branches and tags themselves by {@link BranchEvents}; what the log has already, and what other processes append, by {@link ProjectReplay}.
 * {@link History} has what was before, {@link ProjectCheckpoints} what is stored of all that.
 *
 * <p>Locks are taken in this order: branch events, a branch's turn, and then those inside {@link GroupCommit}.
 */
public final class Project implements AutoCloseable {
    private final long id;
    private final String name;
    private final AcknowledgedState acknowledged;
    private final ProjectStorage storage;
    private final History history;
    private final ProjectCheckpoints checkpoints;
    private final Clocks clocks;
    private final ProjectMeters meters;
    private final GroupCommit commits;
    private final BranchWrites writes;
    private final BranchEvents events;

    private Project(
            long id,
            String name,
            ProjectStorage storage,
            Materializer materializer,
            CheckpointPolicy policy,
            Clocks clocks,
            ProjectMeters meters) {
        this.id = id;
        this.name = name;
        this.storage = storage;
        this.clocks = clocks;
        this.meters = meters;
        this.acknowledged = new AcknowledgedState(name);
        Checkpoints stored = new Checkpoints(storage);
        Needs needs = new Needs(storage, clocks);
        this.history = new History(name, storage, stored, materializer, needs, acknowledged::base);
        this.checkpoints = new ProjectCheckpoints(this, storage, stored, history, needs, policy, clocks, meters);
        ProjectReplay replay = new ProjectReplay(storage, history, checkpoints, acknowledged, clocks, meters);
        long start = clocks.nanos().getAsLong();
        LogEnd end = replay.recover();
        meters.replay().ended(clocks.nanos().getAsLong() - start);
        this.commits = new GroupCommit(storage.log(), end, clocks, replay, meters.appends());
        this.writes = new BranchWrites(acknowledged, commits, history, checkpoints, storage);
        this.events = new BranchEvents(acknowledged, commits, writes, history);
    }

    /** Takes the newest checkpoint and folds the log above it; a log without a record gets the branch {@code main}. */
    static Project open(
            long id,
            String name,
            ProjectStorage storage,
            Materializer materializer,
            CheckpointPolicy policy,
            Clocks clocks,
            ProjectMeters meters) {
        Project project = new Project(id, name, storage, materializer, policy, clocks, meters);
        if (project.catalog().branch(Branch.MAIN) == null && project.lastLsn() == 0) {
            project.events.createFirst();
        }
        return project;
    }

    public long id() {
        return id;
    }

    public String name() {
        return name;
    }

    AcknowledgedState acknowledged() {
        return acknowledged;
    }

    // ---- what readers see

    /** The acknowledged branches. */
    public Catalog catalog() {
        return acknowledged.catalog();
    }

    /** The LSN of the last acknowledged change. */
    public long lastLsn() {
        return acknowledged.lastLsn();
    }

    /** The time of the last acknowledged record, as a BSON timestamp: {@code operationTime}. */
    public long lastTime() {
        return acknowledged.lastTime();
    }

    /** The wall clock of the last acknowledged record, in milliseconds since 1970. */
    public long lastMillis() {
        return acknowledged.lastMillis();
    }

    /**
     * The acknowledged state of a branch, without a lock; through its mask, where it has one.
     *
     * @throws CommandException NamespaceNotFound when the branch is gone
     */
    public Snapshot head(Branch branch) {
        return acknowledged.existingHead(branch).seen();
    }

    /** The same as it is stored, without the branch's mask: for what is changed, merged or compared, and never shown. */
    public Snapshot storedHead(Branch branch) {
        return acknowledged.existingHead(branch).acknowledged;
    }

    /**
     * The acknowledged state of the branch of this name, without a lock; through its mask, where it has one.
     *
     * @throws CommandException NamespaceNotFound, with near names
     */
    public Snapshot head(String branchName) {
        Snapshot head = headOf(branchName);
        return head == null ? head(branch(branchName)) : head;
    }

    /** The acknowledged state of the branch of this name, without a lock; null where there is no such branch. */
    public @Nullable Snapshot headOf(String branchName) {
        return acknowledged.headOf(branchName);
    }

    /** The acknowledged state of the branch with this id, through its mask; null when it is gone. */
    public @Nullable Snapshot acknowledgedState(long branch) {
        return acknowledged.seen(branch);
    }

    /**
     * The branch of this name; a shared store is asked again before it is said that there is none.
     *
     * @throws CommandException NamespaceNotFound, with near names
     */
    public Branch branch(String branchName) {
        catalogWith(branchName);
        return acknowledged.branch(branchName);
    }

    /**
     * The tag of this name; a shared store is asked again before it is said that there is none.
     *
     * @throws CommandException NamespaceNotFound, with near names
     */
    public Tag tag(String tagName) {
        catalogWith(tagName);
        return acknowledged.tag(tagName);
    }

    /**
     * The branches and tags to look up a name in. Where none has it another process may just have made one, so a shared store is asked
     * again.
     *
     * @throws StoreException as {@link #follow}
     */
    public Catalog catalogWith(String branchOrTag) {
        Catalog known = catalog();
        if (storage.shared() && known.branch(branchOrTag) == null && known.tag(branchOrTag) == null) {
            follow();
        }
        return catalog();
    }

    /** What is said of a name that neither a branch nor a tag has. */
    public CommandException unknown(String branchOrTag) {
        return acknowledged.unknown(branchOrTag);
    }

    /**
     * Refuses an LSN that is no position of the project; returns it. A shared store is asked again before it is refused.
     *
     * @throws CommandException BadValue for a position that is not there yet
     */
    public long checkPosition(long lsn) {
        if (storage.shared() && lsn > lastLsn()) {
            follow();
        }
        return acknowledged.checkPosition(lsn);
    }

    /**
     * A branch as it was at a position; through its mask, where it has one.
     *
     * @throws CommandException BadValue for a position that is not there yet
     */
    public Snapshot at(Branch branch, long lsn) {
        Snapshot stored = storedAt(branch, lsn);
        Mask mask = branch.mask();
        return mask == null ? stored : mask.view(stored);
    }

    /** The same as it is stored, without the branch's mask: for what is changed, merged or compared, and never shown. */
    public Snapshot storedAt(Branch branch, long lsn) {
        checkPosition(lsn);
        Snapshot head = acknowledged.stored(branch.id());
        if (head != null && lsn >= head.lsn()) {
            return head;
        }
        return history.at(catalog(), branch, lsn);
    }

    /** The state of its parent that a branch was made from, where it is at hand. */
    public @Nullable Snapshot madeFrom(Branch branch) {
        return acknowledged.base(branch.id());
    }

    /**
     * The last position whose record is not younger than a time in milliseconds since 1970; 0 when all are. It can be read when
     * this returns, whichever process made it.
     */
    public long positionAt(long millis) {
        long lsn = history.storedBy(millis);
        if (lsn > lastLsn()) {
            follow();
        }
        return lsn;
    }

    /**
     * The wall clock of the record that made a position, in milliseconds since 1970; 0 where the log does not reach back to it.
     *
     * @param lsn an acknowledged one
     */
    public long millisAt(long lsn) {
        return history.millisAt(lsn);
    }

    // ---- writes

    /**
     * Runs statements on a branch in order and waits until what they answer is acknowledged.
     *
     * @param stopAtError whether a statement that fails is the last one
     * @return a result for each statement that ran
     * @throws IndeterminateException when the store did not say whether some of it was stored
     * @throws StoreException when the store said no
     */
    public <R> List<Result<R>> write(
            Branch branch, Origin origin, List<? extends Statement<R>> statements, boolean stopAtError) {
        return write(branch, origin, statements, stopAtError, () -> {});
    }

    /**
     * As {@link #write(Branch, Origin, List, boolean)} for a command that may be ended while it waits for the branch's turn; what was
     * submitted before is waited for all the same.
     *
     * @param patience called now and then while a statement waits for its turn; what it throws ends the command
     */
    public <R> List<Result<R>> write(
            Branch branch,
            Origin origin,
            List<? extends Statement<R>> statements,
            boolean stopAtError,
            Runnable patience) {
        return writes.write(branch, origin, statements, stopAtError, patience);
    }

    /**
     * What statements come to where there is no project: their results, or null when one of them would change something.
     *
     * @param stopAtError whether a statement that fails is the last one
     */
    public static <R> @Nullable List<Result<R>> onNothing(
            List<? extends Statement<R>> statements, boolean stopAtError) {
        return BranchWrites.onNothing(statements, stopAtError);
    }

    /** As {@link #write} for one statement; its error is thrown. */
    public <R> R write(Branch branch, Origin origin, Statement<R> statement) {
        return write(branch, origin, List.of(statement), true).get(0).get();
    }

    // ---- branches, tags and properties

    /**
     * Makes a branch at the head of another one, or at a past position of it. Costs one append, whatever the branch holds.
     *
     * @param at null for the head
     * @throws CommandException NamespaceExists when the name is taken
     */
    public Branch createBranch(String branchName, Branch parent, @Nullable Long at, Origin origin) {
        @Nullable Snapshot past = at == null ? null : storedAt(parent, at).folded();
        return events.create(branchName, parent, past, null, origin);
    }

    /**
     * The same for a branch that shows only part of what its parent has.
     *
     * @param scope which part
     * @throws CommandException also NamespaceNotFound for a collection that the parent does not have, BadValue for a mask that makes no sense
     */
    public Branch createPartialBranch(
            String branchName, Branch parent, @Nullable Long at, ScopeRequest scope, Origin origin) {
        @Nullable Snapshot past = at == null ? null : storedAt(parent, at).folded();
        return events.create(branchName, parent, past, scope, origin);
    }

    /**
     * Brings a branch back that was dropped, as it was then.
     *
     * @param branch as it was dropped: with the LSN of that
     * @throws CommandException NamespaceExists when the name is taken, BadValue when its history is no longer kept, WriteConflict when it
     *     came back and was dropped again meanwhile
     */
    public Branch restoreBranch(Branch branch, String branchName, Origin origin) {
        return restoreBranch(branch, branchName, branch.properties(), origin);
    }

    /**
     * The same with other properties than it had.
     *
     * @param properties all of them
     */
    public Branch restoreBranch(Branch branch, String branchName, Doc properties, Origin origin) {
        long lsn = lastLsn();
        Snapshot state = storedAt(branch, lsn).folded();
        return events.restore(branch, branchName, properties, lsn, state, origin);
    }

    /**
     * Gives a branch other properties.
     *
     * @param change makes the new ones of those that are there; may be called again, and may throw a CommandException
     */
    public Branch alterBranch(Branch branch, UnaryOperator<Doc> change, Origin origin) {
        return events.alter(branch, change, origin);
    }

    /**
     * Gives the project other properties.
     *
     * @param change makes the new ones of those that are there; may be called again, and may throw a CommandException
     * @return the new ones
     */
    public Doc alter(UnaryOperator<Doc> change, Origin origin) {
        return events.alter(change, origin);
    }

    /**
     * Names a position for good.
     *
     * @param lsn a position of the branch that can be read
     * @throws CommandException NamespaceExists when a branch or another tag has the name
     */
    public Tag createTag(String tagName, Branch branch, long lsn, Origin origin) {
        at(branch, lsn);
        return events.createTag(tagName, branch, lsn, origin);
    }

    /** Removes a tag; the position stays as long as retention keeps it. */
    public Tag dropTag(Tag tag, Origin origin) {
        return events.dropTag(tag, origin);
    }

    /** The branch for what is no user's data; made with the first call. */
    public Branch internal(Origin origin) {
        Branch found = catalog().branch(Branch.INTERNAL);
        return found == null ? events.createInternal(origin) : found;
    }

    /** The same where it is there already. */
    public @Nullable Branch internal() {
        return catalog().branch(Branch.INTERNAL);
    }

    /**
     * Removes a branch. Its history stays.
     *
     * @throws CommandException IllegalOperation for the branch {@code main}
     */
    public Branch dropBranch(Branch branch, Origin origin) {
        return dropBranch(branch, BranchGuard.NONE, origin);
    }

    /** The same unless the guard refuses it. */
    public Branch dropBranch(Branch branch, BranchGuard guard, Origin origin) {
        return events.drop(branch, guard, origin);
    }

    /**
     * Gives a branch another name; changes to the case of its letters count as another name too.
     *
     * @throws CommandException NamespaceExists when another branch has the name
     */
    public Branch renameBranch(Branch branch, String to, Origin origin) {
        return renameBranch(branch, to, BranchGuard.NONE, origin);
    }

    /** The same unless the guard refuses it. */
    public Branch renameBranch(Branch branch, String to, BranchGuard guard, Origin origin) {
        return events.rename(branch, to, guard, origin);
    }

    // ---- other processes, and the end

    /**
     * Ends the project in its own log. Whoever has it open, in whatever process, loses the next position to this and learns of
     * it, so nobody acknowledges a write behind it. Does nothing when it has ended.
     */
    void end(Origin origin) {
        events.end(id, origin);
    }

    /** Whether the project was dropped, as far as its log is folded here. */
    boolean isEnded() {
        return catalog().ended();
    }

    /**
     * Reads what other processes appended to a shared store.
     *
     * @throws StoreException when the store cannot be read; where it no longer has what comes next, the project is opened again when it
     *     is asked for
     */
    public void follow() {
        try {
            commits.follow();
        } catch (StoreException e) {
            if (acknowledged.broken() == null && storage.log().firstLsn() > lastLsn() + 1) {
                acknowledged.breakDown(e);
            }
            throw e;
        }
    }

    /** Makes later records younger than a {@code $clusterTime} that a client has seen. */
    public void observe(long clusterTime) {
        commits.observe(clusterTime);
    }

    /** The branches whose head moved since the last call: for the readable views. */
    public Set<Long> takeMoved() {
        return acknowledged.takeMoved();
    }

    /** As {@link #close}, since the project was removed: that is what writers that still have it are told. */
    void drop() {
        acknowledged.drop();
        close();
    }

    /** Waits for the append in flight and refuses further writes. */
    @Override
    public void close() {
        commits.close();
        checkpoints.close();
        meters.checkpoints().hideAge();
    }

    /** Whether it stopped for something that was the store's fault, or met a damaged page: opening it again may help. */
    boolean isToBeReopened() {
        return acknowledged.broken() instanceof StoreException
                || (!storage.pages().damaged().isEmpty() && !checkpoints.isResigned());
    }

    /** Pages that could not be read as they were written. */
    Set<PageId> damagedPages() {
        return storage.pages().damaged();
    }

    /** Why the project takes no writes until somebody does something about it, or null. */
    public @Nullable String trouble() {
        try {
            acknowledged.checkWhole();
        } catch (StoreException e) {
            return e.getMessage();
        }
        return storage.log().trouble();
    }

    // ---- checkpoints

    /** The checkpoints, and what is cleaned up behind them. */
    public ProjectCheckpoints checkpoints() {
        return checkpoints;
    }

    /** What of the project goes into an archive. */
    public ProjectSource content() {
        return checkpoints.content();
    }

    /** The acknowledged state between two records, for a checkpoint. */
    Capture capture() {
        return commits.atRest(
                end -> acknowledged.capture(end, checkpoints, clocks.millis().getAsLong()));
    }

    // ---- the log, and what happened

    /**
     * The records from the one that holds an LSN on, up to the last one that is stored; the caller closes it.
     *
     * @throws CommandException BadValue for an LSN that is not in the log
     */
    public RecordCursor records(long fromLsn) {
        long first = storage.log().firstLsn();
        if (fromLsn < first || fromLsn > lastLsn() + 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "LSN " + fromLsn + " is not in the log of project '" + name + "'; it has " + first + " to "
                            + lastLsn());
        }
        return storage.log().read(fromLsn);
    }

    /**
     * The commits that a position of a branch sees, the newest first.
     *
     * @param patience called now and then; what it throws ends this
     * @throws CommandException BadValue for a position that is not there yet or no longer
     */
    public BranchLog log(Branch branch, long lsn, LogQuery query, Runnable patience) {
        return new BranchLog(this, branch, lsn, query, patience);
    }

    /**
     * The commits of parts of a history, the oldest first, with the states before and after each.
     *
     * @param oldestFirst the parts
     * @param patience called now and then; what it throws ends this
     * @throws CommandException BSONObjectTooLarge where it is more than the limits, BadValue where the log no longer has all of it
     */
    public BranchSteps steps(List<Segments.Segment> oldestFirst, BranchSteps.Limits limits, Runnable patience) {
        return new BranchSteps(this, oldestFirst, limits, patience);
    }

    /**
     * The versions of a document that a position of a branch sees, the newest first.
     *
     * @param collection what its collection is called at the position
     * @param documentId its {@code _id}
     * @param patience called now and then; what it throws ends this
     * @throws CommandException BadValue for a position that is not there yet or no longer
     */
    public DocumentHistory documentHistory(
            Branch branch, long lsn, String collection, Value documentId, Runnable patience) {
        return new DocumentHistory(this, history, branch, lsn, collection, documentId, patience);
    }

    /** The oldest position that can be read. */
    public long oldestLsn() {
        return history.oldest();
    }

    /** The first LSN in the log. */
    public long firstLsn() {
        return storage.log().firstLsn();
    }

    /** The parts that the log lies in, in order. */
    public List<LogSegment> segments() {
        return storage.log().segments();
    }

    /** What the store says its log takes, in bytes; 0 where it does not say. */
    public long logBytes() {
        return storage.log().segments().stream().mapToLong(LogSegment::bytes).sum();
    }

    /**
     * What the project takes in its store. Reads the whole log.
     *
     * @param patience called for every record; what it throws ends this
     */
    public StorageReport storageReport(Runnable patience) {
        return new StorageCount(storage)
                .run(lastLsn(), history.oldest(), checkpoints.unsaved().amount(), patience);
    }

    /**
     * Computes a branch at a position again, from the oldest state that there is, and compares it with what readers see.
     *
     * @param patience called now and then; what it throws ends this
     * @throws CommandException BadValue for a position that is not there yet or no longer
     */
    public ReplayReport replay(Branch branch, long lsn, Runnable patience) {
        Snapshot seen = storedAt(branch, lsn);
        try (Readings.Reading reading = history.reading()) {
            return new ReplayCheck(storage, reading, patience).run(catalog(), branch, lsn, seen);
        }
    }
}
