package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.state.CollectionOptions;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.state.Snapshot;
import dev.offshoot.state.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The merge of three states: what happened between the base and theirs, brought to ours. Pure. What theirs did not touch is not looked
 * at, so it takes time in proportion to the differences between the base and theirs, with a look into ours for each (and, where theirs
 * has another validator or a new index, to those between the base and ours, or to the collection).
 *
 * <p><b>Collections and views.</b> One with the same id is the same one, also under another name; else those of one name and kind that
 * both sides made anew are. What one side created, dropped or renamed is so after the merge. A collection that theirs created comes with
 * its ids at once, whatever it holds, and so does one that theirs dropped and made again where ours did not touch it. Dropped on one side
 * and changed on the other is a conflict, {@link ConflictType#DELETE_VERSUS_EDIT}; so is, as {@link ConflictType#METADATA}, a name that both sides changed or two
 * collections of one name.
 *
 * <p><b>Options and indexes.</b> Options are merged one by one, validators and pipelines as a whole; indexes by name, as a whole. That both
 * sides made the same change is never a conflict here; two different ones are, {@link ConflictType#METADATA}. An index that both made under
 * different names is there once, as ours named it.
 *
 * <p><b>Documents.</b> A document is followed by its record, and else by its {@code _id}. What theirs alone did to it is taken: an inserted
 * document keeps its record id, and so its place in natural order. What both changed or inserted goes by {@link DocumentMerge} and the
 * rules of the collection. What both removed is gone. The same insertion, record and bytes, on both sides is one.
 *
 * <p><b>What has to hold.</b> Unique indexes and the validator are checked on what comes out, so that documents may swap unique values. The
 * validator counts for what theirs brings, unless theirs has that very document under the same validator, and, where the merge gives ours
 * another one, for what ours changed since the base; with its level, and no document is refused where its action is to warn. Capped
 * collections stay in insertion order of both sides, and lose their oldest documents where they have no room for all.
 */
public final class ThreeWay {
    private static final int VIEW_DEPTH_MAX = 20;

    private final Sides<Snapshot> states;
    private final Decisions decisions;
    private final MergeContext context;
    private final List<CollectionMerge> merges = new ArrayList<>();

    private ThreeWay(Sides<Snapshot> states, Decisions decisions, MergeContext context) {
        this.states = states;
        this.decisions = decisions;
        this.context = context;
    }

    /**
     * Merges. The changes go on top of ours.
     *
     * @param states of one project
     * @throws dev.offshoot.mql.CommandException what the patience of the context throws
     */
    public static MergePlan plan(
            Sides<Snapshot> states, MergeSettings settings, Resolutions resolutions, MergeContext context) {
        return new ThreeWay(states, new Decisions(settings, resolutions), context).plan();
    }

    private MergePlan plan() {
        List<CollectionDiff> diffs = SnapshotDiff.collections(states.base(), states.theirs(), context.patience());
        for (CollectionDiff diff : diffs) {
            merges.add(new CollectionMerge(diff, counterpart(diff, diffs), decisions, context));
        }
        merges.forEach(CollectionMerge::merge);
        settleNames();
        checkViews();
        PlanWriter writer = new PlanWriter(states.theirs(), states.ours(), context.named());
        writer.write(merges);
        return new MergePlan(
                writer.changes(), new Statement.Referred(List.of(states.theirs())), decisions.open(), writer.counts());
    }

    /** What ours has for a collection that theirs changed, or null. No two have the same. */
    private @Nullable CollectionSnapshot counterpart(CollectionDiff diff, List<CollectionDiff> all) {
        CollectionSnapshot before = diff.before();
        CollectionSnapshot after = diff.after();
        CollectionSnapshot found = before == null ? null : byId(states.ours(), before.id());
        if (found == null && after != null) {
            found = byId(states.ours(), after.id());
        }
        if (found == null) {
            String name = before == null ? diff.name() : before.name();
            CollectionSnapshot named = states.ours().entry(name);
            boolean free = named != null
                    && byId(states.base(), named.id()) == null
                    && all.stream().noneMatch(other -> !other.equals(diff) && belongsTo(other, named));
            found = free ? named : null;
        }
        return found;
    }

    /** Whether a collection of ours that the base does not have is the one that theirs made: by its id, or of its name. */
    private static boolean belongsTo(CollectionDiff diff, CollectionSnapshot named) {
        CollectionSnapshot after = diff.after();
        return after != null
                && (after.id() == named.id()
                        || (diff.isCreated() && after.name().equals(named.name())));
    }

    private static @Nullable CollectionSnapshot byId(Snapshot state, long id) {
        return state.collections().get(RecordId.key(id));
    }

    // ---- names

    /** Sees to it that no two collections get one name. */
    private void settleNames() {
        Set<CollectionMerge> asked = new HashSet<>();
        boolean again = true;
        while (again) {
            again = false;
            Map<String, CollectionMerge> wanted = new HashMap<>();
            for (CollectionMerge merge : merges) {
                String name = merge.wantedName();
                if (name == null) {
                    continue;
                }
                CollectionMerge rival = wanted.putIfAbsent(name, merge);
                CollectionSnapshot holder = holder(name, merge);
                if ((rival != null || holder != null) && asked.add(merge)) {
                    settle(merge, name, rival, holder);
                    again = true;
                    break;
                }
            }
        }
    }

    /** The collection of ours that keeps a name which a merge wants, or null. */
    private @Nullable CollectionSnapshot holder(String name, CollectionMerge wanting) {
        CollectionSnapshot found = states.ours().entry(name);
        if (found == null || is(wanting.ours(), found)) {
            return null;
        }
        return isGivenUp(found) ? null : found;
    }

    private void settle(
            CollectionMerge merge, String name, @Nullable CollectionMerge rival, @Nullable CollectionSnapshot holder) {
        Resolution resolution = decisions.decide(merge.nameConflict(name));
        if (resolution == null
                || resolution.take() == Resolution.Take.OURS
                || resolution.take() == Resolution.Take.BASE) {
            merge.keepName();
        } else if (resolution.value() != null) {
            merge.rename(resolution.value().asString());
        } else if (rival != null) {
            rival.keepName();
        } else if (holder != null) {
            drop(holder);
        }
    }

    private void drop(CollectionSnapshot holder) {
        for (CollectionMerge merge : merges) {
            if (is(merge.ours(), holder)) {
                merge.drop();
                return;
            }
        }
        CollectionMerge merge = new CollectionMerge(new CollectionDiff(holder, null), holder, decisions, context);
        merge.drop();
        merges.add(merge);
    }

    // ---- views

    /** Views may not read each other in a circle, nor too deep. */
    private void checkViews() {
        for (CollectionMerge merge : merges) {
            CollectionOptions options = merge.finalOptions();
            if (options != null && options.viewOn() != null && depth(options) > VIEW_DEPTH_MAX) {
                Value on = Value.of(options.viewOn());
                decisions.leave(new MergeConflict(
                        ConflictType.METADATA,
                        merge.name(),
                        null,
                        "options.viewOn",
                        List.of(),
                        new Versions<>(null, null, new MergeConflict.Side(null, on)),
                        "the view would read itself, or more than " + VIEW_DEPTH_MAX + " views one after the other"));
            }
        }
    }

    private int depth(CollectionOptions view) {
        int depth = 0;
        CollectionOptions at = view;
        while (at != null && at.viewOn() != null && depth <= VIEW_DEPTH_MAX) {
            depth++;
            at = optionsOf(at.viewOn());
        }
        return depth;
    }

    private @Nullable CollectionOptions optionsOf(String name) {
        for (CollectionMerge merge : merges) {
            if (name.equals(merge.finalName())) {
                return merge.finalOptions();
            }
        }
        CollectionSnapshot found = states.ours().entry(name);
        return found == null || isGivenUp(found) ? null : found.definition();
    }

    private boolean isGivenUp(CollectionSnapshot found) {
        return merges.stream().anyMatch(merge -> is(merge.ours(), found) && merge.givesUpName());
    }

    private static boolean is(@Nullable CollectionSnapshot one, CollectionSnapshot other) {
        return one != null && one.id() == other.id();
    }

    /** The fields that say which documents an index holds, and how: no two indexes of a collection have the same. */
    static List<@Nullable Value> signature(Doc spec) {
        return Arrays.asList(spec.get("key"), spec.get("collation"), spec.get("partialFilterExpression"));
    }
}
