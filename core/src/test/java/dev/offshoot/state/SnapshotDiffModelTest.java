package dev.offshoot.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.merge.CollectionDiff;
import dev.offshoot.merge.DocumentChange;
import dev.offshoot.merge.IndexChange;
import dev.offshoot.merge.OptionChange;
import dev.offshoot.merge.SnapshotDiff;
import dev.offshoot.store.Store;
import dev.offshoot.wal.SimulatedStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Differences of any two states that random programs came through, applied to plain maps of the first: what comes out is the second. */
final class SnapshotDiffModelTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 36);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);
    private static final int STEPS = 70;
    private static final int PAIRS = 60;

    private final Map<String, Integer> met = new TreeMap<>();

    /** A collection as a reader knows it: by name, the order of options of no matter. */
    private record Plain(
            long id,
            Map<String, Value> options,
            Map<String, Map<String, Value>> indexes,
            TreeMap<Long, byte[]> documents) {
        static Map<String, Plain> of(PlainState state) {
            Map<String, Plain> all = new TreeMap<>();
            state.collections().values().forEach(each -> {
                Map<String, Map<String, Value>> indexes = new TreeMap<>();
                each.indexes().values().forEach(spec -> {
                    Map<String, Value> fields = fields(Doc.of(spec));
                    indexes.put(String.valueOf(fields.get("name")).replace("\"", ""), fields);
                });
                all.put(
                        each.name(),
                        new Plain(each.id(), fields(Doc.of(each.options())), indexes, new TreeMap<>(each.documents())));
            });
            return all;
        }

        static Map<String, Value> fields(Doc doc) {
            Map<String, Value> fields = new TreeMap<>();
            doc.forEach(field -> fields.put(field.name(), field.value()));
            return fields;
        }

        String text() {
            StringBuilder text = new StringBuilder(id + " " + options + " " + indexes);
            documents.forEach(
                    (record, document) -> text.append(' ').append(record).append(Arrays.toString(document)));
            return text.toString();
        }
    }

    @Test
    void the_difference_of_two_states_applied_to_the_first_gives_the_second() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            run(seed);
        }
        assertThat(met.keySet())
                .containsExactlyInAnyOrder(
                        "added",
                        "again",
                        "changed",
                        "created",
                        "dropped",
                        "index added",
                        "index changed",
                        "index removed",
                        "nothing",
                        "option",
                        "removed",
                        "renamed",
                        "same again",
                        "view");
    }

    private void run(long seed) {
        SimulatedStore store = SimulatedStore.calm();
        RandomProgram program = new RandomProgram(seed, store);
        program.run(STEPS);
        Random random = new Random(seed);
        pairs(program, program.project(), random, seed);
        program.close();
        store.close();
        try (Store again = store.reopened()) {
            pairs(program, program.reopen(again), random, seed); // those kept on the way against others from the log
        }
    }

    private void pairs(RandomProgram program, Project served, Random random, long seed) {
        for (int i = 0; i < PAIRS; i++) {
            RandomProgram.Kept one = program.anyState(served, random);
            RandomProgram.Kept other = program.anyState(served, random);
            String name =
                    "seed " + seed + " (-Doffshoot.test.seed=" + seed + "): " + one.where() + " to " + other.where();
            try {
                check(one, other, name);
            } catch (RuntimeException e) {
                throw new AssertionError(name, e);
            }
        }
    }

    private void check(RandomProgram.Kept one, RandomProgram.Kept other, String name) {
        Map<String, Plain> state = Plain.of(one.expected());
        List<CollectionDiff> all = SnapshotDiff.collections(one.snapshot(), other.snapshot());
        Map<String, Plain> next = new TreeMap<>(state);
        for (CollectionDiff each : all) {
            if (each.before() != null) {
                next.remove(each.before().name());
            }
        }
        for (CollectionDiff each : all) {
            apply(each, state, next);
        }
        assertThat(text(next)).as(name).isEqualTo(text(Plain.of(other.expected())));
        assertThat(differs(SnapshotDiff.collections(one.snapshot(), one.snapshot())))
                .as(name)
                .isFalse();
        assertThat(differs(all)).as(name).isEqualTo(!text(state).equals(text(next)));
        note(!differs(all), "nothing");
    }

    private static boolean differs(List<CollectionDiff> all) {
        return all.stream()
                .anyMatch(each -> each.hasMetadata() || each.documents().hasNext());
    }

    private static Map<String, String> text(Map<String, Plain> state) {
        Map<String, String> text = new TreeMap<>();
        state.forEach((name, collection) -> text.put(name, collection.text()));
        return text;
    }

    private void apply(CollectionDiff diff, Map<String, Plain> from, Map<String, Plain> to) {
        CollectionSnapshot old = diff.before();
        CollectionSnapshot young = diff.after();
        Plain before = old == null ? null : from.get(old.name());
        note(diff.isCreated(), "created");
        note(diff.isDropped(), "dropped");
        note(diff.isRenamed(), "renamed");
        note(diff.isView(), "view");
        Plain after = before == null
                ? new Plain(0, new TreeMap<>(), new TreeMap<>(), new TreeMap<>())
                : new Plain(
                        0,
                        new TreeMap<>(before.options()),
                        new TreeMap<>(before.indexes()),
                        new TreeMap<>(before.documents()));
        apply(diff.options(), after.options(), "option");
        Value uuid = young == null ? null : young.options().get(CollectionOptions.UUID);
        if (diff.isReplaced() && uuid != null) { // as the id, it says which collection it is
            after.options().put(CollectionOptions.UUID, uuid);
        }
        for (IndexChange index : diff.indexes()) {
            note(index.isAdded(), "index added");
            note(index.isRemoved(), "index removed");
            Map<String, Value> fields = new TreeMap<>(after.indexes().getOrDefault(index.name(), Map.of()));
            apply(index.fields(), fields, index.isAdded() || index.isRemoved() ? "" : "index changed");
            after.indexes().remove(index.name());
            if (!fields.isEmpty()) {
                after.indexes().put(index.name(), fields);
            }
        }
        applyDocuments(diff, after.documents());
        if (young != null) {
            Plain unused =
                    to.put(young.name(), new Plain(young.id(), after.options(), after.indexes(), after.documents()));
        } else {
            assertThat(after.options()).isEmpty();
            assertThat(after.indexes()).isEmpty();
            assertThat(after.documents()).isEmpty();
        }
    }

    private void applyDocuments(CollectionDiff diff, Map<Long, byte[]> documents) {
        List<DocumentChange> changes = new ArrayList<>();
        Iterator<DocumentChange> stream = diff.documents();
        stream.forEachRemaining(changes::add);
        long last = -1;
        for (DocumentChange change : changes) {
            assertThat(change.recordId()).as("in the order of records").isGreaterThan(last);
            last = change.recordId();
            note(change.isAdded(), "added");
            note(change.isRemoved(), "removed");
            if (!change.isAdded()) {
                assertThat(documents.remove(change.recordBefore())).isEqualTo(change.before());
            }
        }
        for (DocumentChange change : changes) {
            if (change.isAdded() || change.isRemoved()) {
                put(documents, change);
                continue;
            }
            note(change.recordBefore() != change.recordAfter(), "again");
            note(change.isSameAgain(), "same again");
            note(!change.isSameAgain(), "changed");
            assertThat(change.isSameAgain() && change.recordBefore() == change.recordAfter())
                    .isFalse();
            put(documents, change);
        }
    }

    private static void put(Map<Long, byte[]> documents, DocumentChange change) {
        if (!change.isRemoved()) {
            assertThat(documents.put(change.recordAfter(), change.after())).isNull();
        }
    }

    private void apply(List<OptionChange> changes, Map<String, Value> fields, String what) {
        for (OptionChange change : changes) {
            note(!what.isEmpty(), what);
            assertThat(fields.remove(change.name())).isEqualTo(change.before());
            if (change.after() != null) {
                fields.put(change.name(), change.after());
            }
        }
    }

    private void note(boolean holds, String what) {
        if (holds) {
            met.merge(what, 1, Integer::sum);
        }
    }
}
