package dev.offshoot.state;

/**
 * The store did not say whether a write was stored. It may show later or never; a retryable write may be sent again and is then
 * answered once. Nobody else may run it again.
 */
public final class IndeterminateException extends RuntimeException {
    IndeterminateException(String message) {
        super(message);
    }
}
