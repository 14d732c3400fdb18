package dev.offshoot.merge;

import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Three versions of an array whose elements are told apart by position alone, and the edits of both sides, which do not meet. */
final class PositionMerge {
    /** Merges the versions of an element; null for none. */
    interface Elements {
        @Nullable
        Value merged(int position, Value base, @Nullable Value ours, @Nullable Value theirs);
    }

    private final List<Value> base;
    private final Side ours;
    private final Side theirs;

    private PositionMerge(List<Value> base, Side ours, Side theirs) {
        this.base = base;
        this.ours = ours;
        this.theirs = theirs;
    }

    /** Null where insertions of both sides meet, or of one with what the other one rewrote, or there are too many edits. */
    static @Nullable PositionMerge of(@Nullable Value base, Value ours, Value theirs, boolean divergent) {
        List<Value> b = base == null ? List.of() : Members.positions(base.asDoc());
        Side o = b == null ? null : Side.of(b, ours);
        Side t = b == null ? null : Side.of(b, theirs);
        if (b == null || o == null || t == null) {
            return null;
        }
        for (int gap = 0; gap <= b.size(); gap++) {
            List<Value> inOurs = o.inserted.get(gap);
            List<Value> inTheirs = t.inserted.get(gap);
            boolean meet = !inOurs.isEmpty() && !inTheirs.isEmpty() && !(divergent && inOurs.equals(inTheirs));
            if (meet || (!inOurs.isEmpty() && t.rewrites(gap)) || (!inTheirs.isEmpty() && o.rewrites(gap))) {
                return null;
            }
        }
        return new PositionMerge(b, o, t);
    }

    Value merged(Elements elements) {
        List<Value> merged = new ArrayList<>();
        for (int i = 0; i <= base.size(); i++) {
            List<Value> inOurs = ours.inserted.get(i);
            merged.addAll(inOurs.isEmpty() ? theirs.inserted.get(i) : inOurs);
            Value element = i == base.size()
                    ? null
                    : elements.merged(i, base.get(i), ours.elements.get(i), theirs.elements.get(i));
            if (element != null) {
                merged.add(element);
            }
        }
        return Members.array(merged);
    }

    /**
     * What one side made of the base.
     *
     * @param elements for each position of the base what is there now, null for nothing
     * @param inserted for each position of the base, and the end, what was inserted in front of it
     */
    private record Side(List<Value> base, List<@Nullable Value> elements, List<List<Value>> inserted) {
        static @Nullable Side of(List<Value> base, Value array) {
            List<Value> after = Members.positions(array.asDoc());
            ArrayEdits edits = after == null ? null : ArrayEdits.between(base, after);
            if (after == null || edits == null) {
                return null;
            }
            List<@Nullable Value> elements = new ArrayList<>();
            List<List<Value>> inserted = new ArrayList<>();
            for (int i = 0; i <= base.size(); i++) {
                inserted.add(new ArrayList<>(0));
                if (i < base.size()) {
                    elements.add(edits.after()[i] < 0 ? null : after.get(edits.after()[i]));
                }
            }
            for (int j = 0; j < after.size(); j++) {
                if (edits.gap()[j] >= 0) {
                    inserted.get(edits.gap()[j]).add(after.get(j));
                }
            }
            return new Side(base, elements, inserted);
        }

        /** Whether it changed or removed the elements on both sides of a gap. */
        boolean rewrites(int gap) {
            return gap > 0 && gap < base.size() && changes(gap - 1) && changes(gap);
        }

        private boolean changes(int position) {
            return !base.get(position).equals(elements.get(position));
        }
    }
}
