package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.MemoryBlobs;
import dev.offshoot.archive.ProjectSource;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.Restored;
import dev.offshoot.archive.Shipped;
import dev.offshoot.archive.Shipping;
import dev.offshoot.archive.ShippingLimits;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.state.PlainProject.PlainBranch;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What tests of archives begin with: a clock, an archive in memory, and projects that go there and come back. */
abstract class ArchiveScene {
    static final Origin ORIGIN = new Origin("test", "test", "main", "c");
    static final ShippingLimits SMALL = new ShippingLimits(6_000, 4_000);

    final MemoryBlobs blobs = new MemoryBlobs();
    final AtomicLong millis = new AtomicLong(1_000_000);
    private final AtomicLong nonces = new AtomicLong();

    Projects projects(Store store) {
        Clocks clocks = TestClocks.of(millis::get, nonces);
        return new Projects(store, new Materializer(64 << 10), CheckpointPolicy.onDemand(), clocks);
    }

    /** Ships all that is not there yet, in small objects. */
    Shipped ship(ProjectSource source, BlobStore to) {
        return new Shipping(source, to, SMALL, millis::get).round();
    }

    /** Restores a project up to a position, or all of it, under another name. */
    static Restored restore(BlobStore from, String project, @Nullable Long lsn, Projects into, String as) {
        Restore restore = Restore.of(from, project, lsn);
        return restore.into(into.adopt(as, ORIGIN));
    }

    static Project open(Projects projects, String name) {
        return Objects.requireNonNull(projects.find(name), name);
    }

    static List<LogRecord> records(LogStore log) {
        List<LogRecord> records = new ArrayList<>();
        try (RecordCursor cursor = log.read(log.firstLsn())) {
            for (LogRecord entry = cursor.next(); entry != null; entry = cursor.next()) {
                records.add(entry);
            }
        }
        return records;
    }

    static LogStore log(Store store, Project project) {
        return store.log("p" + Long.toString(project.id(), 36));
    }

    /** A new project {@code shop}: a collection with an index, its documents on {@code main}, and five more on {@code exp}. */
    Project filled(Projects projects, int documents) {
        Project project = projects.create("shop", ORIGIN);
        write(project, "main", new Change.CreateCollection("c", new DocBuilder().build()));
        long collection = project.lastLsn();
        write(
                project,
                "main",
                new Change.CreateIndex(
                        collection,
                        new DocBuilder()
                                .append("v", 2)
                                .append("name", "n_1")
                                .startDocument("key")
                                .append("n", 1)
                                .end()
                                .build()));
        insert(project, "main", collection, 0, documents);
        project.createBranch("exp", project.branch("main"), null, ORIGIN);
        insert(project, "exp", collection, documents, documents + 5);
        return project;
    }

    /** Inserts documents, each under a retry key of its own. */
    static void insert(Project project, String branch, long collection, int from, int to) {
        for (int i = from; i < to; i++) {
            byte[] document = new DocBuilder()
                    .append("_id", i)
                    .append("n", i % 7)
                    .append("text", "text of document " + i)
                    .build();
            RetryKey key = new RetryKey(new UUID(5, branch.hashCode()), i, 0);
            project.write(
                    project.branch(branch),
                    ORIGIN,
                    turn -> new Statement.Draft<>(
                            0,
                            List.of(new Change.Put(collection, Change.made(0), document)),
                            List.of(new RetryResult(key, document))));
        }
    }

    static void write(Project project, String branch, Change... changes) {
        project.write(project.branch(branch), ORIGIN, turn -> new Statement.Draft<>(0, List.of(changes), List.of()));
    }

    /** The heads of all branches are what the log says. */
    static void check(LogStore log, Project project) {
        ConsistencyCheck check = ConsistencyCheck.heads(log, project);
        assertThat(check.problems()).isEmpty();
        assertThat(check.documents()).isPositive();
        assertThat(check.entries()).isPositive();
    }

    /** A project that was cleaned up and then written to, and all records it ever had. */
    record CleanedUp(Project project, SimulatedLogStore whole) {}

    CleanedUp cleanedUp(Store store) {
        SimulatedLogStore whole = SimulatedLogStore.calm(0);
        Project project = filled(projects(store), 150);
        project.checkpoints().checkpoint();
        insert(project, "main", 2, 200, 220);
        millis.addAndGet(60_000);
        project.checkpoints().checkpoint();
        keep(log(store, project), whole);
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
        assertThat(log(store, project).firstLsn()).isGreaterThan(100);
        insert(project, "exp", 2, 300, 320);
        project.createBranch("late", project.branch("exp"), null, ORIGIN);
        project.checkpoints().checkpoint();
        insert(project, "late", 2, 400, 420);
        keep(log(store, project), whole);
        return new CleanedUp(project, whole);
    }

    /** Copies the records that are not there yet. */
    static void keep(LogStore log, SimulatedLogStore whole) {
        long last = whole.records().stream().mapToLong(LogRecord::lastLsn).max().orElse(0);
        records(log).stream().filter(entry -> entry.firstLsn() > last).forEach(whole::append);
    }

    /** The copy has the heads of all branches, and every position that the original has; answers how many. */
    static long requireKept(CleanedUp original, Project copy) {
        ConsistencyCheck heads = ConsistencyCheck.heads(original.whole(), copy);
        assertThat(heads.problems()).isEmpty();
        assertThat(heads.documents()).isGreaterThan(300);
        long positions = 0;
        for (PlainBranch plain : heads.log().branches().values()) {
            for (long lsn = 0; lsn <= copy.lastLsn(); lsn++) {
                Snapshot kept = keptAt(original.project(), plain.id(), lsn);
                if (kept != null) {
                    Snapshot copied =
                            copy.at(Objects.requireNonNull(copy.catalog().branch(plain.id())), lsn);
                    assertThat(ConsistencyCheck.state(
                                            plain.name() + "@" + lsn,
                                            copied,
                                            heads.log().at(plain.id(), lsn))
                                    .problems())
                            .isEmpty();
                    positions++;
                }
            }
        }
        return positions;
    }

    private static @Nullable Snapshot keptAt(Project project, long branch, long lsn) {
        try {
            return project.at(Objects.requireNonNull(project.catalog().branch(branch)), lsn);
        } catch (CommandException | StoreException e) {
            assertThat(e).hasMessageContaining("is no longer");
            return null;
        }
    }
}
