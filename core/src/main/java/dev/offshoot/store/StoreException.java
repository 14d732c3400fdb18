package dev.offshoot.store;

import org.jspecify.annotations.Nullable;

/** The environment failed: a full disk, a server out of reach. The message says what was tried, where, and what to do. */
public class StoreException extends RuntimeException {
    public StoreException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
