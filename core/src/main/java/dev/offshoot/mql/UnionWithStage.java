package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code $unionWith}: what comes in, and then what a pipeline makes of another collection.
 *
 * @param collection null where the pipeline brings its own documents
 */
record UnionWithStage(@Nullable String collection, Pipeline pipeline) implements Stage {
    static UnionWithStage parse(String name, Value argument, CompileContext compile) {
        if (argument.isString()) {
            return new UnionWithStage(StageOptions.collection(name, argument.asString()), Pipeline.of(List.of()));
        }
        if (!argument.isDocument()) {
            throw error("the $unionWith stage specification must be an object or string, but found "
                    + Bson.typeName(argument.type()));
        }
        StageOptions options = new StageOptions(name, argument.asDoc()).only(Set.of("coll", "pipeline"));
        String collection = options.string("coll");
        Doc pipeline = StageOptions.pipeline(argument.asDoc().get("pipeline"));
        if (collection == null && !StageOptions.beginsWithDocuments(pipeline)) {
            throw error("$unionWith stage without explicit collection must have a pipeline with $documents as first"
                    + " stage");
        }
        if (collection != null) {
            StageOptions.collection(name, collection);
        }
        return new UnionWithStage(
                collection, Pipeline.compile(pipeline == null ? Doc.EMPTY : pipeline, compile.inside(), Within.UNION));
    }

    private static CommandException error(String message) {
        return new CommandException(ErrorCode.FAILED_TO_PARSE, message);
    }

    @Override
    public Iterator<Doc> run(Iterator<Doc> input, PipelineContext context) {
        return Iterators.concat(input, () -> other(context));
    }

    private Iterator<Doc> other(PipelineContext context) {
        return collection == null
                ? pipeline.run(Collections.emptyIterator(), context)
                : pipeline.runOn(context.collections().source(collection), context);
    }

    @Override
    public Place place() {
        return pipeline.placeOutside();
    }
}
