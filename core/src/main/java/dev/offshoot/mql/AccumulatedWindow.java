package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an accumulator makes of the documents in a window. An accumulator goes on from document to document while the window only
 * grows. Where the window leaves documents behind, an accumulator that can takes them back, so that each document is looked at twice at
 * most; for any other the window is accumulated anew. Doubles and decimals are not taken back, as what is left would be rounded
 * otherwise than a sum of the window.
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
        private final boolean slides;
        private int first;
        private int next;
        private @Nullable Value result;

        Moving(Partition partition, List<@Nullable Value> inputs, PipelineContext context) {
            this.partition = partition;
            this.inputs = inputs;
            this.context = context;
            this.slides = !bounds.startsUnbounded();
            this.accumulator = begin();
        }

        private Accumulator begin() {
            Accumulator fresh = accumulation.begin(Doc.EMPTY, context);
            return slides ? fresh.forSliding() : fresh;
        }

        @Override
        public Value at(int document) {
            WindowBounds.Window window = bounds.of(partition, document);
            int from = window.isEmpty() ? next : window.first();
            int to = window.isEmpty() ? next : window.last() + 1;
            if (!goesOn(from, to)) {
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

        /** Whether the accumulator can go on from what it has to a window, after what that leaves behind was taken back. */
        private boolean goesOn(int from, int to) {
            if (next == first || from < first || from >= next || to < next || (from > first && !slides)) {
                return false;
            }
            while (first < from) {
                if (!accumulator.remove(inputs.get(first))) {
                    return false;
                }
                first++;
                result = null;
            }
            return true;
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
