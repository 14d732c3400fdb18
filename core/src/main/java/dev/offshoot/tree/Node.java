package dev.offshoot.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link Tree}, as those see it who write and read pages: a leaf is keys and values, an inner node is
 * separators, addresses of children and their numbers of entries.
 *
 * <p>A node belongs to the editor whose token it carries, and only that editor may change it. Once the editor has let
 * go of its token, and always when there is none, the node never changes again, with two exceptions that no reader can
 * tell: it gets an address, and a child in memory gives way to a reference to the same child in its page.
 */
public abstract sealed class Node<V> extends Child<V> permits Leaf, Inner {
    /** Entries of a leaf, children of an inner node. */
    int length;

    private final @Nullable Object owner;
    private @Nullable Object address;

    Node(int length, @Nullable Object owner) {
        this.length = length;
        this.owner = owner;
    }

    /** A leaf that was read from a page: strictly ascending keys, and a value for each. */
    public static <V> Node<V> leaf(List<byte[]> keys, List<V> values) {
        return Leaf.of(keys, values);
    }

    /**
     * An inner node that was read from a page.
     *
     * @param separators one less than there are children: all keys below child i+1 are at least separator i, all keys
     *     below child i are less
     * @param addresses of the children
     * @param sizes the children's numbers of entries
     * @param source loads the children
     */
    public static <V> Node<V> inner(List<byte[]> separators, List<?> addresses, long[] sizes, NodeSource<V> source) {
        return Inner.of(separators, addresses, sizes, source);
    }

    public abstract boolean isLeaf();

    /** Entries of a leaf, children of an inner node. */
    public final int length() {
        return length;
    }

    /**
     * Key i of a leaf, or the separator before child i+1 of an inner node, which has one less than children. Must not be
     * changed.
     */
    public abstract byte[] key(int i);

    /** Value i of a leaf. Must not be changed. */
    public abstract V value(int i);

    /** Where child i of an inner node is stored; never null while a sink writes the node. */
    public abstract @Nullable Object childAddress(int i);

    /** The number of entries below child i of an inner node. */
    public abstract long childSize(int i);

    @Override
    public final @Nullable Object address() {
        return address;
    }

    final void storedAt(Object where) {
        if (address == null) {
            address = where;
        }
    }

    @Override
    final Node<V> node() {
        return this;
    }

    /** Whether the editor with this token may change the node in place. Nobody may without a token. */
    final boolean ownedBy(@Nullable Object token) {
        return token != null && owner == token;
    }

    /** A new node with the entries or children from (inclusive) to (exclusive). */
    abstract Node<V> slice(int from, int to, @Nullable Object token);

    /** A new node with what this node and its right neighbour hold. */
    abstract Node<V> join(byte[] separator, Node<V> neighbour, @Nullable Object token);

    /** The key that separates what is left of position i from what is right of it; 0 &lt; i &lt; length. */
    abstract byte[] separatorAt(int i);

    /** Room for one more in an array of this length: exactly that for nobody's nodes, some more for an editor's. */
    static int grown(int length, int lengthMax, @Nullable Object token) {
        return token == null
                ? length + 1
                : Math.max(length + 1, Math.min(lengthMax, length + Math.max(8, length >> 2)));
    }
}
