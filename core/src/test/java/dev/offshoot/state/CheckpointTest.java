package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.MemoryPageStore;
import dev.offshoot.store.PageId;
import dev.offshoot.store.StoreException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.LogEnd;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What a checkpoint is good for, and what happens when it is not. */
final class CheckpointTest {
    private static final Origin ORIGIN = new Origin("test", "test", "main", "c");
    private static final int DOCUMENTS = 2000;

    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final AtomicLong nonces = new AtomicLong();
    private SimulatedStore store = SimulatedStore.calm();
    private Project project = open(CheckpointPolicy.onDemand());
    private long collection;

    private Project open(CheckpointPolicy policy) {
        Clocks clocks = TestClocks.of(millis::get, nonces);
        return new Projects(store, new Materializer(64 << 10), policy, clocks).findOrCreate("shop", ORIGIN);
    }

    private Project reopen(CheckpointPolicy policy) {
        store = store.reopened();
        return open(policy);
    }

    private MemoryPageStore pages() {
        return store.pages("p1");
    }

    private Branch main() {
        return project.branch("main");
    }

    private void insert(int from, int to) {
        if (collection == 0) {
            collection = write(new Change.CreateCollection("c", new DocBuilder().build()));
        }
        List<Change> changes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            changes.add(new Change.Put(collection, Change.made(changes.size()), document(i, 0)));
        }
        project.write(main(), ORIGIN, turn -> new Statement.Draft<>(0, changes, List.of()));
    }

    private long write(Change... changes) {
        return write(main(), changes);
    }

    private long write(Branch branch, Change... changes) {
        project.write(branch, ORIGIN, turn -> new Statement.Draft<>(0, List.of(changes), List.of()));
        return project.lastLsn();
    }

    private static byte[] document(int i, int version) {
        return new DocBuilder()
                .append("_id", i)
                .append("v", version)
                .append("text", "some text that is the same everywhere")
                .build();
    }

    private CollectionSnapshot collection() {
        return Objects.requireNonNull(project.head("main").collection("c"));
    }

    /** The version of document i, whose record id is the LSN of its insertion. */
    private int version(Snapshot snapshot, int i) {
        CollectionSnapshot found = snapshot.collection("c");
        byte[] document = found == null ? null : found.document(collection + 1 + i);
        return document == null
                ? -1
                : Objects.requireNonNull(Doc.of(document).get("v")).asInt32();
    }

    @Test
    void a_restart_loads_what_a_query_touches_and_nothing_else() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        write(new Change.Put(collection, collection + 8, document(7, 1)));
        project = reopen(CheckpointPolicy.onDemand());
        long before = pages().reads();
        assertThat(version(project.head("main"), 7)).isEqualTo(1);
        assertThat(version(project.head("main"), 1900)).isZero();
        assertThat(pages().reads() - before).isLessThan(10);
        assertThat(pages().amount().pages()).isGreaterThan(15);
    }

    @Test
    void a_second_checkpoint_writes_what_changed_since_the_first() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        long before = pages().amount().pages();
        write(new Change.Put(collection, collection + 8, document(7, 1)));
        project.checkpoints().checkpoint();
        assertThat(pages().amount().pages() - before).isBetween(3L, 10L);
        assertThat(project.checkpoints().checkpoint())
                .as("nothing changed")
                .extracting(Manifest::lsn)
                .isEqualTo(project.lastLsn());
        assertThat(project.checkpoints().list()).hasSize(2);
    }

    @Test
    void a_checkpoint_of_the_same_position_in_other_pages_is_the_one_to_go_on_from() {
        insert(0, 300);
        for (int i = 0; i < 300; i += 3) {
            write(new Change.Delete(collection, collection + 1 + i));
        }
        Clocks clocks = new Clocks(millis::get, System::nanoTime, () -> new byte[16]);
        Projects others = new Projects(store, new Materializer(1 << 20), CheckpointPolicy.onDemand(), clocks);
        Project other = Objects.requireNonNull(others.find("shop"));
        project.checkpoints().checkpoint();
        byte[] first = Objects.requireNonNull(store.checkpoints("p1").get(project.lastLsn()));
        millis.incrementAndGet();
        try {
            other.checkpoints().checkpoint();
        } catch (StoreException e) {
            assertThat(e).hasMessageContaining("another process made a checkpoint");
        }
        assertThat(store.checkpoints("p1").get(project.lastLsn())).isEqualTo(first);
        other = Objects.requireNonNull(others.find("shop"));
        assertThat(readAll(other.head("main"))).isEqualTo(200);
        assertThat(Objects.requireNonNull(other.checkpoints().checkpoint()).lsn())
                .isEqualTo(project.lastLsn());
    }

    @Test
    void branches_share_pages() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        long before = pages().amount().pages();
        for (int i = 0; i < 20; i++) {
            project.createBranch("b" + i, main(), null, ORIGIN);
        }
        project.checkpoints().checkpoint();
        assertThat(pages().amount().pages() - before).isLessThan(10);
    }

    @Test
    void a_damaged_manifest_falls_back_to_an_older_one() {
        insert(0, 100);
        project.checkpoints().checkpoint();
        write(new Change.Put(collection, collection + 8, document(7, 1)));
        project.checkpoints().checkpoint();
        store.checkpoints("p1").damage(project.lastLsn());
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(version(project.head("main"), 7)).isEqualTo(1);
    }

    @Test
    void a_damaged_page_is_an_error_where_it_is_read_and_never_wrong_data() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        project = reopen(CheckpointPolicy.onDemand());
        CollectionSnapshot found = collection();
        pages().forEach(entry -> pages().damage(entry.id()));
        assertThatThrownBy(() -> found.document(collection + 8)).isInstanceOf(CorruptionException.class);
    }

    @Test
    void a_project_that_met_a_damaged_page_goes_back_to_an_older_checkpoint_and_is_whole_again() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        Set<PageId> old = new HashSet<>();
        pages().forEach(entry -> old.add(entry.id()));
        for (int i = 0; i < DOCUMENTS; i += 50) {
            write(new Change.Put(collection, collection + 1 + i, document(i, 1)));
        }
        project.checkpoints().checkpoint();
        Clocks clocks = new Clocks(millis::get, System::nanoTime, () -> new byte[16]);
        store = store.reopened();
        Projects projects = new Projects(store, new Materializer(1 << 20), CheckpointPolicy.onDemand(), clocks);
        project = projects.findOrCreate("shop", ORIGIN);
        List<PageId> young = new ArrayList<>();
        pages().forEach(entry -> {
            if (!old.contains(entry.id())) {
                young.add(entry.id());
            }
        });
        young.forEach(pages()::damage);
        assertThatThrownBy(() -> readAll(project.head("main"))).isInstanceOf(CorruptionException.class);
        Project again = projects.find("shop");
        assertThat(again).isNotNull().isNotSameAs(project);
        project = Objects.requireNonNull(again);
        assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
        assertThat(version(project.head("main"), 100)).isEqualTo(1);
        assertThat(project.checkpoints().checkpoint()).extracting(Manifest::lsn).isEqualTo(project.lastLsn());
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
        assertThat(version(project.head("main"), 100)).isEqualTo(1);
    }

    @Test
    void a_past_position_is_read_from_the_log_where_only_the_checkpoint_below_it_is_damaged() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        long then = project.lastLsn();
        List<PageId> old = new ArrayList<>();
        pages().forEach(entry -> {
            if (entry.bytes() > 1000) {
                old.add(entry.id());
            }
        });
        for (int i = 0; i < DOCUMENTS; i++) {
            write(new Change.Put(collection, collection + 1 + i, document(i, 1)));
        }
        project.checkpoints().checkpoint();
        store = store.reopened();
        Clocks clocks = new Clocks(millis::get, System::nanoTime, () -> new byte[16]);
        Projects projects = new Projects(store, new Materializer(1 << 20), CheckpointPolicy.onDemand(), clocks);
        project = projects.findOrCreate("shop", ORIGIN);
        assertThat(old).isNotEmpty();
        old.forEach(pages()::damage);
        assertThatThrownBy(() -> version(project.at(main(), then), 7)).isInstanceOf(CorruptionException.class);
        project = Objects.requireNonNull(projects.find("shop"));
        assertThat(version(project.at(main(), then), 7)).isZero();
        assertThat(readAll(project.at(main(), then))).isEqualTo(DOCUMENTS);
        assertThat(version(project.head("main"), 7)).isEqualTo(1);
    }

    @Test
    void a_damaged_page_that_the_tail_of_the_log_touches_does_not_keep_a_project_from_being_opened() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        write(new Change.Put(collection, collection + 8, document(7, 1)));
        List<PageId> largest = new ArrayList<>();
        pages().forEach(entry -> {
            if (entry.bytes() > 1000) {
                largest.add(entry.id());
            }
        });
        assertThat(largest).isNotEmpty();
        largest.forEach(pages()::damage);
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(readAll(project.head("main"))).isEqualTo(DOCUMENTS);
        assertThat(version(project.head("main"), 7)).isEqualTo(1);
    }

    @Test
    void the_log_below_a_damaged_checkpoint_is_not_trimmed() {
        insert(0, DOCUMENTS);
        project.checkpoints().checkpoint();
        millis.addAndGet(100_000);
        write(new Change.Put(collection, collection + 8, document(7, 1)));
        project.checkpoints().checkpoint();
        project = reopen(CheckpointPolicy.onDemand());
        pages().forEach(entry -> {
            if (entry.bytes() > 1000) {
                pages().damage(entry.id());
            }
        });
        assertThatThrownBy(() -> project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("so the log below it stays");
        assertThat(store.log("p1").firstLsn()).isEqualTo(1);
    }

    private static int readAll(Snapshot snapshot) {
        CollectionSnapshot found = snapshot.collection("c");
        int seen = 0;
        if (found != null) {
            var cursor = found.documents().ascending(null, null);
            while (cursor.next()) {
                seen++;
            }
        }
        return seen;
    }

    @Test
    void a_checkpoint_of_another_log_is_not_used() {
        insert(0, 100);
        project.checkpoints().checkpoint();
        SimulatedStore before = store;
        store = SimulatedStore.calm();
        project = open(CheckpointPolicy.onDemand());
        collection = 0;
        millis.addAndGet(5000);
        insert(100, 220);
        for (long lsn : before.checkpoints("p1").list()) {
            store.checkpoints("p1")
                    .put(lsn, Objects.requireNonNull(before.checkpoints("p1").get(lsn)));
        }
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(collection().count()).isEqualTo(120);
    }

    @Test
    void results_of_retryable_writes_are_in_a_checkpoint() {
        RetryKey key = new RetryKey(new UUID(1, 2), 7, 0);
        insert(0, 10);
        project.write(
                main(),
                ORIGIN,
                turn -> new Statement.Draft<>(
                        0,
                        List.of(new Change.Put(collection, collection + 1, document(0, 1))),
                        List.of(new RetryResult(key, new byte[] {1, 2, 3}))));
        project.checkpoints().checkpoint();
        store.log("p1").trim(project.lastLsn() + 1, false);
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(project.acknowledged().result(key)).isEqualTo(new byte[] {1, 2, 3});
    }

    @Test
    void recovery_of_a_long_log_makes_checkpoints_on_the_way() {
        for (int i = 0; i < 20; i++) {
            insert(100 * i, 100 * i + 100);
        }
        project = reopen(new CheckpointPolicy(Long.MAX_VALUE, 500, Long.MAX_VALUE));
        assertThat(project.checkpoints().list()).hasSize(4);
        assertThat(collection().count()).isEqualTo(2000);
        assertThat(version(project.head("main"), 50)).isZero();
    }

    @Test
    void a_cleanup_keeps_what_is_within_the_retention_and_refuses_what_is_not() {
        insert(0, 300);
        long first = project.lastLsn();
        List<Long> at = new ArrayList<>(List.of(first));
        project.checkpoints().checkpoint();
        for (int i = 1; i <= 40; i++) {
            millis.addAndGet(60_000);
            write(new Change.Put(collection, collection + 8, document(7, i)));
            at.add(project.lastLsn());
            if (i == 8) {
                project.createBranch("late", main(), at.get(3), ORIGIN);
            }
            if (i % 5 == 0) {
                project.checkpoints().checkpoint();
            }
        }
        Branch late = project.branch("late");
        project = reopen(CheckpointPolicy.onDemand()); // positions that were read lately count as in use
        CleanupResult dry = clean(10, true);
        CleanupResult done = clean(10, false);
        assertThat(done.checkpoints()).isEqualTo(dry.checkpoints()).isGreaterThan(3);
        assertThat(done.pages()).isEqualTo(dry.pages());
        assertThat(done.pages().pages()).isGreaterThan(0);
        assertThat(done.oldestLsn()).isEqualTo(at.get(30));
        for (int i = 30; i <= 40; i++) {
            assertThat(version(project.at(main(), at.get(i)), 7)).isEqualTo(i);
        }
        assertThat(version(project.head("late"), 7)).isEqualTo(3);
        assertThat(version(project.at(late, late.id()), 7)).isEqualTo(3);
        project = reopen(CheckpointPolicy.onDemand());
        assertThatThrownBy(() -> project.at(main(), at.get(10)))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("no longer kept; the oldest one is " + at.get(30));
        assertThat(version(project.at(main(), at.get(33)), 7)).isEqualTo(33);
        assertThat(version(project.head("late"), 7)).isEqualTo(3);
        assertThat(project.positionAt(millis.get() - 5 * 60_000)).isEqualTo(at.get(35));
    }

    private CleanupResult clean(int minutes, boolean dryRun) {
        return project.checkpoints().cleanup(new Retention(minutes * 60_000L, 0), List.of(), millis.get(), dryRun);
    }

    @Test
    void a_position_in_use_keeps_its_checkpoints() {
        insert(0, 300);
        long first = project.lastLsn();
        List<Long> made = new ArrayList<>();
        Snapshot kept = Snapshot.EMPTY;
        for (int i = 1; i <= 40; i++) {
            millis.addAndGet(60_000);
            write(new Change.Put(collection, collection + 8L * (i % 30), document(8 * (i % 30) - 1, i)));
            if (i % 5 == 0) {
                made.add(Objects.requireNonNull(project.checkpoints().checkpoint())
                        .lsn());
            }
            if (i == 12) {
                kept = project.head("main");
            }
        }
        project.checkpoints().cleanup(new Retention(0, 0), List.of(first + 12), millis.get(), false);
        assertThat(project.checkpoints().list())
                .contains(made.get(1), made.get(2))
                .doesNotContain(made.get(0));
        assertThat(readAll(kept)).isEqualTo(300);
    }

    @Test
    void what_a_branch_in_no_checkpoint_was_made_from_stays_so_that_it_can_be_made_again() {
        insert(0, 300);
        long first = project.lastLsn();
        project.checkpoints().checkpoint();
        for (int i = 1; i <= 40; i++) {
            millis.addAndGet(60_000);
            write(new Change.Put(collection, collection + 8, document(7, i)));
            if (i % 5 == 0) {
                project.checkpoints().checkpoint();
            }
        }
        project.createBranch("late", main(), first + 3, ORIGIN);
        forgetPastPositions();
        clean(10, false);
        assertThat(version(project.head("late"), 7)).isEqualTo(3);
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(version(project.head("late"), 7)).isEqualTo(3);
        project.checkpoints().checkpoint();
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(clean(10, false).oldestLsn()).as("now it is in a checkpoint").isEqualTo(first + 30);
        assertThat(readAll(project.head("late"))).isEqualTo(300);
    }

    /** The cache holds a few of them. */
    private void forgetPastPositions() {
        for (long lsn = project.lastLsn() - 12; lsn < project.lastLsn() - 1; lsn++) {
            Snapshot unused = project.at(main(), lsn);
        }
    }

    @Test
    void what_another_process_needs_and_all_above_stays() {
        insert(0, 300);
        List<Long> made = new ArrayList<>();
        for (int i = 1; i <= 40; i++) {
            millis.addAndGet(60_000);
            write(new Change.Put(collection, collection + 8, document(7, i)));
            made.add(Objects.requireNonNull(project.checkpoints().checkpoint()).lsn());
        }
        store.checkpoints("p1").need("other", made.get(20), millis.get() + 1000);
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
        assertThat(project.checkpoints().list()).isEqualTo(made.subList(20, 40));
        store.checkpoints("p1").need("other", 0, 0);
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
        assertThat(project.checkpoints().list()).hasSizeLessThan(3);
    }

    @Test
    void a_project_says_which_checkpoint_its_states_and_its_readers_need() {
        insert(0, 300);
        project.checkpoints().need("me", List.of(), millis.get(), millis.get() + 1000);
        assertThat(oldestNeed()).as("all is in memory").isEqualTo(project.lastLsn());
        List<Long> made = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            millis.addAndGet(60_000);
            write(new Change.Put(collection, collection + 8, document(7, i)));
            made.add(Objects.requireNonNull(project.checkpoints().checkpoint()).lsn());
        }
        project.checkpoints().need("me", List.of(), millis.get(), millis.get() + 1000);
        assertThat(oldestNeed()).isEqualTo(made.get(3));
        project.checkpoints().need("me", List.of(made.get(1)), millis.get(), millis.get() + 1000);
        assertThat(oldestNeed()).as("a cursor at a past position").isEqualTo(made.get(1));
        project.checkpoints().need("me", List.of(), millis.get() - 60_001, millis.get() + 1000);
        assertThat(oldestNeed()).as("a reader of the newest state then").isLessThanOrEqualTo(made.get(1));
        project = reopen(CheckpointPolicy.onDemand());
        project.checkpoints().need("me", List.of(), millis.get(), millis.get() + 1000);
        assertThat(oldestNeed()).isEqualTo(made.get(3));
        project.checkpoints().needNothing("me");
        assertThat(oldestNeed()).isEqualTo(Long.MAX_VALUE);
    }

    private long oldestNeed() {
        return store.checkpoints("p1").needs(millis.get()).getOrDefault("me", Long.MAX_VALUE);
    }

    /** What a checkpoint says, of another position. */
    private static Manifest at(long lsn, Manifest real) {
        return new Manifest(
                real.log(),
                new LogEnd(lsn, real.end().time(), real.end().millis()),
                real.ended(),
                real.branches(),
                real.names(),
                real.tags(),
                real.lineage(),
                real.restores(),
                real.properties(),
                real.states(),
                real.kept(),
                real.retries(),
                real.createdMillis());
    }

    @Test
    void a_checkpoint_of_records_that_were_lost_neither_trims_the_log_nor_keeps_its_place() {
        insert(0, 300);
        project.checkpoints().checkpoint();
        millis.addAndGet(60_000);
        byte[] lost = Objects.requireNonNull(store.checkpoints("p1").get(project.lastLsn()));
        long end = project.lastLsn();
        assertThat(lost).isNotEmpty();
        for (int i = 1; i <= 5; i++) {
            write(new Change.Put(collection, collection + 8, document(7, i)));
        }
        long later = project.lastLsn();
        Manifest real = Objects.requireNonNull(project.checkpoints().manifest(end));
        Manifest foreign = at(later, real);
        store.checkpoints("p1").put(later, foreign.toBytes());
        millis.addAndGet(60_000);
        Manifest made = project.checkpoints().checkpoint();
        assertThat(made).isNotNull().isNotEqualTo(foreign);
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(version(project.head("main"), 7)).isEqualTo(5);
        long log = project.firstLsn();
        write(new Change.Put(collection, collection + 8, document(7, 6)));
        Manifest above = at(project.lastLsn(), real);
        store.checkpoints("p1").put(project.lastLsn(), above.toBytes());
        assertThat(log).isEqualTo(1);
        clean(0, false);
        assertThat(project.checkpoints().list()).isEqualTo(List.of(later));
        project = reopen(CheckpointPolicy.onDemand());
        assertThat(version(project.head("main"), 7)).isEqualTo(6);
    }
}
