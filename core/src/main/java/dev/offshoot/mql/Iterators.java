package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Streams of documents that read their input as late as possible. */
final class Iterators {
    private Iterators() {}

    static Iterator<Doc> mapped(Iterator<Doc> input, Function<Doc, Doc> change) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return input.hasNext();
            }

            @Override
            public Doc next() {
                return change.apply(input.next());
            }
        };
    }

    /** The same documents, with something done before each. */
    static Iterator<Doc> watched(Iterator<Doc> input, Runnable before) {
        return mapped(input, doc -> {
            before.run();
            return doc;
        });
    }

    static Iterator<Doc> filtered(Iterator<Doc> input, Predicate<Doc> wanted) {
        return new Ahead() {
            @Override
            @Nullable
            Doc find() {
                while (input.hasNext()) {
                    Doc doc = input.next();
                    if (wanted.test(doc)) {
                        return doc;
                    }
                }
                return null;
            }
        };
    }

    /** Each document replaced by any number of documents. */
    static Iterator<Doc> expanded(Iterator<Doc> input, Function<Doc, Iterator<Doc>> expansion) {
        return new Ahead() {
            private Iterator<Doc> current = Collections.emptyIterator();

            @Override
            @Nullable
            Doc find() {
                while (!current.hasNext() && input.hasNext()) {
                    current = expansion.apply(input.next());
                }
                return current.hasNext() ? current.next() : null;
            }
        };
    }

    /** One after the other; the second is made when the first has ended. */
    static Iterator<Doc> concat(Iterator<Doc> first, Supplier<Iterator<Doc>> second) {
        Iterator<Doc> last = later(second);
        return new Ahead() {
            @Override
            @Nullable
            Doc find() {
                return first.hasNext() ? first.next() : last.hasNext() ? last.next() : null;
            }
        };
    }

    /** What is made only when the first document is asked for. */
    static Iterator<Doc> later(Supplier<Iterator<Doc>> documents) {
        return new Ahead() {
            private @Nullable Iterator<Doc> made;

            @Override
            @Nullable
            Doc find() {
                Iterator<Doc> iterator = made == null ? documents.get() : made;
                made = iterator;
                return iterator.hasNext() ? iterator.next() : null;
            }
        };
    }

    /** An iterator that has to look for its next document to know whether there is one. */
    abstract static class Ahead implements Iterator<Doc> {
        private @Nullable Doc ahead;
        private boolean ended;

        /** The next document, or null at the end. */
        abstract @Nullable Doc find();

        @Override
        public boolean hasNext() {
            if (ahead == null && !ended) {
                ahead = find();
                ended = ahead == null;
            }
            return ahead != null;
        }

        @Override
        public Doc next() {
            Doc doc = hasNext() ? ahead : null;
            if (doc == null) {
                throw new NoSuchElementException();
            }
            ahead = null;
            return doc;
        }
    }
}
