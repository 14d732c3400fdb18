package dev.offshoot.store;

import org.jspecify.annotations.Nullable;

/** An append that may or may not have been stored. Only appending the same record again can tell. */
public final class UnknownOutcomeException extends StoreException {
    public UnknownOutcomeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
