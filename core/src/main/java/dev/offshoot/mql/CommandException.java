package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import org.jspecify.annotations.Nullable;

/**
 * The client asked for something that cannot be had. Carries MongoDB's error code and wording; it becomes the reply, and the
 * connection lives on. Cheap: it has no stack trace.
 */
public final class CommandException extends RuntimeException {
    private final ErrorCode code;
    private final @Nullable Doc details;
    private final boolean ofConstants;

    public CommandException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /** With fields that go into the reply beside code and message, such as {@code keyPattern} and {@code keyValue}. */
    public CommandException(ErrorCode code, String message, @Nullable Doc details) {
        this(code, message, details, false);
    }

    private CommandException(ErrorCode code, String message, @Nullable Doc details, boolean ofConstants) {
        super(message, null, false, false);
        this.code = code;
        this.details = details;
        this.ofConstants = ofConstants;
    }

    /** The same error, seen while an expression of constants alone was evaluated as it was compiled. */
    CommandException ofConstants() {
        return new CommandException(code, message(), details, true);
    }

    boolean isOfConstants() {
        return ofConstants;
    }

    /** The same error with what was being compiled in front; MongoDB evaluates constants as it optimizes, not as it parses. */
    CommandException within(String context) {
        String where = ofConstants ? "Failed to optimize pipeline" : context;
        return where.isEmpty() ? this : new CommandException(code, where + " :: caused by :: " + message(), details);
    }

    public ErrorCode code() {
        return code;
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    public @Nullable Doc details() {
        return details;
    }
}
