package dev.offshoot.store;

/** Stored bytes are not what was written. The message says where, what was expected and what was found. */
public final class CorruptionException extends RuntimeException {
    public CorruptionException(String message) {
        super(message);
    }
}
