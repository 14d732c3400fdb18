package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.archive.BlobStore;
import dev.offshoot.archive.MemoryBlobs;
import dev.offshoot.archive.ProjectSource;
import dev.offshoot.archive.Restore;
import dev.offshoot.archive.Restored;
import dev.offshoot.archive.Shipped;
import dev.offshoot.archive.Shipping;
import dev.offshoot.archive.file.BundleBlobs;
import dev.offshoot.archive.file.FolderBlobs;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.store.LogRecord;
import dev.offshoot.store.LogStore;
import dev.offshoot.store.RecordCursor;
import dev.offshoot.store.Store;
import dev.offshoot.store.StoreException;
import dev.offshoot.store.file.FileStore;
import dev.offshoot.store.file.FileStoreOptions;
import dev.offshoot.store.file.SyncPolicy;
import dev.offshoot.store.mongo.MongoStore;
import dev.offshoot.store.mongo.StandInMongo;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.RecordCodec;
import dev.offshoot.wal.RetryKey;
import dev.offshoot.wal.RetryResult;
import dev.offshoot.wal.SimulatedLogStore;
import dev.offshoot.wal.SimulatedStore;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Projects go to an archive and come back. */
final class ArchiveTest extends ArchiveScene {
    @TempDir
    private Path folder = Path.of("");

    /** The same records, byte for byte. */
    private static void requireSame(LogStore one, LogStore other) {
        List<LogRecord> a = records(one);
        List<LogRecord> b = records(other);
        assertThat(b).hasSameSizeAs(a);
        for (int i = 0; i < a.size(); i++) {
            assertThat(b.get(i).firstLsn()).isEqualTo(a.get(i).firstLsn());
            assertThat(b.get(i).nonce()).isEqualTo(a.get(i).nonce());
            assertThat(b.get(i).header()).isEqualTo(a.get(i).header());
            assertThat(b.get(i).payload()).isEqualTo(a.get(i).payload());
        }
    }

    // ---- round trips

    @Test
    void random_projects_go_through_bundles_and_folders_and_are_the_same_at_every_position() throws Exception {
        long positions = 0;
        for (long seed = 1; seed <= 12; seed++) {
            try (Store first = files("a" + seed);
                    Store second = files("b" + seed);
                    Store third = SimulatedStore.calm()) {
                RandomProgram program = new RandomProgram(seed, first);
                program.run(70);
                Project source = program.project();
                if (seed % 3 == 0) {
                    source.checkpoints().checkpoint();
                }
                Path bundle = folder.resolve("bundle" + seed);
                try (BlobStore out = BundleBlobs.openOrCreate(bundle)) {
                    ship(source.content(), out);
                }
                Projects others = projects(second);
                others.create("another", ORIGIN);
                try (BlobStore in = BundleBlobs.open(bundle)) {
                    restore(in, source.name(), null, others, "copy");
                }
                Project copy = open(others, "copy");
                requireSame(program.log(), log(second, copy));
                ConsistencyCheck check = ConsistencyCheck.everyPosition(program.log(), copy);
                assertThat(check.problems()).as("seed %s", seed).isEmpty();
                positions += check.positions();
                BlobStore archive = FolderBlobs.openOrCreate(folder.resolve("archive" + seed));
                ship(copy.content(), archive);
                Projects last = projects(third);
                restore(archive, "copy", null, last, source.name());
                requireSame(program.log(), log(third, open(last, source.name())));
                assertThat(ConsistencyCheck.everyPosition(program.log(), open(last, source.name()))
                                .problems())
                        .as("seed %s", seed)
                        .isEmpty();
                assertThat(open(last, source.name()).checkpoints().list())
                        .as("seed %s", seed)
                        .hasSize(source.checkpoints().list().isEmpty() ? 0 : 1);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        assertThat(positions).isGreaterThan(1000);
    }

    @Test
    void a_project_goes_from_files_to_a_mongodb_and_back() throws Exception {
        try (Store first = files("first");
                StandInMongo server = StandInMongo.start();
                Store second = MongoStore.open(server.uri());
                Store third = files("third")) {
            Project source = filled(projects(first), 120);
            source.checkpoints().checkpoint();
            insert(source, "exp", 2, 300, 310);
            copy(source, "one", projects(second), second);
            Project back = copy(open(projects(second), "shop"), "two", projects(third), third);
            assertThat(back.checkpoints().list()).isEqualTo(source.checkpoints().list());
            requireSame(log(first, source), log(third, back));
            ConsistencyCheck check = ConsistencyCheck.everyPosition(log(first, source), back);
            assertThat(check.problems()).isEmpty();
            assertThat(check.positions()).isGreaterThan(200);
            for (LogRecord entry : records(log(first, source))) {
                for (Commit commit : RecordCodec.decode(entry).commits()) {
                    for (RetryResult result : commit.results()) {
                        assertThat(back.acknowledged().result(result.key()))
                                .isEqualTo(source.acknowledged().result(result.key()));
                    }
                }
            }
        }
    }

    /** Through a bundle; the target is opened again. */
    private Project copy(Project from, String name, Projects to, Store store) {
        Path bundle = folder.resolve(name);
        try (BlobStore out = BundleBlobs.openOrCreate(bundle)) {
            ship(from.content(), out);
        }
        try (BlobStore in = BundleBlobs.open(bundle)) {
            assertThat(restore(in, "shop", null, to, "shop").checkpoints()).isEqualTo(1);
        }
        Project copy = open(projects(store), "shop");
        check(log(store, copy), copy);
        return copy;
    }

    // ---- cleaned up

    private static void requireWhole(Store store, String project) {
        ValidationReport report = Validation.of(store, project, () -> {});
        assertThat(report.problems()).isEmpty();
        assertThat(report.firstLsn()).isGreaterThan(1);
        assertThat(report.checkpoints()).isEqualTo(2);
    }

    @Test
    void a_cleaned_up_project_is_restored_with_every_position_it_kept_and_goes_on() {
        try (StandInMongo server = StandInMongo.start();
                Store files = files("from");
                Store mongo = MongoStore.open(server.uri())) {
            int copies = 0;
            for (Store from : List.of(files, mongo)) {
                CleanedUp original = cleanedUp(from);
                MemoryBlobs archive = new MemoryBlobs();
                ship(original.project().content(), archive);
                String name = "copy" + copies;
                Supplier<Store> toFiles = () -> files(name);
                for (Supplier<Store> to : List.of(toFiles, () -> MongoStore.open(server.uri()))) {
                    requireCopied(original, archive, to, name);
                    copies++;
                }
            }
            assertThat(copies).isEqualTo(4);
        }
    }

    private void requireCopied(CleanedUp original, MemoryBlobs archive, Supplier<Store> to, String name) {
        SimulatedLogStore written = SimulatedLogStore.calm(0);
        try (Store store = to.get()) {
            Projects projects = projects(store);
            projects.create("another" + name, ORIGIN);
            assertThat(restore(archive, "shop", null, projects, name).checkpoints())
                    .isEqualTo(2);
            Project copy = open(projects, name);
            assertThat(requireKept(original, copy)).isGreaterThan(100);
            assertThat(copy.checkpoints().list())
                    .isEqualTo(original.project().checkpoints().list());
            requireWhole(store, name);
            insert(copy, "late", 2, 500, 510);
            original.whole().records().forEach(written::append);
            keep(log(store, copy), written);
        }
        try (Store store = to.get()) {
            Project copy = open(projects(store), name);
            requireWhole(store, name);
            check(written, copy);
            insert(copy, "main", 2, 600, 610);
            keep(log(store, copy), written);
            check(written, copy);
            copy.checkpoints().checkpoint();
            millis.addAndGet(60 * 60_000); // what others said ends by itself
            copy.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
            assertThat(copy.checkpoints().list()).hasSize(1);
        }
        try (Store store = to.get()) {
            check(written, open(projects(store), name));
        }
    }

    @Test
    void a_cleaned_up_project_can_be_restored_to_every_position_it_kept() {
        CleanedUp original = cleanedUp(SimulatedStore.calm());
        ship(original.project().content(), blobs);
        PlainProject whole = PlainProject.read(original.whole());
        int restored = 0;
        for (long lsn = original.project().checkpoints().list().get(0);
                lsn <= original.project().lastLsn();
                lsn += 5) {
            SimulatedStore to = SimulatedStore.calm();
            Projects projects = projects(to);
            restore(blobs, "shop", lsn, projects, "shop");
            Project copy = open(projects(to.reopened()), "shop");
            assertThat(copy.lastLsn()).isEqualTo(lsn);
            Branch main = copy.branch("main");
            assertThat(ConsistencyCheck.state("main@" + lsn, copy.head(main), whole.at(main.id(), lsn))
                            .problems())
                    .isEmpty();
            restored++;
        }
        assertThat(restored).isGreaterThan(5);
    }

    @Test
    void the_checkpoint_that_a_trimmed_log_begins_behind_is_shipped_and_restored() {
        SimulatedStore from = SimulatedStore.calm();
        SimulatedLogStore whole = SimulatedLogStore.calm(0);
        Project project = filled(projects(from), 150);
        project.checkpoints().checkpoint();
        long kept = project.lastLsn();
        insert(project, "main", 2, 200, 220);
        keep(log(from, project), whole);
        project.checkpoints().cleanup(new Retention(0, 0), List.of(), millis.get(), false);
        assertThat(log(from, project).firstLsn()).isEqualTo(kept + 1);
        ship(project.content(), blobs);
        SimulatedStore to = SimulatedStore.calm();
        restore(blobs, "shop", kept + 5, projects(to), "shop");
        Project copy = open(projects(to.reopened()), "shop");
        assertThat(copy.lastLsn()).isEqualTo(kept + 5);
        Branch main = copy.branch("main");
        assertThat(ConsistencyCheck.state(
                                "main",
                                copy.head(main),
                                PlainProject.read(whole).at(main.id(), kept + 5))
                        .problems())
                .isEmpty();
    }

    @Test
    void whatever_operation_the_restore_of_a_cleaned_up_project_is_stopped_at_it_goes_on() {
        CleanedUp original = cleanedUp(SimulatedStore.calm());
        ship(original.project().content(), blobs);
        int stopped = 0;
        for (long n = 1; ; n++) {
            blobs.failAt(n, false);
            try (Store store = files("stopped" + n)) {
                restore(blobs, "shop", null, projects(store), "shop");
            } catch (StoreException e) {
                stopped++;
            }
            boolean failed = blobs.failed();
            blobs.calm();
            if (!failed) {
                break;
            }
            try (Store store = files("stopped" + n)) {
                Projects again = projects(store);
                assertThat(again.find("shop")).as("nobody sees half of it").isNull();
                restore(blobs, "shop", null, again, "shop");
                requireWhole(store, "shop");
                check(original.whole(), open(again, "shop"));
            }
        }
        assertThat(stopped).isGreaterThan(8);
    }

    private Store files(String name) {
        return FileStore.open(
                folder.resolve(name),
                FileStoreOptions.defaults().withSegmentBytesMax(4096).withSync(SyncPolicy.NEVER));
    }

    @Test
    void a_restored_project_opens_from_its_checkpoint_and_answers_retries() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 200);
        project.checkpoints().checkpoint();
        insert(project, "exp", 2, 300, 303);
        Shipped shipped = ship(project.content(), blobs);
        assertThat(shipped.through()).isEqualTo(project.lastLsn());
        assertThat(shipped.pages()).isPositive();
        SimulatedStore to = SimulatedStore.calm();
        Restored restored = restore(blobs, "shop", null, projects(to), "shop");
        assertThat(restored.checkpoints()).isEqualTo(1);
        assertThat(restored.pages()).isEqualTo(shipped.pages());
        Project copy = open(projects(to.reopened()), "shop");
        assertThat(copy.checkpoints().list()).hasSize(1);
        check(log(from, project), copy);
        UUID session = new UUID(5, "exp".hashCode());
        assertThat(copy.acknowledged().newestTransaction(session)).isEqualTo(302);
        assertThat(copy.acknowledged().result(new RetryKey(session, 302, 0))).isNotNull();
        long before = copy.lastLsn();
        insert(copy, "main", 2, 900, 901);
        assertThat(copy.lastLsn()).isEqualTo(before + 1);
    }

    @Test
    void a_project_can_be_restored_to_every_position() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 20);
        project.checkpoints().checkpoint();
        insert(project, "main", 2, 500, 510);
        ship(project.content(), blobs);
        for (long lsn = 1; lsn <= project.lastLsn(); lsn++) {
            SimulatedStore to = SimulatedStore.calm();
            Projects projects = projects(to);
            assertThat(restore(blobs, "shop", lsn, projects, "shop").lastLsn()).isEqualTo(lsn);
            assertThat(open(projects, "shop").lastLsn()).isEqualTo(lsn);
            assertThat(ConsistencyCheck.heads(log(to, open(projects, "shop")), open(projects, "shop"))
                            .problems())
                    .isEmpty();
        }
        assertThatThrownBy(() -> Restore.of(blobs, "shop", project.lastLsn() + 1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("position " + (project.lastLsn() + 1))
                .hasMessageContaining("1 to " + project.lastLsn());
    }

    @Test
    void a_position_inside_a_record_keeps_the_commits_before_it() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 3);
        write(
                project,
                "main",
                new Change.Put(
                        2, Change.made(0), new DocBuilder().append("_id", 91).build()),
                new Change.Put(
                        2, Change.made(1), new DocBuilder().append("_id", 92).build()));
        ship(project.content(), blobs);
        Projects projects = projects(SimulatedStore.calm());
        long inside = project.lastLsn() - 1;
        assertThat(restore(blobs, "shop", inside, projects, "shop").lastLsn()).isEqualTo(inside - 1);
    }

    @Test
    void the_end_of_a_dropped_project_is_left_out() {
        SimulatedStore from = SimulatedStore.calm();
        Projects projects = projects(from);
        Project project = filled(projects, 3);
        ProjectSource content = project.content();
        long last = project.lastLsn();
        projects.drop("shop", ORIGIN);
        ship(content, blobs);
        Projects to = projects(SimulatedStore.calm());
        assertThat(restore(blobs, "shop", null, to, "shop").lastLsn()).isEqualTo(last);
        assertThat(to.find("shop")).isNotNull();
        insert(open(to, "shop"), "main", 2, 900, 901);
    }

    // ---- shipping

    @Test
    void nothing_is_shipped_twice() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 100);
        project.checkpoints().checkpoint();
        Shipping shipping = new Shipping(project.content(), blobs, SMALL, millis::get);
        shipping.round();
        int before = blobs.written().size();
        assertThat(shipping.round().objects()).isZero();
        assertThat(ship(project.content(), blobs).objects()).as("a new process").isZero();
        assertThat(blobs.written()).hasSize(before);
        insert(project, "main", 2, 700, 701);
        Shipped more = shipping.round();
        assertThat(more.records()).isEqualTo(1);
        assertThat(more.objects()).as("records and index").isEqualTo(2);
        project.checkpoints().checkpoint();
        Shipped pages = ship(project.content(), blobs);
        assertThat(pages.pages()).isBetween(1L, 12L);
        assertThat(pages.records()).isZero();
        List<String> objects = blobs.written().stream()
                .filter(name -> !name.endsWith("/index"))
                .toList();
        assertThat(new HashSet<>(objects)).hasSameSizeAs(objects);
    }

    @Test
    void whatever_operation_shipping_is_stopped_at_it_goes_on_and_what_is_complete_can_be_restored() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 60);
        project.checkpoints().checkpoint();
        insert(project, "main", 2, 500, 560);
        int stopped = 0;
        for (boolean behind : new boolean[] {false, true}) {
            for (long n = 1; ; n++) {
                MemoryBlobs archive = new MemoryBlobs();
                archive.failAt(n, behind);
                Shipping same = new Shipping(project.content(), archive, SMALL, millis::get);
                try {
                    same.round();
                } catch (StoreException e) {
                    stopped++;
                }
                if (!archive.failed()) {
                    break;
                }
                archive.calm();
                Shipped shipped = n % 2 == 0 ? same.round() : ship(project.content(), archive);
                assertThat(shipped.through()).isEqualTo(project.lastLsn());
                Projects later = projects(SimulatedStore.calm());
                Restored restored = restore(archive, "shop", null, later, "shop");
                assertThat(restored.checkpoints()).isEqualTo(1);
                check(log(from, project), open(later, "shop"));
            }
        }
        assertThat(stopped).isGreaterThan(30);
    }

    @Test
    void whatever_operation_a_restore_is_stopped_at_it_goes_on() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 60);
        project.checkpoints().checkpoint();
        ship(project.content(), blobs);
        int stopped = 0;
        for (long n = 1; ; n++) {
            SimulatedStore to = SimulatedStore.calm();
            blobs.failAt(n, false);
            try {
                restore(blobs, "shop", null, projects(to), "shop");
            } catch (StoreException e) {
                stopped++;
            }
            boolean failed = blobs.failed();
            blobs.calm();
            if (!failed) {
                break;
            }
            to = to.reopened();
            Projects again = projects(to);
            assertThat(again.find("shop")).as("nobody sees half of it").isNull();
            restore(blobs, "shop", null, again, "shop");
            requireSame(log(from, project), log(to, open(again, "shop")));
            check(log(from, project), open(again, "shop"));
        }
        assertThat(stopped).isGreaterThan(8);
    }

    @Test
    void an_archive_of_another_project_of_this_name_is_not_touched() {
        ship(filled(projects(SimulatedStore.calm()), 10).content(), blobs);
        Map<String, byte[]> before = new TreeMap<>(blobs.objects());
        Project other = filled(projects(SimulatedStore.calm()), 12);
        assertThatThrownBy(() -> ship(other.content(), blobs))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another")
                .hasMessageContaining("ship to another place");
        Project shorter = filled(projects(SimulatedStore.calm()), 2);
        assertThatThrownBy(() -> ship(shorter.content(), blobs)).isInstanceOf(StoreException.class);
        assertThat(blobs.objects()).containsExactlyEntriesOf(before);
    }

    // ---- names

    @Test
    void a_project_that_is_there_is_not_overwritten_and_one_being_restored_holds_its_name() {
        Project project = filled(projects(SimulatedStore.calm()), 10);
        ship(project.content(), blobs);
        SimulatedStore to = SimulatedStore.calm();
        Projects projects = projects(to);
        projects.create("shop", ORIGIN);
        assertThatThrownBy(() -> projects.adopt("shop", ORIGIN))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("already exists");
        AdoptedProject half = projects.adopt("other", ORIGIN);
        assertThat(projects.list()).extracting(Projects.Info::name).containsExactly("shop");
        assertThatThrownBy(() -> projects.create("other", ORIGIN))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("being restored");
        Projects reopened = projects(to.reopened());
        reopened.drop("other", ORIGIN);
        reopened.create("other", ORIGIN);
        assertThat(reopened.list()).extracting(Projects.Info::name).containsExactly("other", "shop");
        assertThat(half.lastLsn()).isZero();
    }

    @Test
    void going_on_with_another_archive_is_refused() {
        ship(filled(projects(SimulatedStore.calm()), 100).content(), blobs);
        MemoryBlobs other = new MemoryBlobs();
        ship(filled(projects(SimulatedStore.calm()), 110).content(), other);
        SimulatedStore to = SimulatedStore.calm();
        blobs.failAt(6, false);
        assertThatThrownBy(() -> restore(blobs, "shop", null, projects(to), "shop"))
                .isInstanceOf(StoreException.class);
        assertThat(blobs.failed()).isTrue();
        assertThatThrownBy(() -> restore(other, "shop", null, projects(to), "shop"))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("another record at LSN 1");
    }

    @Test
    void the_records_of_an_archive_decode() {
        SimulatedStore from = SimulatedStore.calm();
        Project project = filled(projects(from), 10);
        ship(project.content(), blobs);
        Projects to = projects(SimulatedStore.calm());
        restore(blobs, "shop", null, to, "shop");
        try (RecordCursor cursor = open(to, "shop").content().records(1)) {
            LogRecord first = Objects.requireNonNull(cursor.next());
            assertThat(RecordCodec.decode(first).commits()).isNotEmpty();
        }
    }
}
