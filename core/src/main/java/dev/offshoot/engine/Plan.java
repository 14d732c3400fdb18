package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.Filter;
import dev.offshoot.mql.Metadata;
import dev.offshoot.mql.Near;
import dev.offshoot.query.AccessPlan;
import dev.offshoot.query.Matches;
import dev.offshoot.query.Planner;
import dev.offshoot.query.Search;
import dev.offshoot.state.CollectionSnapshot;
import dev.offshoot.text.TextSearch;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Function;
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
        return shaped(found -> Doc.of(found.document()));
    }

    /** The same with what is known of them besides, as far as asked for. */
    Iterator<Doc> documents(Set<Metadata> asked) {
        return asked.isEmpty()
                ? documents()
                : shaped(found -> known(Doc.of(found.document()), found.recordId(), asked));
    }

    /** What a function makes of each match while it is the current one. */
    Iterator<Doc> shaped(Function<Matches, Doc> shape) {
        return new Documents(matches(), shape);
    }

    /**
     * A document with what is known of it besides, as far as asked for.
     *
     * @throws dev.offshoot.mql.CommandException where the plan does not know it
     */
    Doc known(Doc document, long recordId, Set<Metadata> asked) {
        if (asked.isEmpty()) {
            return document;
        }
        Near near = access.near();
        Near.Found place = near == null ? null : near.find(document);
        TextSearch texts = access.textSearch();
        Map<Metadata, Value> known = new EnumMap<>(Metadata.class);
        for (Metadata one : asked) {
            Value value = switch (one) {
                case RECORD_ID -> Value.of(recordId);
                case TEXT_SCORE -> Value.of(available(texts, one).score(document));
                case DISTANCE -> Value.of(available(place, one).distance());
                case POINT -> available(place, one).place();
                case INDEX_KEY -> key();
            };
            if (value != null) {
                known.put(one, value);
            }
        }
        return Metadata.with(document, known);
    }

    private @Nullable Value key() {
        Doc key = access.key();
        return key == null ? null : Value.document(key);
    }

    private static <T> T available(@Nullable T source, Metadata asked) {
        if (source == null) {
            throw asked.notAvailable();
        }
        return source;
    }

    /** How many documents match; without reading any where an index or the collection can tell. */
    long count() {
        access.indexes().forEach(reading.uses());
        return access.count(reading.deadline()::check);
    }

    /** Looks for the next document no sooner than asked for: a find for one document stops at that one. */
    private static final class Documents implements Iterator<Doc> {
        private final Matches matches;
        private final Function<Matches, Doc> shape;
        private boolean looked;
        private boolean ahead;

        Documents(Matches matches, Function<Matches, Doc> shape) {
            this.matches = matches;
            this.shape = shape;
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
            return shape.apply(matches);
        }
    }
}
