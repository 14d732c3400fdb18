package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;

class ComparisonTest {
    private static final Map<String, IntPredicate> OPERATORS = Map.of(
            "$eq", order -> order == 0,
            "$lt", order -> order < 0,
            "$lte", order -> order <= 0,
            "$gt", order -> order > 0,
            "$gte", order -> order >= 0);

    @Test
    void numbers_at_the_limits_of_their_kinds_compare_by_value() {
        List<Value> numbers = numbers();
        int held = 0;
        for (Value operand : numbers) {
            for (Value number : numbers) {
                int order = BsonOrder.compare(number, operand);
                for (Map.Entry<String, IntPredicate> operator : OPERATORS.entrySet()) {
                    Filter filter = Filter.compile(new DocBuilder()
                            .startDocument("n")
                            .append(operator.getKey(), operand)
                            .end()
                            .buildDoc());
                    boolean expected = operator.getValue().test(order);
                    assertThat(filter.matches(
                                    new DocBuilder().append("n", number).buildDoc()))
                            .as("%s %s %s", number, operator.getKey(), operand)
                            .isEqualTo(expected);
                    held += expected ? 1 : 0;
                }
            }
        }
        assertThat(held).isBetween(numbers.size() * numbers.size(), 4 * numbers.size() * numbers.size());
    }

    private static List<Value> numbers() {
        List<Value> numbers = new ArrayList<>();
        for (double d : new double[] {0.0, -0.0, 1, -1, 0.5, 25_000, 0x1p31, 0x1p53 - 1, 0x1p53, 0x1p63}) {
            for (double near : new double[] {d, Math.nextUp(d), Math.nextDown(d), -d}) {
                numbers.add(Value.of(near));
            }
            numbers.add(Value.of((long) d));
            numbers.add(Value.of((long) d + 1));
            numbers.add(Value.of((long) -d));
            numbers.add(Value.of((int) d));
        }
        numbers.add(Value.of(Double.POSITIVE_INFINITY));
        numbers.add(Value.of(Double.NEGATIVE_INFINITY));
        numbers.add(Value.of(Long.MIN_VALUE));
        numbers.add(Value.of(Decimal128.parse("25000.0")));
        numbers.add(Value.of(Decimal128.parse("0.50")));
        return numbers;
    }
}
