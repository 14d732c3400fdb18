package dev.offshoot.tree;

import org.jspecify.annotations.Nullable;

/** Takes the differences of two trees, in the order of their keys. */
@FunctionalInterface
public interface DiffSink<V> {
    /**
     * One key that is not the same on both sides. Added: {@code before} is null. Removed: {@code after} is null. Changed:
     * neither is null.
     */
    void accept(byte[] key, @Nullable V before, @Nullable V after);
}
