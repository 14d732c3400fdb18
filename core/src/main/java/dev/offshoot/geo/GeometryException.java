package dev.offshoot.geo;

/** A value that is no shape, and why, in MongoDB's words. Whoever asked knows which error of a client that is. */
public final class GeometryException extends Exception {
    private static final long serialVersionUID = 1L;

    GeometryException(String message) {
        super(message);
    }
}
