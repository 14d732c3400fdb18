package dev.offshoot.tree;

import org.jspecify.annotations.Nullable;

/** What a slot for a child holds: the node itself, a reference to a stored one, or either of them as a view shows it. */
abstract sealed class Child<V> permits Node, Stored, Viewed {
    /** The node itself, loaded if need be. */
    abstract Node<V> node();

    /** Entries in this subtree. Loads nothing. */
    public abstract long size();

    /** Where the node is stored, or null while it is only in memory. */
    public abstract @Nullable Object address();

    /** Whether both surely hold the same entries: the same node, or the same page. */
    static <V> boolean same(Child<V> one, Child<V> other) {
        if (one == other) {
            return true;
        }
        if (one instanceof Viewed<V> viewed) {
            return viewed.isSame(other);
        }
        Object address = one.address();
        return address != null && address.equals(other.address());
    }
}
