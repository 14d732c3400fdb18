package dev.offshoot.driver;

import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import dev.offshoot.wire.Door;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bson.BsonValue;
import org.bson.Document;

/**
 * The official driver in front of an engine in this JVM, and branches. {@link #mongo()} is a whole {@link MongoClient}, with its
 * codecs, sessions and listeners; commands run on the thread that calls. Merges, resets, undos and the like are sent again where their reply was
 * lost, and are done once, unless the settings turn {@code retryWrites} off ({@link OnceCommand}). Thread safe; closing it closes its views, and the engine
 * if it was opened with it.
 */
public final class OffshootClient implements AutoCloseable {
    private static final long THREAD_IDLE_SECONDS = 10;

    private final Trunk trunk;
    private final MongoClient mongo;
    private final Runnable afterClose;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** What a client shares with its views. */
    private record Trunk(
            Door door,
            MongoClientSettings settings,
            ExecutorService timed,
            ConcurrentHashMap<String, OffshootClient> views,
            AtomicBoolean closed) {

        MongoClient connect(Door to) {
            return MongoClients.create(InMemorySettings.of(settings, InMemorySockets.context(to, timed)));
        }
    }

    private OffshootClient(Trunk trunk, MongoClient mongo, Runnable afterClose) {
        this.trunk = trunk;
        this.mongo = mongo;
        this.afterClose = afterClose;
    }

    static OffshootClient open(Door door, MongoClientSettings settings, Runnable afterClose) {
        Trunk trunk = new Trunk(door, settings, timedThreads(), new ConcurrentHashMap<>(), new AtomicBoolean());
        return new OffshootClient(trunk, trunk.connect(door), () -> {
            trunk.closed.set(true);
            trunk.views.values().forEach(OffshootClient::close);
            trunk.timed.shutdown();
            afterClose.run();
        });
    }

    private static ExecutorService timedThreads() {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "offshoot-timed");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** The driver. {@code getDatabase("shop@feature-x")} is a branch here, as it is over the network. */
    public MongoClient mongo() {
        return mongo;
    }

    /**
     * A view in which every plain database name means this branch of it: {@code branch("exp").mongo().getDatabase("shop")} is
     * {@code shop~exp}. A name with a branch of its own keeps it; {@code admin}, {@code local} and {@code config} stay what they
     * are. The same view for the same name, until it is closed; it has connections of its own.
     *
     * @param name a branch, or {@code branch@position} for a read-only one; whether it exists shows when it is used
     */
    public OffshootClient branch(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a branch name is needed, such as feature-x");
        }
        OffshootClient view = trunk.views.computeIfAbsent(name, this::view);
        if (trunk.closed.get()) {
            view.close();
            throw new IllegalStateException("the client is closed");
        }
        return view;
    }

    private OffshootClient view(String name) {
        MongoClient client = trunk.connect(new BranchDoor(trunk.door, name));
        return new OffshootClient(trunk, client, () -> trunk.views.remove(name));
    }

    /** A new branch of a project, from the head of the default branch, which is {@code main} unless said otherwise, or of the view's branch. */
    public BranchInfo createBranch(String project, String name) {
        return BranchInfo.of(run(project, new Document("createBranch", name)));
    }

    /**
     * A new branch from a place of its own.
     *
     * @param from a branch, a tag, a position of a branch, an LSN or a time
     */
    public BranchInfo createBranch(String project, String name, String from) {
        return BranchInfo.of(run(project, new Document("createBranch", name).append("from", from)));
    }

    /**
     * A new branch with fields of {@code createBranch}.
     *
     * @param options such as {@code {from: "v1", collections: ["orders"], schemaOnly: true, mask: {users: {ssn: "redact"}}, expires: "2h"}}
     */
    public BranchInfo createBranch(String project, String name, Document options) {
        return BranchInfo.of(run(project, with(new Document("createBranch", name), options)));
    }

    /** Removes a branch; its history stays readable until it is collected. */
    public BranchInfo dropBranch(String project, String name) {
        return BranchInfo.of(run(project, new Document("dropBranch", name)));
    }

    public BranchInfo renameBranch(String project, String name, String newName) {
        return BranchInfo.of(run(project, new Document("renameBranch", name).append("to", newName)));
    }

    /**
     * Says something about a branch.
     *
     * @param properties {@code description}, {@code labels}, {@code protected}, {@code expires}, {@code default}, as the command
     *     {@code updateBranch} takes them; what is not mentioned stays, null takes away
     */
    public BranchInfo updateBranch(String project, String name, Document properties) {
        return BranchInfo.of(run(project, with(new Document("updateBranch", name), properties)));
    }

    /**
     * Says something about a project.
     *
     * @param properties fields of {@code updateProject}, such as {@code {protect: ["release-*"]}}
     * @return what the engine answered
     */
    public Document updateProject(String project, Document properties) {
        return run(project, with(new Document("updateProject", 1), properties));
    }

    /** Brings back the newest branch that was dropped with this name, as it was then. */
    public BranchInfo undropBranch(String project, String name) {
        return BranchInfo.of(run(project, new Document("undrop", name)));
    }

    /** Names the state that a plain name means here for good: the head of the default branch, or of the view's branch. */
    public TagInfo createTag(String project, String name) {
        return TagInfo.of(run(project, new Document("createTag", name)));
    }

    /**
     * Names a position for good.
     *
     * @param at a branch, {@code branch~LSN}, {@code branch~TIME}, a tag, an LSN or a time
     */
    public TagInfo createTag(String project, String name, String at) {
        return TagInfo.of(run(project, new Document("createTag", name).append("at", at)));
    }

    /** Removes a tag; the position stays readable for as long as history is kept. */
    public TagInfo dropTag(String project, String name) {
        return TagInfo.of(run(project, new Document("dropTag", name)));
    }

    public List<TagInfo> listTags(String project) {
        return run(project, new Document("listTags", 1)).getList("tags", Document.class).stream()
                .map(TagInfo::of)
                .toList();
    }

    public List<BranchInfo> listBranches(String project) {
        return run(project, new Document("listBranches", 1)).getList("branches", Document.class).stream()
                .map(BranchInfo::of)
                .toList();
    }

    /**
     * What differs between two positions of a project, as the events of {@code diffBranches}; to be closed.
     *
     * @param from a branch, a branch and a position ({@code dev~48211}), a tag, an LSN or a time
     * @param to the same
     */
    public CommandCursor diff(String project, String from, String to) {
        return CommandCursor.open(
                mongo,
                database(project),
                new Document("diffBranches", 1).append("from", from).append("to", to));
    }

    /** What the branch that a plain name means here has that its parent has not; to be closed. */
    public CommandCursor diff(String project) {
        return CommandCursor.open(mongo, database(project), new Document("diffBranches", 1));
    }

    /**
     * The commits that a position sees, the newest first, as {@code branchLog} answers them; to be closed.
     *
     * @param position a branch, a branch and a position ({@code dev~48211}), a tag, an LSN or a time
     */
    public CommandCursor log(String project, String position) {
        return CommandCursor.open(mongo, database(project), new Document("branchLog", position));
    }

    /** The commits of the branch that a plain name means here, the newest first; to be closed. */
    public CommandCursor log(String project) {
        return CommandCursor.open(mongo, database(project), new Document("branchLog", 1));
    }

    /**
     * The versions of a document on the branch that a plain name means here, the newest first, as {@code documentHistory} answers them; to
     * be closed.
     *
     * @param id its {@code _id}
     */
    public CommandCursor documentHistory(String project, String collection, Object id) {
        return CommandCursor.open(
                mongo, database(project), new Document("documentHistory", collection).append("_id", id));
    }

    /** Who gave each field of a document its value, as {@code documentBlame} answers it; to be closed. */
    public CommandCursor documentBlame(String project, String collection, Object id) {
        return CommandCursor.open(
                mongo, database(project), new Document("documentBlame", collection).append("_id", id));
    }

    /**
     * Names where the branch that a plain name means here stands now by a message.
     *
     * @return the position
     */
    public long commit(String project, String message) {
        return run(project, new Document("commitBranch", message)).getLong("lsn");
    }

    /**
     * Brings what happened at a branch, tag or position to the branch that a plain name means here, in one commit. Where there are conflicts
     * the branch stays as it is, and the merge waits for {@link #continueMerge} or {@link #abortMerge}.
     */
    public MergeInfo merge(String project, String source) {
        return merge(project, source, new Document());
    }

    /**
     * The same with fields of {@code mergeBranch}.
     *
     * @param options such as {@code {into: "main", dryRun: true, modes: {items: "fieldDivergent"}}}
     */
    public MergeInfo merge(String project, String source, Document options) {
        return MergeInfo.of(run(project, with(new Document("mergeBranch", source), options)));
    }

    /** Goes on with the merge, undo, revert, cherry-pick or rebase that waits on the branch that a plain name means here. */
    public MergeInfo continueMerge(String project) {
        return MergeInfo.of(run(project, new Document("mergeBranch", 1).append("continue", true)));
    }

    /** Forgets the merge, undo, revert, cherry-pick or rebase that waits on the branch that a plain name means here. */
    public void abortMerge(String project) {
        Document unused = run(project, new Document("mergeBranch", 1).append("abort", true));
    }

    /** The conflicts of the merge that waits on the branch that a plain name means here; to be closed. */
    public CommandCursor conflicts(String project) {
        return CommandCursor.open(mongo, database(project), new Document("listConflicts", 1));
    }

    /**
     * Decides a conflict.
     *
     * @param id its {@code _id}
     * @param take {@code ours}, {@code theirs}, {@code base}, {@code drop}, or {@code none} to open it again
     */
    public void resolve(String project, String id, String take) {
        Document unused = run(project, new Document("resolveConflict", id).append("take", take));
    }

    /**
     * Decides a conflict by what is to be there.
     *
     * @param value a document with the {@code _id} of the one in conflict, or an option, or a name
     */
    public void resolve(String project, String id, BsonValue value) {
        Document unused = run(project, new Document("resolveConflict", id).append("value", value));
    }

    /**
     * Makes the branch that a plain name means here show what is at a position; costs the same whatever it holds.
     *
     * @param to a branch, a branch and a position ({@code dev~48211}), a tag, an LSN or a time
     * @return what the engine answered: {@code changed}, {@code old_head_lsn}, {@code head_lsn}, and {@code before}, the way back
     */
    public Document reset(String project, String to) {
        return run(project, new Document("resetBranch", 1).append("to", to));
    }

    /** Where the head of the branch that a plain name means here was before resets, merges and the like, the newest first. */
    public List<Document> reflog(String project) {
        return run(project, new Document("branchReflog", 1)).getList("entries", Document.class);
    }

    /**
     * Makes a collection what it was at a position.
     *
     * @param options fields of {@code restore}: {@code at}, {@code filter}, {@code _id}, {@code as}, {@code dryRun}
     * @return what the engine answered
     */
    public Document restore(String project, String collection, Document options) {
        return run(project, with(new Document("restore", collection), options));
    }

    /** Brings back a collection as it was right before its newest drop; answers what the engine answered. */
    public Document undropCollection(String project, String collection) {
        return run(project, new Document("undrop", 1).append("collection", collection));
    }

    /**
     * Takes back changes of the branch that a plain name means here, as one new commit. Where there are conflicts it waits, as a merge does.
     *
     * @param options fields of {@code undoChanges}: {@code lsn}, or {@code from} and {@code to}; {@code actor}, {@code collection}, {@code strategy} ...
     */
    public MergeInfo undo(String project, Document options) {
        return MergeInfo.of(run(project, with(new Document("undoChanges", 1), options)));
    }

    /**
     * Takes back what a merge brought.
     *
     * @param lsn one of the merge's commit
     */
    public MergeInfo revertMerge(String project, long lsn) {
        return MergeInfo.of(run(project, new Document("revertMerge", lsn)));
    }

    /**
     * Brings commits of another branch to the one that a plain name means here, each with its author and message.
     *
     * @param source the commit that a position is in ({@code dev~48211}); with {@code from} the branch that a range is of
     * @param options fields of {@code cherryPick}: {@code from}, {@code to}, {@code squash}, {@code strategy} ...
     */
    public MergeInfo cherryPick(String project, String source, Document options) {
        return MergeInfo.of(run(project, with(new Document("cherryPick", source), options)));
    }

    /**
     * Puts the commits of the branch that a plain name means here on top of another position, each with its author and message.
     *
     * @param onto a branch, a branch and a position, or a tag
     * @param options fields of {@code rebaseBranch}: {@code squash}, {@code strategy} ...
     */
    public MergeInfo rebase(String project, String onto, Document options) {
        return MergeInfo.of(run(project, with(new Document("rebaseBranch", 1).append("onto", onto), options)));
    }

    /**
     * Does something with merge requests.
     *
     * @param action {@code create}, {@code list}, {@code show}, {@code comment}, {@code approve}, {@code check}, {@code merge}, {@code edit}, {@code close}, {@code reopen}
     * @param fields what it needs, such as {@code {source: "dev", title: "..."}} or {@code {id: 1}}
     * @return what the engine answered
     */
    public Document mergeRequest(String project, String action, Document fields) {
        return run(project, with(new Document("mergeRequest", action), fields));
    }

    private static Document with(Document command, Document fields) {
        command.putAll(fields);
        return command;
    }

    private Document run(String project, Document command) {
        return OnceCommand.run(trunk.settings, mongo, database(project), command);
    }

    /** Its own codecs, because an application's need not know documents. */
    private MongoDatabase database(String project) {
        return mongo.getDatabase(project).withCodecRegistry(MongoClientSettings.getDefaultCodecRegistry());
    }

    /** Closes the driver and its views, then the engine if it came with this client. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            mongo.close();
            afterClose.run();
        }
    }
}
