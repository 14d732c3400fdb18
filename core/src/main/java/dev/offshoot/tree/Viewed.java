package dev.offshoot.tree;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A subtree as a view shows it: the same keys, and values that go through a function whenever one is read. See {@link Tree#view}. */
final class Viewed<V> extends Child<V> {
    private final Child<V> source;
    private final UnaryOperator<V> view;

    Viewed(Child<V> source, UnaryOperator<V> view) {
        this.source = source;
        this.view = view;
    }

    Child<V> source() {
        return source;
    }

    @Override
    Node<V> node() {
        Node<V> node = source.node();
        return node instanceof Leaf<V> leaf ? leaf.viewed(view) : ((Inner<V>) node).viewed(view);
    }

    @Override
    public long size() {
        return source.size();
    }

    /** None: what a view shows lies in no page. */
    @Override
    public @Nullable Object address() {
        return null;
    }

    /** Whether both surely show the same entries: the same subtree through the same function. */
    boolean isSame(Child<V> other) {
        return other instanceof Viewed<V> that && view.equals(that.view) && same(source, that.source);
    }
}
