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

    public CommandException(ErrorCode code, String message) {
        this(code, message, null);
    }

    /** With fields that go into the reply beside code and message, such as {@code keyPattern} and {@code keyValue}. */
    public CommandException(ErrorCode code, String message, @Nullable Doc details) {
        super(message, null, false, false);
        this.code = code;
        this.details = details;
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
