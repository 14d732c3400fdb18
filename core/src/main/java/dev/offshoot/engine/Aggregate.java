package dev.offshoot.engine;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code aggregate}: runs a pipeline over a collection. A leading {@code $match} is planned like a {@code find}. */
final class Aggregate implements Command {
    @Override
    public String name() {
        return "aggregate";
    }

    @Override
    public String help() {
        return "runs an aggregation pipeline";
    }

    @Override
    public Set<String> fields() {
        return Set.of(
                "pipeline",
                "explain",
                "allowDiskUse",
                "cursor",
                "bypassDocumentValidation",
                "collation",
                "hint",
                "let",
                "fromMongos",
                "needsMerge");
    }

    @Override
    public void run(Invocation call, DocBuilder reply) {
        if (call.body().first().value().isNumber()) {
            throw new CommandException(
                    ErrorCode.INVALID_NAMESPACE,
                    "{aggregate: 1} is not supported: there is no stage that works without a collection");
        }
        String collection = call.collection();
        Unsupported.refuse(call, "aggregate", "collation", "fromMongos", "needsMerge");
        Pipeline pipeline = pipeline(call);
        if (call.bool("explain", false)) {
            reply.appendAll(Explain.aggregate(call, collection, pipeline));
            return;
        }
        Value cursor = call.get("cursor");
        if (cursor == null || !cursor.isDocument()) {
            throw new CommandException(
                    ErrorCode.FAILED_TO_PARSE,
                    "The 'cursor' option is required, except for aggregate with the explain argument");
        }
        long size = CursorReply.batchSize("aggregate", cursor.asDoc(), CursorReply.FIRST_BATCH);
        Snapshot state = call.snapshot();
        CursorReply.first(
                call,
                new CursorReply.Opening(collection, size, false, false),
                pipeline.afterLeadingMatch().run(input(call, state, collection, pipeline), call.pipelineContext(state)),
                reply);
    }

    static Pipeline pipeline(Invocation call) {
        Value stages = call.get("pipeline");
        if (stages == null) {
            throw new CommandException(
                    ErrorCode.location(40414), "BSON field 'aggregate.pipeline' is missing but a required field");
        }
        if (stages.type() != Bson.ARRAY) {
            throw new CommandException(ErrorCode.TYPE_MISMATCH, "'pipeline' option must be specified as an array");
        }
        return Pipeline.compile(stages.asDoc(), call.compileContext());
    }

    static @Nullable Plan plan(Invocation call, Snapshot state, String collection, Pipeline pipeline) {
        CollectionSnapshot found = state.collection(collection);
        Filter match = pipeline.leadingMatch();
        return found == null
                ? null
                : Plan.choose(
                        found,
                        match == null ? Filter.compile(Doc.EMPTY) : match,
                        Unsupported.hint(call.get("hint"), "aggregate"),
                        call.deadline());
    }

    private static Iterator<Doc> input(Invocation call, Snapshot state, String collection, Pipeline pipeline) {
        Plan plan = plan(call, state, collection, pipeline);
        return plan == null ? Collections.emptyIterator() : plan.documents();
    }
}
