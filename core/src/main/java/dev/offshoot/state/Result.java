package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import org.jspecify.annotations.Nullable;

/** How a statement ended: with a value, or with the client's error. Both hold: the state they were evaluated on is acknowledged. */
public record Result<R>(@Nullable R value, @Nullable CommandException error) {
    static <R> Result<R> of(R value) {
        return new Result<>(value, null);
    }

    static <R> Result<R> failed(CommandException error) {
        return new Result<>(null, error);
    }

    /** The value, or the error thrown. */
    public R get() {
        if (error != null) {
            throw error;
        }
        if (value == null) {
            throw new IllegalStateException("a result without a value");
        }
        return value;
    }
}
