package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CollectionReader;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Iterator;
import java.util.Map;

/**
 * The collections and views of one state, for the stages of a pipeline that read others than their own.
 *
 * @param depth how many views are being read around this
 */
record SnapshotReader(Snapshot state, Deadline deadline, int depth) implements CollectionReader {
    SnapshotReader(Snapshot state, Deadline deadline) {
        this(state, deadline, 0);
    }

    @Override
    public Source source(String name) {
        CollectionSnapshot found = state.entry(name);
        if (found == null) {
            return NONE.source(name);
        }
        return found.isView() ? view(name) : new Stored(found, deadline);
    }

    private Source view(String name) {
        if (depth == Views.DEPTH_MAX) {
            throw ViewChain.tooDeep(); // views that read each other in their pipelines
        }
        ViewChain chain = ViewChain.resolve(state, name);
        Pipeline pipeline = Pipeline.compile(chain.then(Doc.EMPTY), CompileContext.NONE);
        SnapshotReader inner = new SnapshotReader(state, deadline, depth + 1);
        return new View(pipeline, chain.collection(), inner);
    }

    private record Stored(CollectionSnapshot collection, Deadline deadline) implements Source {
        @Override
        public Iterator<Doc> find(Filter filter, PipelineContext context) {
            return Plan.choose(collection, filter, null, deadline).documents();
        }

        @Override
        public boolean hasIndexOn(String path) {
            for (IndexSnapshot index : collection.indexes()) {
                if (index.keys().paths().get(0).equals(path)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What a view shows. */
    private record View(Pipeline pipeline, String collection, SnapshotReader reader) implements Source {
        @Override
        public Iterator<Doc> find(Filter filter, PipelineContext context) {
            PipelineContext own = context.withVariables(Map.of()).reading(reader, reader.source(collection));
            Iterator<Doc> documents = pipeline.runOn(reader.source(collection), own);
            return filter.isEmpty() ? documents : new Matching(documents, filter);
        }

        @Override
        public boolean hasIndexOn(String path) {
            return false;
        }
    }
}
