package dev.offshoot.page;

import java.util.function.Consumer;

/**
 * How the values of a tree are written into pages. Each kind of value has a code of its own, so that pages of different kinds never
 * have the same content. Immutable, safe to share.
 */
public interface ValueFormat<V> {
    /** 1 to 127; see docs/formats.md. */
    int code();

    /** The bytes of a value. Trees inside it are stored first, through {@code pages}. */
    byte[] write(V value, Pages pages);

    /** The value of these bytes; trees inside it are opened through {@code pages}, which loads nothing of them. */
    V read(byte[] bytes, Pages pages);

    /** Whether values have trees inside. */
    default boolean hasTrees() {
        return false;
    }

    /** Hands out the trees inside a value, given as its bytes. */
    default void trees(byte[] bytes, Consumer<StoredTree<?>> tree) {}
}
