package dev.offshoot.tree;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Children and what separates them: {@code length} children and one key less, where {@code keys[i]} is at most the least
 * key below child i+1 and greater than all keys below child i. A separator was the key of a leaf when it was chosen and
 * is that very array; the entry may have gone since.
 */
final class Inner<V> extends Node<V> {
    byte[][] keys;
    Child<V>[] children;
    private long size;

    private Inner(byte[][] keys, Child<V>[] children, int length, long size, @Nullable Object owner) {
        super(length, owner);
        this.keys = keys;
        this.children = children;
        this.size = size;
    }

    static <V> Inner<V> of(Child<V> left, byte[] separator, Child<V> right, @Nullable Object owner) {
        Child<V>[] children = array(2);
        children[0] = left;
        children[1] = right;
        return new Inner<>(new byte[][] {separator}, children, 2, left.size() + right.size(), owner);
    }

    static <V> Inner<V> of(Child<V> only, @Nullable Object owner) {
        Child<V>[] children = array(1);
        children[0] = only;
        return new Inner<>(new byte[0][], children, 1, only.size(), owner);
    }

    /** Keys[i] is the least key of child i; that of the first is not needed. */
    static <V> Inner<V> of(List<byte[]> leastKeys, List<? extends Child<V>> nodes) {
        Child<V>[] children = nodes.toArray(Inner.<V>array(nodes.size()));
        byte[][] keys = leastKeys.subList(1, leastKeys.size()).toArray(new byte[0][]);
        return new Inner<>(keys, children, children.length, sum(children), null);
    }

    static <V> Inner<V> of(List<byte[]> separators, List<?> addresses, long[] sizes, NodeSource<V> source) {
        int length = addresses.size();
        if (length == 0 || separators.size() != length - 1 || sizes.length != length) {
            throw new IllegalArgumentException(
                    separators.size() + " separators and " + sizes.length + " sizes for " + length + " children");
        }
        Child<V>[] children = array(length);
        for (int i = 0; i < length; i++) {
            children[i] = new Stored<>(addresses.get(i), sizes[i], source);
        }
        return new Inner<>(separators.toArray(new byte[0][]), children, length, sum(children), null);
    }

    @SuppressWarnings("unchecked") // a generic array cannot be made otherwise
    private static <V> Child<V>[] array(int length) {
        return (Child<V>[]) new Child<?>[length];
    }

    private static <V> long sum(Child<V>[] children) {
        long sum = 0;
        for (Child<V> child : children) {
            sum += child.size();
        }
        return sum;
    }

    /** This node, which is no editor's any more, as a view shows it. */
    Inner<V> viewed(UnaryOperator<V> view) {
        Child<V>[] seen = array(length);
        for (int i = 0; i < length; i++) {
            seen[i] = new Viewed<>(children[i], view);
        }
        return new Inner<>(keys, seen, length, size, null);
    }

    /** The child that has the key if any has. */
    int indexOf(byte[] key) {
        int i = Keys.find(keys, length - 1, key);
        return i < 0 ? ~i : i + 1;
    }

    /** Gives way to the stored form of a child; no reader can tell. */
    void unload(int i, Stored<V> stored) {
        children[i] = stored;
    }

    /**
     * A node of nobody's shares the separators: neither it nor this one, which is not an editor's any more, changes them.
     *
     * @param grown by how many entries the child has become larger
     */
    Inner<V> replace(int i, Child<V> child, long grown, @Nullable Object token) {
        Inner<V> inner = ownedBy(token) ? this : copy(token == null ? keys : Arrays.copyOf(keys, length - 1), token);
        inner.children[i] = child;
        inner.size += grown;
        return inner;
    }

    private Inner<V> copy(byte[][] separators, @Nullable Object token) {
        return new Inner<>(separators, Arrays.copyOf(children, length), length, size, token);
    }

    /** Child i became two, and larger by some entries. */
    Inner<V> replace(int i, Split<V> split, long grown, int lengthMax, @Nullable Object token) {
        Inner<V> inner = withRoom(lengthMax, token);
        System.arraycopy(inner.keys, i, inner.keys, i + 1, length - 1 - i);
        System.arraycopy(inner.children, i + 1, inner.children, i + 2, length - 1 - i);
        inner.keys[i] = split.separator();
        inner.children[i] = split.left();
        inner.children[i + 1] = split.right();
        inner.size += grown;
        inner.length++;
        return inner;
    }

    private Inner<V> withRoom(int lengthMax, @Nullable Object token) {
        boolean own = ownedBy(token);
        if (own && children.length > length && keys.length >= length) {
            return this;
        }
        int room = grown(length, lengthMax, token);
        byte[][] roomyKeys = Arrays.copyOf(keys, room - 1);
        Child<V>[] roomyChildren = Arrays.copyOf(children, room);
        if (!own) {
            return new Inner<>(roomyKeys, roomyChildren, length, size, token);
        }
        keys = roomyKeys;
        children = roomyChildren;
        return this;
    }

    /** The same entries, otherwise divided between child i and the next. */
    Inner<V> replace(int i, Split<V> split, @Nullable Object token) {
        Inner<V> inner = ownedBy(token) ? this : copy(Arrays.copyOf(keys, length - 1), token);
        inner.children[i] = split.left();
        inner.children[i + 1] = split.right();
        inner.keys[i] = split.separator();
        return inner;
    }

    /** Without child i, whose entries are gone or have been moved to a neighbour. */
    Inner<V> without(int i, @Nullable Object token) {
        int key = Math.max(0, i - 1);
        if (ownedBy(token)) {
            System.arraycopy(keys, Math.min(key + 1, keys.length), keys, key, Math.max(0, length - 2 - key));
            System.arraycopy(children, i + 1, children, i, length - i - 1);
            length--;
            Arrays.fill(keys, Math.max(0, length - 1), keys.length, null);
            Arrays.fill(children, length, children.length, null);
            return this;
        }
        byte[][] fewerKeys = Arrays.copyOf(keys, Math.max(0, length - 2));
        Child<V>[] fewerChildren = Arrays.copyOf(children, length - 1);
        if (fewerKeys.length > 0) {
            System.arraycopy(keys, key + 1, fewerKeys, key, length - 2 - key);
        }
        System.arraycopy(children, i + 1, fewerChildren, i, length - i - 1);
        return new Inner<>(fewerKeys, fewerChildren, length - 1, size, token);
    }

    @Override
    Inner<V> slice(int from, int to, @Nullable Object token) {
        Child<V>[] some = Arrays.copyOfRange(children, from, to);
        return new Inner<>(Arrays.copyOfRange(keys, from, to - 1), some, to - from, sum(some), token);
    }

    @Override
    Inner<V> join(byte[] separator, Node<V> neighbour, @Nullable Object token) {
        Inner<V> right = (Inner<V>) neighbour;
        int sum = length + right.length;
        byte[][] allKeys = Arrays.copyOf(keys, sum - 1);
        Child<V>[] allChildren = Arrays.copyOf(children, sum);
        allKeys[length - 1] = separator;
        System.arraycopy(right.keys, 0, allKeys, length, right.length - 1);
        System.arraycopy(right.children, 0, allChildren, length, right.length);
        return new Inner<>(allKeys, allChildren, sum, size + right.size, token);
    }

    @Override
    byte[] separatorAt(int i) {
        return keys[i - 1];
    }

    @Override
    public boolean isLeaf() {
        return false;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public byte[] key(int i) {
        return keys[i];
    }

    @Override
    public V value(int i) {
        throw new IllegalStateException("an inner node has no values");
    }

    @Override
    public @Nullable Object childAddress(int i) {
        return children[i].address();
    }

    @Override
    public long childSize(int i) {
        return children[i].size();
    }
}
