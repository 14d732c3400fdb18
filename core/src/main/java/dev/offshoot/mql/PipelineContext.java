package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What expressions and stages may know of the world outside their documents. What they know while they are compiled is in
 * {@link CompileContext}.
 *
 * @param nowMillis the time of the statement, {@code $$NOW}
 * @param random for {@code $rand} and {@code $sample}
 * @param memoryBytesMax how much one stage may hold, in bytes of documents
 * @param variables the values of {@code let} variables by name; one that is missing has no entry
 * @param collections what stages that read other collections read
 * @param source what the pipeline itself reads, for stages that report on that
 * @param spill where stages put what they cannot hold
 */
public record PipelineContext(
        long nowMillis,
        RandomGenerator random,
        long memoryBytesMax,
        Map<String, Value> variables,
        CollectionReader collections,
        CollectionReader.Source source,
        SpillSpace spill) {
    /** MongoDB's limit for a blocking stage. */
    public static final long MEMORY_BYTES_MAX = 100L * 1024 * 1024;

    /** Without variables and other collections. */
    public PipelineContext(long nowMillis, RandomGenerator random, long memoryBytesMax) {
        this(
                nowMillis,
                random,
                memoryBytesMax,
                Map.of(),
                CollectionReader.NONE,
                CollectionReader.NONE.source(""),
                SpillSpace.NONE);
    }

    public static PipelineContext of(long nowMillis, RandomGenerator random) {
        return new PipelineContext(nowMillis, random, MEMORY_BYTES_MAX);
    }

    /** The same with these variables and no others. */
    public PipelineContext withVariables(Map<String, Value> values) {
        return new PipelineContext(nowMillis, random, memoryBytesMax, values, collections, source, spill);
    }

    /** The same with one more variable, which hides one of its name; null where its value is missing. */
    public PipelineContext withVariable(String name, @Nullable Value value) {
        Map<String, Value> more = new HashMap<>(variables);
        more.remove(name);
        if (value != null) {
            more.put(name, value);
        }
        return withVariables(more);
    }

    /** The same for a pipeline that reads one of these collections. */
    public PipelineContext reading(CollectionReader reader, CollectionReader.Source read) {
        return new PipelineContext(nowMillis, random, memoryBytesMax, variables, reader, read, spill);
    }

    /** The same for a pipeline that reads this. */
    PipelineContext on(CollectionReader.Source read) {
        return new PipelineContext(nowMillis, random, memoryBytesMax, variables, collections, read, spill);
    }

    /** The same with room for what stages cannot hold. */
    public PipelineContext withSpill(SpillSpace space) {
        return new PipelineContext(nowMillis, random, memoryBytesMax, variables, collections, source, space);
    }
}
