package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CollectionReader;
import dev.offshoot.mql.CompileContext;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Pipeline;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The collections and views of one state, for the stages of a pipeline that read others than their own, or report on them.
 *
 * @param reading of all its queries
 * @param collation how strings compare in the pipelines of views
 * @param depth how many views are being read around this
 */
record SnapshotReader(Invocation call, Snapshot state, Reading reading, Collation collation, int depth)
        implements CollectionReader {
    SnapshotReader(Invocation call, Snapshot state, Collation collation) {
        this(call, state, call.reading(state), collation, 0);
    }

    @Override
    public Source source(String name) {
        CollectionSnapshot found = state.entry(name);
        return found != null && found.isView() ? view(name) : new Stored(this, name, found);
    }

    @Override
    public Iterator<Doc> report(String stage, Doc options) {
        return Reports.ofServer(call, stage, options);
    }

    @Override
    public void checkTime() {
        call.deadline().check();
    }

    private Source view(String name) {
        if (depth == Views.DEPTH_MAX) {
            throw ViewChain.tooDeep(); // views that read each other in their pipelines
        }
        ViewChain chain = ViewChain.resolve(state, name);
        Pipeline pipeline = Pipeline.compile(chain.then(Doc.EMPTY), CompileContext.NONE.with(collation));
        SnapshotReader inner = new SnapshotReader(call, state, reading, collation, depth + 1);
        return new View(name, pipeline, chain.collection(), inner);
    }

    /** A collection; null for one that does not exist. */
    private record Stored(
            SnapshotReader reader, String name, @Nullable CollectionSnapshot collection) implements Source {
        @Override
        public Iterator<Doc> find(Filter filter, PipelineContext context) {
            return collection == null
                    ? Collections.emptyIterator()
                    : Plan.choose(collection, filter, null, reader.reading).documents();
        }

        @Override
        public String shapePath() {
            return collection == null ? "" : ShapePath.of(collection);
        }

        @Override
        public boolean hasIndexOn(String path, Collation collation) {
            return collection != null
                    && collection.indexes().stream().anyMatch(index -> serves(index, path, collation));
        }

        /** Whether an index has an entry for each document, in the order of a path's values. */
        private static boolean serves(IndexSnapshot index, String path, Collation collation) {
            Doc.Field first = index.pattern().first();
            return first.name().equals(path)
                    && first.value().isNumber()
                    && !index.isHidden()
                    && !index.spec().has("partialFilterExpression")
                    && !index.spec().has("sparse")
                    && index.keys().collation().equals(collation);
        }

        @Override
        public Iterator<Doc> report(String stage, Doc options) {
            return Reports.ofCollection(reader.call, reader.state, name, collection, stage, options);
        }
    }

    /** What a view shows. */
    private record View(String name, Pipeline pipeline, String collection, SnapshotReader reader) implements Source {
        @Override
        public Iterator<Doc> find(Filter filter, PipelineContext context) {
            Source below = reader.source(collection);
            PipelineContext own = context.withVariables(Map.of()).reading(reader, below);
            Iterator<Doc> documents = pipeline.runOn(below, own);
            return filter.isEmpty() ? documents : new Matching(documents, filter);
        }

        @Override
        public Iterator<Doc> report(String stage, Doc options) {
            return stage.equals("$collStats")
                    ? Reports.ofView(reader.call, name, options)
                    : Collections.emptyIterator();
        }

        @Override
        public boolean hasIndexOn(String path, Collation collation) {
            return false;
        }
    }
}
