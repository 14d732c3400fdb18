package dev.offshoot.state;

import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Editor;
import dev.offshoot.tree.Tree;
import org.jspecify.annotations.Nullable;

/**
 * A tree that is being folded. For one change it makes the next version right away, with nodes that fit exactly; for many, or one
 * that moves many entries, it keeps an editor. Not thread safe.
 */
final class TreeSlot<V> {
    private Tree<V> tree;
    private @Nullable Editor<V> editor;

    TreeSlot(Tree<V> tree, boolean many) {
        this.tree = tree;
        this.editor = many ? tree.edit() : null;
    }

    /** Keeps an editor from now on. */
    void expectMany() {
        if (editor == null) {
            editor = tree.edit();
        }
    }

    @Nullable
    V get(byte[] key) {
        return editor == null ? tree.get(key) : editor.get(key);
    }

    /** Answers what was there before. */
    @Nullable
    V put(byte[] key, V value) {
        if (editor != null) {
            return editor.put(key, value);
        }
        V before = tree.get(key);
        tree = tree.put(key, value);
        return before;
    }

    /** Answers what was there before. */
    @Nullable
    V remove(byte[] key) {
        if (editor != null) {
            return editor.remove(key);
        }
        V before = tree.get(key);
        tree = tree.remove(key);
        return before;
    }

    Cursor<V> ascending() {
        return editor == null ? tree.ascending(null, null) : editor.ascending(null, null);
    }

    /** Goes on with another form of the tree that {@link #build} gives now. */
    void goOnWith(Tree<V> same) {
        tree = same;
        editor = editor == null ? null : same.edit();
    }

    Tree<V> build() {
        return editor == null ? tree : editor.build();
    }
}
