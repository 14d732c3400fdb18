package dev.offshoot.query;

import dev.offshoot.bson.Value;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.Conditions;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.IndexBounds;
import dev.offshoot.mql.Near;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.text.TextSearch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plans queries that one kind of index has to serve, or none can: what is near a point, and searches of texts. */
final class SpecialPlanner {
    private final Search search;
    private final CollectionSnapshot collection;
    private final Conditions conditions;

    private SpecialPlanner(Search search) {
        this.search = search;
        this.collection = search.collection();
        this.conditions = Conditions.of(search.filter());
    }

    static AccessPlan plan(Search search) {
        Near near = search.filter().near();
        if (near != null) {
            return new SpecialPlanner(search).nearest(near);
        }
        IndexSnapshot index = textIndex(search.collection());
        Search bound = search.matching(search.filter().on(texts(index)));
        return new SpecialPlanner(bound).texts(index, bound);
    }

    private AccessPlan nearest(Near near) {
        if (isNaturalHint()) {
            throw new CommandException(ErrorCode.BAD_VALUE, "geoNear expression not allowed with $natural hint");
        }
        Candidate.Index best = null;
        for (IndexSnapshot index : collection.indexes()) {
            if (index.isHidden() || !index.keys().serves(near) || !isHinted(index)) {
                continue;
            }
            for (IndexBounds bounds : conditions.boundsOf(index.keys(), index.arrays())) {
                double keys = Candidate.count(index, bounds.walk());
                if (best == null || keys < best.keys()) {
                    best = new Candidate.Index(index, bounds, false, false, false, keys);
                }
            }
        }
        if (best == null) {
            throw noPlan("unable to find index for $geoNear query");
        }
        return new AccessPlan(
                search, new Candidate.Nearest(best, near, search.order().isEmpty()), List.of());
    }

    private boolean isNaturalHint() {
        Value hint = search.hint();
        return hint != null && hint.isDocument() && hint.asDoc().has("$natural");
    }

    private boolean isHinted(IndexSnapshot index) {
        Value hint = search.hint();
        return hint == null
                || (hint.isString()
                        ? index.name().equals(hint.asString())
                        : hint.isDocument() && hint.asDoc().equals(index.pattern()));
    }

    private static IndexSnapshot textIndex(CollectionSnapshot collection) {
        for (IndexSnapshot index : collection.indexes()) {
            if (index.keys().texts() != null && !index.isHidden()) {
                return index;
            }
        }
        throw new CommandException(ErrorCode.INDEX_NOT_FOUND, "text index required for $text query");
    }

    private static dev.offshoot.text.TextFields texts(IndexSnapshot index) {
        dev.offshoot.text.TextFields texts = index.keys().texts();
        if (texts == null) {
            throw new AssertionError("a text index without texts");
        }
        return texts;
    }

    private AccessPlan texts(IndexSnapshot index, Search bound) {
        if (bound.hint() != null) {
            throw new CommandException(ErrorCode.BAD_VALUE, "text and hint not allowed in same query");
        }
        TextSearch texts = bound.filter().textSearch();
        if (texts == null) {
            throw new AssertionError("a text search that is not bound");
        }
        if (!bound.filter().needsText()) {
            checkAlternatives();
            return new AccessPlan(bound, new Candidate.Scan(false, collection.count()), List.of());
        }
        @Nullable IndexBounds bounds = conditions.textBounds(index.keys(), texts);
        if (bounds == null) {
            throw noPlan("failed to use text index to satisfy $text query (if text index is compound, are equality"
                    + " predicates given for all prefix fields?)");
        }
        double keys = Candidate.count(index, bounds.walk());
        Candidate.Index by = new Candidate.Index(index, bounds, false, false, false, keys);
        return new AccessPlan(bound, new Candidate.Text(by, texts), List.of());
    }

    /** All that stands beside {@code $text} in an {@code $or} has to have an index, as in MongoDB. */
    private void checkAlternatives() {
        int without = 0;
        for (Conditions alternative : conditions.alternatives()) {
            boolean found = false;
            for (IndexSnapshot index : collection.indexes()) {
                found |= !index.isHidden()
                        && !alternative.boundsOf(index.keys(), index.arrays()).isEmpty();
            }
            without += found ? 0 : 1;
        }
        if (without > 1) {
            throw noPlan("Failed to produce a solution for TEXT under OR - other non-TEXT clauses under OR have to be"
                    + " indexed as well.");
        }
    }

    private static CommandException noPlan(String reason) {
        return new CommandException(
                ErrorCode.NO_QUERY_EXECUTION_PLANS,
                "error processing query: planner returned error :: caused by :: " + reason);
    }
}
