package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Arrays as sets: each value once, equal across number types. Results are in the order of first appearance. */
final class SetOperators {
    private SetOperators() {}

    static Map<String, Operator> all() {
        return Map.of(
                "$setEquals", Call.any(SetOperators::areEqual),
                "$setIntersection", Call.any(SetOperators::intersection),
                "$setUnion", Call.any(SetOperators::union),
                "$setDifference", Call.exactly(2, SetOperators::difference),
                "$setIsSubset", Call.exactly(2, SetOperators::isSubset));
    }

    private static Set<GroupKey> set(Operands operands, int i, int errorNumber, String message) {
        Set<GroupKey> set = new LinkedHashSet<>();
        for (Value element : operands.array(i, errorNumber, message)) {
            set.add(new GroupKey(element));
        }
        return set;
    }

    private static Value array(Set<GroupKey> set) {
        return BsonArrays.of(set.stream().map(GroupKey::value).toList());
    }

    private static Value areEqual(Operands operands) {
        if (operands.size() < 2) {
            throw Operands.error(17045, "$setEquals needs at least two arguments had: " + operands.size());
        }
        boolean equal = true;
        String message = "All operands of $setEquals must be arrays. One argument is of type: ";
        Set<GroupKey> first = set(operands, 0, 17044, message);
        for (int i = 1; i < operands.size(); i++) {
            equal &= first.equals(set(operands, i, 17044, message));
        }
        return Value.of(equal);
    }

    private static Value intersection(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        Set<GroupKey> all = new LinkedHashSet<>();
        for (int i = 0; i < operands.size(); i++) {
            Set<GroupKey> next = set(
                    operands, i, 17047, "All operands of $setIntersection must be arrays. One argument is of type: ");
            if (i == 0) {
                all = next;
            } else {
                all.retainAll(next);
            }
        }
        return array(all);
    }

    private static Value union(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        Set<GroupKey> all = new LinkedHashSet<>();
        for (int i = 0; i < operands.size(); i++) {
            all.addAll(set(operands, i, 17043, "All operands of $setUnion must be arrays. One argument is of type: "));
        }
        return array(all);
    }

    private static Value difference(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        String message = "both operands of $setDifference must be arrays. ";
        Set<GroupKey> left = set(operands, 0, 17048, message + "First argument is of type: ");
        left.removeAll(set(operands, 1, 17049, message + "Second argument is of type: "));
        return array(left);
    }

    private static Value isSubset(Operands operands) {
        String message = "both operands of $setIsSubset must be arrays. ";
        Set<GroupKey> left = set(operands, 0, 17046, message + "First argument is of type: ");
        return Value.of(set(operands, 1, 17042, message + "Second argument is of type: ")
                .containsAll(left));
    }
}
