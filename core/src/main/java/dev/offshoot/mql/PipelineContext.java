package dev.offshoot.mql;

import java.util.random.RandomGenerator;

/**
 * What expressions and stages may know of the world outside their documents.
 *
 * @param nowMillis the time of the statement, {@code $$NOW}
 * @param random for {@code $rand} and {@code $sample}
 * @param memoryBytesMax how much one stage may hold, in bytes of documents
 */
public record PipelineContext(long nowMillis, RandomGenerator random, long memoryBytesMax) {
    /** MongoDB's limit for a blocking stage. */
    public static final long MEMORY_BYTES_MAX = 100L * 1024 * 1024;

    public static PipelineContext of(long nowMillis, RandomGenerator random) {
        return new PipelineContext(nowMillis, random, MEMORY_BYTES_MAX);
    }
}
