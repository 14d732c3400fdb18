package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CollectionReader;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Metadata;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.query.Search;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Iterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline on a state: where it reads, with the stages of the views on the way before its own.
 *
 * @param state one state for all of it, also for stages that read other collections
 * @param collection what it reads; null for {@code {aggregate: 1}}
 * @param pipeline all stages
 * @param stages the array it was compiled from
 * @param collation how strings compare
 */
record Aggregation(Snapshot state, @Nullable String collection, Pipeline pipeline, Doc stages, Collation collation) {
    /** Of a collection or view. */
    static Aggregation on(Snapshot state, String name, Doc stages, CompileContext compile) {
        ViewChain chain = ViewChain.resolve(state, name);
        boolean itself = chain.isView() && isAboutCollection(stages);
        Doc all = itself ? stages : chain.then(stages);
        return new Aggregation(
                state, itself ? name : chain.collection(), Pipeline.compile(all, compile), all, compile.collation());
    }

    /** Whether the first stage is about what it stands on, not about what that shows. */
    private static boolean isAboutCollection(Doc stages) {
        Value first = stages.isEmpty() ? null : stages.first().value();
        return first != null && first.isDocument() && first.asDoc().has("$collStats");
    }

    static Aggregation onNothing(Snapshot state, Doc stages, CompileContext compile) {
        return new Aggregation(
                state, null, Pipeline.compileCollectionless(stages, compile), stages, compile.collation());
    }

    Aggregation withoutWriteStage() {
        return new Aggregation(state, collection, pipeline.beforeWriteStage(), stages, collation);
    }

    /**
     * What it reads.
     *
     * @param plan finds what a leading {@code $match} wants, in the order of a {@code $sort} behind it where an index gives it; null
     *     where there is no collection
     * @param stagesTaken how many stages the plan does
     * @param rest the others
     */
    record Input(Filter filter, @Nullable Plan plan, int stagesTaken, Pipeline rest) {}

    Input input(Invocation call) {
        return input(call, new SnapshotReader(call, state, collation));
    }

    private Input input(Invocation call, SnapshotReader reader) {
        CollectionSnapshot entry = collection == null ? null : state.entry(collection);
        CollectionSnapshot found = entry == null || entry.isView() ? null : entry;
        Filter match = pipeline.leadingMatch(context(call, reader));
        Filter filter = match == null ? Filter.compile(Doc.EMPTY, collation) : match;
        Pipeline rest = pipeline.afterLeadingMatch();
        int taken = match == null ? 0 : 1;
        if (found == null) {
            if (filter.hasText()) {
                throw new CommandException(
                        ErrorCode.INDEX_NOT_FOUND,
                        "text index required for $text query (no such collection '" + collection + "')");
            }
            return new Input(filter, null, taken, rest);
        }
        Filter near = pipeline.leadingNear(context(call, reader));
        if (near != null) {
            Search search = Search.of(found, near, Unsupported.hint(call.get("hint"), call.name()));
            return new Input(near, Plan.choose(search, reader.reading()), 0, pipeline.foundNear(near));
        }
        Search search = Search.of(found, filter, Unsupported.hint(call.get("hint"), call.name()))
                .ordered(rest.leadingOrder())
                .first(rest.leadingLimit());
        Plan plan = Plan.choose(search, reader.reading());
        return !rest.leadingOrder().isEmpty() && plan.isSorted()
                ? new Input(filter, plan, taken + 1, rest.afterLeadingOrder())
                : new Input(filter, plan, taken, rest);
    }

    private PipelineContext context(Invocation call, SnapshotReader reader) {
        return call.pipelineContext()
                .reading(reader, collection == null ? CollectionReader.NONE.source("") : reader.source(collection));
    }

    /** The results, computed as they are asked for. */
    Iterator<Doc> run(Invocation call) {
        SnapshotReader reader = new SnapshotReader(call, state, collation);
        Input input = input(call, reader);
        Plan plan = input.plan;
        PipelineContext context = context(call, reader);
        if (plan == null) {
            return input.rest.run(Collections.emptyIterator(), context);
        }
        Set<Metadata> asked = Metadata.askedIn(stages);
        if (asked.isEmpty()) {
            return input.rest.run(plan.documents(), context);
        }
        Metadata.checkNotForgotten(stages);
        return input.rest.runKnown(plan.documents(asked), context);
    }
}
