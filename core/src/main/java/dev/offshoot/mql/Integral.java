package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $integral}: the area below the points of a window, by the trapezoidal rule. Takes arrays of x and y. */
final class Integral implements Accumulator {
    private final @Nullable Long unitMillis;
    private final PipelineContext context;
    private final NumberSum sum = new NumberSum();
    private @Nullable List<Value> last;
    private boolean notANumber;

    private Integral(@Nullable Long unitMillis, PipelineContext context) {
        this.unitMillis = unitMillis;
        this.context = context;
    }

    static WindowFunction parse(WindowFunctions.Call call) {
        Expression order = call.order();
        WindowBounds bounds = call.bounds();
        InputWithUnit argument = InputWithUnit.parse(call);
        Expression point = scope -> BsonArrays.of(
                List.of(orNull(order.evaluate(scope)), orNull(argument.input().evaluate(scope))));
        PipelineContext arithmetic = Constants.CONTEXT;
        return new AccumulatedWindow(
                Accumulation.of(call.name(), point, () -> new Integral(argument.unitMillis(), arithmetic)), bounds);
    }

    private static Value orNull(@Nullable Value value) {
        return value == null ? Value.NULL : value;
    }

    @Override
    public void add(@Nullable Value value) {
        List<Value> point = value == null ? List.of() : BsonArrays.elements(value);
        check(point);
        boolean odd = Numbers.isNaN(point.get(0)) || Numbers.isNaN(point.get(1));
        if (last != null && !odd && !notANumber) {
            sum.add(area(last, point));
        }
        notANumber |= odd;
        last = point;
    }

    private void check(List<Value> point) {
        boolean date = point.size() == 2 && point.get(0).type() == Bson.DATE;
        if (point.size() != 2
                || !point.get(1).isNumber()
                || !(date || point.get(0).isNumber())) {
            throw Operands.error(
                    5423900,
                    "The input value of $integral window function must be a vector of 2 value, the first value must be"
                            + " numeric or date type and the second must be numeric.");
        }
        if (unitMillis != null && !date) {
            throw Operands.error(5423901, "$integral with 'outputUnit' expects the sortBy field to be a Date");
        }
        if (unitMillis == null && date) {
            throw Operands.error(5423902, "$integral (with no 'outputUnit') expects the sortBy field to be numeric");
        }
    }

    private Value area(List<Value> from, List<Value> to) {
        Value width = Binary.SUBTRACT.apply(to.get(0), from.get(0), context);
        Value heights = Binary.ADD.apply(to.get(1), from.get(1), context);
        return Binary.DIVIDE.apply(Binary.MULTIPLY.apply(heights, width, context), Value.of(2.0), context);
    }

    @Override
    public Value result() {
        if (last == null) {
            return Value.NULL;
        }
        if (notANumber) {
            return Value.of(Double.NaN);
        }
        return unitMillis == null
                ? sum.result()
                : Binary.DIVIDE.apply(sum.result(), Value.of((long) unitMillis), context);
    }
}
