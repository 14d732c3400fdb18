package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** {@code $set} and {@code $setOnInsert}. */
record SetModifier(Value value, boolean onlyOnInsert) implements Modifier {
    @Override
    public Value apply(@Nullable Value current, Place place) {
        return current != null && current.equals(value) ? current : value;
    }
}
