package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import org.jspecify.annotations.Nullable;

/**
 * How a statement ended: with a value, or with the client's error. Both hold: the state they were evaluated on is acknowledged.
 *
 * @param lsn the last LSN of its commit; 0 where it changed nothing
 */
public record Result<R>(@Nullable R value, @Nullable CommandException error, long lsn) {
    static <R> Result<R> of(R value) {
        return of(value, 0);
    }

    static <R> Result<R> of(R value, long lsn) {
        return new Result<>(value, null, lsn);
    }

    static <R> Result<R> failed(CommandException error) {
        return new Result<>(null, error, 0);
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
