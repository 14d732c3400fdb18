package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** What an accumulator of {@code $group} gathers for one group. Not thread safe. */
interface Accumulator {
    /** Takes one document's value, null where it is missing. */
    void add(@Nullable Value value);

    /** What it makes of all it has taken; it can go on afterwards. */
    Value result();

    /** What it holds beside a few numbers, in bytes. */
    default long heldBytes() {
        return 0;
    }

    /** Whether it holds the more the more it takes. */
    default boolean grows() {
        return false;
    }
}
