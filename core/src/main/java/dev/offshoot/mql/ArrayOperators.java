package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators that take arrays apart, search them and put them together. */
final class ArrayOperators {
    /** What MongoDB reckons an element of {@code $range} to take, and the array itself. */
    private static final long ELEMENT_BYTES = 16;

    private static final long ARRAY_BYTES = 24;

    private ArrayOperators() {}

    static Map<String, Operator> all() {
        Map<String, Operator> all = new HashMap<>();
        all.put("$size", Call.exactly(1, ArrayOperators::size));
        all.put(
                "$isArray",
                Call.exactly(1, o -> Value.of(o.get(0) != null && o.at(0).isArray())));
        all.put("$arrayElemAt", Call.exactly(2, ArrayOperators::elementAt));
        all.put("$first", Call.exactly(1, o -> end(o, 0)));
        all.put("$last", Call.exactly(1, o -> end(o, -1)));
        all.put("$slice", Call.between(2, 3, ArrayOperators::slice));
        all.put("$concatArrays", Call.leftToRight(ArrayOperators::concat));
        all.put("$in", Call.exactly(2, ArrayOperators::in));
        all.put("$reverseArray", Call.exactly(1, ArrayOperators::reverse));
        all.put("$range", Call.between(2, 3, ArrayOperators::range));
        all.put("$indexOfArray", Call.between(2, 4, ArrayOperators::indexOf));
        return all;
    }

    private static Value size(Operands operands) {
        Value array = operands.get(0);
        if (array == null || !array.isArray()) {
            throw Operands.error(
                    17124, "The argument to $size must be an array, but was of type: " + operands.typeName(0));
        }
        return Value.of(array.asDoc().count());
    }

    private static @Nullable Value elementAt(Operands operands) {
        if (operands.anyNullish()) {
            return Value.NULL;
        }
        List<Value> elements = operands.array(0, 28689, "$arrayElemAt's first argument must be an array, but is ");
        Value index = operands.at(1);
        if (!index.isNumber()) {
            throw Operands.error(
                    28690, "$arrayElemAt's second argument must be a numeric value, but is " + operands.typeName(1));
        }
        if (!Numbers.isInt(index)) {
            throw Operands.error(
                    28691,
                    "$arrayElemAt's second argument must be representable as a 32-bit integer: " + number(index));
        }
        return element(elements, (int) index.toLong());
    }

    private static String number(Value value) {
        return NumberText.of(value.toDouble(), false);
    }

    private static @Nullable Value element(List<Value> elements, int index) {
        int i = index < 0 ? elements.size() + index : index;
        return i < 0 || i >= elements.size() ? null : elements.get(i);
    }

    private static @Nullable Value end(Operands operands, int index) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        return element(operands.array(0, 28689, operands.name() + "'s argument must be an array, but is "), index);
    }

    private static Value slice(Operands operands) {
        if (operands.isNullish(0) || operands.isNullish(1)) {
            return Value.NULL;
        }
        List<Value> elements = operands.array(0, 28724, "First argument to $slice must be an array, but is of type: ");
        int size = elements.size();
        int n = whole(
                operands, 1, 28725, "Second argument to $slice must be a numeric value, but is of type: ", "Second");
        if (operands.size() == 2) {
            return BsonArrays.of(
                    n >= 0 ? elements.subList(0, Math.min(n, size)) : elements.subList(Math.max(0, size + n), size));
        }
        if (operands.isNullish(2)) {
            return Value.NULL;
        }
        int count = whole(operands, 2, 28727, "Third argument to $slice must be numeric, but is of type: ", "Third");
        if (count <= 0) {
            throw Operands.error(28729, "Third argument to $slice must be positive: " + count);
        }
        int from = n < 0 ? Math.max(0, size + n) : Math.min(n, size);
        return BsonArrays.of(elements.subList(from, (int) Math.min(size, (long) from + count)));
    }

    private static int whole(Operands operands, int i, int notNumber, String message, String which) {
        Value value = operands.at(i);
        if (!value.isNumber()) {
            throw Operands.error(notNumber, message + operands.typeName(i));
        }
        if (!Numbers.isInt(value)) {
            throw Operands.error(
                    notNumber + 1,
                    which + " argument to $slice can't be represented as a 32-bit integer: " + number(value));
        }
        return (int) value.toLong();
    }

    private static Value concat(Operands operands) {
        List<Value> all = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            if (operands.isNullish(i)) {
                return Value.NULL;
            }
            all.addAll(operands.array(i, 28664, "$concatArrays only supports arrays, not "));
        }
        return BsonArrays.of(all);
    }

    private static Value in(Operands operands) {
        Value wanted = operands.get(0);
        List<Value> elements = operands.array(1, 40081, "$in requires an array as a second argument, found: ");
        return Value.of(elements.stream().anyMatch(element -> operands.compare(element, wanted) == 0));
    }

    private static Value reverse(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        List<Value> elements =
                operands.array(0, 34435, "The argument to $reverseArray must be an array, but was of type: ");
        Collections.reverse(elements);
        return BsonArrays.of(elements);
    }

    private static Value range(Operands operands) {
        long start = bound(operands, 0, 34443, "a", "starting value", " ");
        long end = bound(operands, 1, 34445, "an", "ending value", " ");
        long step = operands.size() == 3 ? bound(operands, 2, 34447, "a", "step value", "") : 1;
        if (step == 0) {
            throw Operands.error(34449, "$range requires a non-zero step value");
        }
        long steps = (end - start) / step;
        long bytes = ARRAY_BYTES + (steps >= 0 ? steps + 1 : 0) * ELEMENT_BYTES;
        if (bytes >= PipelineContext.MEMORY_BYTES_MAX) {
            throw new CommandException(
                    ErrorCode.EXCEEDED_MEMORY_LIMIT,
                    "$range would use too much memory (" + bytes
                            + " bytes) and cannot spill to disk. Memory limit: " + PipelineContext.MEMORY_BYTES_MAX
                            + " bytes");
        }
        List<Value> values = new ArrayList<>();
        for (long i = start; step > 0 ? i < end : i > end; i += step) {
            values.add(Value.of((int) i));
        }
        return BsonArrays.of(values);
    }

    private static long bound(Operands operands, int i, int notNumber, String article, String what, String blank) {
        Value value = operands.get(i);
        if (value == null || !value.isNumber()) {
            throw Operands.error(
                    notNumber,
                    "$range requires a numeric " + what + ", found value of type:" + blank + operands.typeName(i));
        }
        if (!Numbers.isInt(value)) {
            throw Operands.error(
                    notNumber + 1,
                    "$range requires " + article + " " + what
                            + " that can be represented as a 32-bit integer, found value: " + operands.text(i));
        }
        return value.toLong();
    }

    private static Value indexOf(Operands operands) {
        if (operands.isNullish(0)) {
            return Value.NULL;
        }
        List<Value> elements = operands.array(0, 40090, "$indexOfArray requires an array as a first argument, found: ");
        int start = StringOperators.bound(operands, 2, 0);
        int end = Math.min(StringOperators.bound(operands, 3, elements.size()), elements.size());
        Value wanted = operands.get(1);
        for (int i = start; i < end; i++) {
            if (operands.compare(elements.get(i), wanted) == 0) {
                return Value.of(i);
            }
        }
        return Value.of(-1);
    }
}
