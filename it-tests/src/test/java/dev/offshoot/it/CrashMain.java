package dev.offshoot.it;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.state.Branch;
import dev.offshoot.state.CheckpointPolicy;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Manifest;
import dev.offshoot.state.Materializer;
import dev.offshoot.state.Project;
import dev.offshoot.state.Projects;
import dev.offshoot.state.Retention;
import dev.offshoot.state.Statement.Draft;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreSteps;
import dev.offshoot.store.WatchedStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.WatchedDisk;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A process that writes to a project on files until it comes to a given step of the store, and halts there as if it were killed. Says
 * on its output what it is going to do, and what was acknowledged: {@link CrashWrite}, a line each.
 *
 * <p>Arguments: folder, seed, first transaction number, step, how many of this step it lives through, its {@link Mode}, and the line
 * of a write to send again or nothing.
 */
final class CrashMain {
    /** The exit code of a process that halted where it was told to. */
    static final int HALTED = 42;
    /** Between what the store did and telling the client. */
    static final String PUBLISHED = "published";

    static final String COLLECTION = "c";

    /** The project that comes and goes. */
    static final String OTHER = "other";

    private static final int OTHER_ROUNDS = 3;
    static final UUID SESSION = new UUID(7, 7);
    static final String ACKNOWLEDGED = "ack ";

    private static final Origin ORIGIN = new Origin("test", "crash", "", COLLECTION);
    private static final int SEGMENT_BYTES_MAX = 8 << 10;
    private static final int WRITES = 60;
    private static final int WRITES_MAX = 200;
    private static final int BRANCHES_MAX = 4;
    private static final int DOCUMENTS_MAX = 400;

    /** What a process does now and then beside writing. */
    enum Mode {
        /** Nothing that shortens the log. */
        WHOLE,
        /** It removes what is older than the newest checkpoint. */
        CLEANED,
        /** It drops another project, and removes what is left of it. */
        RECLAIMED
    }

    private final String haltAt;
    private final Mode mode;
    private final Random random;
    private final StoreSteps steps;
    private final Projects projects;
    private final Project project;
    private int livesThrough;
    private long transaction;

    private CrashMain(Path folder, long seed, long transaction, String haltAt, int livesThrough, Mode mode) {
        this.haltAt = haltAt;
        this.livesThrough = livesThrough;
        this.mode = mode;
        this.transaction = transaction;
        this.random = new Random(seed);
        this.steps = new StoreSteps(this::at);
        AtomicLong clock = new AtomicLong();
        Store store = new WatchedStore(WatchedDisk.open(folder, options(clock), steps), steps);
        this.projects = projects(store, random, clock);
        this.project = projects.findOrCreate("shop", ORIGIN);
    }

    public static void main(String[] args) {
        CrashMain crash = new CrashMain(
                Path.of(args[0]),
                Long.parseLong(args[1]),
                Long.parseLong(args[2]),
                args[3],
                Integer.parseInt(args[4]),
                Mode.valueOf(args[5]));
        if (args.length > 6) {
            crash.run(CrashWrite.parse(args[6]));
        }
        crash.run();
        Runtime.getRuntime().halt(0);
    }

    /** Small segments. */
    static FileStoreOptions options(AtomicLong clock) {
        return FileStoreOptions.defaults()
                .withOpenFilesMax(1)
                .withSegmentBytesMax(SEGMENT_BYTES_MAX)
                .withClock(() -> Instant.ofEpochMilli(tick(clock)));
    }

    /** A clock that never shows the same time twice, so that one thing is always older than another. */
    private static long tick(AtomicLong clock) {
        return clock.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
    }

    static Projects projects(Store store, Random random, AtomicLong clock) {
        Clocks clocks = new Clocks(
                () -> tick(clock),
                System::nanoTime,
                () -> ByteBuffer.allocate(16)
                        .putLong(random.nextLong())
                        .putLong(random.nextLong())
                        .array());
        return new Projects(store, new Materializer(1 << 20), CheckpointPolicy.onDemand(), clocks);
    }

    /** Called by the store at every step. */
    private void at(String step) {
        if (step.equals(haltAt) && livesThrough-- <= 0) {
            Runtime.getRuntime().halt(HALTED);
        }
    }

    private void run() {
        for (int i = 0; i < WRITES_MAX; i++) {
            if (i == WRITES) {
                livesThrough = 0; // what happens rarely is met at the next chance
            }
            run(next(i));
        }
    }

    private CrashWrite next(int i) {
        List<Branch> branches = project.catalog().branches();
        Branch branch = branches.get(random.nextInt(branches.size()));
        CollectionSnapshot collection = collection(branch);
        String name = branch.name();
        if (collection == null) {
            return write(CrashWrite.Kind.CREATE, name, 0);
        }
        int documents = (int) collection.count();
        int choice = random.nextInt(20);
        if (i % 5 == 4) {
            return write(i % 10 == 9 ? beside() : CrashWrite.Kind.CHECKPOINT, name, 0);
        }
        if (choice == 0 && branches.size() < BRANCHES_MAX) {
            return write(CrashWrite.Kind.FORK, name, 0);
        }
        if (choice == 1 && !name.equals(Branch.MAIN)) {
            return write(CrashWrite.Kind.DROP, name, 0);
        }
        if ((choice < 9 && documents < DOCUMENTS_MAX) || documents == 0) {
            return write(CrashWrite.Kind.INSERT, name, transaction);
        }
        long key = keys(collection).get(random.nextInt(documents));
        return write(choice < 18 ? CrashWrite.Kind.INCREMENT : CrashWrite.Kind.DELETE, name, key);
    }

    private CrashWrite.Kind beside() {
        return switch (mode) {
            case WHOLE -> CrashWrite.Kind.CHECKPOINT;
            case CLEANED -> CrashWrite.Kind.CLEANUP;
            case RECLAIMED -> CrashWrite.Kind.RECLAIM;
        };
    }

    private CrashWrite write(CrashWrite.Kind kind, String branch, long key) {
        return new CrashWrite(transaction++, kind, branch, key);
    }

    private void run(CrashWrite write) {
        System.out.println(write);
        long result = apply(write);
        at(PUBLISHED);
        System.out.println(ACKNOWLEDGED + write.number() + " " + result);
    }

    /** What the write is answered; for one that was executed before, its number with a minus. */
    private long apply(CrashWrite write) {
        switch (write.kind()) {
            case CHECKPOINT -> {
                Manifest made = project.checkpoints().checkpoint();
                return made == null ? 0 : made.lsn();
            }
            case CLEANUP -> {
                project.checkpoints().checkpoint();
                return project.checkpoints()
                        .cleanup(new Retention(0, 0), List.of(), Long.MAX_VALUE, false)
                        .oldestLsn();
            }
            case RECLAIM -> {
                return reclaim(write.number());
            }
            case FORK -> {
                return project.createBranch("b" + write.number(), project.branch(write.branch()), null, ORIGIN)
                        .id();
            }
            case DROP -> {
                return project.dropBranch(project.branch(write.branch()), ORIGIN)
                        .id();
            }
            default -> {
                return retryable(write);
            }
        }
    }

    /** How many dropped projects were removed from the store. */
    private long reclaim(long number) {
        Project other = projects.findOrCreate(OTHER, ORIGIN);
        for (int round = 0; round < OTHER_ROUNDS; round++) {
            long key = number * OTHER_ROUNDS + round;
            CrashWrite insert = new CrashWrite(number, CrashWrite.Kind.INSERT, Branch.MAIN, key);
            long unused = other.write(
                    other.branch(Branch.MAIN),
                    ORIGIN,
                    turn -> new Draft<>(number, changes(insert, turn.snapshot().collection(COLLECTION)), List.of()));
            other.checkpoints().checkpoint();
        }
        steps.inside("drop", () -> projects.drop(OTHER, ORIGIN));
        return steps.inside("reclaim", () -> projects.reclaim(Long.MAX_VALUE, "", false))
                .size();
    }

    private long retryable(CrashWrite write) {
        RetryKey key = new RetryKey(SESSION, write.number(), 0);
        byte[] answer = new DocBuilder().append("n", write.number()).build();
        return project.write(project.branch(write.branch()), ORIGIN, turn -> {
            if (turn.executed(key) != null) {
                return Draft.unchanged(-write.number());
            }
            List<Change> changes = changes(write, turn.snapshot().collection(COLLECTION));
            return new Draft<>(write.number(), changes, List.of(new RetryResult(key, answer)));
        });
    }

    private List<Change> changes(CrashWrite write, @Nullable CollectionSnapshot collection) {
        if (collection == null) {
            byte[] index = new DocBuilder()
                    .append("v", 2)
                    .startDocument("key")
                    .append("v", 1)
                    .end()
                    .append("name", "v_1")
                    .build();
            return List.of(
                    new Change.CreateCollection(COLLECTION, Doc.EMPTY.toBytes()),
                    new Change.CreateIndex(Change.made(0), index));
        }
        List<Change> changes = new ArrayList<>();
        if (write.kind() == CrashWrite.Kind.INSERT) {
            for (int i = 0; i < CrashWrite.BATCH; i++) {
                changes.add(new Change.Put(collection.id(), Change.made(i), document(write.keyOf(i), 0)));
            }
            return changes;
        }
        var documents = collection.documents().ascending(null, null);
        while (documents.next()) {
            Doc found = Doc.of(documents.value());
            if (key(found) == write.key()) {
                long record = ByteBuffer.wrap(documents.key()).getLong();
                changes.add(
                        write.kind() == CrashWrite.Kind.DELETE
                                ? new Change.Delete(collection.id(), record)
                                : new Change.Put(collection.id(), record, document(write.key(), version(found) + 1)));
            }
        }
        return changes;
    }

    private static byte[] document(long key, long version) {
        return new DocBuilder()
                .append("_id", key)
                .append("v", version)
                .append("text", Long.toHexString(new Random(key).nextLong()).repeat(1 + (int) (key % 12)))
                .build();
    }

    static long key(Doc document) {
        return Objects.requireNonNull(document.get("_id")).toLong();
    }

    static long version(Doc document) {
        return Objects.requireNonNull(document.get("v")).toLong();
    }

    private @Nullable CollectionSnapshot collection(Branch branch) {
        return project.head(branch).collection(COLLECTION);
    }

    private static List<Long> keys(CollectionSnapshot collection) {
        List<Long> keys = new ArrayList<>();
        var documents = collection.documents().ascending(null, null);
        while (documents.next()) {
            keys.add(key(Doc.of(documents.value())));
        }
        return keys;
    }
}
