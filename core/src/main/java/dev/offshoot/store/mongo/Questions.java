package dev.offshoot.store.mongo;

import com.mongodb.MongoException;
import dev.offshoot.store.StoreException;
import java.util.function.Supplier;
import org.bson.BSONException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the server something that has no outcome to settle: any failure is a {@link StoreException} that says what was asked. An interrupt makes
 * the driver give up, so it is kept from it and handed back afterwards. Thread safe.
 */
final class Questions {
    private final MongoStore store;

    Questions(MongoStore store) {
        this.store = store;
    }

    /** @throws StoreException when the store is closed */
    void checkOpen() {
        store.checkOpen();
    }

    /**
     * @param what completes "cannot ...", as in "read page X"
     */
    <T extends @Nullable Object> T ask(String what, Supplier<T> question) {
        store.checkOpen();
        boolean interrupted = Thread.interrupted();
        try {
            return question.get();
        } catch (MongoException | BSONException | IllegalStateException e) {
            throw store.failed(what, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
