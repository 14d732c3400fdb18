package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Collation;
import dev.offshoot.mql.CommandException;
import dev.offshoot.mql.ErrorCode;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Sort;
import dev.offshoot.query.Matches;
import dev.offshoot.query.Search;
import dev.offshoot.state.CollectionSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Which documents of a collection a write means: all that match a filter, or the first of them.
 *
 * @param sort the order in which one is the first; empty for the order in which they are found
 * @param hint null for none
 */
record Selection(Filter filter, Sort sort, @Nullable Value hint) {
    /** @param sort empty for none; one by {@code $natural} is a hint */
    static Selection of(Invocation call, Doc query, Doc sort, @Nullable Value hint, Collation collation) {
        if (sort.has("$natural")) {
            Unsupported.checkNatural(sort, "sort");
            return new Selection(call.filter(query, collation), Sort.compile(Doc.EMPTY), Value.document(sort));
        }
        Sort order = Sort.compile(sort, collation);
        if (order.isByTextScore()) {
            throw new CommandException(
                    ErrorCode.NOT_IMPLEMENTED, "a write that sorts by {$meta: 'textScore'} is not supported yet");
        }
        return new Selection(call.filter(query, collation), order, hint);
    }

    /** A document that was found. */
    record Found(long recordId, byte[] document) {}

    /** All that match. */
    Matches all(CollectionSnapshot collection, Reading reading) {
        return Plan.choose(collection, filter, hint, reading).matches();
    }

    /** The first that matches, or null. */
    @Nullable
    Found first(CollectionSnapshot collection, Reading reading) {
        Search search = Search.of(collection, filter, hint).first(1).ordered(sort.parts());
        Plan plan = Plan.choose(search, reading);
        Matches matches = plan.matches();
        return sort.isEmpty() || plan.isSorted() ? next(matches) : least(matches);
    }

    private static @Nullable Found next(Matches matches) {
        return matches.next() ? new Found(matches.recordId(), matches.document()) : null;
    }

    private @Nullable Found least(Matches matches) {
        Found best = null;
        Value[] bestKey = {};
        while (matches.next()) {
            Value[] key = sort.key(Doc.of(matches.document()));
            if (best == null || sort.compare(key, bestKey) < 0) {
                best = new Found(matches.recordId(), matches.document());
                bestKey = key;
            }
        }
        return best;
    }
}
