package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexDefinition;
import dev.offshoot.state.IndexSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What becomes of the indexes of a collection that both sides have: by name, each as a whole. Used once, by one thread. */
final class IndexMerge {
    private static final int INDEXES_MAX = 64;

    private final @Nullable CollectionSnapshot base;
    private final CollectionSnapshot ours;
    private final CollectionSnapshot theirs;
    private final CollectionOptions options;
    private final Decisions decisions;
    private final List<IndexSnapshot> dropped = new ArrayList<>();
    private final Map<String, Final> last = new LinkedHashMap<>();

    /**
     * An index after the merge.
     *
     * @param there what ours has of it; null for one that is built anew
     */
    record Final(IndexDefinition definition, @Nullable IndexSnapshot there) {
        boolean isNew() {
            return there == null;
        }

        boolean isAltered() {
            return there != null && !there.spec().equals(definition.spec());
        }

        /** Whether documents of ours may have keys twice that it does not allow. */
        boolean isNewlyUnique() {
            return definition.refusesDuplicates()
                    && (there == null || !there.definition().refusesDuplicates());
        }
    }

    IndexMerge(
            @Nullable CollectionSnapshot base,
            CollectionSnapshot ours,
            CollectionSnapshot theirs,
            CollectionOptions options,
            Decisions decisions) {
        this.base = base;
        this.ours = ours;
        this.theirs = theirs;
        this.options = options;
        this.decisions = decisions;
    }

    void merge() {
        for (IndexSnapshot index : ours.indexes()) {
            last.put(index.name(), new Final(index.definition(), index));
        }
        for (IndexSnapshot index : ours.indexes()) {
            if (!index.isId()) {
                merge(index.name(), index, theirs.index(index.name()));
            }
        }
        for (IndexSnapshot index : theirs.indexes()) {
            if (!index.isId() && ours.index(index.name()) == null) {
                merge(index.name(), null, index);
            }
        }
    }

    /** The indexes after the merge: those that ours has in their order, then new ones. */
    List<Final> last() {
        return List.copyOf(last.values());
    }

    /** Indexes of ours that go, whether or not another one of the name comes. */
    List<IndexSnapshot> dropped() {
        return dropped;
    }

    private void merge(String name, @Nullable IndexSnapshot mine, @Nullable IndexSnapshot other) {
        IndexSnapshot before = base == null ? null : base.index(name);
        Doc was = spec(before);
        Doc here = spec(mine);
        Doc there = spec(other);
        if (Objects.equals(there, was) || Objects.equals(there, here)) {
            return;
        }
        Doc wanted = there;
        if (!Objects.equals(here, was)) {
            Resolution resolution = decisions.decide(conflict(name, was, here, there, reason(here, there)));
            if (resolution == null || resolution.take() == Resolution.Take.OURS) {
                return;
            }
            wanted = resolution.take() == Resolution.Take.THEIRS
                    ? there
                    : resolution.take() == Resolution.Take.BASE ? was : null;
        }
        become(name, mine, wanted);
    }

    private static String reason(@Nullable Doc here, @Nullable Doc there) {
        return here == null
                ? "ours dropped the index, theirs changed it"
                : there == null
                        ? "theirs dropped the index, ours changed it"
                        : "both sides made or changed the index, each in its way";
    }

    private void become(String name, @Nullable IndexSnapshot mine, @Nullable Doc wanted) {
        if (wanted == null) {
            if (mine != null) {
                dropped.add(mine);
                last.remove(name);
            }
            return;
        }
        if (wanted.equals(spec(mine)) || !fits(name, wanted)) {
            return;
        }
        boolean rebuilt = mine != null && !hasKeysOf(mine.spec(), wanted);
        if (rebuilt) {
            dropped.add(Objects.requireNonNull(mine));
        }
        last.put(name, new Final(IndexDefinition.of(wanted), rebuilt ? null : mine));
    }

    /** Whether an index may stand beside the others; where ours has it under another name already it need not. */
    private boolean fits(String name, Doc wanted) {
        IndexDefinition definition = IndexDefinition.of(wanted);
        String trouble = null;
        for (Final other : last.values()) {
            if (other.definition().name().equals(name)) {
                continue;
            }
            Doc spec = other.definition().spec();
            if (ThreeWay.signature(spec).equals(ThreeWay.signature(wanted))) {
                if (withoutName(spec).equals(withoutName(wanted))) {
                    return false;
                }
                trouble = "index '" + other.definition().name() + "' has the same keys and other options";
            } else if (definition.keys().texts() != null
                    && other.definition().keys().texts() != null) {
                trouble = "there is a text index, '" + other.definition().name() + "'; a collection has one at most";
            }
        }
        if (trouble == null && !last.containsKey(name) && last.size() >= INDEXES_MAX) {
            trouble = "a collection has " + INDEXES_MAX + " indexes at most";
        }
        if (trouble == null && options.isCapped() && wanted.has("expireAfterSeconds")) {
            trouble = "a capped collection has no TTL index";
        }
        if (trouble == null) {
            return true;
        }
        MergeConflict conflict =
                conflict(name, spec(base == null ? null : base.index(name)), spec(ours.index(name)), wanted, trouble);
        Resolution said = decisions.of(conflict);
        if (said == null || said.take() == Resolution.Take.THEIRS) {
            decisions.leave(conflict); // theirs cannot be: the other index has to be dropped first
        }
        return false;
    }

    private static Map<String, Value> withoutName(Doc spec) {
        Map<String, Value> fields = new LinkedHashMap<>();
        spec.forEach(field -> fields.put(field.name(), field.value()));
        fields.remove("name");
        return fields;
    }

    /** Whether an index of one specification can become one of the other without being built again. */
    private static boolean hasKeysOf(Doc spec, Doc other) {
        Map<String, Value> one = withoutName(spec);
        Map<String, Value> two = withoutName(other);
        for (String option : List.of("hidden", "expireAfterSeconds", "unique", "prepareUnique")) {
            one.remove(option);
            two.remove(option);
        }
        return one.equals(two);
    }

    private static @Nullable Doc spec(@Nullable IndexSnapshot index) {
        return index == null ? null : index.spec();
    }

    private MergeConflict conflict(
            String name, @Nullable Doc was, @Nullable Doc here, @Nullable Doc there, String reason) {
        return CollectionMerge.metadata(
                ours.name(), "indexes." + name, new Versions<>(value(was), value(here), value(there)), reason);
    }

    private static @Nullable Value value(@Nullable Doc spec) {
        return spec == null ? null : Value.document(spec);
    }
}
