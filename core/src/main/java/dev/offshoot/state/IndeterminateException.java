package dev.offshoot.state;

/**
 * Nobody knows whether a write was stored, because the store did not say, or the project stopped behind it. It may show later or never; a retryable write may be sent again and is then
 * answered once. Nobody else may run it again.
 */
public final class IndeterminateException extends RuntimeException {
    IndeterminateException(String message) {
        super(message);
    }

    IndeterminateException(String message, Throwable cause) {
        super(message, cause);
    }
}
