package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.Projection;
import dev.offshoot.mql.Sort;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.Collections;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code find} asks, compiled: filter, order, window, shape.
 *
 * @param limit 0 for no limit
 * @param hint null for none
 */
record Query(
        Filter filter,
        Doc order,
        Projection projection,
        long skip,
        long limit,
        @Nullable Value hint) {
    /** The plan on a state; null where the collection does not exist. */
    @Nullable
    Plan plan(Snapshot state, String collection, Deadline deadline) {
        CollectionSnapshot found = state.collection(collection);
        return found == null ? null : Plan.choose(found, filter, naturalOrHint(), deadline);
    }

    /** The answer of a plan. */
    Iterator<Doc> run(@Nullable Plan plan, PipelineContext context) {
        if (plan == null) {
            return Collections.emptyIterator();
        }
        Iterator<Doc> documents = plan.documents();
        if (!order.isEmpty() && !isNatural()) {
            documents = Sort.compile(order)
                    .sorted(
                            documents,
                            limit == 0 || limit > Long.MAX_VALUE - skip ? Long.MAX_VALUE : skip + limit,
                            context);
        }
        return new Window(documents, this, context);
    }

    /** A sort by {@code $natural} is a hint. */
    private @Nullable Value naturalOrHint() {
        return isNatural() ? Value.document(order) : hint;
    }

    private boolean isNatural() {
        return order.has("$natural");
    }

    /** Skips, stops at the limit, projects. */
    private static final class Window implements Iterator<Doc> {
        private final Iterator<Doc> documents;
        private final Projection projection;
        private final Filter filter;
        private final PipelineContext context;
        private long left;

        Window(Iterator<Doc> documents, Query query, PipelineContext context) {
            this.documents = documents;
            this.projection = query.projection;
            this.filter = query.filter;
            this.context = context;
            this.left = query.limit == 0 ? Long.MAX_VALUE : query.limit;
            for (long i = 0; i < query.skip && documents.hasNext(); i++) {
                documents.next();
            }
        }

        @Override
        public boolean hasNext() {
            return left > 0 && documents.hasNext();
        }

        @Override
        public Doc next() {
            left--;
            return projection.apply(documents.next(), filter, context);
        }
    }
}
