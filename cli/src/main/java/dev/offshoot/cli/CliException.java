package dev.offshoot.cli;

import org.jspecify.annotations.Nullable;

/** The end of a verb: what went wrong, what to do about it, and the exit code. */
final class CliException extends RuntimeException {
    private final int exitCode;
    private final @Nullable String hint;

    /** With the next command or step as the hint. */
    CliException(int exitCode, String message, @Nullable String hint) {
        this(exitCode, message, hint, null);
    }

    CliException(int exitCode, String message, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.hint = hint;
    }

    int exitCode() {
        return exitCode;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    @Nullable
    String hint() {
        return hint;
    }
}
