package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a cleanup may take, and what others still have after it. */
final class RetentionTest {
    private static final Origin ORIGIN = new Origin("test", "test", "main", "c");
    private static final int DOCUMENTS = 300;
    private static final long MINUTE = 60_000;

    private final AtomicLong millis = new AtomicLong(1_000_000_000);
    private final AtomicLong nonces = new AtomicLong();
    private SimulatedStore store = SimulatedStore.calm(millis::get);
    private Project project = filled(projects());

    private Projects projects() {
        Clocks clocks = new Clocks(
                millis::get,
                System::nanoTime,
                () -> ByteBuffer.allocate(16)
                        .putLong(nonces.incrementAndGet())
                        .putLong(1)
                        .array());
        return new Projects(store, new Materializer(1 << 10), CheckpointPolicy.onDemand(), clocks);
    }

    private static Project open(Projects projects) {
        return Objects.requireNonNull(projects.find("shop"));
    }

    private void reopen() {
        store = store.reopened();
        project = open(projects());
    }

    /** Its collection has the id 2, its document i the record id 3 + i. */
    private static Project filled(Projects projects) {
        Project made = projects.create("shop", ORIGIN);
        write(made, "main", new Change.CreateCollection("c", new DocBuilder().build()));
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            changes.add(new Change.Put(2, Change.made(i), document(i, 0)));
        }
        write(made, "main", changes.toArray(new Change[0]));
        return made;
    }

    private static void write(Project to, String branch, Change... changes) {
        to.write(to.branch(branch), ORIGIN, turn -> new Statement.Draft<>(0, List.of(changes), List.of()));
    }

    private static byte[] document(int i, int version) {
        return new DocBuilder()
                .append("_id", i)
                .append("v", version)
                .append("text", "some text that is the same everywhere")
                .build();
    }

    /** Writes a version of the document in the middle; answers the position. */
    private long write(String branch, int version) {
        millis.addAndGet(MINUTE);
        write(project, branch, new Change.Put(2, 153, document(150, version)));
        return project.lastLsn();
    }

    private long checkpoint() {
        return Objects.requireNonNull(project.checkpoints().checkpoint()).lsn();
    }

    private static int version(Snapshot snapshot) {
        return version(snapshot, 150);
    }

    private static int version(Snapshot snapshot, int i) {
        byte[] document = Objects.requireNonNull(snapshot.collection("c")).document(3 + i);
        return Objects.requireNonNull(Doc.of(Objects.requireNonNull(document)).get("v"))
                .asInt32();
    }

    /** Keeps positions of the last so many minutes. */
    private CleanupResult cleanup(int minutes) {
        return project.checkpoints().cleanup(new Retention(minutes * MINUTE, 0), List.of(), millis.get(), false);
    }

    // ---- several processes

    @Test
    void a_process_that_was_asleep_while_the_log_was_trimmed_opens_the_project_again() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        Projects others = projects();
        Project sleeper = open(others);
        for (int i = 1; i <= 3; i++) {
            write("main", i);
            checkpoint();
        }
        millis.addAndGet(100 * MINUTE);
        cleanup(0);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(sleeper.lastLsn() + 1);
        assertThatThrownBy(sleeper::follow).isInstanceOf(StoreException.class);
        Project awake = open(others);
        assertThat(awake).isNotSameAs(sleeper);
        awake.follow();
        assertThat(version(awake.head("main"))).isEqualTo(3);
        write(awake, "main", new Change.Put(2, 153, document(150, 4)));
        project.follow();
        assertThat(version(project.head("main"))).isEqualTo(4);
    }

    @Test
    void a_process_without_a_checkpoint_keeps_the_log_above_its_state() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        Project other = open(projects());
        other.checkpoints().need("other", List.of(), millis.get(), millis.get() + 1000 * MINUTE);
        for (int i = 1; i <= 3; i++) {
            write("main", i);
            checkpoint();
        }
        millis.addAndGet(100 * MINUTE);
        cleanup(0);
        other.follow();
        assertThat(version(other.head("main"))).isEqualTo(3);
        other.checkpoints().needNothing("other");
        assertThat(cleanup(0).checkpoints()).isEqualTo(2);
        assertThat(store.log("p1").firstLsn()).isGreaterThan(DOCUMENTS);
    }

    @Test
    void on_a_shared_store_no_grace_is_still_enough_for_what_others_are_doing() {
        store = SimulatedStore.calmAndShared(millis::get);
        project = filled(projects());
        write("main", 1);
        checkpoint();
        Project other = open(projects());
        other.checkpoints().need("other", List.of(), millis.get(), millis.get() + 5 * MINUTE);
        write(other, "main", new Change.Put(2, 3, document(0, 7)));
        store.checkpoints("p1").failPuts(1); // stands for a process that is about to store its manifest
        millis.incrementAndGet();
        assertThatThrownBy(other.checkpoints()::checkpoint).hasMessageContaining("manifest");
        project.follow();
        millis.addAndGet(MINUTE);
        write("main", 2);
        checkpoint();
        millis.addAndGet(MINUTE);
        cleanup(0);
        other.checkpoints().checkpoint();
        reopen();
        assertThat(version(project.head("main"), 0)).isEqualTo(7);
        assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
        assertThat(readAll(other.head("main"))).isEqualTo(DOCUMENTS);
    }

    // ---- readers of the newest state

    @Test
    void a_reader_keeps_the_pages_that_a_failed_checkpoint_wrote() {
        checkpoint();
        write("main", 1);
        store.checkpoints("p1").failPuts(1);
        assertThatThrownBy(this::checkpoint).hasMessageContaining("manifest");
        millis.addAndGet(10 * MINUTE);
        long since = millis.get();
        Snapshot read = project.head("main");
        write("main", 2);
        checkpoint();
        millis.addAndGet(10 * MINUTE);
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), since, false);
        assertThat(version(read)).isEqualTo(1);
        long before = store.pages("p1").amount().pages();
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
        assertThat(store.pages("p1").amount().pages())
                .as("the reader has ended")
                .isLessThan(before);
        assertThat(version(project.head("main"))).isEqualTo(2);
    }

    private static int readAll(Snapshot snapshot) {
        int seen = 0;
        var cursor =
                Objects.requireNonNull(snapshot.collection("c")).documents().ascending(null, null);
        while (cursor.next()) {
            seen++;
        }
        return seen;
    }
}
