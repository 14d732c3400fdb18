package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Metadata;
import dev.offshoot.mql.PipelineContext;
import dev.offshoot.mql.Projection;
import dev.offshoot.mql.Sort;
import dev.offshoot.query.MinMax;
import dev.offshoot.query.Search;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.Snapshot;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a {@code find} asks, compiled: filter, order, window, shape.
 *
 * @param limit 0 for no limit
 * @param hint null for none
 * @param form what is answered of each document
 */
record Query(
        Filter filter,
        Doc order,
        Projection projection,
        long skip,
        long limit,
        @Nullable Value hint,
        Form form) {
    /**
     * What is answered of a document beside itself, or in its place.
     *
     * @param keyOnly the index's key in its place: {@code returnKey}
     * @param recordId with {@code $recordId}
     * @param between the part of the hinted index to keep to; null for all
     */
    record Form(boolean keyOnly, boolean recordId, @Nullable MinMax between) {
        static final Form PLAIN = new Form(false, false, null);

        boolean isPlain() {
            return !keyOnly && !recordId && between == null;
        }
    }

    /** The plan on a state; null where the collection does not exist. */
    @Nullable
    Plan plan(Snapshot state, String collection, Reading reading) {
        CollectionSnapshot found = state.collection(collection);
        if (found == null && filter.hasText()) {
            throw new CommandException(
                    ErrorCode.INDEX_NOT_FOUND,
                    "text index required for $text query (no such collection '" + collection + "')");
        }
        return found == null ? null : Plan.choose(search(found), reading);
    }

    private Search search(CollectionSnapshot found) {
        Search search = Search.of(found, filter, isNatural() ? Value.document(order) : hint);
        if (form.isPlain()) {
            search = search.needing(projection.includedPaths());
        }
        return search.first(window()).ordered(sort().parts()).within(form.between);
    }

    /** Whether it asks how well documents answer a text search. */
    boolean asksForScore() {
        return Metadata.TEXT_SCORE.isIn(projection.source()) || Metadata.TEXT_SCORE.isIn(order);
    }

    /** What it asks to know of documents beside their fields. */
    Set<Metadata> asksFor() {
        Set<Metadata> asked = Metadata.askedIn(projection.source());
        asked.addAll(Metadata.askedIn(order));
        return asked;
    }

    /** How many documents are read at most in order; 0 for all. */
    long window() {
        return limit == 0 || limit > Long.MAX_VALUE - skip ? 0 : skip + limit;
    }

    /** The answer of a plan. */
    FindRun run(@Nullable Plan plan, PipelineContext context) {
        return new FindRun(this, plan, context);
    }

    /** The order; none where it is {@code $natural}, which is a hint. */
    Sort sort() {
        return Sort.compile(isNatural() ? Doc.EMPTY : order, filter.collation());
    }

    private boolean isNatural() {
        return order.has("$natural");
    }

    /** A query for whatever matches. */
    static Query all(Filter filter, @Nullable Value hint) {
        return new Query(filter, Doc.EMPTY, Projection.compile(Doc.EMPTY), 0, 0, hint, Form.PLAIN);
    }

    /** The paths sorted by. */
    List<Sort.Part> orderParts() {
        return sort().parts();
    }
}
