package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Arrays as sets: each value once, equal across number types. Unions and intersections come in MongoDB's order of values,
 * differences in the order of the first array.
 */
final class SetOperators {
    private SetOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$setEquals", SetOperators::parseEquals,
                "$setIntersection", Call.any(SetOperators::intersection),
                "$setUnion", Call.any(SetOperators::union),
                "$setDifference", Call.exactly(2, SetOperators::difference),
                "$setIsSubset", Call.exactly(2, SetOperators::isSubset),
                "$allElementsTrue",
                        Call.exactly(
                                1,
                                o ->
                                        Value.of(o
                                                .array(
                                                        0,
                                                        17040,
                                                        "$allElementsTrue's argument must be an array, but is ")
                                                .stream()
                                                .allMatch(Value::isTruthy))),
                "$anyElementTrue",
                        Call.exactly(
                                1,
                                o ->
                                        Value.of(o
                                                .array(0, 17041, "$anyElementTrue's argument must be an array, but is ")
                                                .stream()
                                                .anyMatch(Value::isTruthy))));
    }

    private static SortedSet<Value> set(Operands operands, int i, int errorNumber, String message) {
        return set(operands.array(i, errorNumber, message), operands);
    }

    /** Of equal values the first one stays. */
    private static SortedSet<Value> set(List<Value> elements, Operands operands) {
        SortedSet<Value> set = new TreeSet<>(operands::compare);
        set.addAll(elements);
        return set;
    }

    private static Expression parseEquals(String name, Value argument, ExpressionParser parser) {
        List<Expression> operands = parser.operands(argument);
        if (operands.size() < 2) {
            throw Operands.error(17045, "$setEquals needs at least two arguments had: " + operands.size());
        }
        for (int i = 0; i < operands.size(); i++) {
            Value constant = ConstantExpression.value(operands.get(i));
            if (operands.get(i).isConstant() && (constant == null || !constant.isArray())) {
                throw Operands.error(5887502, notArray(i) + Operands.typeName(constant))
                        .ofConstants();
            }
        }
        return Call.of(name, operands, SetOperators::areEqual, parser.collation());
    }

    private static String notArray(int i) {
        return "All operands of $setEquals must be arrays. " + (i + 1) + "-th argument is of type: ";
    }

    private static Value areEqual(Operands operands) {
        SortedSet<Value> first = set(operands, 0, 17044, notArray(0));
        for (int i = 1; i < operands.size(); i++) {
            SortedSet<Value> other = set(operands, i, 17044, notArray(i));
            if (first.size() != other.size() || !first.containsAll(other)) {
                return Value.FALSE;
            }
        }
        return Value.TRUE;
    }

    private static Value intersection(Operands operands) {
        SortedSet<Value> all = set(List.of(), operands);
        for (int i = 0; i < operands.size(); i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            SortedSet<Value> next = set(
                    operands, i, 17047, "All operands of $setIntersection must be arrays. One argument is of type: ");
            all = i == 0 ? next : common(all, next);
        }
        return BsonArrays.of(new ArrayList<>(all));
    }

    /** What both have, as the smaller one has it. */
    private static SortedSet<Value> common(SortedSet<Value> a, SortedSet<Value> b) {
        SortedSet<Value> smaller = a.size() > b.size() ? b : a;
        SortedSet<Value> larger = smaller == a ? b : a;
        smaller.removeIf(value -> !larger.contains(value));
        return smaller;
    }

    private static Value union(Operands operands) {
        SortedSet<Value> all = set(List.of(), operands);
        for (int i = 0; i < operands.size(); i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            all.addAll(operands.array(i, 17043, "All operands of $setUnion must be arrays. One argument is of type: "));
        }
        return BsonArrays.of(new ArrayList<>(all));
    }

    private static Value difference(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        String message = "both operands of $setDifference must be arrays. ";
        List<Value> left = operands.array(0, 17048, message + "First argument is of type: ");
        SortedSet<Value> seen = set(operands, 1, 17049, message + "Second argument is of type: ");
        left.removeIf(value -> !seen.add(value));
        return BsonArrays.of(left);
    }

    private static Value isSubset(Operands operands) {
        String message = "both operands of $setIsSubset must be arrays. ";
        List<Value> left = operands.array(0, 17046, message + "First argument is of type: ");
        return Value.of(set(operands, 1, 17042, message + "Second argument is of type: ")
                .containsAll(left));
    }
}
