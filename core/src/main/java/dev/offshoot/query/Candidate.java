package dev.offshoot.query;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.IndexBounds;
import dev.offshoot.mql.KeyRange;
import dev.offshoot.mql.Near;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.text.TextSearch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One way to find what a query asks, not yet begun. Immutable. */
sealed interface Candidate {
    /** Makes it ready to run; {@code tick} is called for whatever is looked at. */
    PlanStage open(Search search, Runnable tick);

    /** Whether documents come in the order that the query asks for. */
    default boolean isSorted() {
        return false;
    }

    /** How many keys it will look at, about. */
    double keys();

    /** The indexes it reads. */
    List<IndexSnapshot> indexes(Search search);

    /** By {@code _id}, which finds one document at most. */
    record ById(Value id) implements Candidate {
        @Override
        public PlanStage open(Search search, Runnable tick) {
            return new IdLookup(search.collection(), search.filter(), id);
        }

        @Override
        public boolean isSorted() {
            return true;
        }

        @Override
        public List<IndexSnapshot> indexes(Search search) {
            return List.of(search.collection().idDefinition());
        }

        @Override
        public double keys() {
            return 1;
        }
    }

    /** Through all documents. */
    record Scan(boolean backwards, long documents) implements Candidate {
        @Override
        public PlanStage open(Search search, Runnable tick) {
            return new CollectionScan(search.collection().documents(), search.filter(), backwards, tick);
        }

        @Override
        public List<IndexSnapshot> indexes(Search search) {
            return List.of();
        }

        @Override
        public double keys() {
            return documents;
        }
    }

    /**
     * Through a part of an index.
     *
     * @param covered whether the keys tell all that is asked
     */
    record Index(
            IndexSnapshot index, IndexBounds bounds, boolean backwards, boolean isSorted, boolean covered, double keys)
            implements Candidate {
        @Override
        public PlanStage open(Search search, Runnable tick) {
            int leap = search.values() && covered ? distinctParts(search) : 0;
            IndexScan scan = new IndexScan(index, bounds, backwards, leap, tick);
            boolean exact = bounds.isExact() && !index.multikey();
            return new Fetch(search.collection(), search.filter(), scan, covered, exact);
        }

        @Override
        public List<IndexSnapshot> indexes(Search search) {
            return List.of(index);
        }

        IndexScan scan(Runnable tick) {
            return new IndexScan(index, bounds, backwards, 0, tick);
        }

        /** How many parts of the keys differ between entries of which each has to be seen; 0 for all. */
        private int distinctParts(Search search) {
            boolean whole = search.filter().isEmpty();
            if (search.needed() == null
                    || backwards
                    || !(whole || bounds.isExact())
                    || bounds.walk().isChecked()) {
                return 0;
            }
            int part = index.keys().paths().indexOf(search.needed().get(0));
            for (int i = 0; i < part; i++) {
                if (!bounds.isPoint(i)) {
                    return 0;
                }
            }
            return bounds.boundedFields() > part + 1 ? 0 : part + 1;
        }

        /** Whether the number of entries in the bounds is the number of documents that match. */
        boolean isCountable() {
            return bounds.isExact()
                    && !index.multikey()
                    && !bounds.isOverlapping()
                    && !bounds.walk().isChecked();
        }
    }

    /** Through parts of indexes, one for each alternative of an {@code $or}. */
    record Any(List<Index> branches) implements Candidate {
        @Override
        public PlanStage open(Search search, Runnable tick) {
            List<IndexScan> scans = new ArrayList<>();
            for (Index branch : branches) {
                scans.add(branch.scan(tick));
            }
            return new OrFetch(search.collection(), search.filter(), scans);
        }

        @Override
        public List<IndexSnapshot> indexes(Search search) {
            return branches.stream().map(Index::index).toList();
        }

        @Override
        public double keys() {
            return branches.stream().mapToDouble(Index::keys).sum();
        }
    }

    /** Through the shapes of an index, which are then sorted by their distance. */
    record Nearest(Index by, Near near, boolean isSorted) implements Candidate {
        @Override
        public PlanStage open(Search search, Runnable tick) {
            return new NearFetch(by.index(), near, by.open(search, tick));
        }

        @Override
        public List<IndexSnapshot> indexes(Search search) {
            return List.of(by.index());
        }

        @Override
        public double keys() {
            return by.keys();
        }
    }

    /** Through the terms of a text index. */
    record Text(Index by, TextSearch texts) implements Candidate {
        @Override
        public PlanStage open(Search search, Runnable tick) {
            return new TextMatch(by.index(), texts, by.open(search, tick));
        }

        @Override
        public List<IndexSnapshot> indexes(Search search) {
            return List.of(by.index());
        }

        @Override
        public double keys() {
            return by.keys();
        }
    }

    /** As {@code explain} shows it. */
    default Doc explain(Search search) {
        DocBuilder out = new DocBuilder();
        open(search, () -> {}).explain(out, false);
        return out.buildDoc();
    }

    /** How many entries of an index are in bounds: counted in the tree, for a part of the ranges when there are many. */
    static double count(IndexSnapshot index, IndexBounds.Walk walk) {
        List<KeyRange> ranges = walk.ranges();
        int step = 1 + ranges.size() / 32;
        double n = 0;
        int counted = 0;
        for (int i = 0; i < ranges.size(); i += step) {
            @Nullable KeyRange range = ranges.get(i);
            n += index.entries().count(range.from(), range.to());
            counted++;
        }
        return counted == 0 ? 0 : n * ranges.size() / counted;
    }
}
