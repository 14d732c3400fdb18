package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** A function of {@code $setWindowFields}, compiled: gives each document of a partition a value. Immutable and thread safe. */
interface WindowFunction {
    /** What it takes from each document. */
    Expression input();

    /** The values for a partition; {@code place} is where its inputs are. */
    Values over(Partition partition, int place, PipelineContext context);

    /** Asked for in the order of the documents, once for each. */
    @FunctionalInterface
    interface Values {
        /** The value for a document, null where it is missing. */
        @Nullable
        Value at(int document);
    }
}
