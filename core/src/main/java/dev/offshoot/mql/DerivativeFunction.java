package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code $derivative}: how fast a value changes between the ends of a window.
 *
 * @param unitMillis of the rate where dates are sorted by, else null
 */
record DerivativeFunction(
        Expression input, WindowBounds bounds, @Nullable Long unitMillis) implements WindowFunction {
    static WindowFunction parse(WindowFunctions.Call call) {
        call.order();
        WindowBounds bounds = call.bounds();
        InputWithUnit argument = InputWithUnit.parse(call);
        if (call.window() == null) {
            throw WindowBounds.failed("$derivative requires explicit window bounds");
        }
        return new DerivativeFunction(argument.input(), bounds, argument.unitMillis());
    }

    @Override
    public Values over(Partition partition, int place, PipelineContext context) {
        List<@Nullable Value> inputs = partition.inputs(place);
        return document -> {
            WindowBounds.Window window = bounds.of(partition, document);
            if (window.isEmpty()) {
                return Value.NULL;
            }
            Value from = partition.order(window.first());
            Value to = partition.order(window.last());
            checkOrders(from, to);
            Value run = Binary.SUBTRACT.apply(to, from, context);
            Value rise = Binary.SUBTRACT.apply(inputs.get(window.last()), inputs.get(window.first()), context);
            if (Operands.isNullish(rise)) {
                throw Operands.error(5624903, "$derivative input must not be null or missing");
            }
            return run.toDouble() == 0 ? Value.NULL : rate(rise, run, context);
        };
    }

    private Value rate(Value rise, Value run, PipelineContext context) {
        Value rate = Binary.DIVIDE.apply(rise, run, context);
        return unitMillis == null ? rate : Binary.MULTIPLY.apply(rate, Value.of((long) unitMillis), context);
    }

    private void checkOrders(@Nullable Value left, @Nullable Value right) {
        boolean dates = isDate(left) && isDate(right);
        if (unitMillis != null) {
            if (!dates) {
                throw Operands.error(5624900, "$derivative with 'unit' expects the sortBy field to be a Date");
            }
            return;
        }
        if (isDate(left) || isDate(right)) {
            throw Operands.error(5624901, "$derivative where the sortBy is a Date requires an 'unit'");
        }
        if (left == null || right == null || !left.isNumber() || !right.isNumber()) {
            throw Operands.error(5624902, "$derivative (with no 'unit') expects the sortBy field to be numeric");
        }
    }

    private static boolean isDate(@Nullable Value value) {
        return value != null && value.type() == Bson.DATE;
    }
}
