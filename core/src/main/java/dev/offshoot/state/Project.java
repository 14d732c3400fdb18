package dev.offshoot.state;

import dev.offshoot.archive.ProjectSource;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.metrics.ProjectMeters;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.LogSegment;
import dev.offshoot.store.PageId;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.GroupCommit;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.LogFollower;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.Pending;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import dev.offshoot.wal.RetryTable;
import dev.offshoot.wal.WalReader;
import dev.offshoot.wal.WalRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One project while it is open: its branches, their states, and the way writes take (decision 4). Thread safe.
 *
 * <p>A write, from top to bottom: it takes its branch's turn; evaluates its statement against the newest pending state; submits the
 * commit, which reserves its LSNs and queues it; folds it into the pending state; gives the turn back; and waits for the outcome.
 * Readers see acknowledged states only. A reply waits until the state it was evaluated on is acknowledged, also when the statement
 * changed nothing or failed. When pending state became void, statements whose outcome is LOST run again on the new tip, in order.
 *
 * <p>Locks are taken in this order: branch events, a branch's turn, and then those inside {@link GroupCommit}.
 */
public final class Project implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Project.class);
    private static final long COMMIT_BYTES_MAX = 900L << 20;

    private final long id;
    private final String name;
    private final ProjectStorage storage;
    private final History history;
    private final ProjectCheckpoints checkpoints;
    private final Clocks clocks;
    private final ProjectMeters meters;
    private final GroupCommit commits;
    private final Map<Long, Head> heads = new ConcurrentHashMap<>();
    private final Set<Long> moved = ConcurrentHashMap.newKeySet();
    private final RetryTable<byte[]> executed = new RetryTable<>();
    private volatile Catalog catalog;

    /** Heads that were asked for by exactly their branches' names; given up with each catalog, after it. */
    private volatile Map<String, Head> named = new ConcurrentHashMap<>();

    private volatile long lastLsn;
    private volatile long lastTime;
    private volatile long lastMillis;

    private volatile @Nullable Throwable broken;
    private volatile boolean dropped;

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
        Checkpoints stored = new Checkpoints(storage);
        this.history = new History(name, storage, stored, materializer, this::base);
        this.checkpoints = new ProjectCheckpoints(this, storage, stored, history, policy, clocks, meters);
        this.catalog = Catalog.empty();
        long start = clocks.nanos().getAsLong();
        LogEnd end = recover();
        meters.replay().ended(clocks.nanos().getAsLong() - start);
        this.commits = new GroupCommit(storage.log(), end, clocks, new Follower(), meters.appends());
        this.events = new BranchEvents(this, commits, heads);
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
        if (project.catalog.branch(Branch.MAIN) == null && project.lastLsn == 0) {
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

    /** The acknowledged branches. */
    public Catalog catalog() {
        return catalog;
    }

    /** The LSN of the last acknowledged change. */
    public long lastLsn() {
        return lastLsn;
    }

    /** The time of the last acknowledged record, as a BSON timestamp: {@code operationTime}. */
    public long lastTime() {
        return lastTime;
    }

    /** The wall clock of the last acknowledged record, in milliseconds since 1970. */
    public long lastMillis() {
        return lastMillis;
    }

    /**
     * The acknowledged state of a branch, without a lock; through its mask, where it has one.
     *
     * @throws CommandException NamespaceNotFound when the branch is gone
     */
    public Snapshot head(Branch branch) {
        return existingHead(branch).seen();
    }

    /** The same as it is stored, without the branch's mask: for what is changed, merged or compared, and never shown. */
    public Snapshot storedHead(Branch branch) {
        return existingHead(branch).acknowledged;
    }

    private Head existingHead(Branch branch) {
        Head head = heads.get(branch.id());
        if (head == null) {
            throw gone(branch.name());
        }
        return head;
    }

    /**
     * The acknowledged state of the branch of this name, without a lock; through its mask, where it has one.
     *
     * @throws CommandException NamespaceNotFound, with near names
     */
    public Snapshot head(String branchName) {
        Snapshot head = headOf(branchName);
        if (head == null) {
            throw gone(branchName);
        }
        return head;
    }

    /** The acknowledged state of the branch of this name, without a lock; null where there is no such branch. */
    public @Nullable Snapshot headOf(String branchName) {
        Map<String, Head> known = named; // before the catalog, so that nothing older than it is put there
        Head head = known.get(branchName);
        return head == null ? lookUp(branchName, known) : head.seen();
    }

    private @Nullable Snapshot lookUp(String branchName, Map<String, Head> known) {
        Branch branch = catalog.branch(branchName);
        Head head = branch == null ? null : heads.get(branch.id());
        if (branch == null || head == null) {
            return null;
        }
        if (branch.name().equals(branchName)) { // no other spellings, so that there are no more than branches
            known.put(branchName, head);
        }
        return head.seen();
    }

    /**
     * The branch of this name.
     *
     * @throws CommandException NamespaceNotFound, with near names
     */
    public Branch branch(String branchName) {
        Branch branch = catalog.branch(branchName);
        if (branch == null || branch.name().equals(Branch.INTERNAL)) {
            throw gone(branchName);
        }
        return branch;
    }

    /**
     * The tag of this name.
     *
     * @throws CommandException NamespaceNotFound, with near names
     */
    public Tag tag(String tagName) {
        Tag tag = catalog.tag(tagName);
        if (tag == null) {
            String other = catalog.branch(tagName) == null ? "" : "that is a branch; ";
            List<String> names = catalog.tags().stream().map(Tag::name).toList();
            throw new CommandException(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "tag '" + tagName + "' not found in '" + name + "'; " + other
                            + NearNames.hint("it has", tagName, names));
        }
        return tag;
    }

    /**
     * Refuses an LSN that is no position of the project; returns it.
     *
     * @throws CommandException BadValue for a position that is not there yet
     */
    public long checkPosition(long lsn) {
        if (lsn < 0 || lsn > lastLsn) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "position " + lsn + " is not in project '" + name + "'; its positions are 0 to " + lastLsn);
        }
        return lsn;
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
        Snapshot head = storedState(branch.id());
        if (head != null && lsn >= head.lsn()) {
            return head;
        }
        return history.at(catalog, branch, lsn);
    }

    /** The state of its parent that a branch was made from, where it is at hand. */
    public @Nullable Snapshot madeFrom(Branch branch) {
        return base(branch.id());
    }

    /**
     * The last position whose record is not younger than a time in milliseconds since 1970; 0 when all are. It can be read when
     * this returns, whichever process made it.
     */
    public long positionAt(long millis) {
        long lsn = history.storedBy(millis);
        if (lsn > lastLsn) {
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
        try {
            return writeAll(branch, origin, statements, stopAtError, patience);
        } catch (StoreException e) {
            throw dropped ? droppedException() : e;
        }
    }

    private <R> List<Result<R>> writeAll(
            Branch branch,
            Origin origin,
            List<? extends Statement<R>> statements,
            boolean stopAtError,
            Runnable patience) {
        checkpoints.unsaved().awaitRoom();
        List<Attempt<R>> attempts = new ArrayList<>();
        int settled = 0;
        while (true) {
            long epoch = commits.epoch();
            boolean stopped = false;
            while (attempts.size() < statements.size() && !stopped) {
                Attempt<R> attempt;
                try {
                    attempt = attempt(branch, origin, statements.get(attempts.size()), epoch, patience);
                } catch (RuntimeException | Error e) {
                    attempts.forEach(this::holds); // an error reply, too, waits for what was done before it
                    throw e;
                }
                if (attempt == null) {
                    break; // the epoch is over: see what became of the statements before, then go on in the new one
                }
                attempts.add(attempt);
                stopped = stopAtError && attempt.result().error() != null;
            }
            while (settled < attempts.size() && holds(attempts.get(settled))) {
                settled++;
            }
            if (settled == attempts.size() && (stopped || settled == statements.size())) {
                return attempts.stream().map(Attempt::result).toList();
            }
            attempts.subList(settled, attempts.size()).clear();
        }
    }

    /**
     * What statements come to where there is no project: their results, or null when one of them would change something.
     *
     * @param stopAtError whether a statement that fails is the last one
     */
    public static <R> @Nullable List<Result<R>> onNothing(
            List<? extends Statement<R>> statements, boolean stopAtError) {
        List<Result<R>> results = new ArrayList<>();
        for (Statement<R> statement : statements) {
            try {
                Statement.Draft<R> draft = statement.evaluate(new Turn(null, Snapshot.EMPTY, Snapshot.EMPTY, null));
                if (!draft.isUnchanged()) {
                    return null;
                }
                results.add(Result.of(draft.result()));
            } catch (CommandException e) {
                results.add(Result.failed(e));
                if (stopAtError) {
                    return results;
                }
            }
        }
        return results;
    }

    /** As {@link #write} for one statement; its error is thrown. */
    public <R> R write(Branch branch, Origin origin, Statement<R> statement) {
        return write(branch, origin, List.of(statement), true).get(0).get();
    }

    /**
     * Makes a branch at the head of another one, or at a past position of it. Costs one append, whatever the branch holds.
     *
     * @param at null for the head
     * @throws CommandException NamespaceExists when the name is taken
     */
    public Branch createBranch(String branchName, Branch parent, @Nullable Long at, Origin origin) {
        @Nullable Snapshot past = at == null ? null : storedAt(parent, at);
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
        @Nullable Snapshot past = at == null ? null : storedAt(parent, at);
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
        Snapshot state = storedAt(branch, lastLsn);
        @Nullable Snapshot base = null;
        Branch parent = catalog.branch(branch.parent());
        if (parent != null) {
            try {
                Snapshot whole = storedAt(parent, branch.base());
                base = Scope.restrict(whole, branch.entry());
                history.share(whole, base);
            } catch (CommandException e) {
                LOG.debug("branch {} comes back without what it was made from: {}", branchName, e.getMessage());
            }
        }
        return events.restore(branch, branchName, properties, new BranchState(state, base), origin);
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
        Branch found = catalog.branch(Branch.INTERNAL);
        return found == null ? events.createInternal(origin) : found;
    }

    /** The same where it is there already. */
    public @Nullable Branch internal() {
        return catalog.branch(Branch.INTERNAL);
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

    /**
     * Ends the project in its own log. Whoever has it open, in whatever process, loses the next position to this and learns of
     * it, so nobody acknowledges a write behind it. Does nothing when it has ended.
     */
    void end(Origin origin) {
        events.end(origin);
    }

    /** Whether the project was dropped, as far as its log is folded here. */
    boolean isEnded() {
        return catalog.ended();
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
            if (broken == null && storage.log().firstLsn() > lastLsn + 1) {
                broken = e;
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
        Set<Long> taken = new TreeSet<>(moved);
        moved.removeAll(taken);
        return taken;
    }

    /** As {@link #close}, since the project was removed: that is what writers that still have it are told. */
    void drop() {
        dropped = true;
        close();
    }

    /** Waits for the append in flight and refuses further writes. */
    @Override
    public void close() {
        commits.close();
        meters.checkpoints().hideAge();
    }

    // ---- retryable writes

    long newestTransaction(UUID session) {
        long pending = commits.newestPending(session);
        synchronized (executed) {
            return Math.max(pending, executed.newest(session));
        }
    }

    @Nullable
    Pending pendingResult(RetryKey key) {
        return commits.pendingResult(key);
    }

    byte @Nullable [] acknowledgedResult(RetryKey key) {
        synchronized (executed) {
            return executed.get(key);
        }
    }

    // ---- the write path

    /** Whether the catalog knows all that the pending state of a branch came from; asked by who has its turn. */
    boolean isPastAcknowledged(long branch) {
        Head head = heads.get(branch);
        return head != null && head.isPastAcknowledged();
    }

    /** One statement on its branch's turn; null when the epoch is over. */
    private <R> @Nullable Attempt<R> attempt(
            Branch branch, Origin origin, Statement<R> statement, long epoch, Runnable patience) {
        Head head = heads.get(branch.id());
        if (head == null) {
            return Attempt.failed(gone(branch.name()), null);
        }
        head.takeTurn(patience);
        try {
            checkWhole();
            if (catalog.ended()) {
                return Attempt.failed(droppedException(), null);
            }
            if (commits.epoch() != epoch) {
                return null;
            }
            head.enter(epoch);
            if (head.dropped()) {
                return Attempt.failed(gone(branch.name()), head.last());
            }
            Turn turn = new Turn(this, head.seen(head.pending()), head.pending(), head.last());
            Statement.Draft<R> draft;
            try {
                draft = statement.evaluate(turn);
            } catch (CommandException e) {
                return Attempt.failed(e, turn.dependsOn());
            }
            if (draft.isUnchanged()) {
                return new Attempt<>(Result.of(draft.result()), turn.dependsOn(), false);
            }
            List<Commit> made = draft.commits(branch.id(), origin);
            checkSize(made);
            Folded foreseen;
            try {
                foreseen = tried(head, branch, Commit.at(made, commits.nextLsn()), draft.past());
            } catch (CommandException e) {
                return Attempt.failed(e, turn.dependsOn());
            }
            Pending pending = commits.submit(epoch, made);
            if (pending == null) {
                return null;
            }
            advance(head, pending, draft.past(), foreseen);
            return new Attempt<>(Result.of(draft.result(), pending.lastLsn()), pending, true);
        } finally {
            head.turn.unlock();
        }
    }

    /**
     * A state that commits make.
     *
     * @param firstLsn where the commits were folded at
     */
    private record Folded(long firstLsn, Snapshot state, FoldPages.Window window) {}

    /** Folds commits before they are submitted, where they will most likely come to be: what does not fit must not get into the log. */
    private Folded tried(Head head, Branch branch, List<Commit> made, Statement.Referred past) {
        try {
            FoldPages.Window window = checkpoints.folds().window();
            past.states().forEach(state -> window.refer(history.sources(state)));
            Snapshot state = BranchFold.tried(head.pending(), made, window, within(past));
            made.forEach(this::checkLineage);
            return new Folded(made.get(0).firstLsn(), state, window);
        } catch (CommandException | StoreException e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            if (!storage.pages().damaged().isEmpty()) {
                throw e; // what it does not fit was not read as it was written
            }
            throw new AssertionError(
                    "the changes of '" + made.get(0).origin().command() + "' do not fit branch '" + branch.name()
                            + "' of project '" + name + "' behind LSN "
                            + head.pending().lsn() + ", and nothing was written: " + e.getMessage(),
                    e);
        }
    }

    private void checkLineage(Commit commit) {
        if (!Catalog.concerns(commit)) {
            return;
        }
        Catalog known = catalog;
        known.apply(commit, lastMillis);
        for (Change change : commit.changes()) {
            if (change instanceof Change.Merge merge) {
                known.existing(merge.from());
            }
        }
    }

    /** What a commit refers to, as the fold gets it. */
    private Past within(Statement.Referred referred) {
        return new Past() {
            @Override
            public Snapshot at(long branch, long lsn) {
                return referred.at(branch, lsn);
            }

            @Override
            public Snapshot target(long branch, Change.Reset reset) {
                return Scope.restrict(at(reset.from(), reset.lsn()), catalog.crossing(reset.from(), branch));
            }
        };
    }

    /**
     * Makes a submitted commit part of the pending state. It was seen to fit, so nothing here may fail; if it does, nothing is published any
     * more. Where others reserved LSNs meanwhile it is folded again, as ids are made of them.
     */
    private void advance(Head head, Pending pending, Statement.Referred past, Folded foreseen) {
        Runnable publication = this::publishNothing;
        try {
            Snapshot next = pending.commit().firstLsn() == foreseen.firstLsn()
                    ? foreseen.state()
                    : BranchFold.apply(head.pending(), pending.commits(), foreseen.window(), within(past));
            head.advance(next, pending);
            publication = () -> {
                pending.commits().forEach(this::follow);
                publish(head, next);
                foreseen.window().publish();
            };
        } catch (RuntimeException | Error e) {
            throw stopped(e);
        } finally {
            pending.applied(publication);
        }
    }

    /** Publishes nothing any more, since the pending state cannot follow what is on its way to the log; what its writer is told. */
    IndeterminateException stopped(Throwable cause) {
        broken = cause;
        return indeterminate(cause);
    }

    private IndeterminateException indeterminate(Throwable cause) {
        return new IndeterminateException(
                "project '" + name + "' stopped behind a write, which may be stored: " + cause.getMessage()
                        + ". Retry it if it is retryable, else read first",
                cause);
    }

    private void publish(Head head, Snapshot state) {
        head.acknowledged = state;
        lastLsn = state.lsn();
        moved.add(state.branch());
    }

    private void follow(Commit commit) {
        if (Catalog.concerns(commit)) {
            catalog = catalog.apply(commit, lastMillis);
        }
    }

    private void publishNothing() {}

    /** Publishes a branch event: the branches there are now, and whose view has to follow. */
    void publish(Catalog branches, long lsn) {
        catalog = branches;
        named = new ConcurrentHashMap<>();
        lastLsn = lsn;
    }

    void moved(long branch) {
        moved.add(branch);
    }

    /** Publishes nothing any more: the pending state could not follow what is on its way to the log. */
    void breakDown(Throwable cause) {
        broken = cause;
    }

    boolean isBroken() {
        return broken != null;
    }

    /** Whether it stopped for something that was the store's fault, or met a damaged page: opening it again may help. */
    boolean isToBeReopened() {
        return broken instanceof StoreException || (!storage.pages().damaged().isEmpty() && !checkpoints.isResigned());
    }

    /** Pages that could not be read as they were written. */
    Set<PageId> damagedPages() {
        return storage.pages().damaged();
    }

    boolean isDropped() {
        return dropped;
    }

    /** Waits for the outcome of a commit. */
    boolean isAcknowledged(Pending pending) {
        return commits.await(pending) == Pending.Outcome.ACKNOWLEDGED;
    }

    /** Whether an attempt's answer may be given; false when it has to run again. */
    boolean holds(Attempt<?> attempt) {
        Pending pending = attempt.pending();
        if (pending == null) {
            return true;
        }
        Pending.Outcome outcome = commits.await(pending);
        return switch (outcome) {
            case ACKNOWLEDGED -> {
                Throwable cause = broken;
                if (cause != null && attempt.own()) {
                    throw indeterminate(cause);
                }
                checkWhole();
                yield true;
            }
            case LOST -> false;
            case FAILED -> {
                if (attempt.own()) {
                    throw pending.failure();
                }
                yield false;
            }
            case UNKNOWN ->
                throw new IndeterminateException("the store of project '" + name
                        + "' did not say whether the write was stored; it may show later. Retry it if it is retryable,"
                        + " else read first");
        };
    }

    private void checkSize(List<Commit> made) {
        if (made.size() > 1 && !GroupCommit.isOneRecord(made)) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    made.size() + " commits have too many different authors and messages to be kept apart in one step;"
                            + " make one commit of them with squash: true");
        }
        if (made.stream().mapToLong(Commit::approximateBytes).sum() > COMMIT_BYTES_MAX) {
            throw new CommandException(
                    ErrorCode.BSON_OBJECT_TOO_LARGE,
                    "one statement would change more than " + (COMMIT_BYTES_MAX >> 20)
                            + " MiB at once; split it, for instance by ranges of _id");
        }
    }

    /** Why the project takes no writes until somebody does something about it, or null. */
    public @Nullable String trouble() {
        try {
            checkWhole();
        } catch (StoreException e) {
            return e.getMessage();
        }
        return storage.log().trouble();
    }

    /** What the store says its log takes, in bytes; 0 where it does not say. */
    public long logBytes() {
        return storage.log().segments().stream().mapToLong(LogSegment::bytes).sum();
    }

    /** Refuses to go on with a state that is not what the log says. */
    void checkWhole() {
        Throwable cause = broken;
        if (cause != null) {
            throw new StoreException(
                    "project '" + name + "' stopped after an internal error; its log is whole: restart the server"
                            + " to fold it again",
                    cause);
        }
    }

    // ---- the log

    /** The newest usable checkpoint, and what the log holds above it. Where that is much, checkpoints are made on the way. */
    private LogEnd recover() {
        LogEnd end = restore(checkpoints.newestUsable());
        try (WalReader reader = WalReader.open(storage.log(), end.lsn() + 1)) {
            FoldPages.Window window = checkpoints.folds().window();
            Replay replay = continued(window);
            boolean saving = true;
            for (WalReader.Decoded read = reader.next(); read != null; read = reader.next()) {
                WalRecord record = read.record();
                apply(record, replay);
                remember(record);
                end = LogEnd.of(record);
                meters.replay().folded(record.count(), read.storedBytes());
                if (saving && checkpoints.isDue()) {
                    install(replay);
                    window.publish();
                    saving = saved(end);
                    window = checkpoints.folds().window();
                    replay = continued(window);
                }
            }
            install(replay);
            window.publish();
        }
        lastLsn = end.lsn();
        return end;
    }

    private void apply(WalRecord record, Replay replay) {
        try {
            replay.apply(record);
        } catch (CommandException e) {
            throw new CorruptionException("project '" + name + "': the record at LSN " + record.firstLsn()
                    + " refers to a state that cannot be read: " + e.getMessage()
                    + ". Restore the project from a backup");
        }
    }

    /** Whether there is a checkpoint of the state now; where the store does not take it, memory has to hold more. */
    private boolean saved(LogEnd end) {
        try {
            checkpoints.save(capture(end));
            return true;
        } catch (StoreException e) {
            LOG.warn("no checkpoint of project {} on the way through its log: {}", name, e.getMessage());
            return false;
        }
    }

    private Replay continued(FoldPages.Window window) {
        Replay.Positions positions = (branches, branch, lsn) -> {
            Snapshot state = history.at(branches, branch, lsn);
            window.refer(history.sources(state));
            return state;
        };
        return new Replay(catalog, this::storedState, positions, window);
    }

    /** For a state that is about to become that of a branch, which the window is published with. */
    FoldPages.Window windowFor(@Nullable Snapshot state) {
        FoldPages.Window window = checkpoints.folds().window();
        if (state != null) {
            window.refer(history.sources(state));
        }
        return window;
    }

    private LogEnd restore(@Nullable Checkpoint checkpoint) {
        if (checkpoint == null) {
            requireWholeLog();
            return LogEnd.EMPTY;
        }
        catalog = checkpoint.catalog();
        checkpoint.forEachState((branch, state) -> heads.put(branch, head(catalog, branch, state)));
        LogEnd end = checkpoint.manifest().end();
        checkpoints.loaded(checkpoint);
        lastTime = end.time();
        lastMillis = end.millis();
        RetryResults.load(checkpoint.manifest().retries(), storage.pages(), executed);
        return end;
    }

    private void requireWholeLog() {
        long first = storage.log().firstLsn();
        if (first > 1) {
            throw new CorruptionException("project '" + name + "': its log begins at LSN " + first
                    + " and no checkpoint of what was before can be read. Restore the project from a backup");
        }
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
        return commits.atRest(this::capture);
    }

    private Capture capture(LogEnd end) {
        Map<Long, BranchState> states = new HashMap<>();
        heads.forEach((branch, head) -> states.put(branch, head.state()));
        synchronized (executed) {
            Unsaved.Amount taken = checkpoints.unsaved().take(clocks.millis().getAsLong());
            return new Capture(
                    end,
                    catalog,
                    states,
                    executed.entries(),
                    taken,
                    checkpoints.folds().published());
        }
    }

    private @Nullable Snapshot base(long branch) {
        Head head = heads.get(branch);
        return head == null ? null : head.state().base();
    }

    // ---- looking after the log

    /**
     * The records from the one that holds an LSN on, up to the last one that is stored; the caller closes it.
     *
     * @throws CommandException BadValue for an LSN that is not in the log
     */
    public RecordCursor records(long fromLsn) {
        long first = storage.log().firstLsn();
        if (fromLsn < first || fromLsn > lastLsn + 1) {
            throw new CommandException(
                    ErrorCode.BAD_VALUE,
                    "LSN " + fromLsn + " is not in the log of project '" + name + "'; it has " + first + " to "
                            + lastLsn);
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

    /**
     * What the project takes in its store. Reads the whole log.
     *
     * @param patience called for every record; what it throws ends this
     */
    public StorageReport storageReport(Runnable patience) {
        return new StorageCount(storage)
                .run(lastLsn, history.oldest(), checkpoints.unsaved().amount(), patience);
    }

    /**
     * Computes a branch at a position again, from the oldest state that there is, and compares it with what readers see.
     *
     * @param patience called now and then; what it throws ends this
     * @throws CommandException BadValue for a position that is not there yet or no longer
     */
    public ReplayReport replay(Branch branch, long lsn, Runnable patience) {
        Snapshot seen = storedAt(branch, lsn);
        return new ReplayCheck(storage, patience).run(catalog, branch, lsn, seen);
    }

    private static Head head(Catalog branches, long branch, BranchState state) {
        return new Head(state.head(), state.base(), branches.existing(branch).mask());
    }

    private void install(Replay replay) {
        replay.forEachHead(state -> {
            long branch = state.head().branch();
            Head head = heads.get(branch);
            if (head == null) {
                heads.put(branch, head(replay.catalog(), branch, state));
            } else {
                head.acknowledged = state.head();
            }
            moved.add(branch);
        });
        Catalog before = catalog;
        catalog = replay.catalog();
        for (Long branch : replay.dropped()) {
            heads.remove(branch);
            moved.add(branch);
        }
        if (catalog != before) {
            named = new ConcurrentHashMap<>();
        }
    }

    /** Without its LSN: a position exists once the state at it is published. */
    private void remember(WalRecord record) {
        checkpoints.unsaved().add(record);
        lastTime = record.time();
        lastMillis = record.millis();
        synchronized (executed) {
            for (Commit commit : record.commits()) {
                for (RetryResult result : commit.results()) {
                    executed.put(result.key(), result.result(), record.millis());
                }
            }
        }
    }

    CommandException droppedException() {
        return new CommandException(ErrorCode.NAMESPACE_NOT_FOUND, "project '" + name + "' was dropped meanwhile");
    }

    CommandException gone(String branchName) {
        String other = catalog.tag(branchName) == null ? "" : "that is a tag; ";
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "branch '" + branchName + "' not found in '" + name + "'; " + other
                        + NearNames.hint("it has", branchName, branchNames()));
    }

    /** What is said of a name that neither a branch nor a tag has. */
    public CommandException unknown(String branchOrTag) {
        List<String> names = branchNames();
        List<String> tags = catalog.tags().stream().map(Tag::name).toList();
        if (tags.isEmpty()) {
            return gone(branchOrTag);
        }
        names.addAll(tags);
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "branch or tag '" + branchOrTag + "' not found in '" + name + "'; "
                        + NearNames.hint("it has", branchOrTag, names));
    }

    private List<String> branchNames() {
        List<String> names = new ArrayList<>();
        catalog.branches().forEach(branch -> names.add(branch.name()));
        return names;
    }

    /** Keeps the acknowledged state in step with the log. */
    private final class Follower implements LogFollower {
        @Override
        public void acknowledged(WalRecord record) {
            remember(record);
        }

        @Override
        public void followed(WalRecord record) {
            try {
                FoldPages.Window window = checkpoints.folds().window();
                Replay replay = continued(window);
                replay.apply(record);
                install(replay);
                window.publish();
                remember(record);
                lastLsn = record.lastLsn();
                meters.follow().folded();
            } catch (CommandException e) { // it slept while what the record refers to was cleaned up
                broken = new StoreException("the record at LSN " + record.firstLsn() + " cannot be followed", e);
                throw e;
            } catch (RuntimeException | Error e) {
                broken = e;
                throw e;
            }
        }
    }

    /** The acknowledged state of the branch with this id, through its mask; null when it is gone. */
    public @Nullable Snapshot acknowledgedState(long branch) {
        Head head = heads.get(branch);
        return head == null ? null : head.seen();
    }

    /** The same as it is stored. */
    private @Nullable Snapshot storedState(long branch) {
        Head head = heads.get(branch);
        return head == null ? null : head.acknowledged;
    }
}
