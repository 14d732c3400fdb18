package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $linearFill}: what is null or missing lies on the line between the values around it. */
record LinearFill(Expression input) implements WindowFunction {
    static WindowFunction parse(WindowFunctions.Call call) {
        call.refuseWindow();
        call.onlyPart(605001);
        return new LinearFill(call.parser().parse(call.argument()));
    }

    @Override
    public Values over(Partition partition, int place, PipelineContext context) {
        return new Filling(partition, partition.inputs(place), context);
    }

    private static final class Filling implements Values {
        private final Partition partition;
        private final List<@Nullable Value> inputs;
        private final PipelineContext context;
        private int left = -1;
        private int right = -1;

        Filling(Partition partition, List<@Nullable Value> inputs, PipelineContext context) {
            this.partition = partition;
            this.inputs = inputs;
            this.context = context;
        }

        @Override
        public Value at(int document) {
            Value value = inputs.get(document);
            check(document, value);
            if (value != null && !Operands.isNullish(value)) {
                left = document;
                return value;
            }
            if (right < document) {
                right = nextKnown(document);
            }
            return left < 0 || right == inputs.size() ? Value.NULL : between(document);
        }

        private int nextKnown(int document) {
            int i = document + 1;
            while (i < inputs.size() && (Operands.isNullish(inputs.get(i)) || Operands.isNullish(partition.order(i)))) {
                i++;
            }
            return i;
        }

        private Value between(int document) {
            Value rise = Binary.SUBTRACT.apply(inputs.get(right), inputs.get(left), context);
            Value run = Binary.SUBTRACT.apply(partition.order(right), partition.order(left), context);
            Value distance = Binary.SUBTRACT.apply(partition.order(document), partition.order(left), context);
            Value slope = Binary.DIVIDE.apply(rise, run, context);
            return Binary.ADD.apply(inputs.get(left), Binary.MULTIPLY.apply(distance, slope, context), context);
        }

        private void check(int document, @Nullable Value value) {
            if (value != null && !value.isNumber() && !Operands.isNullish(value)) {
                throw mismatch("Value to be filled must be numeric or nullish, but found " + Operands.typeName(value));
            }
            Value order = partition.order(document);
            if (order == null || !(order.isNumber() || isDate(order))) {
                throw mismatch(
                        "Value of the sortBy field must be numeric or a date, but found " + Operands.typeName(order));
            }
            Value before = document == 0 ? null : partition.order(document - 1);
            if (before == null) {
                return;
            }
            if (BsonOrder.compare(before, order) == 0) {
                throw Operands.error(6050106, "There can be no repeated values in the sort field");
            }
            if (isDate(before) != isDate(order)) {
                throw mismatch("Conflicting sort value types, previously received type " + Operands.typeName(before)
                        + ", but found " + Operands.typeName(order));
            }
        }

        private static boolean isDate(Value value) {
            return value.type() == Bson.DATE || value.type() == Bson.TIMESTAMP || value.type() == Bson.OBJECT_ID;
        }

        private static CommandException mismatch(String message) {
            return new CommandException(ErrorCode.TYPE_MISMATCH, message);
        }
    }
}
