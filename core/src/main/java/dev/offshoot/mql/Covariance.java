package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code $covariancePop} and {@code $covarianceSamp}: takes arrays of two numbers and ignores anything else. By Welford's method, with
 * decimals where one came; infinite numbers and NaN make the result what they make a sum.
 */
final class Covariance implements Accumulator {
    private final boolean sample;
    private final NumberSum sumX = new NumberSum();
    private final NumberSum sumY = new NumberSum();
    private final NumberSum products = new NumberSum();

    Covariance(boolean sample) {
        this.sample = sample;
    }

    @Override
    public void add(@Nullable Value value) {
        List<Value> pair = value != null && value.isArray() ? BsonArrays.elements(value) : List.of();
        if (pair.size() != 2 || !pair.get(0).isNumber() || !pair.get(1).isNumber()) {
            return;
        }
        Value x = pair.get(0);
        Value y = pair.get(1);
        if (!Numbers.isFinite(x) || !Numbers.isFinite(y)) {
            products.add(notFinite(x, y));
            return;
        }
        Value dx = minus(x, sumX.count() == 0 ? Value.of(0.0) : sumX.average());
        sumX.add(x);
        sumY.add(y);
        Value dy = minus(y, sumY.average());
        products.add(times(dx, dy));
    }

    /** NaN, or an infinity where all of them have its sign. */
    private static Value notFinite(Value x, Value y) {
        double sum = infinity(x) + infinity(y);
        boolean decimal = x.type() == Bson.DECIMAL128 || y.type() == Bson.DECIMAL128;
        return decimal ? Value.of(Numbers.decimal(Value.of(sum))) : Value.of(sum);
    }

    private static double infinity(Value value) {
        return Numbers.isFinite(value) ? 0 : value.toDouble();
    }

    private static Value minus(Value a, Value b) {
        return Binary.SUBTRACT.apply(a, b, Constants.CONTEXT);
    }

    private static Value times(Value a, Value b) {
        return Binary.MULTIPLY.apply(a, b, Constants.CONTEXT);
    }

    @Override
    public Value result() {
        long count = sumX.count();
        if (count == 1 && !sample) {
            return Value.of(0.0);
        }
        double divisor = sample ? count - 1 : count;
        if (divisor <= 0) {
            return Value.NULL;
        }
        Value sum = products.result();
        return sum.type() == Bson.DECIMAL128
                ? Binary.DIVIDE.apply(sum, Value.of(divisor), Constants.CONTEXT)
                : Value.of(sum.toDouble() / divisor);
    }
}
