package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Clause.Leaf;
import dev.offshoot.mql.Clause.Operator;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The values that a condition on one path allows, as intervals. They may allow more than the condition does, never less; a value is
 * one that an index holds: null for a missing field, undefined for an empty array, else an element, or what is no array.
 */
final class Bounds {
    static final Value MIN_KEY = Value.view(Bson.MIN_KEY, new byte[0], 0);
    static final Value MAX_KEY = Value.view(Bson.MAX_KEY, new byte[0], 0);

    /** Every value. */
    static final List<Interval> FULL = List.of(new Interval(MIN_KEY, true, MAX_KEY, true));

    private static final Value UNDEFINED = Value.view(Bson.UNDEFINED, new byte[0], 0);
    private static final Value ARRAY_LOWEST = Value.array(Doc.EMPTY);
    private static final Value OBJECT_ID_LOWEST = Value.view(Bson.OBJECT_ID, new byte[12], 0);
    private static final List<Interval> NULLS = List.of(Interval.point(UNDEFINED), Interval.point(Value.NULL));

    /**
     * What was found.
     *
     * @param exact whether a single value passes the condition just when it is in the intervals
     * @param rank how much it is likely to narrow: 3 a value, 2 some values, 1 a range, 0 all but some
     */
    record Found(List<Interval> intervals, boolean exact, int rank) {}

    private Bounds() {}

    /** The intervals of a condition, or null where it bounds nothing. {@code arrays}: whether its path meets arrays in some document. */
    static @Nullable Found of(Clause condition, boolean arrays, KeyStrings strings) {
        if (condition instanceof Leaf leaf) {
            return ofLeaf(leaf, strings);
        }
        return condition instanceof Clause.Not not && not.clause() instanceof Leaf leaf
                ? ofNot(leaf, arrays, strings)
                : null;
    }

    private static @Nullable Found ofLeaf(Leaf leaf, KeyStrings strings) {
        if (leaf.test() instanceof RegexTest regex) {
            return new Found(ofRegex(regex, strings), false, regex.prefix() == null ? 0 : 1);
        }
        if (leaf.test() instanceof ValueTests.Exists) {
            return new Found(FULL, false, 0);
        }
        if (leaf.test() instanceof ValueTests.AnyElement elements && elements.ofValues() != null) {
            return ofElement(elements.ofValues(), strings);
        }
        Value given = leaf.operand();
        Value operand = given == null
                ? null
                : leaf.operator() == Operator.IN ? strings.operands(given) : strings.operand(given);
        if (operand == null) {
            return null;
        }
        return switch (leaf.operator()) {
            case EQ -> new Found(ofEqual(operand), isSingle(operand), 3);
            case IN -> ofIn(operand, strings);
            case GT, GTE -> ranged(ofRange(operand, true, leaf.operator() == Operator.GTE));
            case LT, LTE -> ranged(ofRange(operand, false, leaf.operator() == Operator.LTE));
            default -> null;
        };
    }

    private static @Nullable Found ranged(@Nullable List<Interval> range) {
        return range == null ? null : new Found(range, true, 1);
    }

    /** Whether a value stands for itself alone in an index. */
    private static boolean isSingle(Value value) {
        return !value.isArray() && value.type() != Bson.NULL;
    }

    /** All but what a condition allows; none where that cannot be said of a value alone. */
    private static @Nullable Found ofNot(Leaf leaf, boolean arrays, KeyStrings strings) {
        if (leaf.test() instanceof ValueTests.Exists) {
            return new Found(NULLS, false, 3);
        }
        Value operand = leaf.operand();
        if (operand == null || leaf.operator() == Operator.REGEX || !isComplementary(leaf, operand, arrays)) {
            return null;
        }
        Found found = ofLeaf(leaf, strings);
        if (found == null) {
            return null;
        }
        boolean exact = found.exact() && leaf.operator() != Operator.IN;
        return new Found(complement(found.intervals()), exact, 0);
    }

    private static boolean isComplementary(Leaf leaf, Value operand, boolean arrays) {
        if (leaf.operator() != Operator.IN) {
            return isComplementary(operand, arrays);
        }
        for (Doc.Fields field = operand.asDoc().fields(); field.next(); ) {
            if (!isComplementary(field.value(), arrays)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isComplementary(Value operand, boolean arrays) {
        return !operand.isArray() && operand.type() != Bson.REGEX && !(arrays && operand.type() == Bson.NULL);
    }

    /** The conditions that one element has to meet, all of them. */
    private static @Nullable Found ofElement(Clause element, KeyStrings strings) {
        List<Interval> all = null;
        int rank = 0;
        for (Clause conjunct : element.conjuncts()) {
            Found found = of(conjunct, true, strings);
            if (found != null) {
                all = all == null ? found.intervals() : intersection(all, found.intervals());
                rank = Math.max(rank, found.rank());
            }
        }
        return all == null ? null : new Found(all, false, rank);
    }

    private static List<Interval> ofEqual(Value operand) {
        if (operand.type() == Bson.NULL) {
            return NULLS;
        }
        if (!operand.isArray()) {
            return List.of(Interval.point(operand));
        }
        // An array is equal as a whole, whose entries are its elements, or as an element of an array.
        Value entry =
                operand.asDoc().isEmpty() ? UNDEFINED : operand.asDoc().first().value();
        return union(List.of(Interval.point(entry), Interval.point(operand)));
    }

    private static Found ofIn(Value operand, KeyStrings strings) {
        List<Interval> all = new ArrayList<>();
        boolean exact = true;
        int n = 0;
        for (Doc.Fields field = operand.asDoc().fields(); field.next(); n++) {
            Value value = field.value();
            boolean regex = value.type() == Bson.REGEX;
            all.addAll(regex ? ofRegex(RegexTest.of(value), strings) : ofEqual(value));
            exact &= !regex && isSingle(value);
        }
        return new Found(n == 1 ? all : union(all), exact, n == 1 ? 3 : 2);
    }

    private static List<Interval> ofRegex(RegexTest regex, KeyStrings strings) {
        String prefix = strings.hasLetters() ? regex.prefix() : null;
        Interval texts;
        if (prefix == null) {
            texts = new Interval(Value.of(""), true, Value.document(Doc.EMPTY), false);
        } else {
            byte[] after = Value.of(prefix).bytes().clone();
            after[after.length - 2]++;
            texts = new Interval(Value.of(prefix), true, Value.view(Bson.STRING, after, 0), false);
        }
        return List.of(texts, Interval.point(regex.value()));
    }

    /** From the operand to the end of its type's bracket, up or down. */
    private static @Nullable List<Interval> ofRange(Value operand, boolean up, boolean inclusive) {
        if (BsonOrder.isNaN(operand.type(), operand.bytes(), operand.offset())) {
            return inclusive ? List.of(Interval.point(operand)) : List.of();
        }
        Interval bracket = bracket(operand.type());
        if (bracket == null) {
            return null;
        }
        Interval range = up
                ? new Interval(operand, inclusive, bracket.hi(), bracket.hiInclusive())
                : new Interval(bracket.lo(), bracket.loInclusive(), operand, inclusive);
        return range.isEmpty() ? List.of() : List.of(range);
    }

    /** All values that compare with a type's; numbers without NaN. Null for types of which no ranges are taken. */
    private static @Nullable Interval bracket(int type) {
        return switch (type) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 ->
                new Interval(Value.of(Double.NEGATIVE_INFINITY), true, Value.of(Double.POSITIVE_INFINITY), true);
            case Bson.STRING, Bson.SYMBOL -> new Interval(Value.of(""), true, Value.document(Doc.EMPTY), false);
            case Bson.DOCUMENT -> new Interval(Value.document(Doc.EMPTY), true, ARRAY_LOWEST, false);
            case Bson.BINARY -> new Interval(Value.binary(new byte[0]), true, OBJECT_ID_LOWEST, false);
            case Bson.OBJECT_ID -> new Interval(OBJECT_ID_LOWEST, true, Value.FALSE, false);
            case Bson.BOOLEAN -> new Interval(Value.FALSE, true, Value.TRUE, true);
            case Bson.DATE -> new Interval(Value.date(Long.MIN_VALUE), true, Value.date(Long.MAX_VALUE), true);
            case Bson.TIMESTAMP -> new Interval(Value.timestamp(0), true, Value.timestamp(-1), true);
            default -> null;
        };
    }

    /** Sorted and merged, so that no two overlap or touch. */
    static List<Interval> union(List<Interval> intervals) {
        List<Interval> sorted = new ArrayList<>(intervals);
        sorted.sort(Comparator.<Interval, Value>comparing(Interval::lo, BsonOrder::compare)
                .thenComparing(interval -> !interval.loInclusive()));
        List<Interval> merged = new ArrayList<>();
        for (Interval next : sorted) {
            Interval last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
            if (last == null || isApart(last, next)) {
                merged.add(next);
            } else {
                Interval further = compareHi(last, next) >= 0 ? last : next;
                merged.set(
                        merged.size() - 1,
                        new Interval(last.lo(), last.loInclusive(), further.hi(), further.hiInclusive()));
            }
        }
        return merged;
    }

    private static boolean isApart(Interval below, Interval above) {
        int order = BsonOrder.compare(below.hi(), above.lo());
        return order < 0 || (order == 0 && !below.hiInclusive() && !above.loInclusive());
    }

    private static int compareHi(Interval a, Interval b) {
        int order = BsonOrder.compare(a.hi(), b.hi());
        return order != 0 ? order : Boolean.compare(a.hiInclusive(), b.hiInclusive());
    }

    private static int compareLo(Interval a, Interval b) {
        int order = BsonOrder.compare(a.lo(), b.lo());
        return order != 0 ? order : Boolean.compare(!a.loInclusive(), !b.loInclusive());
    }

    static List<Interval> intersection(List<Interval> some, List<Interval> others) {
        List<Interval> common = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < some.size() && j < others.size()) {
            Interval a = some.get(i);
            Interval b = others.get(j);
            Interval from = compareLo(a, b) >= 0 ? a : b;
            Interval to = compareHi(a, b) <= 0 ? a : b;
            Interval both = new Interval(from.lo(), from.loInclusive(), to.hi(), to.hiInclusive());
            if (!both.isEmpty()) {
                common.add(both);
            }
            if (compareHi(a, b) <= 0) {
                i++;
            } else {
                j++;
            }
        }
        return common;
    }

    /** Everything between and around some intervals. */
    static List<Interval> complement(List<Interval> intervals) {
        List<Interval> rest = new ArrayList<>();
        Value from = MIN_KEY;
        boolean fromInclusive = true;
        for (Interval interval : union(intervals)) {
            Interval gap = new Interval(from, fromInclusive, interval.lo(), !interval.loInclusive());
            if (!gap.isEmpty()) {
                rest.add(gap);
            }
            from = interval.hi();
            fromInclusive = !interval.hiInclusive();
        }
        Interval last = new Interval(from, fromInclusive, MAX_KEY, true);
        if (!last.isEmpty()) {
            rest.add(last);
        }
        return rest;
    }
}
