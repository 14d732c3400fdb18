package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code $first} and {@code $last} of a window; null where it is empty. */
record EndFunction(Expression input, WindowBounds bounds, boolean last) implements WindowFunction {
    @Override
    public Values over(Partition partition, int place, PipelineContext context) {
        List<@Nullable Value> inputs = partition.inputs(place);
        return document -> {
            WindowBounds.Window window = bounds.of(partition, document);
            return window.isEmpty() ? Value.NULL : inputs.get(last ? window.last() : window.first());
        };
    }
}
