package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import org.jspecify.annotations.Nullable;

/** {@code $unset}; also the source of a {@code $rename}. */
final class UnsetModifier implements Modifier {
    static final UnsetModifier INSTANCE = new UnsetModifier();

    private UnsetModifier() {}

    @Override
    public @Nullable Value apply(@Nullable Value current, Place place) {
        return null;
    }

    @Override
    public boolean creates() {
        return false;
    }

    @Override
    public boolean toleratesBlockedPath() {
        return true;
    }
}
