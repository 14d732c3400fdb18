package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tests of merges compare. */
final class MergeProperties {
    private MergeProperties() {}

    /** The paths of conflicts, sorted. */
    static List<String> paths(MergedDocument merged) {
        return merged.conflicts().stream()
                .map(conflict -> conflict.path().toString())
                .sorted()
                .toList();
    }

    static MergeRules swapped(MergeRules rules) {
        Map<String, MergeStrategy> strategies = new LinkedHashMap<>();
        rules.strategies().forEach((path, strategy) -> strategies.put(path, swapped(strategy)));
        MergeStrategy otherwise = rules.otherwise();
        return new MergeRules(rules.mode(), strategies, otherwise == null ? null : swapped(otherwise));
    }

    private static MergeStrategy swapped(MergeStrategy strategy) {
        return switch (strategy) {
            case OURS -> MergeStrategy.THEIRS;
            case THEIRS -> MergeStrategy.OURS;
            default -> strategy;
        };
    }

    /**
     * The document in a form that does not tell in which order members stand that the base does not have: at any depth those of the
     * base come first, in their order in the document, and the others behind them by what they are known by. Elements of other arrays
     * are taken as without a base.
     */
    static Value withAdditionsSorted(Value value, @Nullable Value base) {
        Members members = Members.of(value);
        if (members == null) {
            List<Value> elements = value.isArray() ? Members.positions(value.asDoc()) : null;
            return elements == null
                    ? value
                    : Members.array(elements.stream()
                            .map(e -> withAdditionsSorted(e, null))
                            .toList());
        }
        Members before = base == null || base.type() != value.type() ? null : Members.of(base);
        List<DocPath.Step> order = new ArrayList<>(members.steps());
        order.sort(Comparator.<DocPath.Step, Boolean>comparing(step -> before == null || !before.has(step))
                .thenComparing(step -> before == null || !before.has(step) ? step.toString() : ""));
        Map<DocPath.Step, Value> sorted = new LinkedHashMap<>();
        for (DocPath.Step step : order) {
            Value member = members.get(step);
            if (member != null) {
                sorted.put(step, withAdditionsSorted(member, before == null ? null : before.get(step)));
            }
        }
        return Members.value(value.type(), order, sorted);
    }

    static Value withAdditionsSorted(Doc document, @Nullable Doc base) {
        return withAdditionsSorted(Value.document(document), base == null ? null : Value.document(base));
    }
}
