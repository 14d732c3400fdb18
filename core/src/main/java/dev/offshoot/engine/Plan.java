package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.query.AccessPlan;
import dev.offshoot.query.Matches;
import dev.offshoot.query.Planner;
import dev.offshoot.query.Search;
import dev.offshoot.state.CollectionSnapshot;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A plan ({@link Planner}) that a command runs, within the command's time. Used by one thread, once. */
final class Plan {
    private final AccessPlan access;
    private final Reading reading;

    private Plan(AccessPlan access, Reading reading) {
        this.access = access;
        this.reading = reading;
    }

    /**
     * Chooses a plan for all documents that match, in any order.
     *
     * @param hint an index's name or key pattern, or <code>{$natural: 1}</code>; null for none
     * @throws dev.offshoot.mql.CommandException BadValue when the hint names no index
     */
    static Plan choose(CollectionSnapshot collection, Filter filter, @Nullable Value hint, Reading reading) {
        return choose(Search.of(collection, filter, hint), reading);
    }

    static Plan choose(Search search, Reading reading) {
        return new Plan(Planner.plan(search), reading);
    }

    /** How documents are found, for {@code explain}. */
    AccessPlan access() {
        return access;
    }

    /** Whether documents come in the order asked for. */
    boolean isSorted() {
        return access.isSorted();
    }

    /** The matching documents: in the index's order, or in the order of their insertion. */
    Matches matches() {
        access.indexes().forEach(reading.uses());
        return access.open(reading.deadline()::check);
    }

    /** The matching documents as documents. */
    Iterator<Doc> documents() {
        return new Documents(matches());
    }

    /** How many documents match; without reading any where an index or the collection can tell. */
    long count() {
        access.indexes().forEach(reading.uses());
        return access.count(reading.deadline()::check);
    }

    /** Looks for the next document no sooner than asked for: a find for one document stops at that one. */
    private static final class Documents implements Iterator<Doc> {
        private final Matches matches;
        private boolean looked;
        private boolean ahead;

        Documents(Matches matches) {
            this.matches = matches;
        }

        @Override
        public boolean hasNext() {
            if (!looked) {
                ahead = matches.next();
                looked = true;
            }
            return ahead;
        }

        @Override
        public Doc next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            looked = false;
            return Doc.of(matches.document());
        }
    }
}
