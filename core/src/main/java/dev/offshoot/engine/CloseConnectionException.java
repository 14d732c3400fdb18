package dev.offshoot.engine;

/** A test asked for the connection to be closed without a reply. */
public final class CloseConnectionException extends RuntimeException {
    CloseConnectionException() {
        super("a fail point closes the connection", null, false, false);
    }
}
