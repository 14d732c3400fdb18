package dev.offshoot.merge;

import static dev.offshoot.merge.MergeProperties.paths;
import static dev.offshoot.merge.MergeProperties.withAdditionsSorted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What holds for merges of any documents. */
final class DocumentMergePropertiesTest {
    private static final int SEEDS = Integer.getInteger("offshoot.test.seeds", 6_000);
    private static final long FIRST_SEED = Long.getLong("offshoot.test.seed", 1);

    private static final List<MergeMode> MODES = List.of(MergeMode.values());

    /** Three versions: each side a few edits away from the base. */
    private record Versions(@Nullable Doc base, Doc ours, Doc theirs, String as) {
        static Versions of(long seed) {
            RandomVersions random = new RandomVersions(seed);
            Doc base = random.document();
            Doc ours = random.edited(base, random.below(4));
            Doc theirs = random.edited(base, random.below(4));
            @Nullable Doc before = seed % 20 == 0 ? null : base;
            return new Versions(
                    before, ours, theirs, "seed " + seed + ": " + before + " to " + ours + " and " + theirs);
        }

        Versions swapped() {
            return new Versions(base, /* ours= */ theirs, /* theirs= */ ours, as);
        }

        MergedDocument merged(MergeRules rules) {
            return DocumentMerge.merge(base, ours, theirs, rules);
        }
    }

    @Test
    void a_side_that_did_nothing_leaves_the_other_one_as_it_is() {
        int changed = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Versions v = Versions.of(seed);
            Doc base = v.base == null ? v.theirs : v.base;
            changed += base.equals(v.ours) ? 0 : 1;
            for (MergeMode mode : MergeMode.values()) {
                MergeRules rules = rules(seed, mode);
                MergedDocument left = DocumentMerge.merge(base, v.ours, base, rules);
                assertThat(left).as(v.as).isEqualTo(new MergedDocument(v.ours, List.of()));
                MergedDocument right = DocumentMerge.merge(base, base, v.ours, rules);
                assertThat(right).as(v.as).isEqualTo(new MergedDocument(v.ours, List.of()));
            }
        }
        assertThat(changed).isGreaterThan(SEEDS / 2);
    }

    @Test
    void the_same_on_both_sides_is_itself_where_divergence_counts_and_a_conflict_where_touching_does() {
        int changed = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Versions v = Versions.of(seed);
            boolean same = v.ours.equals(v.base);
            changed += same ? 0 : 1;
            for (MergeMode mode : MergeMode.values()) {
                MergedDocument merged = DocumentMerge.merge(v.base, v.ours, v.ours, MergeRules.of(mode));
                assertThat(merged.document()).as(v.as).isEqualTo(v.ours);
                assertThat(merged.hasConflicts()).as(v.as).isEqualTo(!same && !mode.isDivergent());
            }
        }
        assertThat(changed).isGreaterThan(SEEDS / 2);
    }

    @Test
    void the_sides_are_equals() {
        int clean = 0;
        int conflicts = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Versions v = Versions.of(seed);
            for (MergeMode mode : MergeMode.values()) {
                MergeRules rules = rules(seed, mode);
                MergedDocument merged = v.merged(rules);
                MergedDocument swapped = v.swapped().merged(MergeProperties.swapped(rules));
                String as = v.as + " with " + rules;
                assertThat(paths(swapped)).as(as).isEqualTo(paths(merged));
                if (merged.hasConflicts()) {
                    conflicts++;
                } else {
                    assertThat(withAdditionsSorted(swapped.document(), v.base))
                            .as(as)
                            .isEqualTo(withAdditionsSorted(merged.document(), v.base));
                    clean += v.ours.equals(v.base) || v.theirs.equals(v.base) ? 0 : 1;
                }
            }
        }
        assertThat(clean).isGreaterThan(SEEDS / 4);
        assertThat(conflicts).isGreaterThan(SEEDS / 4);
    }

    @Test
    void a_stricter_mode_has_more_conflicts_and_without_them_the_same_outcome() {
        int clean = 0;
        int only = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Versions v = Versions.of(seed);
            MergedDocument loosest = v.merged(MergeRules.of(MergeMode.FIELD_DIVERGENT));
            MergedDocument fields = v.merged(MergeRules.of(MergeMode.FIELD_TOUCHED));
            MergedDocument documents = v.merged(MergeRules.of(MergeMode.DOCUMENT_DIVERGENT));
            MergedDocument strictest = v.merged(MergeRules.of(MergeMode.DOCUMENT_TOUCHED));
            for (MergedDocument stricter : List.of(fields, documents, strictest)) {
                assertThat(stricter.hasConflicts() || stricter.equals(loosest))
                        .as(v.as)
                        .isTrue();
            }
            assertThat(strictest.hasConflicts() || fields.equals(strictest))
                    .as(v.as)
                    .isTrue();
            assertThat(strictest.hasConflicts() || documents.equals(strictest))
                    .as(v.as)
                    .isTrue();
            clean += strictest.hasConflicts() || fields.hasConflicts() ? 0 : 1;
            only += strictest.hasConflicts() && !fields.hasConflicts() ? 1 : 0;
        }
        assertThat(clean).isGreaterThan(SEEDS / 10);
        assertThat(only).isGreaterThan(SEEDS / 10);
    }

    @Test
    void where_a_side_decides_there_is_no_conflict_and_only_what_would_be_one_is_decided() {
        int decided = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            Versions v = Versions.of(seed);
            MergeMode mode = MODES.get((int) (seed % MODES.size()));
            MergedDocument merged = v.merged(MergeRules.of(mode));
            MergedDocument ours = v.merged(MergeRules.of(mode).otherwise(MergeStrategy.OURS));
            MergedDocument theirs = v.merged(MergeRules.of(mode).otherwise(MergeStrategy.THEIRS));
            assertThat(ours.hasConflicts() || theirs.hasConflicts()).as(v.as).isFalse();
            if (!merged.hasConflicts()) {
                assertThat(List.of(ours, theirs)).as(v.as).containsOnly(merged);
            } else if (mode.isOfDocuments()) {
                assertThat(List.of(ours.document(), theirs.document())).as(v.as).isEqualTo(List.of(v.ours, v.theirs));
            }
            decided += merged.hasConflicts() ? 1 : 0;
        }
        assertThat(decided).isGreaterThan(SEEDS / 4);
    }

    /** Documents with the same nesting throughout: a merge must do to each leaf what a few lines of plain code do. */
    @Test
    void leaves_of_documents_merge_as_a_plain_map_does() {
        int clean = 0;
        int conflicts = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomVersions random = new RandomVersions(seed);
            Map<String, Value> base = leaves(random, Map.of());
            Map<String, Value> ours = leaves(random, base);
            Map<String, Value> theirs = leaves(random, base);
            for (boolean divergent : new boolean[] {false, true}) {
                Map<String, Value> expected = new LinkedHashMap<>();
                List<String> expectedPaths = new ArrayList<>();
                Set<String> names = new TreeSet<>(base.keySet());
                names.addAll(ours.keySet());
                names.addAll(theirs.keySet());
                for (String name : names) {
                    Value b = base.get(name);
                    Value o = ours.get(name);
                    Value t = theirs.get(name);
                    boolean byOurs = !Objects.equals(b, o);
                    boolean byTheirs = !Objects.equals(b, t);
                    if (byOurs && byTheirs && !(divergent && Objects.equals(o, t))) {
                        expectedPaths.add(name);
                    }
                    Value value = byTheirs && !byOurs ? t : o;
                    if (value != null) {
                        expected.put(name, value);
                    }
                }
                MergedDocument merged = DocumentMerge.merge(
                        nested(base),
                        nested(ours),
                        nested(theirs),
                        MergeRules.of(divergent ? MergeMode.FIELD_DIVERGENT : MergeMode.FIELD_TOUCHED));
                String as = "seed " + seed + ": " + base + " to " + ours + " and " + theirs;
                assertThat(paths(merged)).as(as).isEqualTo(expectedPaths);
                assertThat(withAdditionsSorted(merged.document(), null))
                        .as(as)
                        .isEqualTo(withAdditionsSorted(nested(expected), null));
                clean += expectedPaths.isEmpty() ? 1 : 0;
                conflicts += expectedPaths.size() > 1 ? 1 : 0;
            }
        }
        assertThat(clean).isGreaterThan(SEEDS / 10);
        assertThat(conflicts).isGreaterThan(SEEDS / 10);
    }

    private static Map<String, Value> leaves(RandomVersions random, Map<String, Value> before) {
        Map<String, Value> leaves = new LinkedHashMap<>(before);
        for (String name : List.of("_id", "a", "b", "n.c", "n.d", "n.m.e", "n.m.f")) {
            int what = name.equals("_id") ? 0 : before.isEmpty() ? 1 + random.below(2) : random.below(4);
            if (what == 1) {
                leaves.put(name, Value.of(random.below(3)));
            } else if (what == 2) {
                leaves.remove(name);
            } else if (name.equals("_id")) {
                leaves.put(name, Value.of(1));
            }
        }
        return leaves;
    }

    private static Doc nested(Map<String, Value> leaves) {
        DocBuilder out = new DocBuilder();
        put(out, leaves, List.of("_id", "a", "b"), 0);
        put(out.startDocument("n"), leaves, List.of("n.c", "n.d"), 2);
        put(out.startDocument("m"), leaves, List.of("n.m.e", "n.m.f"), 4);
        return out.end().end().buildDoc();
    }

    private static void put(DocBuilder out, Map<String, Value> leaves, List<String> paths, int prefix) {
        for (String path : paths) {
            Value value = leaves.get(path);
            if (value != null) {
                out.append(path.substring(prefix), value);
            }
        }
    }

    /** Arrays as a list of slots: each side edits slots of its own, and the result is known. */
    @Test
    void edits_of_an_array_at_places_of_their_own_are_all_there() {
        int merges = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomVersions random = new RandomVersions(seed);
            List<Value> base = new ArrayList<>();
            List<List<Value>> versions = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            int size = 1 + random.below(20);
            int quiet = 0;
            for (int i = 0; i < size; i++) {
                Value element = Value.of(i);
                base.add(element);
                boolean edits = quiet > 0 && random.below(3) == 0;
                quiet = edits ? 0 : quiet + 1;
                List<Value> edited = edits ? edited(random, i) : List.of(element);
                int editor = random.below(2);
                versions.get(editor).addAll(edited);
                versions.get(1 - editor).add(element);
                versions.get(2).addAll(edited);
                merges += edits ? 1 : 0;
            }
            MergedDocument merged = DocumentMerge.merge(
                    array(base), array(versions.get(0)), array(versions.get(1)), MergeRules.DEFAULT);
            assertThat(merged)
                    .as("seed %s: %s to %s", seed, base, versions)
                    .isEqualTo(new MergedDocument(array(versions.get(2)), List.of()));
        }
        assertThat(merges).isGreaterThan(SEEDS);
    }

    private static List<Value> edited(RandomVersions random, int i) {
        Value element = Value.of(i);
        Value fresh = Value.of(1_000 + 2 * i);
        return switch (random.below(4)) {
            case 0 -> List.of();
            case 1 -> List.of(fresh);
            case 2 -> List.of(element, fresh);
            default -> List.of(fresh, Value.of(1_001 + 2 * i));
        };
    }

    @Test
    void sets_merge_as_sets_do() {
        int grown = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
            RandomVersions random = new RandomVersions(seed);
            Set<Integer> base = set(random);
            Set<Integer> ours = set(random);
            Set<Integer> theirs = set(random);
            Set<Integer> expected = new TreeSet<>();
            for (int i = 0; i < 12; i++) {
                boolean there = base.contains(i)
                        ? ours.contains(i) && theirs.contains(i)
                        : ours.contains(i) || theirs.contains(i);
                if (there) {
                    expected.add(i);
                }
            }
            MergedDocument merged = DocumentMerge.merge(
                    set(base), set(ours), set(theirs), MergeRules.DEFAULT.with("t", MergeStrategy.UNION));
            List<Integer> found = new ArrayList<>();
            for (Doc.Field element : merged.document().first().value().asDoc()) {
                found.add(element.value().asInt32());
            }
            assertThat(merged.hasConflicts()).isFalse();
            assertThat(found).as("seed %s", seed).containsExactlyInAnyOrderElementsOf(expected);
            grown += expected.size() > base.size() ? 1 : 0;
        }
        assertThat(grown).isGreaterThan(SEEDS / 10);
    }

    private static Set<Integer> set(RandomVersions random) {
        Set<Integer> set = new TreeSet<>();
        for (int n = random.below(8); n > 0; n--) {
            set.add(random.below(12));
        }
        return set;
    }

    private static Doc set(Set<Integer> numbers) {
        return array(numbers.stream().map(Value::of).toList());
    }

    private static Doc array(List<Value> elements) {
        return new DocBuilder().append("t", Members.array(elements)).buildDoc();
    }

    /** Without {@code union}, whose order is not that of members. */
    private static MergeRules rules(long seed, MergeMode mode) {
        MergeRules rules = MergeRules.of(mode);
        if (seed % 3 == 0) {
            return rules;
        }
        MergeStrategy[] strategies = {
            MergeStrategy.OURS, MergeStrategy.THEIRS, MergeStrategy.MAX, MergeStrategy.MIN, MergeStrategy.SUM
        };
        for (int i = 0; i < 4; i++) {
            MergeStrategy strategy = strategies[(int) ((seed + i) % strategies.length)];
            rules = rules.with((i % 2 == 0 ? "f" : "*.f") + (seed + i) % 9, strategy);
        }
        return seed % 7 == 0 ? rules.otherwise(seed % 2 == 0 ? MergeStrategy.OURS : MergeStrategy.THEIRS) : rules;
    }
}
