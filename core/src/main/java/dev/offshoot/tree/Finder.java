package dev.offshoot.tree;

import org.jspecify.annotations.Nullable;

/** Looks up many keys of one tree, fast where they are near each other: it begins in the leaf of the last one. Not thread safe. */
public final class Finder<V> {
    private final Tree<V> tree;
    private Leaf<V> leaf = Leaf.empty();

    Finder(Tree<V> tree) {
        this.tree = tree;
    }

    /** The value of a key, or null. */
    public @Nullable V get(byte[] key) {
        Leaf<V> last = leaf;
        if (last.length == 0
                || Keys.compare(key, last.keys[0]) < 0
                || Keys.compare(key, last.keys[last.length - 1]) > 0) {
            last = tree.leafOf(key);
            leaf = last;
        }
        int i = last.find(key);
        return i < 0 ? null : last.value(i);
    }
}
