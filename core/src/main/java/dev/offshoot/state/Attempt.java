package dev.offshoot.state;

import dev.offshoot.mql.CommandException;
import dev.offshoot.wal.Pending;
import org.jspecify.annotations.Nullable;

/**
 * A statement or a branch event evaluated once.
 *
 * @param pending what has to be acknowledged before the result may be given; null for nothing
 * @param own whether that is the statement's own commit
 */
record Attempt<R>(Result<R> result, @Nullable Pending pending, boolean own) {
    static <R> Attempt<R> failed(CommandException error, @Nullable Pending pending) {
        return new Attempt<>(Result.failed(error), pending, false);
    }
}
