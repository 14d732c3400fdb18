package dev.offshoot.mql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;

class DecimalMathTest {
    private static final Map<String, DoubleUnaryOperator> FUNCTIONS = Map.ofEntries(
            Map.entry("$sin", Math::sin),
            Map.entry("$cos", Math::cos),
            Map.entry("$tan", Math::tan),
            Map.entry("$atan", Math::atan),
            Map.entry("$sinh", Math::sinh),
            Map.entry("$cosh", Math::cosh),
            Map.entry("$tanh", Math::tanh),
            Map.entry("$exp", Math::exp),
            Map.entry("$degreesToRadians", Math::toRadians),
            Map.entry("$radiansToDegrees", Math::toDegrees));
    private static final Map<String, DoubleUnaryOperator> OF_POSITIVES =
            Map.of("$ln", Math::log, "$log10", Math::log10, "$sqrt", Math::sqrt);
    private static final Map<String, DoubleUnaryOperator> OF_PARTS = Map.of("$asin", Math::asin, "$acos", Math::acos);
    private static final Map<String, String> INVERSES =
            Map.of("$asinh", "$sinh", "$atanh", "$tanh", "$ln", "$exp", "$asin", "$sin", "$atan", "$tan");

    private static BigDecimal apply(String operator, BigDecimal x) {
        Value operand = Value.of(new Decimal128(x));
        Expression expression = Expression.compile(Json.value("{'" + operator + "': '$x'}"));
        Doc document = new DocBuilder().append("x", operand).buildDoc();
        return Objects.requireNonNull(expression.evaluate(document, Json.context()))
                .asDecimal()
                .bigDecimalValue();
    }

    private static void compare(Map<String, DoubleUnaryOperator> functions, BigDecimal x, long seed) {
        functions.forEach((operator, model) -> {
            double expected = model.applyAsDouble(x.doubleValue());
            assertThat(apply(operator, x).doubleValue())
                    .as("%s of %s, seed %d", operator, x, seed)
                    .isCloseTo(expected, within(1e-9 * Math.max(1, expected * expected)));
        });
    }

    @Test
    void decimals_agree_with_doubles() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            compare(FUNCTIONS, BigDecimal.valueOf(random.nextInt(40_001) - 20_000L, 3), seed);
            compare(OF_POSITIVES, BigDecimal.valueOf(1 + random.nextInt(1_000_000), 2), seed);
            compare(OF_PARTS, BigDecimal.valueOf(random.nextInt(1999) - 999L, 3), seed);
        }
    }

    @Test
    void a_function_undoes_its_inverse_to_thirty_digits() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            BigDecimal x = BigDecimal.valueOf(1 + random.nextInt(998), 3);
            INVERSES.forEach((inverse, function) -> assertThat(apply(function, apply(inverse, x)))
                    .as("%s of %s of %s, seed %d", function, inverse, x, seed)
                    .isCloseTo(x, within(new BigDecimal("1e-30"))));
            assertThat(apply("$cosh", apply("$acosh", x.add(BigDecimal.ONE))))
                    .as("acosh of 1 + %s, seed %d", x, seed)
                    .isCloseTo(x.add(BigDecimal.ONE), within(new BigDecimal("1e-30")));
        }
    }

    @Test
    void results_have_the_digits_that_a_decimal_holds() {
        assertThat(apply("$exp", BigDecimal.ONE)).isEqualTo(new BigDecimal("2.718281828459045235360287471352662"));
        assertThat(apply("$sqrt", BigDecimal.valueOf(2)))
                .isEqualTo(new BigDecimal("1.414213562373095048801688724209698"));
        assertThat(apply("$acos", BigDecimal.valueOf(-1)))
                .isEqualTo(new BigDecimal("3.141592653589793238462643383279503"));
        assertThat(apply("$ln", BigDecimal.TEN)).isEqualTo(new BigDecimal("2.302585092994045684017991454684364"));
    }
}
