package dev.offshoot.engine;

import dev.offshoot.archive.Horizon;
import dev.offshoot.archive.ProjectTarget;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.metrics.CommandMeters;
import dev.offshoot.metrics.Figures;
import dev.offshoot.metrics.Gauges;
import dev.offshoot.metrics.Meters;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.UpdateContext;
import dev.offshoot.state.ArchiveHorizon;
import dev.offshoot.state.IndeterminateException;
import dev.offshoot.state.Materializer;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one command engine behind both doors (decision 11). Thread safe. */
public final class Engine implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** Fields that every command takes. */
    private static final Set<String> COMMON_FIELDS = Set.of(
            "$db",
            "$clusterTime",
            "$readPreference",
            "$client",
            "$audit",
            "$configServerState",
            "apiVersion",
            "apiStrict",
            "apiDeprecationErrors",
            "comment",
            "lsid",
            "maxTimeMS",
            "maxTimeMSOpOnly",
            "readConcern",
            "writeConcern",
            "txnNumber",
            "autocommit",
            "startTransaction",
            "clientOperationKey");

    /** From when on a store that cannot be followed is trouble: as long as a driver looks for a server. */
    private static final long LAG_SECONDS_MAX = 30;

    /** MongoDB's default. */
    private static final int CONNECTIONS_MAX = 65_536;

    private final Store store;
    private final EngineOptions options;
    private final Meters meters;
    private final CommandMeters commandMeters;
    private final Projects projects;
    private final Cursors cursors;
    private final Operations operations = new Operations(System::currentTimeMillis, System::nanoTime);
    private final Usage usage = new Usage();
    private final IndexUses indexUses = new IndexUses();
    private final StoreWarnings storeWarnings = new StoreWarnings(System::nanoTime, LOG::warn);
    private final Sessions sessions = new Sessions(System::currentTimeMillis);
    private final Parameters parameters;
    private final OpCounters opCounters = new OpCounters();
    private final Traffic traffic = new Traffic();
    private final FailPoints failPoints;
    private final Materializer materializer;
    private final Housekeeping housekeeping;
    private final Checkpointing checkpointing;
    private final SecureRandom random = new SecureRandom();
    private final AtomicLong timestamps = new AtomicLong();
    private final long startedMillis = System.currentTimeMillis();
    private final AtomicLong connectionIds = new AtomicLong();
    private final Map<Long, Client> connections = new ConcurrentHashMap<>();
    private volatile int connectionsMax = CONNECTIONS_MAX;

    private Engine(Store store, EngineOptions options) {
        this.store = store;
        this.options = options;
        Clocks clocks = new Clocks(System::currentTimeMillis, System::nanoTime, () -> {
            byte[] nonce = new byte[16];
            random.nextBytes(nonce);
            return nonce;
        });
        this.meters = new Meters(options.registry().get());
        this.commandMeters = meters.commands(Commands.names());
        this.materializer = new Materializer(options.memoryBytes());
        materializer.show(meters);
        this.projects =
                new Projects(store, materializer, options.checkpointPolicy(), clocks, new WaitingMerges(), meters);
        this.cursors = new Cursors(System::currentTimeMillis, random::nextLong);
        this.parameters = new Parameters(options.ttlMillis());
        this.failPoints = new FailPoints(random);
        this.housekeeping = new Housekeeping(this);
        this.checkpointing = new Checkpointing(this);
        showGauges();
    }

    private void showGauges() {
        meters.gauge(Gauges.CONNECTIONS, this, Engine::connections);
        meters.gauge(Gauges.CURSORS, cursors, Cursors::size);
        meters.gauge(Gauges.OPEN_PROJECTS, projects, open -> open.opened().size());
        meters.gauge(
                Gauges.STORED_BYTES,
                projects,
                open -> open.opened().stream().mapToLong(Project::logBytes).sum());
    }

    /** Opens the engine on a store, which it closes with itself. */
    public static Engine open(Store store) {
        return open(store, EngineOptions.DEFAULT);
    }

    /**
     * Decides what an archive has to keep so that all of its positions from a time on can be restored.
     *
     * @param millis that time, milliseconds since 1970
     */
    public static Horizon keepingFrom(long millis) {
        return new ArchiveHorizon(millis);
    }

    /** As {@link #open(Store)}, with options. */
    public static Engine open(Store store, EngineOptions options) {
        Engine engine = new Engine(store, options);
        engine.housekeeping.start();
        engine.checkpointing.start();
        return engine;
    }

    /**
     * Checks what a store has of a project without opening it, so also where it cannot be opened because of damage. Leaves the store open.
     *
     * @return the raw BSON of what {@code walValidate} answers, an error too
     * @throws StoreException when the store cannot be read
     */
    public static byte[] validate(Store store, String project) {
        try {
            DocBuilder reply = new DocBuilder(1024);
            WalValidate.check(store, DatabaseReference.checkProject(project), () -> {}, reply);
            return reply.append("ok", 1.0).build();
        } catch (CommandException e) {
            return Replies.error(e.code(), e.message(), e.details(), false).toBytes();
        } catch (CorruptionException e) {
            return Replies.error(ErrorCode.DATA_CORRUPTION, String.valueOf(e.getMessage()), null, false)
                    .toBytes();
        }
    }

    /**
     * A project to be filled from an archive; nobody sees it before that is done. Asking again goes on with what is there.
     *
     * @param actor who does it, for the audit trail
     * @throws StoreException when there is a project of this name, or cannot be
     */
    public ProjectTarget adopt(String project, String actor) {
        try {
            String name = CreateProject.checkName(project);
            return projects.adopt(name, new Origin(actor, "restore", "", name));
        } catch (CommandException e) {
            throw new StoreException(e.message(), e);
        }
    }

    /** Says how many connections the door in front admits at once, at least 1, for {@code serverStatus}; without it MongoDB's default. */
    public void admits(int connections) {
        connectionsMax = connections;
    }

    /** A new connection. Ids start at 1 and are not reused. */
    public Client connect(String address) {
        Client client = new Client(connectionIds.incrementAndGet(), address);
        connections.put(client.connectionId(), client);
        return client;
    }

    /** Says that a connection is gone. */
    public void disconnect(Client client) {
        LOG.debug("connection {} from {} is gone", client.connectionId(), client.address());
        connections.remove(client.connectionId());
    }

    /**
     * Runs one command and answers its reply. Errors are replies too ({@code ok: 0}); only a bug throws. The calling thread does
     * the work and blocks until the reply may be given.
     *
     * @throws CloseConnectionException where a test wants the connection closed instead
     */
    public Doc run(Client client, Request request) {
        try {
            return dispatch(client, request.nameFirst());
        } catch (CloseConnectionException e) {
            throw e;
        } catch (CommandException e) {
            return Replies.error(e.code(), e.message(), e.details(), false);
        } catch (IndeterminateException e) {
            if (e.getCause() != null) {
                LOG.error("a write without an outcome", e);
            }
            return Replies.error(
                    ErrorCode.WRITE_CONCERN_FAILED, String.valueOf(e.getMessage()), null, retryable(request));
        } catch (StoreException e) {
            storeWarnings.warn(e);
            return Replies.error(ErrorCode.HOST_UNREACHABLE, String.valueOf(e.getMessage()), null, retryable(request));
        } catch (CorruptionException e) {
            LOG.error("damaged data: {}", e.getMessage());
            return Replies.error(ErrorCode.DATA_CORRUPTION, String.valueOf(e.getMessage()), null, false);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            LOG.error("internal error in {}", request.body().first().name(), e);
            return Replies.error(ErrorCode.INTERNAL_ERROR, "internal error: " + e, null, false);
        }
    }

    private Doc dispatch(Client client, Request request) {
        if (request.body().isEmpty()) {
            throw new CommandException(ErrorCode.FAILED_TO_PARSE, "a command document has at least one field");
        }
        String name = request.body().first().name();
        Command command = Commands.find(name);
        if (command == null) {
            throw new CommandException(ErrorCode.COMMAND_NOT_FOUND, "no such command: '" + name + "'");
        }
        Invocation call = new Invocation(this, client, request, name);
        Operations.Operation operation = operations.begin(call);
        boolean ok = false;
        try (call) {
            check(command, call);
            useSession(call);
            Doc failure = failPoints.take(command, client);
            Doc reply = failure == null
                    ? run(command, call, new DocBuilder(256))
                    : failing(command, call, new InjectedFailure(failure));
            ok = true;
            return reply;
        } finally {
            long nanos = operations.end(operation);
            commandMeters.ended(command.name(), ok, nanos);
            opCounters.count(command, call);
            if (call.body().first().value().isString() || command instanceof GetMore) {
                usage.add(command.name(), Operations.namespace(call), nanos);
            }
        }
    }

    private void useSession(Invocation call) {
        UUID session = call.has("lsid") ? call.session() : null;
        if (session != null) {
            sessions.use(session);
        }
    }

    /** Whether every command takes a field of this name. */
    static boolean isCommonField(String name) {
        return COMMON_FIELDS.contains(name);
    }

    private Doc run(Command command, Invocation call, DocBuilder reply) {
        observe(call);
        command.run(call, reply);
        return Replies.ok(reply, call);
    }

    /** Runs a command with what a test wants to happen to it. */
    private Doc failing(Command command, Invocation call, InjectedFailure failure) {
        boolean retryable = call.has("txnNumber");
        failure.before(retryable);
        DocBuilder reply = new DocBuilder(256);
        failure.after(reply, retryable);
        return run(command, call, reply);
    }

    private static void check(Command command, Invocation call) {
        if (command.strict()) {
            checkFields(command, call);
        }
        if (command.adminOnly() && !call.database().project().equals("admin")) {
            throw new CommandException(
                    ErrorCode.UNAUTHORIZED, command.name() + " may only be run against the admin database.");
        }
        call.bool("bypassDocumentValidation", false); // its type, also where nothing is validated
        Concerns.check(call);
        StableApi.check(command, call);
        if (call.has("startTransaction") || call.has("autocommit")) {
            // Not IllegalOperation: the Node driver takes that for "retryable writes are not supported" and hides the
            // message.
            throw new CommandException(
                    ErrorCode.OPERATION_NOT_SUPPORTED_IN_TRANSACTION,
                    "Transactions are not supported by Offshoot yet; single statements are atomic, and retryable"
                            + " writes work");
        }
        if (call.has("txnNumber") && !command.retryable()) {
            throw new CommandException(
                    ErrorCode.NOT_A_RETRYABLE_WRITE_COMMAND,
                    "txnNumber may only be provided for multi-document transactions and retryable write commands."
                            + " autocommit:false was not provided, and " + command.name()
                            + " is not a retryable write command.");
        }
    }

    /** Refuses fields that neither the command nor every command takes. */
    static void checkFields(Command command, Invocation call) {
        Set<String> known = Commands.fields(command);
        Iterator<String> names = call.fieldNames().iterator();
        names.next(); // the command itself
        while (names.hasNext()) {
            String name = names.next();
            if (!COMMON_FIELDS.contains(name) && !known.contains(name)) {
                throw new CommandException(
                        ErrorCode.UNKNOWN_FIELD,
                        "BSON field '" + command.name() + "." + name + "' is an unknown field.");
            }
        }
    }

    /**
     * Causal consistency across processes: a time that the client has seen and that is newer than ours means there may be something
     * to read first. {@code linearizable} always asks.
     */
    void observe(Invocation call) {
        long seen = Concerns.timeSeen(call);
        boolean linearizable = isShared() && Concerns.isLinearizable(call);
        Project project = (seen == 0 && !linearizable) || call.database().isSystem() ? null : call.project();
        if (project == null) {
            return;
        }
        boolean newer = Long.compareUnsigned(seen, project.lastTime()) > 0;
        if (isShared() && (newer || linearizable)) {
            project.follow();
        }
        if (newer) {
            project.observe(seen);
        }
    }

    private static boolean retryable(Request request) {
        return request.body().has("txnNumber");
    }

    /** Time and chance for one statement that changes documents. */
    UpdateContext updateContext(long nowMillis) {
        return new UpdateContext(nowMillis, this::timestamp, random);
    }

    /** Bytes that nobody can guess. */
    byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Time and chance for one query. */
    PipelineContext pipelineContext(long nowMillis) {
        return new PipelineContext(nowMillis, random, options.stageBytes());
    }

    /** A BSON timestamp that no other call got: seconds, and a number within the second. */
    private long timestamp() {
        long second = (System.currentTimeMillis() / 1000) << 32;
        return timestamps.updateAndGet(last -> Math.max(last + 1, second + 1));
    }

    Projects projects() {
        return projects;
    }

    Meters meters() {
        return meters;
    }

    /** Where the main figures stand since the engine was opened. */
    public Figures figures() {
        return meters.figures();
    }

    /**
     * What keeps the engine from taking writes, a sentence each; empty while all is well. It looks at what is known already, and waits
     * for no disk and no network.
     */
    public List<String> troubles() {
        List<String> troubles = new ArrayList<>();
        for (Project project : projects.opened()) {
            String trouble = project.trouble();
            if (trouble != null) {
                troubles.add(trouble);
            }
        }
        long lagSeconds = isShared() ? meters.follow().lagNanos() / 1_000_000_000 : 0;
        if (lagSeconds > LAG_SECONDS_MAX) {
            troubles.add("the store " + describe() + " could not be read to its end for " + lagSeconds + " s");
        }
        return troubles;
    }

    /** What can be changed while the engine runs. */
    Parameters parameters() {
        return parameters;
    }

    /** Failures that tests ask for. */
    FailPoints failPoints() {
        return failPoints;
    }

    /**
     * Removes the documents that have expired by a TTL index on any branch of the open projects, and answers how many those were. The
     * engine does so by itself every minute.
     */
    long expire(long nowMillis) {
        long removed = 0;
        for (Project project : projects.opened()) {
            removed += new Expiry(project, nowMillis).run();
        }
        return removed;
    }

    /** Removes the branches of the open projects that have expired, and answers how many those were. The engine does so by itself every second. */
    int expireBranches(long nowMillis) {
        int removed = 0;
        for (Project project : projects.opened()) {
            removed += new BranchExpiry(project, nowMillis).run();
        }
        return removed;
    }

    /** The caches. */
    public Materializer materializer() {
        return materializer;
    }

    Checkpointing checkpointing() {
        return checkpointing;
    }

    Cursors cursors() {
        return cursors;
    }

    Operations operations() {
        return operations;
    }

    Usage usage() {
        return usage;
    }

    /** How often plans used each index. */
    IndexUses indexUses() {
        return indexUses;
    }

    Sessions sessions() {
        return sessions;
    }

    Store store() {
        return store;
    }

    EngineOptions options() {
        return options;
    }

    long startedMillis() {
        return startedMillis;
    }

    long connections() {
        return connections.size();
    }

    int connectionsMax() {
        return connectionsMax;
    }

    /** What is running and, where asked for, what idles. */
    Stream<Doc> describeOperations(boolean idleConnections, boolean idleCursors) {
        Collection<Client> clients = idleConnections ? connections.values() : List.of();
        List<Doc> cursorsIdle = idleCursors ? cursors.describeIdle() : List.of();
        return Stream.concat(operations.describe(clients).stream(), cursorsIdle.stream());
    }

    long connectionsCreated() {
        return connectionIds.get();
    }

    OpCounters opCounters() {
        return opCounters;
    }

    /** Says that a message came in and was answered, for {@code serverStatus}; a message that is not answered has 0 bytes out. */
    public void exchanged(long bytesIn, long bytesOut) {
        traffic.add(bytesIn, bytesOut);
    }

    Traffic traffic() {
        return traffic;
    }

    /** Whether other processes write to the same store. */
    boolean isShared() {
        return store.shared();
    }

    /** Ends what is running and closes the store. Idempotent. */
    @Override
    public void close() {
        checkpointing.close();
        housekeeping.close();
        cursors.close();
        if (isShared()) {
            checkpointing.withdrawNeeds();
        }
        projects.close();
        store.close();
    }

    /** For messages: what the engine keeps its data in. */
    public String describe() {
        return store.describe();
    }

    @Nullable
    Project openProject(String name) {
        return projects.find(name);
    }
}
