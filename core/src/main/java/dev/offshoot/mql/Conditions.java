package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Clause.Leaf;
import dev.offshoot.text.TextSearch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a filter says of single paths, for whoever looks for an index: the bounds of an index that find all that matches.
 *
 * <p>Where a path meets arrays, a document has several entries, and different ones may meet different conditions. So of such a path one
 * condition is used, unless all are within one {@code $elemMatch} and no array is below it: then one entry meets them all. The same
 * goes for two fields of an index that share an array. Immutable.
 */
public final class Conditions {
    /** The conditions outside of any {@code $elemMatch}. */
    private static final int OUTSIDE = 0;

    private final Clause clause;
    private final Collation collation;
    private final List<Condition> conditions = new ArrayList<>();
    private final List<Integer> scopeParts = new ArrayList<>(List.of(0));

    /** Of a path; {@code scope}: which {@code $elemMatch} it is in. */
    private record Condition(String path, Clause clause, int scope) {}

    private Conditions(Clause clause, Collation collation) {
        this.clause = clause;
        this.collation = collation;
        collect(clause, "", OUTSIDE);
    }

    public static Conditions of(Filter filter) {
        return new Conditions(filter.clause(), filter.collation());
    }

    private void collect(Clause from, String prefix, int scope) {
        for (Clause conjunct : from.conjuncts()) {
            Leaf leaf = conjunct instanceof Leaf plain
                    ? plain
                    : conjunct instanceof Clause.Not not && not.clause() instanceof Leaf negated ? negated : null;
            if (leaf == null) {
                continue;
            }
            String path = prefix + leaf.path();
            Clause fields =
                    leaf == conjunct && leaf.test() instanceof ValueTests.AnyElement any ? any.ofFields() : null;
            if (fields == null) {
                conditions.add(new Condition(path, conjunct, scope));
            } else {
                scopeParts.add(FieldPath.of(path).length());
                collect(fields, path + ".", scopeParts.size() - 1);
            }
        }
    }

    /** The paths that the filter is about; null where it has more than conditions on single paths. */
    public @Nullable Set<String> paths() {
        Set<String> paths = new LinkedHashSet<>();
        for (Clause conjunct : clause.conjuncts()) {
            if (conjunct instanceof Leaf leaf) {
                paths.add(leaf.path());
            } else if (conjunct instanceof Clause.Not not && not.clause() instanceof Leaf leaf) {
                paths.add(leaf.path());
            } else {
                return null;
            }
        }
        return paths;
    }

    /** The filters of an {@code $or} that has to hold, each as strict as the whole filter allows to be said; empty for none. */
    public List<Conditions> alternatives() {
        for (Clause conjunct : clause.conjuncts()) {
            if (conjunct instanceof Clause.Or or) {
                return or.clauses().stream()
                        .map(branch -> new Conditions(branch, collation))
                        .toList();
            }
        }
        return List.of();
    }

    /** Whether every document that matches is in an index, sparse or partial as it may be. */
    public boolean allIn(IndexKeys keys, ArrayPaths arrays) {
        Filter partial = keys.partialFilter();
        return !keys.isWildcard()
                && keys.texts() == null
                && (partial == null || Implication.implies(clause, partial.clause(), strings(keys)))
                && (keys.isGeo() ? asksForShape(keys) : !keys.isSparse() || impliesOneOf(keys, arrays));
    }

    private boolean asksForShape(IndexKeys keys) {
        GeoKeys geo = keys.geo();
        for (Condition condition : conditions) {
            int field = keys.paths().indexOf(condition.path());
            if (geo != null
                    && field >= 0
                    && keys.isGeo(field)
                    && condition.scope() == OUTSIDE
                    && geo.intervals(condition.clause(), field) != null) {
                return true;
            }
        }
        return false;
    }

    private KeyStrings strings(IndexKeys keys) {
        return new KeyStrings(collation, keys.collation());
    }

    private boolean impliesOneOf(IndexKeys keys, ArrayPaths arrays) {
        for (Condition condition : conditions) {
            int field = keys.paths().indexOf(condition.path());
            if (field < 0) {
                continue;
            }
            boolean plain = condition.clause() instanceof Leaf leaf && !Implication.holdsForMissing(leaf);
            boolean negated = condition.clause() instanceof Clause.Not not
                    && not.clause() instanceof Leaf leaf
                    && Implication.holdsForMissing(leaf)
                    && !arrays.isAny(field)
                    && condition.scope() == OUTSIDE;
            if (plain || negated) {
                return true;
            }
        }
        return false;
    }

    /** The bounds that an index may be used with, the best first; empty where the filter says nothing of its first field. */
    public List<IndexBounds> boundsOf(IndexKeys keys, ArrayPaths arrays) {
        if (conditions.isEmpty()) {
            return List.of();
        }
        WildcardKeys wildcard = keys.wildcard();
        if (wildcard != null) {
            return wildcardBounds(keys, wildcard, arrays);
        }
        if (!mentions(keys.paths().get(0)) || !allIn(keys, arrays)) {
            return List.of();
        }
        IndexBounds best = null;
        int bestBounded = -1;
        for (int scope : scopes(keys)) {
            IndexBounds bounds = new Assignment(keys, arrays, scope).bounds();
            if (bounds != null && bounds.boundedFields() > bestBounded) {
                best = bounds;
                bestBounded = bounds.boundedFields();
            }
        }
        return best == null ? List.of() : List.of(best);
    }

    /** The part of a text index with the terms of a search; null where a field before the texts may have more than certain values. */
    public @Nullable IndexBounds textBounds(IndexKeys keys, TextSearch search) {
        List<List<Interval>> fields = new ArrayList<>();
        boolean[] descending = new boolean[keys.count()];
        boolean before = true;
        for (int i = 0; i < keys.count(); i++) {
            String path = keys.paths().get(i);
            descending[i] = keys.isDescending(i);
            if (path.equals("_fts")) {
                before = false;
                fields.add(search.indexTerms().stream()
                        .sorted()
                        .map(term -> Interval.point(Value.of(term)))
                        .toList());
            } else if (before) {
                List<Interval> values = equalities(path, keys);
                if (values == null) {
                    return null;
                }
                fields.add(values);
            } else {
                fields.add(Bounds.FULL);
            }
        }
        return new IndexBounds(keys.paths(), descending, fields, false, false);
    }

    /** What a path is equal to, one of which it has to be; null where it may be anything else. */
    private @Nullable List<Interval> equalities(String path, IndexKeys keys) {
        for (Condition condition : conditions) {
            Bounds.Found found = condition.path().equals(path) && condition.scope() == OUTSIDE
                    ? Bounds.of(condition.clause(), false, strings(keys))
                    : null;
            if (found != null && found.intervals().stream().allMatch(Interval::isPoint)) {
                return found.intervals();
            }
        }
        return null;
    }

    private boolean mentions(String path) {
        for (Condition condition : conditions) {
            if (condition.path().equals(path)) {
                return true;
            }
        }
        return false;
    }

    /** The scopes that have conditions on the index. */
    private Set<Integer> scopes(IndexKeys keys) {
        Set<Integer> scopes = new LinkedHashSet<>();
        scopes.add(OUTSIDE);
        for (Condition condition : conditions) {
            if (condition.scope() != OUTSIDE && keys.paths().contains(condition.path())) {
                scopes.add(condition.scope());
            }
        }
        return scopes;
    }

    /** Chooses conditions for the fields of one index, where there are arrays those of one scope. */
    private final class Assignment {
        private final IndexKeys keys;
        private final ArrayPaths arrays;
        private final int scope;
        /** For each field the scope of the condition used; -1 for none. */
        private final int[] used;

        private int exactConditions;

        Assignment(IndexKeys keys, ArrayPaths arrays, int scope) {
            this.keys = keys;
            this.arrays = arrays;
            this.scope = scope;
            this.used = new int[keys.count()];
            Arrays.fill(used, -1);
        }

        @Nullable
        IndexBounds bounds() {
            List<List<Interval>> fields = new ArrayList<>();
            boolean[] descending = new boolean[keys.count()];
            for (int i = 0; i < keys.count(); i++) {
                List<Interval> intervals = arrays.isAny(i) ? ofArrays(i) : ofPlain(i);
                if (i == 0 && intervals == null) {
                    return null;
                }
                fields.add(intervals == null ? Bounds.FULL : intervals);
                descending[i] = keys.isDescending(i);
            }
            boolean exact =
                    !arrays.isAny() && exactConditions == clause.conjuncts().size();
            return new IndexBounds(keys.paths(), descending, fields, exact, false);
        }

        /** All conditions on a path that has one value. */
        private @Nullable List<Interval> ofPlain(int field) {
            List<Interval> all = null;
            for (Condition condition : conditions) {
                Bounds.Found found = condition.path().equals(keys.paths().get(field)) ? found(condition, field) : null;
                if (found != null) {
                    all = all == null ? found.intervals() : Bounds.intersection(all, found.intervals());
                    exactConditions += found.exact() && condition.scope() == OUTSIDE ? 1 : 0;
                    used[field] = condition.scope();
                }
            }
            return all;
        }

        /** One condition on a path that may have several values, or several that one value has to meet. */
        private @Nullable List<Interval> ofArrays(int field) {
            if (keys.field(field).hasPosition()) {
                return null;
            }
            List<Interval> best = null;
            int bestRank = -1;
            int bestScope = -1;
            for (Condition condition : conditions) {
                if (!condition.path().equals(keys.paths().get(field))
                        || (condition.scope() != OUTSIDE && condition.scope() != scope)) {
                    continue;
                }
                Bounds.Found found = sharesArray(field, condition.scope()) ? null : found(condition, field);
                if (found == null) {
                    continue;
                }
                if (best != null && bestScope == condition.scope() && isOneValue(field, bestScope)) {
                    best = Bounds.intersection(best, found.intervals());
                } else if (best == null || condition.scope() > bestScope || found.rank() > bestRank) {
                    best = found.intervals();
                    bestScope = condition.scope();
                }
                bestRank = Math.max(bestRank, found.rank());
            }
            used[field] = bestScope;
            return best;
        }

        /** Whether an {@code $elemMatch} leaves a path one value. */
        private boolean isOneValue(int field, int in) {
            if (in == OUTSIDE) {
                return false;
            }
            for (int part = scopeParts.get(in); part < keys.field(field).length(); part++) {
                if (arrays.isAt(field, part)) {
                    return false;
                }
            }
            return true;
        }

        /** Whether an earlier field is bounded by what another element of the same array may meet. */
        private boolean sharesArray(int field, int in) {
            for (int earlier = 0; earlier < field; earlier++) {
                if (used[earlier] < 0) {
                    continue;
                }
                int free = used[earlier] == in && in != OUTSIDE ? scopeParts.get(in) : 0;
                for (int part = free; part < common(earlier, field); part++) {
                    if (arrays.isAt(field, part) || arrays.isAt(earlier, part)) {
                        return true;
                    }
                }
            }
            return false;
        }

        private int common(int a, int b) {
            FieldPath one = keys.field(a);
            FieldPath other = keys.field(b);
            int n = 0;
            while (n < one.length() && n < other.length() && Arrays.equals(one.part(n), other.part(n))) {
                n++;
            }
            return n;
        }

        private Bounds.@Nullable Found found(Condition condition, int field) {
            GeoKeys geo = keys.geo();
            if (geo != null && keys.isGeo(field)) {
                List<Interval> cells = geo.intervals(condition.clause(), field);
                return cells == null ? null : new Bounds.Found(cells, false, 1);
            }
            Bounds.Found found = Bounds.of(condition.clause(), arrays.isAny(field), strings(keys));
            return found != null && keys.isHashed(field) ? hashed(found) : found;
        }
    }

    /** Bounds of hashes; none where a value is not known. */
    private static Bounds.@Nullable Found hashed(Bounds.Found found) {
        List<Interval> hashes = new ArrayList<>();
        for (Interval interval : found.intervals()) {
            if (!interval.isPoint()) {
                return null;
            }
            hashes.add(Interval.point(Value.of(HashedValue.of(interval.lo()))));
        }
        return new Bounds.Found(Bounds.union(hashes), false, found.rank());
    }

    private List<IndexBounds> wildcardBounds(IndexKeys keys, WildcardKeys wildcard, ArrayPaths arrays) {
        Filter partial = keys.partialFilter();
        if (partial != null && !Implication.implies(clause, partial.clause(), strings(keys))) {
            return List.of();
        }
        List<@Nullable List<Interval>> regular = new ArrayList<>();
        Assignment others = new Assignment(keys, arrays, OUTSIDE);
        for (int i = 0; i < keys.count(); i++) {
            regular.add(i == wildcard.at() ? null : others.ofPlain(i));
        }
        if (wildcard.at() > 0 && regular.get(0) == null) {
            return List.of();
        }
        List<IndexBounds> all = new ArrayList<>();
        for (Condition condition : conditions) {
            if (wildcard.covers(condition.path())
                    && !(arrays.isAny() && FieldPath.of(condition.path()).hasPosition())
                    && condition.clause() instanceof Leaf leaf) {
                Wildcard bounds = wildcardBounds(condition.path(), leaf, arrays, strings(keys));
                if (bounds != null) {
                    all.add(bounds.among(regular, keys, wildcard.at()));
                }
            }
        }
        if (all.isEmpty() && wildcard.at() > 0) {
            Wildcard anything = new Wildcard(keys.paths().get(wildcard.at()), Bounds.FULL, Bounds.FULL, true);
            all.add(anything.among(regular, keys, wildcard.at()));
        }
        return all;
    }

    /**
     * The bounds of a wildcard.
     *
     * @param overlapping whether a document may have several entries in them, whatever it looks like
     */
    private record Wildcard(String path, List<Interval> paths, List<Interval> values, boolean overlapping) {
        /** With those of the other fields of the pattern, null for free ones. */
        IndexBounds among(List<@Nullable List<Interval>> others, IndexKeys keys, int at) {
            List<String> names = new ArrayList<>();
            List<List<Interval>> fields = new ArrayList<>();
            boolean[] descending = new boolean[keys.count() + 1];
            for (int i = 0; i < keys.count(); i++) {
                if (i == at) {
                    names.add("$_path");
                    fields.add(paths);
                }
                List<Interval> other = others.get(i);
                descending[names.size()] = keys.isDescending(i);
                names.add(i == at ? path : keys.paths().get(i));
                fields.add(i == at ? values : other == null ? Bounds.FULL : other);
            }
            return new IndexBounds(names, descending, fields, false, overlapping);
        }
    }

    private static @Nullable Wildcard wildcardBounds(String path, Leaf leaf, ArrayPaths arrays, KeyStrings strings) {
        List<Interval> paths = List.of(Interval.point(Value.of(path)));
        List<Interval> values;
        boolean exists = leaf.test() instanceof ValueTests.Exists;
        if (exists) {
            Interval below = new Interval(Value.of(path + "."), true, Value.of(path + "/"), false);
            paths = List.of(Interval.point(Value.of(path)), below);
            values = Bounds.FULL;
        } else {
            Bounds.Found found = isLeafOnly(leaf) ? Bounds.of(leaf, arrays.isAny(), strings) : null;
            if (found == null) {
                return null;
            }
            values = found.intervals();
        }
        return new Wildcard(path, paths, values, exists);
    }

    /** Whether only values match that are entries of their own in a wildcard index: no documents, arrays, nothing missing. */
    private static boolean isLeafOnly(Leaf leaf) {
        Value operand = leaf.operand();
        if (leaf.test() instanceof RegexTest) {
            return true;
        }
        if (operand == null) {
            return false;
        }
        return switch (leaf.operator()) {
            case EQ ->
                isScalar(operand) || (operand.isDocument() && operand.asDoc().isEmpty());
            case IN -> {
                for (Doc.Fields field = operand.asDoc().fields(); field.next(); ) {
                    if (!isScalar(field.value())) {
                        yield false;
                    }
                }
                yield true;
            }
            case LT, LTE, GT, GTE -> isScalar(operand);
            default -> false;
        };
    }

    private static boolean isScalar(Value value) {
        return !value.isDocument() && !value.isArray() && value.type() != Bson.NULL;
    }
}
