package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.mql.CommandException;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Clocks;
import dev.offshoot.wal.Origin;
import dev.offshoot.wal.SimulatedStore;
import dev.offshoot.wal.TestClocks;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Resets, merges, tags, and branches that come back: the same in live state, after a restart, from a checkpoint, for a follower. */
final class LineageTest {
    private static final Origin ORIGIN = new Origin("test", "test", "main", "c");

    private final AtomicLong millis = new AtomicLong(1_000_000);
    private final AtomicLong nonces = new AtomicLong();
    private SimulatedStore store = SimulatedStore.calm();
    private Project project = open();
    private final long collection =
            write(project.branch("main"), new Change.CreateCollection("c", Doc.EMPTY.toBytes()));

    private Project open() {
        Clocks clocks = TestClocks.of(millis::incrementAndGet, nonces);
        return new Projects(store, new Materializer(1 << 20), CheckpointPolicy.onDemand(), clocks)
                .findOrCreate("shop", ORIGIN);
    }

    /** What every one of them has to agree on: each branch at each position, from five points of view. */
    private void agree() {
        Map<String, String> live = view(project);
        assertThat(view(open())).as("a follower that folds the log").isEqualTo(live);
        store = store.reopened();
        project = open();
        assertThat(view(project)).as("restart").isEqualTo(live);
        project.checkpoints().checkpoint();
        assertThat(view(project)).as("after a checkpoint").isEqualTo(live);
        store = store.reopened();
        project = open();
        assertThat(view(project)).as("restart from the checkpoint").isEqualTo(live);
        for (Branch branch : project.catalog().branches()) {
            for (long lsn = branch.id(); lsn <= project.lastLsn(); lsn++) {
                assertThat(project.replay(branch, lsn, () -> {}).isSame())
                        .as("%s at %d", branch.name(), lsn)
                        .isTrue();
            }
        }
    }

    private static Map<String, String> view(Project project) {
        Map<String, String> view = new TreeMap<>();
        for (Branch branch : project.catalog().branches()) {
            view.put(branch.name(), texts(project.head(branch)));
            for (long lsn = 0; lsn <= project.lastLsn(); lsn++) {
                view.put(branch.name() + "@" + lsn, texts(project.at(branch, lsn)));
            }
        }
        project.catalog().tags().forEach(tag -> view.put("tag " + tag.name(), tag.branch() + "@" + tag.lsn()));
        project.catalog().lineage().forEach(entry -> view.put("lineage " + entry.lsn(), entry.toString()));
        view.put("properties", project.catalog().properties().toString());
        return view;
    }

    private static String texts(Snapshot state) {
        StringBuilder text = new StringBuilder();
        for (CollectionSnapshot found : state.all()) {
            text.append(found.name()).append(found.id()).append(':');
            var cursor = found.documents().ascending(null, null);
            while (cursor.next()) {
                text.append(RecordId.of(cursor.key()))
                        .append('=')
                        .append(Objects.requireNonNull(Doc.of(cursor.value()).get("v"))
                                .asInt32())
                        .append(' ');
            }
            text.append(found.idIndex().name());
        }
        return text.toString();
    }

    private long write(Branch branch, Change... changes) {
        project.write(branch, ORIGIN, turn -> new Statement.Draft<>(0, List.of(changes), List.of()));
        return project.lastLsn();
    }

    private long insert(Branch branch, int id) {
        return write(branch, new Change.Put(collection, Change.made(0), document(id, 0)));
    }

    private long update(Branch branch, long recordId, int id, int version) {
        return write(branch, new Change.Put(collection, recordId, document(id, version)));
    }

    private static byte[] document(int id, int version) {
        return new DocBuilder().append("_id", id).append("v", version).build();
    }

    private long reset(Branch branch, Branch from, long lsn, Change... onTop) {
        Snapshot target = project.at(from, lsn);
        project.write(branch, ORIGIN, turn -> {
            List<Change> changes = new ArrayList<>();
            changes.add(new Change.Reset(target.branch(), target.lsn()));
            changes.addAll(List.of(onTop));
            return new Statement.Draft<>(0, changes, List.of(), new Statement.Referred(List.of(target)));
        });
        return project.lastLsn();
    }

    private Branch main() {
        return project.branch("main");
    }

    private String head(String branch) {
        return texts(project.head(project.branch(branch)));
    }

    @Test
    void a_reset_shows_the_state_of_its_target_and_nothing_that_it_discarded() {
        long first = insert(main(), 1);
        String then = head("main");
        insert(main(), 2);
        String before = head("main");
        long reset = reset(main(), main(), first);
        assertThat(head("main")).isEqualTo(then).isNotEqualTo(before);
        assertThat(texts(project.at(main(), reset - 1)))
                .as("history never changes")
                .isEqualTo(before);
        insert(main(), 3);
        assertThat(head("main")).doesNotContain(reset - 1 + "=").contains(reset + 1 + "=0");
        reset(main(), main(), reset - 1);
        assertThat(head("main")).as("the reset undone").isEqualTo(before);
        agree();
    }

    @Test
    void what_follows_in_the_commit_of_a_reset_goes_on_top_and_is_never_seen_apart() {
        long first = insert(main(), 1);
        update(main(), first, 1, 7);
        insert(main(), 8);
        String before = head("main");
        long end = reset(
                main(),
                main(),
                first,
                new Change.Put(collection, Change.made(1), document(2, 5)),
                new Change.Put(collection, first, document(1, 9)));
        assertThat(head("main")).contains(first + "=9", end - 1 + "=5");
        assertThat(texts(project.at(main(), end - 1))).isEqualTo(before);
        String after = head("main");
        insert(main(), 3);
        insert(main(), 4);
        assertThat(texts(project.at(main(), end)))
                .as("behind a position inside of the commit that was read before")
                .isEqualTo(after);
        agree();
    }

    @Test
    void a_branch_is_reset_to_another_one_and_to_a_fork_of_itself() {
        long first = insert(main(), 1);
        Branch fork = project.createBranch("fork", main(), null, ORIGIN);
        insert(fork, 2);
        insert(main(), 3);
        String ofFork = head("fork");
        reset(main(), fork, project.lastLsn());
        assertThat(head("main")).isEqualTo(ofFork);
        update(fork, first, 1, 4);
        insert(main(), 5);
        assertThat(head("main")).startsWith(ofFork.substring(0, ofFork.length() - "_id_".length()));
        Branch later = project.createBranch("later", main(), null, ORIGIN);
        insert(later, 6);
        reset(fork, later, project.lastLsn());
        assertThat(head("fork")).isEqualTo(head("later"));
        reset(later, main(), first);
        agree();
    }

    @Test
    void a_position_between_two_resets_stays_what_it_was() {
        long first = insert(main(), 1);
        for (int i = 0; i < 5; i++) {
            insert(main(), 10 + i);
            reset(main(), main(), first + 2L * i);
            insert(main(), 20 + i);
            if (i % 2 == 0) {
                project.checkpoints().checkpoint();
            }
        }
        agree();
    }

    @Test
    void merges_and_marks_change_no_document_and_stay_in_the_lineage() {
        Branch fork = project.createBranch("fork", main(), null, ORIGIN);
        long there = insert(fork, 1);
        String before = head("main");
        long merged = write(main(), new Change.Merge(fork.id(), there), new Change.Mark());
        write(main(), new Change.Mark());
        assertThat(head("main")).isEqualTo(before);
        assertThat(project.catalog().lineage(main().id(), 0, merged))
                .containsExactly(new Lineage(main().id(), merged - 1, merged, false, fork.id(), there));
        assertThat(project.catalog().lineage(main().id(), 0, merged - 1))
                .as("its commit is not over there")
                .isEmpty();
        agree();
    }

    @Test
    void a_dropped_branch_comes_back_as_it_was_and_goes_on() {
        Branch fork = project.createBranch("fork", main(), null, ORIGIN);
        insert(fork, 1);
        String before = head("fork");
        project.dropBranch(fork, ORIGIN);
        insert(main(), 2);
        agree();
        Branch dropped = project.catalog().droppedBranches().get(0);
        assertThat(dropped.droppedLsn()).isPositive();
        Branch back = project.restoreBranch(dropped, "again", ORIGIN);
        assertThat(back.id()).isEqualTo(fork.id());
        assertThat(head("again")).isEqualTo(before);
        insert(project.branch("again"), 3);
        assertThatThrownBy(() -> project.restoreBranch(dropped, "third", ORIGIN))
                .hasMessageContaining("there already");
        agree();
    }

    @Test
    void a_dropped_collection_comes_back_with_its_ids_and_under_another_name() {
        insert(main(), 1);
        long then = insert(main(), 2);
        String before = head("main");
        write(main(), new Change.DropCollection(collection));
        Snapshot target = project.at(main(), then);
        restore(main(), target, "c");
        assertThat(head("main")).isEqualTo(before);
        insert(main(), 4);
        Branch empty = project.createBranch("empty", main(), collection - 1, ORIGIN);
        restore(empty, target, "other");
        assertThat(head("empty")).isEqualTo("other" + before.substring(1));
        agree();
    }

    @Test
    void a_collection_is_dropped_and_restored_from_the_state_before_in_one_commit() {
        long then = insert(main(), 1);
        String before = head("main");
        Snapshot target = project.at(main(), then);
        project.write(
                main(),
                ORIGIN,
                turn -> new Statement.Draft<>(
                        0,
                        List.of(
                                new Change.DropCollection(collection),
                                new Change.RestoreCollection(target.branch(), target.lsn(), collection, "c")),
                        List.of(),
                        new Statement.Referred(List.of(target))));
        assertThat(head("main")).isEqualTo(before);
        agree();
    }

    private void restore(Branch branch, Snapshot target, String name) {
        project.write(
                branch,
                ORIGIN,
                turn -> new Statement.Draft<>(
                        0,
                        List.of(new Change.RestoreCollection(target.branch(), target.lsn(), collection, name)),
                        List.of(),
                        new Statement.Referred(List.of(target))));
    }

    @Test
    void tags_and_branches_share_their_names_and_tags_never_move() {
        long first = insert(main(), 1);
        Tag tag = project.createTag("v1", main(), first, ORIGIN);
        assertThatThrownBy(() -> project.createBranch("V1", main(), null, ORIGIN))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("tag 'V1' already exists");
        assertThatThrownBy(() -> project.createTag("Main", main(), first, ORIGIN))
                .hasMessageContaining("branch 'Main' already exists");
        Branch fork = project.createBranch("fork", main(), null, ORIGIN);
        assertThatThrownBy(() -> project.renameBranch(fork, "v1", ORIGIN)).hasMessageContaining("tag 'v1'");
        assertThatThrownBy(() -> project.createTag("v2", main(), project.lastLsn() + 1, ORIGIN))
                .hasMessageContaining("is not in project");
        agree();
        project.dropTag(tag, ORIGIN);
        assertThat(project.catalog().tag("v1")).isNull();
        project.createBranch("v1", main(), null, ORIGIN);
        agree();
    }

    @Test
    void properties_of_branches_and_of_the_project_are_kept() {
        project.alterBranch(
                main(),
                old -> new DocBuilder().append("description", "the first").buildDoc(),
                ORIGIN);
        long events = project.lastLsn();
        project.alterBranch(main(), old -> old, ORIGIN);
        assertThat(project.lastLsn()).as("nothing changed").isEqualTo(events);
        project.alter(old -> new DocBuilder().append("defaultBranch", "main").buildDoc(), ORIGIN);
        insert(main(), 1);
        agree();
        assertThat(project.branch("main").properties().toString()).contains("the first");
    }

    @Test
    void the_internal_branch_is_made_once_and_listed_nowhere() {
        Branch made = project.internal(ORIGIN);
        assertThat(project.internal(ORIGIN).id()).isEqualTo(made.id());
        write(made, new Change.CreateCollection("merges", Doc.EMPTY.toBytes()));
        agree();
        assertThat(project.catalog().branches()).extracting(Branch::name).containsExactly("main");
        assertThat(project.catalog().size()).isEqualTo(1);
        assertThat(project.head(Objects.requireNonNull(project.internal())).all())
                .hasSize(1);
    }

    @Test
    void a_branch_that_another_process_brought_back_and_dropped_again_comes_back_as_that_left_it() {
        insert(main(), 1);
        Branch dev = project.createBranch("dev", main(), null, ORIGIN);
        insert(dev, 2);
        Branch dropped = project.dropBranch(dev, ORIGIN);
        Project other = project;
        project = open();
        Branch back = project.restoreBranch(dropped, "dev", ORIGIN);
        insert(back, 3);
        String expected = head("dev");
        project.dropBranch(back, ORIGIN);

        project = other;
        assertThatThrownBy(() -> project.restoreBranch(dropped, "dev", ORIGIN))
                .isInstanceOf(CommandException.class)
                .hasMessageContaining("brought back and dropped again");
        project.restoreBranch(project.catalog().existing(dropped.id()), "dev", ORIGIN);

        assertThat(head("dev")).isEqualTo(expected);
        agree();
    }

    private long create(Branch branch, String name) {
        return write(branch, new Change.CreateCollection(name, Doc.EMPTY.toBytes()));
    }

    private long insert(Branch branch, long into, int id) {
        return write(branch, new Change.Put(into, Change.made(0), document(id, 0)));
    }

    private Branch partial(String name, Branch parent, @Nullable Long at, boolean schemaOnly, String... collections) {
        List<String> names = collections.length == 0 ? null : List.of(collections);
        return project.createPartialBranch(
                name, parent, at, new ScopeRequest(names, schemaOnly, null, new byte[] {1}), ORIGIN);
    }

    @Test
    void a_reset_of_a_partial_branch_to_another_branch_brings_only_what_is_in_its_scope() {
        create(main(), "d");
        insert(main(), 1);
        Branch part = partial("part", main(), null, false, "c");
        Branch schema = partial("schema", main(), null, true);
        long own = create(part, "own");
        insert(part, own, 5);
        insert(schema, 6);
        String partBefore = head("part");
        String schemaBefore = head("schema");
        insert(main(), 2);
        long later = create(main(), "e");
        reset(part, main(), later);
        reset(schema, main(), later);
        assertThat(project.head(part).all())
                .extracting(CollectionSnapshot::name)
                .containsExactly("c");
        assertThat(project.head(part).all())
                .extracting(CollectionSnapshot::count)
                .containsExactly(2L);
        assertThat(project.head(schema).all()).hasSize(3).allMatch(found -> found.count() == 0);
        insert(part, 7);
        agree();
        reset(part, part, own + 1);
        reset(schema, schema, schema.id() + 3);
        assertThat(head("part")).as("its own past comes back whole").isEqualTo(partBefore);
        assertThat(head("schema")).isEqualTo(schemaBefore);
        agree();
    }

    @Test
    void partial_branches_of_partial_branches_agree_whoever_folds_them() {
        int partials = 0;
        for (long seed = 1; seed <= 12; seed++) {
            store = SimulatedStore.calm();
            project = open();
            Random random = new Random(seed);
            for (String name : List.of("a", "b", "ab")) {
                create(main(), name);
            }
            for (int step = 0; step < 25; step++) {
                List<Branch> branches = project.catalog().branches();
                Branch branch = branches.get(random.nextInt(branches.size()));
                Branch other = branches.get(random.nextInt(branches.size()));
                long lsn = 1 + random.nextLong(project.lastLsn());
                switch (random.nextInt(8)) {
                    case 0 -> create(branch, "n" + step);
                    case 1 -> {
                        List<String> shown = project.at(branch, lsn).all().stream()
                                .map(CollectionSnapshot::name)
                                .toList();
                        if (!shown.isEmpty()) {
                            boolean all = random.nextInt(3) == 0;
                            String[] names = all
                                    ? new String[0]
                                    : new String[] {shown.get(0).charAt(0) + "*"};
                            partial("p" + step, branch, lsn, all || random.nextInt(3) == 0, names);
                            partials++;
                        }
                    }
                    case 2 -> project.createBranch("q" + step, branch, null, ORIGIN);
                    case 3 -> {
                        if (project.at(other, lsn).lsn() > 0) {
                            reset(branch, other, lsn);
                        }
                    }
                    default -> {
                        for (CollectionSnapshot found : project.head(branch).all()) {
                            if (random.nextBoolean()) {
                                insert(branch, found.id(), 100 + step);
                            }
                        }
                    }
                }
            }
            agree();
        }
        assertThat(partials).isGreaterThan(20);
    }
}
