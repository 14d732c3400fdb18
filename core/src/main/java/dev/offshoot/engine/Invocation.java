package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Let;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.state.Branch;
import dev.offshoot.state.Catalog;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Project;
import dev.offshoot.state.Result;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RetryKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A command being run: its fields, who sent it, and what it works on. Used by one thread. */
final class Invocation extends CommandFields implements AutoCloseable {
    private static final int NAMESPACE_BYTES_MAX = 255;
    private static final Set<String> WRITABLE_SYSTEM_COLLECTIONS = Set.of("system.js", "system.profile");

    private final Engine engine;
    private final Client client;
    private final DatabaseReference database;
    private final Deadline deadline;
    private @Nullable Project project;
    private @Nullable Target past;
    private @Nullable RetryKeys retryKeys;
    private @Nullable Let let;
    private Operations.@Nullable Operation operation;
    private @Nullable Spill spill;
    private boolean isExplained;
    private final List<Invocation> parts = new ArrayList<>(0);
    private final long nowMillis;
    private final List<Invocation> elsewhere = new ArrayList<>();
    private volatile List<Long> positions = List.of();

    Invocation(Engine engine, Client client, Request request, String name) {
        super(request, name);
        this.engine = engine;
        this.client = client;
        this.database = DatabaseReference.parse(databaseName());
        this.deadline = Deadline.in(timeLimitMillis(), System::nanoTime);
        this.nowMillis = System.currentTimeMillis();
    }

    private Invocation(Invocation other, DatabaseReference database) {
        super(other);
        this.engine = other.engine;
        this.client = other.client;
        this.database = database;
        this.deadline = other.deadline;
        this.retryKeys = other.retryKeys();
        this.let = other.let();
        this.nowMillis = other.nowMillis;
    }

    /** This command as it works on another database, within the same time: in a {@code bulkWrite}, which has one for each namespace. */
    Invocation on(DatabaseReference other) {
        Invocation there = new Invocation(this, other);
        elsewhere.add(there);
        return there;
    }

    /** The time of the newest record in the projects that the command works on, as a BSON timestamp; 0 for none. */
    long lastTime() {
        Project found = database.isSystem() ? null : project();
        long time = found == null ? 0 : found.lastTime();
        for (Invocation there : elsewhere) {
            long other = there.lastTime();
            time = Long.compareUnsigned(other, time) > 0 ? other : time;
        }
        return time;
    }

    /** Says as which of the running operations others see it. */
    void runAs(Operations.Operation running) {
        operation = running;
    }

    /** The state to read of a branch or a past position, which a cleanup leaves as long as this command or its cursor goes on. */
    Snapshot snapshot(Target target) {
        Long at = target.at();
        if (at != null) {
            List<Long> more = new ArrayList<>(positions);
            more.add(at);
            positions = List.copyOf(more);
        }
        return target.snapshot();
    }

    /** The past positions that it reads at. May be asked by other threads. */
    List<Long> positions() {
        return positions;
    }

    /** Says that its work is limited by another deadline than its own: that of the cursor it reads. */
    void worksWith(Deadline other) {
        if (operation != null) {
            operation.worksWith(other);
        }
    }

    /** A filter compiled for one use by this command: {@code $expr} sees its time, its chance and its {@code let}. */
    Filter filter(Doc source, Collation collation) {
        Filter filter = Filter.compileQuery(source, compileContext().with(collation));
        return filter.needsContext() ? filter.in(pipelineContext()) : filter;
    }

    /** The {@code filter} of a command that lists what is not in a collection. */
    Filter listFilter() {
        Filter filter = Filter.compileWithExpressions(document("filter"));
        return filter.needsContext() ? filter.in(pipelineContext()) : filter;
    }

    /** The variables of the command's {@code let}. */
    Let let() {
        Let found = let;
        if (found == null) {
            Doc spec = document("let");
            found = spec.isEmpty() ? Let.NONE : Let.evaluate(spec, engine.pipelineContext(nowMillis));
            let = found;
        }
        return found;
    }

    /** What expressions of this command may name: its {@code let}. */
    CompileContext compileContext() {
        return new CompileContext(let().names(), true);
    }

    /** Time, chance and {@code let} for expressions that read no other collections. */
    PipelineContext pipelineContext() {
        return engine.pipelineContext(nowMillis).withVariables(let().values()).withSpill(spill());
    }

    private Spill spill() {
        Spill found = spill;
        if (found == null) {
            found = new Spill(engine.options().scratch(), bool("allowDiskUse", true));
            spill = found;
        }
        return found;
    }

    /** What has been put into temporary storage, for a cursor that outlives the command. */
    Spill handOverSpill() {
        Spill found = spill();
        spill = null;
        return found;
    }

    /** Gives temporary storage back. */
    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
        parts.forEach(Invocation::close);
        elsewhere.forEach(Invocation::close);
    }

    /** Time, chance and {@code let} for the updates of this command. */
    UpdateContext updateContext() {
        return engine.updateContext(nowMillis)
                .withVariables(let().values())
                .keepingEmptyTimestamps(bool("bypassEmptyTsReplacement", false));
    }

    /** When the work has to be done: {@code maxTimeMS}. */
    Deadline deadline() {
        return deadline;
    }

    /** When it began, in milliseconds since 1970. */
    long nowMillis() {
        return nowMillis;
    }

    /**
     * For plans that it runs on a state: once for each statement that writes, and once for all that reads, so that an operation counts
     * once for an index however often it asks it.
     */
    Reading reading(Snapshot state) {
        Project found = isExplained || database.isSystem() ? null : project();
        if (found == null) {
            return Reading.unnoticed(deadline);
        }
        Set<Long> seen = new HashSet<>(2);
        return new Reading(deadline, index -> {
            if (seen.add(index.id())) {
                engine.indexUses().add(found.id(), state.branch(), index.id());
            }
        });
    }

    /** A command inside this one, on the same database: what {@code explain} explains. */
    Invocation inner(Doc body) {
        Value named = body.get("$db");
        if (named != null && named.isString() && !named.asString().equals(database.text())) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE,
                    "Mismatched $db in explain command. Expected " + database.text() + " but got " + named.asString());
        }
        Doc whole = body.has("$db")
                ? body
                : new DocBuilder()
                        .appendAll(body)
                        .append("$db", database.text())
                        .buildDoc();
        Invocation inner = new Invocation(
                engine, client, new Request(whole, sequences()), body.first().name());
        inner.isExplained = true;
        return inside(inner);
    }

    /** The same command as if it had been sent to another database: for one on {@code admin} that names another. */
    Invocation on(String other) {
        DocBuilder whole = new DocBuilder(body().length());
        for (Doc.Field field : body()) {
            if (!field.name().equals("$db")) {
                whole.append(field.name(), field.value());
            }
        }
        Invocation there = inside(new Invocation(
                engine, client, new Request(whole.append("$db", other).buildDoc(), sequences()), name()));
        elsewhere.add(there);
        engine.observe(there);
        return there;
    }

    private Invocation inside(Invocation part) {
        parts.add(part);
        return part;
    }

    /** The same command as far as it works on another database; null for its own. */
    Invocation inDatabase(@Nullable String name) {
        if (name == null || name.equals(database.text())) {
            return this;
        }
        return on(DatabaseReference.parse(name));
    }

    Engine engine() {
        return engine;
    }

    Client client() {
        return client;
    }

    DatabaseReference database() {
        return database;
    }

    // ---- namespace

    /** The collection that the command's first field names. */
    String collection() {
        Value value = body().first().value();
        if (!value.isString()) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE, "collection name has invalid type " + Bson.typeName(value.type()));
        }
        return checkCollection(value.asString());
    }

    /** A name that a collection may have; returns it. */
    String checkCollection(String collection) {
        if (collection.isEmpty()
                || collection.startsWith(".")
                || collection.indexOf('\0') >= 0
                || collection.indexOf('$') >= 0) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE, "Invalid namespace specified '" + namespace(collection) + "'");
        }
        if (namespace(collection).getBytes(StandardCharsets.UTF_8).length > NAMESPACE_BYTES_MAX) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE,
                    "Fully qualified namespace is too long. Namespace: " + namespace(collection) + " Max: "
                            + NAMESPACE_BYTES_MAX);
        }
        return collection;
    }

    /** A name that a client may write to, rather than one that the server keeps for itself; returns it. */
    String checkWritable(String collection) {
        if (collection.startsWith("system.") && !WRITABLE_SYSTEM_COLLECTIONS.contains(collection)) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE, "Invalid system namespace: " + namespace(collection));
        }
        return collection;
    }

    /**
     * The collection of this name in a state, or null.
     *
     * @throws CommandException CommandNotSupportedOnView for a view
     */
    @Nullable
    CollectionSnapshot collection(Snapshot state, String name) {
        CollectionSnapshot found = state.entry(name);
        if (found != null && found.isView()) {
            throw Snapshot.isView(namespace(name));
        }
        return found;
    }

    /** The full name as the client knows it: its database reference, a dot, the collection. */
    String namespace(String collection) {
        return database.text() + "." + collection;
    }

    // ---- what it works on

    /** The branch and position to read, or null where the database does not exist, which reads as empty. */
    @Nullable
    Target target() {
        if (database.isSystem()) {
            return null;
        }
        Project found = project();
        if (found == null) {
            if (engine.isShared()
                    || (database.branch() != null && !database.branch().equals(Branch.MAIN))) {
                throw noProject();
            }
            return null;
        }
        return target(found);
    }

    /** The past position that it works on, an LSN; null for the head of a branch, and until it has asked for what it works on. */
    @Nullable
    Long position() {
        return past == null ? null : past.at();
    }

    private Target target(Project found) {
        if (past != null) {
            return past;
        }
        Target target = Positions.of(found, database);
        past = target.at() == null ? null : target;
        return target;
    }

    /** The state to read; empty where the database does not exist. */
    Snapshot snapshot() {
        Project found = database.isSystem() || database.position() != null ? null : project();
        if (found != null) {
            Snapshot head = found.headOf(database.branch() == null ? Branch.MAIN : database.branch());
            if (head != null) {
                return head;
            }
        }
        Target target = target();
        return target == null ? Snapshot.EMPTY : snapshot(target);
    }

    /** The branch to write. On an embedded store a database comes into being here. */
    Target writeTarget() {
        if (database.isSystem()) {
            throw new CommandException(
                    ErrorCode.COMMAND_NOT_SUPPORTED,
                    "database '" + database.text() + "' is not a project and cannot be written");
        }
        Project found = project();
        if (found == null) {
            if (engine.isShared()
                    || (database.branch() != null && !database.branch().equals(Branch.MAIN))) {
                throw noProject();
            }
            found = engine.projects().findOrCreate(database.project(), origin("", database.project()));
            project = found;
        }
        return target(found).writable();
    }

    /** Runs statements on the branch to write. A database that does not exist comes into being only where one changes something. */
    <R> List<Result<R>> write(String collection, List<? extends Statement<R>> statements, boolean stopAtError) {
        checkWritable(collection);
        if (!database.isSystem() && target() == null) {
            List<Result<R>> results = Project.onNothing(statements, stopAtError);
            if (results != null) {
                return results;
            }
        }
        Target target = writeTarget();
        return write(target, collection, statements, stopAtError);
    }

    /** The same on a branch. {@code killOp} and {@code maxTimeMS} end the wait for its turn, never that for a commit. */
    <R> List<Result<R>> write(
            Target target, String collection, List<? extends Statement<R>> statements, boolean stopAtError) {
        return target.project()
                .write(
                        target.branch(),
                        origin(target, collection),
                        guarded(target, statements),
                        stopAtError,
                        deadline::checkNow);
    }

    /** Statements that are refused where the branch came to be protected after the command looked: on another process, or as it took its time. */
    private static <R> List<Statement<R>> guarded(Target target, List<? extends Statement<R>> statements) {
        Catalog seen = target.writable().project().catalog();
        List<Statement<R>> guarded = new ArrayList<>(statements.size());
        for (Statement<R> statement : statements) {
            guarded.add(turn -> {
                Catalog now = target.project().catalog();
                if (now != seen) {
                    Protection.check(now, now.existing(target.branch().id()));
                }
                return statement.evaluate(turn);
            });
        }
        return guarded;
    }

    /** The same for one statement; its error is thrown. */
    <R> R write(Target target, String collection, Statement<R> statement) {
        return write(target, collection, List.of(statement), true).get(0).get();
    }

    /** The open project that the database names, or null. */
    @Nullable
    Project project() {
        if (project == null) {
            project = engine.projects().find(database.project());
        }
        return project;
    }

    /** The project, which has to be there. */
    Project existingProject() {
        Project found = project();
        if (found == null) {
            throw noProject();
        }
        return found;
    }

    private CommandException noProject() {
        return new CommandException(
                ErrorCode.NAMESPACE_NOT_FOUND,
                "database '" + database.project() + "' is not a project here; make it with: offshoot project create "
                        + database.project());
    }

    // ---- who and when

    /** What the audit trail says of a change that this command makes. */
    Origin origin(String branch, String namespace) {
        return origin(branch, namespace, comment());
    }

    /** The same with something else to say about it than the command's {@code comment}. */
    Origin origin(String branch, String namespace, String message) {
        Command command = Commands.find(name());
        return new Origin(client.actor(), command == null ? name() : command.name(), branch, namespace, message);
    }

    Origin origin(Target target, String collection) {
        return origin(target.branch().name(), collection);
    }

    /** Names a statement of a retryable write; null when the command is not one. */
    @Nullable
    RetryKey retryKey(int statement) {
        return retryKeys().key(statement);
    }

    RetryKeys retryKeys() {
        RetryKeys keys = retryKeys;
        if (keys == null) {
            keys = RetryKeys.of(this);
            retryKeys = keys;
        }
        return keys;
    }
}
