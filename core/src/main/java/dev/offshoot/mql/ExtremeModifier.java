package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** {@code $min} (sign -1) and {@code $max} (sign 1), in MongoDB's order of all types. */
record ExtremeModifier(Value value, int sign, Collation collation) implements Modifier {
    @Override
    public Value apply(@Nullable Value current, Place place) {
        return current == null || collation.compare(value, current) * sign > 0 ? value : current;
    }
}
