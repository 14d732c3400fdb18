package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an accumulator makes of the documents in a window. A window that begins with the partition only grows, so its accumulator goes
 * on from document to document; any other window is accumulated anew when it has moved.
 */
record AccumulatedWindow(Accumulation accumulation, WindowBounds bounds) implements WindowFunction {
    @Override
    public Expression input() {
        return accumulation.argument();
    }

    @Override
    public Values over(Partition partition, int place, PipelineContext context) {
        return new Moving(partition, partition.inputs(place), context);
    }

    private final class Moving implements Values {
        private final Partition partition;
        private final List<@Nullable Value> inputs;
        private final PipelineContext context;
        private Accumulator accumulator;
        private int first;
        private int next;
        private @Nullable Value result;

        Moving(Partition partition, List<@Nullable Value> inputs, PipelineContext context) {
            this.partition = partition;
            this.inputs = inputs;
            this.context = context;
            this.accumulator = begin();
        }

        private Accumulator begin() {
            return accumulation.begin(Doc.EMPTY, context);
        }

        @Override
        public Value at(int document) {
            WindowBounds.Window window = bounds.of(partition, document);
            int from = window.isEmpty() ? next : window.first();
            int to = window.isEmpty() ? next : window.last() + 1;
            boolean goesOn = next > first && from == first && to >= next;
            if (!goesOn) {
                accumulator = begin();
                result = null;
                first = from;
                next = from;
            }
            if (next < to) {
                result = null;
            }
            while (next < to) {
                accumulator.add(inputs.get(next++));
                checkMemory();
            }
            Value known = result;
            if (known == null) {
                known = accumulator.result();
                result = known;
            }
            return known;
        }

        private void checkMemory() {
            if (accumulator.heldBytes() > context.memoryBytesMax()) {
                throw new CommandException(
                        ErrorCode.EXCEEDED_MEMORY_LIMIT,
                        accumulation.operator()
                                + " used too much memory and spilling to disk cannot reduce memory consumption any"
                                + " further. Memory limit: " + context.memoryBytesMax() + " bytes");
            }
        }
    }
}
