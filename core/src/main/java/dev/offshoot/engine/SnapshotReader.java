package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.CollectionReader;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Iterator;

/** The collections of one state, for the stages of a pipeline that read others than their own. */
record SnapshotReader(Snapshot state, Deadline deadline) implements CollectionReader {
    @Override
    public Source source(String name) {
        CollectionSnapshot found = state.collection(name);
        return found == null ? NONE.source(name) : new Stored(found, deadline);
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
}
