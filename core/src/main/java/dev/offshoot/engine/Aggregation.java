package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CollectionReader;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline on a state: where it reads, with the stages of the views on the way before its own.
 *
 * @param state one state for all of it, also for stages that read other collections
 * @param collection what it reads; null for {@code {aggregate: 1}}
 * @param pipeline all stages
 */
record Aggregation(Snapshot state, @Nullable String collection, Pipeline pipeline) {
    /** Of a collection or view. */
    static Aggregation on(Snapshot state, String name, Doc stages, CompileContext compile) {
        ViewChain chain = ViewChain.resolve(state, name);
        return new Aggregation(state, chain.collection(), Pipeline.compile(chain.then(stages), compile));
    }

    static Aggregation onNothing(Snapshot state, Doc stages, CompileContext compile) {
        return new Aggregation(state, null, Pipeline.compileCollectionless(stages, compile));
    }

    Aggregation withoutWriteStage() {
        return new Aggregation(state, collection, pipeline.beforeWriteStage());
    }

    /** How its documents are found; null where there are none. */
    @Nullable
    Plan plan(Invocation call) {
        CollectionSnapshot found = collection == null ? null : state.collection(collection);
        Filter match = pipeline.leadingMatch();
        return found == null
                ? null
                : Plan.choose(
                        found,
                        match == null ? Filter.compile(Doc.EMPTY) : match,
                        Unsupported.hint(call.get("hint"), call.name()),
                        call.deadline());
    }

    /** The results, computed as they are asked for. */
    Iterator<Doc> run(Invocation call) {
        SnapshotReader reader = new SnapshotReader(call, state);
        Plan plan = plan(call);
        return pipeline.afterLeadingMatch()
                .run(
                        plan == null ? Collections.emptyIterator() : plan.documents(),
                        call.pipelineContext()
                                .reading(
                                        reader,
                                        collection == null
                                                ? CollectionReader.NONE.source("")
                                                : reader.source(collection)));
    }
}
