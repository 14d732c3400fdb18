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

/** Takes intervals of index entries from a filter; see {@link Filter#bounds}. */
final class Bounds {
    private static final Value UNDEFINED = Value.view(Bson.UNDEFINED, new byte[0], 0);
    private static final Value REGEX_LOWEST = Value.view(Bson.REGEX, new byte[2], 0);
    private static final Value AFTER_REGEX = Value.view(Bson.DB_POINTER, dbPointer(), 0);
    private static final Value ARRAY_LOWEST = Value.array(Doc.EMPTY);
    private static final Value OBJECT_ID_LOWEST = Value.view(Bson.OBJECT_ID, new byte[12], 0);

    private Bounds() {}

    static @Nullable List<Interval> of(Clause clause, String path, boolean multikey) {
        if (multikey && FieldPath.of(path).hasPosition()) {
            return null;
        }
        List<Interval> found = null;
        int foundRank = 0;
        for (Clause conjunct : clause.conjuncts()) {
            List<Interval> more = conjunct instanceof Leaf leaf && leaf.path().equals(path) ? ofLeaf(leaf) : null;
            if (more == null) {
                continue;
            }
            int rank = rank((Leaf) conjunct);
            if (found == null || (multikey && rank > foundRank)) {
                found = more;
                foundRank = rank;
            } else if (!multikey) {
                found = intersection(found, more);
            }
        }
        return found;
    }

    /** How much a condition is likely to narrow. */
    private static int rank(Leaf leaf) {
        return switch (leaf.operator()) {
            case EQ -> 3;
            case IN -> 2;
            default -> 1;
        };
    }

    private static @Nullable List<Interval> ofLeaf(Leaf leaf) {
        Value operand = leaf.operand();
        if (leaf.operator() == Operator.REGEX) {
            return leaf.test() instanceof RegexTest regex ? ofRegex(regex) : null;
        }
        if (operand == null) {
            return null;
        }
        return switch (leaf.operator()) {
            case EQ -> ofEqual(operand);
            case IN -> ofIn(operand);
            case GT, GTE -> ofRange(operand, true, leaf.operator() == Operator.GTE);
            case LT, LTE -> ofRange(operand, false, leaf.operator() == Operator.LTE);
            default -> null;
        };
    }

    private static @Nullable List<Interval> ofEqual(Value operand) {
        if (operand.type() == Bson.NULL) {
            return null;
        }
        if (!operand.isArray()) {
            return List.of(Interval.point(operand));
        }
        // An array is equal as a whole, whose entries are its elements, or as an element of an array.
        Value entry =
                operand.asDoc().isEmpty() ? UNDEFINED : operand.asDoc().first().value();
        return union(List.of(Interval.point(entry), Interval.point(operand)));
    }

    private static @Nullable List<Interval> ofIn(Value operand) {
        List<Interval> all = new ArrayList<>();
        for (Doc.Field field : operand.asDoc()) {
            Value value = field.value();
            List<Interval> one = value.type() == Bson.REGEX ? ofRegex(RegexTest.of(value)) : ofEqual(value);
            if (one == null) {
                return null;
            }
            all.addAll(one);
        }
        return union(all);
    }

    private static @Nullable List<Interval> ofRegex(RegexTest regex) {
        String prefix = regex.prefix();
        if (prefix == null) {
            return null;
        }
        byte[] after = Value.of(prefix).bytes().clone();
        after[after.length - 2]++;
        Value lo = Value.of(prefix);
        Interval strings = new Interval(lo, true, Value.view(Bson.STRING, after, 0), false);
        return List.of(strings, new Interval(REGEX_LOWEST, true, AFTER_REGEX, false));
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

    private static List<Interval> intersection(List<Interval> some, List<Interval> others) {
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

    private static byte[] dbPointer() {
        byte[] bytes = new byte[17];
        System.arraycopy(Value.of("").bytes(), 0, bytes, 0, Value.of("").bytes().length);
        return bytes;
    }
}
