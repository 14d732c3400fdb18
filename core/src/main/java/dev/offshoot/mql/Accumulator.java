package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** What an accumulator of {@code $group} gathers for one group. Not thread safe. */
interface Accumulator {
    /** Takes one document's value, null where it is missing. */
    void add(@Nullable Value value);

    /**
     * Takes back the value that it took first of those it still has, so that it stands as if it had never come.
     *
     * @return false where it cannot, and is of no use any more
     */
    default boolean remove(@Nullable Value value) {
        return false;
    }

    /** A fresh one for values that are also taken back, where that needs another than this. */
    default Accumulator forSliding() {
        return this;
    }

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
