package dev.offshoot.cli;

/** A text that is no sequence of documents: where, and why. */
final class BadInputException extends Exception {
    private final long line;
    private final long number;

    BadInputException(long line, long number, String reason) {
        super(reason);
        this.line = line;
        this.number = number;
    }

    /** The place for people, such as {@code line 12, document 3}. */
    String place() {
        return "line " + line + ", document " + number;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
