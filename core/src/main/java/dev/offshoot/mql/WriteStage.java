package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** A stage that ends a pipeline by writing what comes to it. Whoever runs the pipeline does the writing: {@link Pipeline#writeStage}. */
public sealed interface WriteStage extends Stage permits OutStage, MergeStage {
    /** The database to write to; null for the one that is read. */
    @Nullable
    String database();

    String collection();

    @Override
    default Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        throw new AssertionError("a stage that writes is not run with the others");
    }

    @Override
    default Place place() {
        return Place.LAST;
    }
}
