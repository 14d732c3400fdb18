package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import dev.offshoot.mql.Filter;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Those of some documents that match a filter. Not thread safe. */
final class Matching implements Iterator<Doc> {
    private final Iterator<Doc> documents;
    private final Filter filter;
    private @Nullable Doc ahead;

    Matching(Iterator<Doc> documents, Filter filter) {
        this.documents = documents;
        this.filter = filter;
    }

    @Override
    public boolean hasNext() {
        while (ahead == null && documents.hasNext()) {
            Doc doc = documents.next();
            ahead = filter.matches(doc) ? doc : null;
        }
        return ahead != null;
    }

    @Override
    public Doc next() {
        Doc next = hasNext() ? ahead : null;
        if (next == null) {
            throw new NoSuchElementException();
        }
        ahead = null;
        return next;
    }
}
