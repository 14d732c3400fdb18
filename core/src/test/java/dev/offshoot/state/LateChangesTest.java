package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.store.CorruptionException;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Tree;
import dev.offshoot.wal.Change;
import dev.offshoot.wal.Commit;
import dev.offshoot.wal.Origin;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is folded late against what is folded at once. */
final class LateChangesTest {
    private static final int PROGRAMS = 300;
    private static final int STEPS = 30;
    private static final int IDS = 6;
    private static final long BRANCH = 1;
    private static final long COLLECTION = 2;
    private static final Origin ORIGIN = new Origin("test", "update", Branch.MAIN, "c");

    private static final Past NOTHING_PAST = new Past() {
        @Override
        public Snapshot at(long branch, long lsn) {
            throw new AssertionError();
        }

        @Override
        public Snapshot target(long branch, Change.Reset reset) {
            throw new AssertionError();
        }
    };

    private final List<Commit> commits = new ArrayList<>();

    /** States by how many commits they are of, folded one by one. */
    private final List<Snapshot> states = new ArrayList<>();

    private long foundWithoutTrees;
    private long found;
    private int texts;

    @Test
    void look_ups_and_trees_are_those_of_a_fold_at_once_wherever_it_begins() {
        for (int seed = 1; seed <= PROGRAMS; seed++) {
            try {
                program(new Random(seed));
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + ": " + commits, e);
            }
        }
        assertThat(found).isGreaterThan(20L * PROGRAMS);
        assertThat(foundWithoutTrees).as("of %s", found).isGreaterThan(found * 4 / 5);
    }

    @Test
    void a_patch_of_another_document_is_found_when_the_document_is_read() {
        begin();
        commit(new Change.Put(COLLECTION, commits.size() + 1L, document(1, 1)));
        long record = states.get(states.size() - 1).lsn();
        Change patch = Change.update(COLLECTION, record, large(Value.of(1), 7), large(Value.of(1), 8));
        commits.add(new Commit(record + 1, BRANCH, ORIGIN, List.of(bare(patch)), List.of()));
        CollectionSnapshot late = collection(late(states.get(states.size() - 1), commits.size() - 1, commits.size()));
        assertThatExceptionOfType(CorruptionException.class)
                .isThrownBy(() -> late.byId(Value.of(1)))
                .withMessageContaining("LSN " + (record + 1))
                .withMessageContaining("'c'");
        assertThatExceptionOfType(CorruptionException.class).isThrownBy(late::documents);
    }

    private void program(Random random) {
        begin();
        List<Snapshot> late = new ArrayList<>(states);
        for (int step = 0; step < STEPS; step++) {
            step(random);
            int begin = random.nextInt(states.size() - 1);
            Snapshot from = (random.nextBoolean() ? states : late).get(begin);
            Snapshot folded = late(from, begin, commits.size());
            late.add(folded);
            check(collection(folded), collection(states.get(commits.size())), random.nextInt(4) == 0);
        }
    }

    private void begin() {
        commits.clear();
        states.clear();
        states.add(Snapshot.empty(BRANCH));
        commit(new Change.Mark());
        commit(new Change.CreateCollection("c", new DocBuilder().build()));
        commit(new Change.CreateIndex(
                COLLECTION,
                new DocBuilder()
                        .append("v", 2)
                        .startDocument("key")
                        .append("tags", 1)
                        .end()
                        .append("name", "tags_1")
                        .build()));
    }

    private void step(Random random) {
        Snapshot head = states.get(states.size() - 1);
        CollectionSnapshot collection = collection(head);
        int id = random.nextInt(IDS);
        long record = collection.idIndex().holder(key(collection, Value.of(id)), 0);
        if (record == 0) {
            // now and then under the number it had before, as an undo does
            long old = random.nextInt(3) > 0 ? 0 : former(id);
            commit(new Change.Put(COLLECTION, old == 0 ? head.lsn() + 1 : old, document(random, id)));
        } else if (random.nextInt(4) == 0) {
            commit(new Change.Delete(COLLECTION, record));
        } else {
            byte[] before = Objects.requireNonNull(collection.document(record));
            commit(bare(Change.update(COLLECTION, record, before, document(random, id))));
        }
    }

    /** A record that this id had; 0 for none. */
    private long former(int id) {
        for (int i = states.size() - 1; i > 2; i--) {
            CollectionSnapshot then = collection(states.get(i));
            long record = then.idIndex().holder(key(then, Value.of(id)), 0);
            if (record != 0) {
                return record;
            }
        }
        return 0;
    }

    /** As it is read from a log. */
    private static Change bare(Change change) {
        return change instanceof Change.Patch patch
                ? new Change.Patch(patch.collection(), patch.recordId(), patch.delta(), null)
                : change;
    }

    private void commit(Change change) {
        Snapshot before = states.get(states.size() - 1);
        Commit commit = new Commit(before.lsn() + 1, BRANCH, ORIGIN, List.of(change), List.of());
        commits.add(commit);
        states.add(BranchFold.apply(before, commit, Keeper.NONE, NOTHING_PAST));
    }

    private Snapshot late(Snapshot from, int begin, int end) {
        BranchFold fold = BranchFold.late(from, NOTHING_PAST);
        commits.subList(begin, end).forEach(fold::apply);
        return fold.snapshot();
    }

    private void check(CollectionSnapshot late, CollectionSnapshot expected, boolean trees) {
        for (int id = 0; id < IDS; id++) {
            count(late, expected, Value.of(id)); // first: a look-up of what is not there asks the trees
        }
        for (int id = 0; id < IDS; id++) {
            same(late, expected, Value.of(id));
            same(late, expected, Value.of((double) id));
        }
        if (trees) {
            LateChanges changes = late.late();
            assertThat(late.dataBytes()).isEqualTo(expected.dataBytes());
            assertThat(late.count()).isEqualTo(expected.count());
            assertThat(entries(late.documents())).isEqualTo(entries(expected.documents()));
            assertThat(late.indexes()).hasSameSizeAs(expected.indexes());
            for (int i = 0; i < expected.indexes().size(); i++) {
                IndexSnapshot index = late.indexes().get(i);
                IndexSnapshot wanted = expected.indexes().get(i);
                assertThat(index.arrays()).isEqualTo(wanted.arrays());
                assertThat(index.spec()).isEqualTo(wanted.spec());
                assertThat(entries(index.entries())).isEqualTo(entries(wanted.entries()));
            }
            assertThat(changes == null ? null : changes.byId(key(expected, Value.of(0))))
                    .as("what waited is let go of")
                    .isNull();
            for (int id = 0; id < IDS; id++) {
                same(late, expected, Value.of(id));
            }
        }
    }

    private static byte[] key(CollectionSnapshot collection, Value id) {
        return collection.idIndex().keys().key(List.of(id));
    }

    private static void same(CollectionSnapshot late, CollectionSnapshot expected, Value asked) {
        assertThat(text(late.byId(asked))).isEqualTo(text(expected.byId(asked)));
    }

    private void count(CollectionSnapshot late, CollectionSnapshot expected, Value asked) {
        LateChanges changes = late.late();
        if (changes != null && expected.byId(asked) != null) {
            found++;
            foundWithoutTrees += changes.byId(key(expected, asked)) == null ? 0 : 1;
        }
    }

    private static String text(CollectionSnapshot.@Nullable Found one) {
        return one == null ? "none" : one.recordId() + " " + HexFormat.of().formatHex(one.bytes());
    }

    private static List<String> entries(Tree<byte[]> tree) {
        tree.check();
        List<String> all = new ArrayList<>();
        Cursor<byte[]> cursor = tree.ascending(null, null);
        while (cursor.next()) {
            all.add(HexFormat.of().formatHex(cursor.key()) + "=" + Arrays.hashCode(cursor.value()));
        }
        return all;
    }

    private static CollectionSnapshot collection(Snapshot state) {
        @Nullable CollectionSnapshot found = state.collection("c");
        return found == null ? CollectionSnapshot.empty("c") : found;
    }

    private byte[] document(Random random, int id) {
        return switch (random.nextInt(3)) {
            case 0 -> document(id, ++texts);
            case 1 -> large(Value.of(id), ++texts);
            default -> large(Value.of((double) id), ++texts); // an equal _id of another type
        };
    }

    private static byte[] document(int id, int number) {
        DocBuilder doc = new DocBuilder().append("_id", id);
        if (number % 5 == 0) {
            doc.startArray("tags")
                    .add(Value.of(number))
                    .add(Value.of(number % 7))
                    .end();
        } else {
            doc.append("tags", number % 7);
        }
        return doc.build();
    }

    /** Large enough for patches. */
    private static byte[] large(Value id, int number) {
        return new DocBuilder()
                .append("_id", id)
                .append("tags", number % 7)
                .append("text", "some text ".repeat(70))
                .append("n", number)
                .build();
    }
}
