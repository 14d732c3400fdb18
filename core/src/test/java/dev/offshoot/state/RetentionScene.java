package dev.offshoot.state;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.store.Store;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** What tests of retention begin with: a clock, and a project of three hundred documents in a simulated store. */
abstract class RetentionScene {
    static final Origin ORIGIN = new Origin("test", "test", "main", "c");
    static final int DOCUMENTS = 300;
    static final long MINUTE = 60_000;

    final AtomicLong millis = new AtomicLong(1_000_000_000);
    private final AtomicLong nonces = new AtomicLong();
    SimulatedStore store = SimulatedStore.calm(millis::get);
    Project project = filled(projects());

    Projects projects() {
        return projects(store);
    }

    /** On a store, in a process of its own. */
    Projects projects(Store on) {
        Clocks usual = TestClocks.of(millis::get, nonces);
        Clocks clocks = new Clocks(usual.millis(), () -> System.nanoTime() * 1000, usual.nonces()); // waits are short
        return new Projects(on, new Materializer(1 << 10), CheckpointPolicy.onDemand(), clocks);
    }

    static Project open(Projects projects) {
        return Objects.requireNonNull(projects.find("shop"));
    }

    void reopen() {
        store = store.reopened();
        project = open(projects());
    }

    /** Its collection has the id 2, its document i the record id 3 + i. */
    static Project filled(Projects projects) {
        Project made = projects.create("shop", ORIGIN);
        write(made, "main", new Change.CreateCollection("c", new DocBuilder().build()));
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            changes.add(new Change.Put(2, Change.made(i), document(i, 0)));
        }
        write(made, "main", changes.toArray(new Change[0]));
        return made;
    }

    static void write(Project to, String branch, Change... changes) {
        to.write(to.branch(branch), ORIGIN, turn -> new Statement.Draft<>(0, List.of(changes), List.of()));
    }

    static byte[] document(int i, int version) {
        return new DocBuilder()
                .append("_id", i)
                .append("v", version)
                .append("text", "some text that is the same everywhere")
                .build();
    }

    /** Writes a version of the document in the middle; answers the position. */
    long write(String branch, int version) {
        millis.addAndGet(MINUTE);
        write(project, branch, new Change.Put(2, 153, document(150, version)));
        return project.lastLsn();
    }

    long checkpoint() {
        return Objects.requireNonNull(project.checkpoints().checkpoint()).lsn();
    }

    static int version(Snapshot snapshot) {
        return version(snapshot, 150);
    }

    static int version(Snapshot snapshot, int i) {
        byte[] document = Objects.requireNonNull(snapshot.collection("c")).document(3 + i);
        return Objects.requireNonNull(Doc.of(Objects.requireNonNull(document)).get("v"))
                .asInt32();
    }

    /** Keeps positions of the last so many minutes. */
    CleanupResult cleanup(int minutes) {
        return project.checkpoints().cleanup(new Retention(minutes * MINUTE, 0), List.of(), millis.get(), false);
    }

    void damageNewest() {
        List<Long> all = store.checkpoints("p1").list();
        store.checkpoints("p1").damage(all.get(all.size() - 1));
    }

    /** Versions 1 to 20 of a document, one a minute, and a checkpoint behind every fifth; answers the position of each. */
    List<Long> twentyVersions() {
        List<Long> positions = new ArrayList<>(List.of(project.lastLsn()));
        checkpoint();
        for (int i = 1; i <= 20; i++) {
            positions.add(write("main", i));
            if (i % 5 == 0) {
                checkpoint();
            }
        }
        return positions;
    }

    static int readAll(Snapshot snapshot) {
        int seen = 0;
        var cursor =
                Objects.requireNonNull(snapshot.collection("c")).documents().ascending(null, null);
        while (cursor.next()) {
            seen++;
        }
        return seen;
    }
}
