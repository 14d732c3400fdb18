package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** The size that a string in an expression may have. */
final class StringLimit {
    /** A string that has so many bytes is too long. */
    static final int BYTES_MAX = 16 * 1024 * 1024;

    private static final int BYTES_AROUND = 5;

    private StringLimit() {}

    /** Refuses a string of 16 MB or more; null is a value that is missing. */
    static void check(@Nullable Value value) {
        if (value != null && value.isString() && value.length() - BYTES_AROUND >= BYTES_MAX) {
            throw Operands.error(16493, "Tried to create string longer than 16MB");
        }
    }
}
