package dev.offshoot.engine;

import dev.offshoot.bson.Doc;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Documents one after the other, with a look at the next one before it is taken. Not thread safe. */
final class DocumentStream implements Iterator<Doc>, AutoCloseable {
    private final Iterator<Doc> documents;
    private @Nullable Spill spill;
    private @Nullable Doc ahead;
    private long taken;

    DocumentStream(Iterator<Doc> documents) {
        this.documents = documents;
    }

    @Override
    public boolean hasNext() {
        return ahead != null || documents.hasNext();
    }

    /** The next document, which stays the next one. */
    Doc peek() {
        Doc next = ahead;
        if (next == null) {
            next = documents.next();
            ahead = next;
        }
        return next;
    }

    @Override
    public Doc next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        Doc next = peek();
        ahead = null;
        taken++;
        return next;
    }

    /** How many were taken. */
    long taken() {
        return taken;
    }

    /** Takes what the documents come from with it. */
    void own(Spill space) {
        spill = space;
    }

    /** Gives temporary storage back. Idempotent. */
    @Override
    public void close() {
        if (spill != null) {
            spill.close();
        }
    }
}
