package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import org.bson.types.Decimal128;
import org.jspecify.annotations.Nullable;

/** {@code $expMovingAvg}: an average in which older values weigh less and less. Computed in decimals, as in MongoDB. */
final class MovingAverage implements Accumulator {
    private static final String FIELDS =
            "$expMovingAvg sub object must have exactly two fields: An 'input' field, and either an 'N' field or an"
                    + " 'alpha' field";
    private static final Decimal128 ONE = new Decimal128(1);

    private final Decimal128 alpha;
    private @Nullable Decimal128 average;
    private boolean decimal;

    private MovingAverage(Decimal128 alpha) {
        this.alpha = alpha;
    }

    static WindowFunction parse(WindowFunctions.Call call) {
        if (call.window() != null || !call.argument().isDocument()) {
            throw WindowBounds.failed("$expMovingAvg must have exactly one argument that is an object");
        }
        Doc spec = call.argument().asDoc();
        Value input = spec.get("input");
        if (spec.count() != 2 || input == null) {
            throw WindowBounds.failed(FIELDS);
        }
        if (call.sortBy() == null) {
            throw WindowBounds.failed("$expMovingAvg requires an explicit 'sortBy'");
        }
        Decimal128 alpha = alpha(spec);
        return new AccumulatedWindow(
                Accumulation.of(call.name(), call.parser().parse(input), () -> new MovingAverage(alpha)),
                WindowBounds.UP_TO_CURRENT);
    }

    private static Decimal128 alpha(Doc spec) {
        Value n = spec.get("N");
        if (n != null) {
            return Decimals.divide(new Decimal128(2), Decimals.add(new Decimal128(n(n)), ONE));
        }
        Value alpha = spec.get("alpha");
        if (alpha == null) {
            throw WindowBounds.failed("Got unrecognized field in $expMovingAvg" + FIELDS);
        }
        if (!alpha.isNumber()) {
            throw WindowBounds.failed("'alpha' must be a number");
        }
        if (!(alpha.toDouble() > 0 && alpha.toDouble() < 1)) {
            throw WindowBounds.failed(
                    "'alpha' must be between 0 and 1 (exclusive), found " + ShellText.field("alpha", alpha));
        }
        return Numbers.decimal(alpha);
    }

    private static long n(Value n) {
        if (!n.isNumber()) {
            throw WindowBounds.failed("'N' field must be an integer, but found type " + Bson.typeName(n.type()));
        }
        if (!Numbers.isWhole(n)) {
            throw WindowBounds.failed("'N' field must be an integer, but found  " + ShellText.field("N", n)
                    + ". To use a non-integer, use the 'alpha' argument instead");
        }
        if (n.toLong() <= 0) {
            throw WindowBounds.failed("'N' must be greater than zero. Got " + n.toLong());
        }
        return n.toLong();
    }

    @Override
    public void add(@Nullable Value value) {
        if (value == null || !value.isNumber()) {
            return;
        }
        decimal |= value.type() == Bson.DECIMAL128;
        Decimal128 number = Numbers.decimal(value);
        average = average == null
                ? number
                : Decimals.add(
                        Decimals.multiply(number, alpha),
                        Decimals.multiply(average, Decimals.add(ONE, Decimals.negate(alpha))));
    }

    @Override
    public Value result() {
        if (average == null) {
            return Value.NULL;
        }
        Value exact = Value.of(average);
        return decimal ? exact : Value.of(exact.toDouble());
    }
}
