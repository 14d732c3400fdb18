package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Goes through two versions of a document side by side and notes what differs. Used once, by one thread. */
final class DiffWalk {
    private final List<FieldChange> changes = new ArrayList<>();

    private DiffWalk() {}

    static List<FieldChange> changes(Doc before, Doc after) {
        DiffWalk walk = new DiffWalk();
        walk.values(DocPath.ROOT, Value.document(before), Value.document(after));
        return walk.changes;
    }

    private void values(DocPath path, Value before, Value after) {
        if (before.equals(after)) {
            return;
        }
        if (before.type() == after.type()) {
            Members from = Members.of(before);
            Members to = Members.of(after);
            if (from != null && to != null) {
                members(path, from, to);
                return;
            }
            if (before.isArray() && positions(path, before.asDoc(), after.asDoc())) {
                return;
            }
        }
        changes.add(FieldChange.changed(path, before, after));
    }

    private void members(DocPath path, Members before, Members after) {
        List<DocPath.Step> order = after.steps();
        Map<DocPath.Step, Integer> places = places(order);
        boolean[] stays = staying(before.steps(), places);
        for (DocPath.Step step : before.steps()) {
            Value from = value(before, step);
            Integer place = places.get(step);
            if (place == null) {
                changes.add(FieldChange.removed(path.then(step), from));
                continue;
            }
            if (!stays[place]) {
                changes.add(FieldChange.moved(path.then(step), place));
            }
            Value to = value(after, step);
            if (!from.equals(to)) {
                values(path.then(step), from, to);
            }
        }
        for (int i = 0; i < order.size(); i++) {
            if (!before.has(order.get(i))) {
                changes.add(FieldChange.added(path.then(order.get(i)), value(after, order.get(i)), i));
            }
        }
    }

    /** False, and then nothing is noted, where the arrays can only be told apart as a whole. */
    private boolean positions(DocPath path, Doc before, Doc after) {
        List<Value> from = Members.positions(before);
        List<Value> to = Members.positions(after);
        ArrayEdits edits = from == null || to == null ? null : ArrayEdits.between(from, to);
        if (from == null || to == null || edits == null) {
            return false;
        }
        for (int i = 0; i < from.size(); i++) {
            int place = edits.after()[i];
            if (place < 0) {
                changes.add(FieldChange.removed(path.then(new DocPath.Position(i)), from.get(i)));
            } else if (!from.get(i).equals(to.get(place))) {
                values(path.then(new DocPath.Position(i)), from.get(i), to.get(place));
            }
        }
        for (int j = 0; j < to.size(); j++) {
            if (edits.gap()[j] >= 0) {
                changes.add(FieldChange.added(path.then(new DocPath.Position(j)), to.get(j), j));
            }
        }
        return true;
    }

    private static Map<DocPath.Step, Integer> places(List<DocPath.Step> order) {
        Map<DocPath.Step, Integer> places = new HashMap<>();
        for (int i = 0; i < order.size(); i++) {
            places.put(order.get(i), i);
        }
        return places;
    }

    /** For each place after whether its member was there before and need not move: a longest increasing subsequence. */
    private static boolean[] staying(List<DocPath.Step> before, Map<DocPath.Step, Integer> places) {
        int[] kept = before.stream()
                .map(places::get)
                .filter(place -> place != null)
                .mapToInt(Integer::intValue)
                .toArray();
        int[] ends = new int[kept.length]; // ends[n]: the smallest place that ends an increasing run of n + 1
        int[] lengths = new int[kept.length];
        int longest = 0;
        for (int i = 0; i < kept.length; i++) {
            int found = -Arrays.binarySearch(ends, 0, longest, kept[i]) - 1;
            ends[found] = kept[i];
            lengths[i] = found + 1;
            longest = Math.max(longest, found + 1);
        }
        boolean[] stays = new boolean[places.size()];
        for (int i = kept.length - 1, wanted = longest; i >= 0; i--) {
            if (lengths[i] == wanted) {
                stays[kept[i]] = true;
                wanted--;
            }
        }
        return stays;
    }

    private static Value value(Members members, DocPath.Step step) {
        @Nullable Value value = members.get(step);
        if (value == null) {
            throw new AssertionError("no member " + step);
        }
        return value;
    }
}
