package dev.offshoot.merge;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Goes through three versions of a document side by side; {@link DocumentMerge} has the rules. Used once, by one thread. */
final class ThreeWayWalk {
    private final MergeRules rules;
    private final boolean divergent;
    private final List<FieldConflict> conflicts = new ArrayList<>();

    ThreeWayWalk(MergeRules rules) {
        this.rules = rules;
        this.divergent = rules.mode().isDivergent();
    }

    MergedDocument merge(@Nullable Doc base, Doc ours, Doc theirs) {
        Value b = base == null ? null : Value.document(base);
        Value o = Value.document(ours);
        Value t = Value.document(theirs);
        Value merged = isConflictOfDocuments(base, ours, theirs)
                ? conflict(DocPath.ROOT, b, o, t)
                : value(rules.root(), DocPath.ROOT, b, o, t);
        return new MergedDocument(Objects.requireNonNull(merged).asDoc(), conflicts);
    }

    private boolean isConflictOfDocuments(@Nullable Doc base, Doc ours, Doc theirs) {
        Doc before = base == null ? Doc.EMPTY : base;
        return rules.mode().isOfDocuments()
                && touches(before, ours)
                && touches(before, theirs)
                && (!divergent || touches(ours, theirs));
    }

    /** Whether the difference is more than strategies decide. */
    private boolean touches(Doc before, Doc after) {
        return DocumentDiff.between(before, after).changes().stream().anyMatch(this::touches);
    }

    private boolean touches(FieldChange change) {
        boolean ofOrder = change.kind() == FieldChange.Kind.MOVED;
        Rule rule = rules.root();
        for (DocPath.Step step : (ofOrder ? change.path().parent() : change.path()).steps()) {
            rule = rule.then(step);
        }
        return rule.strategy() == null;
    }

    /** The merged value; null where there is none. */
    private @Nullable Value value(
            Rule rule, DocPath path, @Nullable Value base, @Nullable Value ours, @Nullable Value theirs) {
        if (Objects.equals(ours, base)) {
            return theirs;
        }
        if (Objects.equals(theirs, base) || (divergent && rule.isPlain() && Objects.equals(ours, theirs))) {
            return ours;
        }
        if (ours != null && theirs != null && !isInsertedTwice(path, base)) {
            Value merged = parts(rule, path, base, ours, theirs);
            if (merged != null) {
                return merged;
            }
        }
        return decided(rule, path, base, ours, theirs);
    }

    /** Whether two insertions of one {@code _id} are a conflict, whatever they hold. */
    private boolean isInsertedTwice(DocPath path, @Nullable Value base) {
        return base == null && !divergent && (path.isRoot() || path.last() instanceof DocPath.Element);
    }

    /** Documents and arrays, merged by what they hold; null where that is not possible. */
    private @Nullable Value parts(Rule rule, DocPath path, @Nullable Value base, Value ours, Value theirs) {
        if (ours.type() != theirs.type() || (base != null && base.type() != ours.type())) {
            return null;
        }
        Members b = base == null ? Members.none(ours.type()) : Members.of(base);
        Members o = Members.of(ours);
        Members t = Members.of(theirs);
        if (b != null && o != null && t != null) {
            boolean bothAddedNothing =
                    base == null && o.steps().isEmpty() && t.steps().isEmpty();
            return bothAddedNothing ? null : members(rule, path, new Sides<>(b, o, t), base, ours, theirs);
        }
        boolean asWhole = rule.strategy() != null && !rule.strategy().isSide();
        return asWhole || !ours.isArray() ? null : positions(rule, path, base, ours, theirs);
    }

    private Value members(
            Rule rule, DocPath path, Sides<Members> sides, @Nullable Value base, Value ours, Value theirs) {
        Set<DocPath.Step> steps = new LinkedHashSet<>(sides.ours().steps());
        steps.addAll(sides.theirs().steps());
        steps.addAll(sides.base().steps());
        Map<DocPath.Step, Value> merged = new LinkedHashMap<>();
        for (DocPath.Step step : steps) {
            Value b = sides.base().get(step);
            Value o = sides.ours().get(step);
            Value t = sides.theirs().get(step);
            Value value = Objects.equals(o, b) ? t : value(rule.then(step), path.then(step), b, o, t);
            if (value != null) {
                merged.put(step, value);
            }
        }
        MemberOrder order = new MemberOrder(sides, merged.keySet());
        boolean theirsLead = order.isMovedByTheirs();
        if (order.isMovedByOurs()) {
            boolean agreed = divergent && order.isSame();
            theirsLead = theirsLead && !agreed && isOrderOfTheirs(rule, path, base, ours, theirs);
        }
        return Members.value(ours.type(), order.of(theirsLead), merged);
    }

    /** Decides between two orders; {@link FieldConflict} has the values as a whole. */
    private boolean isOrderOfTheirs(Rule rule, DocPath path, @Nullable Value base, Value ours, Value theirs) {
        if (rule.strategy() != null && rule.strategy().isSide()) {
            return rule.strategy() == MergeStrategy.THEIRS;
        }
        conflict(path, base, ours, theirs);
        return rules.otherwise() == MergeStrategy.THEIRS;
    }

    /** Null where the edits of both sides meet. */
    private @Nullable Value positions(Rule rule, DocPath path, @Nullable Value base, Value ours, Value theirs) {
        PositionMerge edits = PositionMerge.of(base, ours, theirs, divergent);
        if (edits == null) {
            return null;
        }
        ThreeWayWalk inner = new ThreeWayWalk(rules);
        Value merged = edits.merged((i, b, o, t) -> {
            DocPath.Step step = new DocPath.Position(i);
            return inner.value(rule.then(step), path.then(step), b, o, t);
        });
        return inner.conflicts.isEmpty() ? merged : null;
    }

    private @Nullable Value decided(
            Rule rule, DocPath path, @Nullable Value base, @Nullable Value ours, @Nullable Value theirs) {
        MergeStrategy strategy = rule.strategy();
        if (strategy != null && strategy.isSide()) {
            return strategy.of(base, ours, theirs);
        }
        if (strategy != null && ours != null && theirs != null) {
            Value combined = Combination.of(strategy, base, ours, theirs);
            if (combined != null) {
                return combined;
            }
        }
        return divergent && Objects.equals(ours, theirs) ? ours : conflict(path, base, ours, theirs);
    }

    private @Nullable Value conflict(DocPath path, @Nullable Value base, @Nullable Value ours, @Nullable Value theirs) {
        if (rules.otherwise() == null) {
            conflicts.add(new FieldConflict(path, base, ours, theirs));
        }
        return rules.otherwise() == null ? ours : rules.otherwise().of(base, ours, theirs);
    }
}
