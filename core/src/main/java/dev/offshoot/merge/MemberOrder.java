package dev.offshoot.merge;

import java.util.ArrayList;
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

    /** Whether what is left of the base stands in another order on this side. */
    private boolean isMovedBy(Members side) {
        return !common(sides.base(), side).equals(common(side, sides.base()));
    }

    /** Whether what is left of the base stands in the same order on both sides. */
    boolean isSame() {
        List<DocPath.Step> ours = common(sides.ours(), sides.theirs());
        List<DocPath.Step> theirs = common(sides.theirs(), sides.ours());
        ours.removeIf(step -> !sides.base().has(step));
        theirs.removeIf(step -> !sides.base().has(step));
        return ours.equals(theirs);
    }

    private List<DocPath.Step> common(Members inOrderOf, Members with) {
        List<DocPath.Step> common = new ArrayList<>();
        for (DocPath.Step step : inOrderOf.steps()) {
            if (left.contains(step) && with.has(step)) {
                common.add(step);
            }
        }
        return common;
    }

    /** The order of one side; what only the other side has goes behind what it stands behind there, new fields behind everything. */
    List<DocPath.Step> of(boolean theirsLead) {
        Members lead = theirsLead ? sides.theirs() : sides.ours();
        Members other = theirsLead ? sides.ours() : sides.theirs();
        Map<DocPath.@Nullable Step, List<DocPath.Step>> behind = new HashMap<>();
        List<DocPath.Step> last = new ArrayList<>();
        DocPath.Step anchor = null;
        for (DocPath.Step step : other.steps()) {
            if (!left.contains(step)) {
                continue;
            }
            if (lead.has(step)) {
                anchor = step;
            } else if (lead.isArray() || sides.base().has(step)) {
                behind.computeIfAbsent(anchor, a -> new ArrayList<>()).add(step);
            } else {
                last.add(step);
            }
        }
        List<DocPath.Step> order = new ArrayList<>(left.size());
        List<DocPath.Step> waiting = behind.getOrDefault(null, List.of());
        for (DocPath.Step step : lead.steps()) {
            if (!left.contains(step)) {
                continue;
            }
            boolean ofOursAlone =
                    !theirsLead && !other.has(step) && !sides.base().has(step);
            if (!ofOursAlone) {
                order.addAll(waiting);
                waiting = behind.getOrDefault(step, List.of());
            }
            order.add(step);
        }
        order.addAll(waiting);
        order.addAll(last);
        return order;
    }
}
