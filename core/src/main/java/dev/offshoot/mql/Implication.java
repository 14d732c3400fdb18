package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Clause.Leaf;
import dev.offshoot.mql.Clause.Operator;
import java.util.List;

/**
 * Whether whatever one filter matches another one matches too, as far as their forms say: a partial index may be used just then. The conclusion is
 * that of the index, which compares strings by its own collation.
 */
final class Implication {
    private static final byte[] NOTHING = {};

    private Implication() {}

    static boolean implies(Clause premise, Clause conclusion, KeyStrings strings) {
        for (Clause conjunct : conclusion.conjuncts()) {
            if (!impliesOne(premise, conjunct, strings)) {
                return false;
            }
        }
        return true;
    }

    private static boolean impliesOne(Clause premise, Clause conclusion, KeyStrings strings) {
        for (Clause conjunct : premise.conjuncts()) {
            if (conjunct instanceof Clause.Or or
                    && or.clauses().stream().allMatch(clause -> implies(clause, conclusion, strings))) {
                return true;
            }
            if (conclusion instanceof Leaf wanted
                    && conjunct instanceof Leaf given
                    && impliesLeaf(given, wanted, strings)) {
                return true;
            }
        }
        return conclusion instanceof Clause.Or or
                && or.clauses().stream().anyMatch(clause -> implies(premise, clause, strings));
    }

    private static boolean impliesLeaf(Leaf given, Leaf wanted, KeyStrings strings) {
        if (!given.path().equals(wanted.path())) {
            return false;
        }
        if (wanted.test() instanceof ValueTests.Exists) {
            return !holdsForMissing(given);
        }
        if (wanted.test() instanceof ValueTests.Type types) {
            return impliesType(given, types);
        }
        if (isSame(given, wanted, strings)) {
            return true;
        }
        if (hasHoles(given) || hasHoles(wanted)) {
            return false;
        }
        Bounds.Found some = Bounds.of(given, false, strings);
        Bounds.Found all = Bounds.of(wanted, false, strings);
        return some != null && all != null && some.exact() && all.exact() && isWithin(some, all);
    }

    private static boolean isSame(Leaf given, Leaf wanted, KeyStrings strings) {
        Value operand = given.operand();
        return given.operator() == wanted.operator()
                && given.operator() != Operator.OTHER
                && operand != null
                && operand.equals(wanted.operand())
                && (given.operator() == Operator.IN ? strings.operands(operand) : strings.operand(operand)) != null;
    }

    /** Whether an operand is no single value, so that bounds of single values do not tell. */
    private static boolean hasHoles(Leaf leaf) {
        Value operand = leaf.operand();
        return operand == null || leaf.operator() == Operator.REGEX;
    }

    private static boolean isWithin(Bounds.Found some, Bounds.Found all) {
        List<Interval> outside = Bounds.complement(all.intervals());
        return Bounds.intersection(Bounds.union(some.intervals()), outside).isEmpty();
    }

    private static boolean impliesType(Leaf given, ValueTests.Type types) {
        if (given.test() instanceof ValueTests.Type narrower) {
            return (narrower.types() & ~types.types()) == 0;
        }
        Value operand = given.operand();
        if (operand == null || given.operator() == Operator.REGEX) {
            return false;
        }
        if (given.operator() != Operator.IN) {
            return allOfBracket(operand, types);
        }
        for (Doc.Fields field = operand.asDoc().fields(); field.next(); ) {
            if (!allOfBracket(field.value(), types)) {
                return false;
            }
        }
        return true;
    }

    /** Whether all types that compare with a value are among those wanted. */
    private static boolean allOfBracket(Value operand, ValueTests.Type types) {
        long needed = switch (operand.type()) {
            case Bson.INT32, Bson.INT64, Bson.DOUBLE, Bson.DECIMAL128 ->
                ValueTests.Type.bit(Bson.INT32)
                        | ValueTests.Type.bit(Bson.INT64)
                        | ValueTests.Type.bit(Bson.DOUBLE)
                        | ValueTests.Type.bit(Bson.DECIMAL128);
            case Bson.STRING, Bson.SYMBOL -> ValueTests.Type.bit(Bson.STRING) | ValueTests.Type.bit(Bson.SYMBOL);
            case Bson.NULL, Bson.ARRAY, Bson.MIN_KEY, Bson.MAX_KEY, Bson.REGEX -> -1;
            default -> ValueTests.Type.bit(operand.type());
        };
        return (needed & ~types.types()) == 0;
    }

    /** Whether a condition holds for documents that do not have the field. */
    static boolean holdsForMissing(Leaf leaf) {
        return leaf.test().test(ElementTest.MISSING, NOTHING, 0);
    }
}
