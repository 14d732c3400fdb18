package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code $percentile} and {@code $median} of the numbers in an array. */
final class PercentileOperators {
    private PercentileOperators() {}

    static Map<String, Operator> all() {
        return Map.of("$percentile", PercentileOperators::percentile, "$median", PercentileOperators::median);
    }

    private static Expression percentile(String name, Value argument, ExpressionParser parser) {
        Percentiles.Spec spec = Percentiles.spec(name, argument, 7436200, parser);
        return Call.of(name, List.of(spec.input()), o -> {
            List<Value> found = new ArrayList<>();
            double[] numbers = numbers(o.get(0));
            for (double p : spec.shares()) {
                found.add(at(numbers, p));
            }
            return BsonArrays.of(found);
        });
    }

    private static Expression median(String name, Value argument, ExpressionParser parser) {
        Percentiles.Spec spec = Percentiles.spec(name, argument, 7436201, parser);
        return Call.of(name, List.of(spec.input()), o -> at(numbers(o.get(0)), 0.5));
    }

    /** The numbers in an array, or the one number, in order. */
    private static double[] numbers(@Nullable Value input) {
        if (input == null || !(input.isNumber() || input.isArray())) {
            return new double[0];
        }
        List<Value> values = input.isArray() ? BsonArrays.elements(input) : List.of(input);
        double[] numbers = values.stream()
                .filter(value -> value.isNumber() && !Numbers.isNaN(value))
                .mapToDouble(Value::toDouble)
                .toArray();
        Arrays.sort(numbers);
        return numbers;
    }

    /** The least number that so large a part of all numbers is not greater than. */
    private static Value at(double[] sorted, double p) {
        int rank = Math.max(0, (int) Math.ceil(p * sorted.length) - 1);
        return sorted.length == 0 ? Value.NULL : Value.of(sorted[rank]);
    }
}
