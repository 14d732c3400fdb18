package dev.offshoot.merge;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In which order the members stand that a merge of a document or an array leaves.
 *
 * @param left which ones there are; our side or theirs has each of them
 */
record MemberOrder(Sides<Members> sides, Set<DocPath.Step> left) {
    boolean isMovedByOurs() {
        return isMovedBy(sides.ours());
    }

    boolean isMovedByTheirs() {
        return isMovedBy(sides.theirs());
    }

    /** Whether those members that all three have stand in another order than in the base. */
    private boolean isMovedBy(Members side) {
        return !shared(side).equals(shared(sides.base()));
    }

    /** Whether they stand in the same order on both sides. */
    boolean isSame() {
        return shared(sides.ours()).equals(shared(sides.theirs()));
    }

    private List<DocPath.Step> shared(Members inOrderOf) {
        List<DocPath.Step> shared = new ArrayList<>();
        for (DocPath.Step step : inOrderOf.steps()) {
            if (sides.base().has(step)
                    && sides.ours().has(step)
                    && sides.theirs().has(step)) {
                shared.add(step);
            }
        }
        return shared;
    }

    /**
     * The order of one side. What only the other side has goes behind what it stands behind there: members of the base, among which those
     * that one side removed keep the order of the base, and new elements, those of theirs behind those of ours. New fields go behind
     * everything.
     */
    List<DocPath.Step> of(boolean theirsLead) {
        Members lead = theirsLead ? sides.theirs() : sides.ours();
        Members other = theirsLead ? sides.ours() : sides.theirs();
        Insertions insertions = insertions(lead, other);
        Map<DocPath.Step, Integer> places = places(sides.base());
        List<DocPath.Step> order = new ArrayList<>(left.size());
        Deque<DocPath.Step> kept = new ArrayDeque<>(insertions.keptBehind(null));
        List<DocPath.Step> added = insertions.addedBehind(null);
        for (DocPath.Step step : lead.steps()) {
            if (!left.contains(step)) {
                continue;
            }
            Integer place = places.get(step);
            boolean inBoth = other.has(step);
            while (place != null && !kept.isEmpty() && (inBoth || isBefore(kept.getFirst(), place, places))) {
                order.add(kept.removeFirst());
            }
            if (place != null && inBoth) {
                kept.addAll(insertions.keptBehind(step));
            }
            if (theirsLead || inBoth || place != null) {
                order.addAll(added);
                added = insertions.addedBehind(step);
            }
            order.add(step);
        }
        order.addAll(kept);
        order.addAll(added);
        order.addAll(insertions.last);
        return order;
    }

    private Insertions insertions(Members lead, Members other) {
        Insertions insertions = new Insertions(new HashMap<>(), new HashMap<>(), new ArrayList<>());
        DocPath.Step anchor = null;
        DocPath.Step anchorInBase = null; // what both sides added may stand in two places
        for (DocPath.Step step : other.steps()) {
            boolean inBase = sides.base().has(step);
            if (left.contains(step) && lead.has(step)) {
                anchor = step;
                anchorInBase = inBase ? step : anchorInBase;
            } else if (left.contains(step) && inBase) {
                insertions
                        .kept
                        .computeIfAbsent(anchorInBase, a -> new ArrayList<>())
                        .add(step);
            } else if (left.contains(step) && lead.isArray()) {
                insertions.added.computeIfAbsent(anchor, a -> new ArrayList<>()).add(step);
            } else if (left.contains(step)) {
                insertions.last.add(step);
            }
        }
        return insertions;
    }

    private static boolean isBefore(DocPath.Step step, int place, Map<DocPath.Step, Integer> places) {
        return places.getOrDefault(step, place) < place;
    }

    private static Map<DocPath.Step, Integer> places(Members base) {
        Map<DocPath.Step, Integer> places = new HashMap<>();
        for (DocPath.Step step : base.steps()) {
            places.put(step, places.size());
        }
        return places;
    }

    /** What only the other side has: members of the base and new elements by what they go behind (null: in front), new fields. */
    private record Insertions(
            Map<DocPath.@Nullable Step, List<DocPath.Step>> kept,
            Map<DocPath.@Nullable Step, List<DocPath.Step>> added,
            List<DocPath.Step> last) {
        List<DocPath.Step> keptBehind(DocPath.@Nullable Step step) {
            return kept.getOrDefault(step, List.of());
        }

        List<DocPath.Step> addedBehind(DocPath.@Nullable Step step) {
            return added.getOrDefault(step, List.of());
        }
    }
}
