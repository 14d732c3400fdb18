package dev.offshoot.tree;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Keys in order and their values. The arrays may be longer than the leaf while an editor fills it. */
final class Leaf<V> extends Node<V> {
    byte[][] keys;
    V[] values;

    /** What values go through that are read; null for nothing. A leaf that has one is read and never changed. */
    private final @Nullable UnaryOperator<V> view;

    private Leaf(byte[][] keys, V[] values, int length, @Nullable Object owner) {
        super(length, owner);
        this.keys = keys;
        this.values = values;
        this.view = null;
    }

    private Leaf(Leaf<V> source, UnaryOperator<V> view) {
        super(source.length, null);
        this.keys = source.keys;
        this.values = source.values;
        UnaryOperator<V> inner = source.view;
        this.view = inner == null ? view : value -> view.apply(inner.apply(value));
    }

    /** This leaf, which is no editor's any more, as a view shows it. */
    Leaf<V> viewed(UnaryOperator<V> by) {
        return new Leaf<>(this, by);
    }

    static <V> Leaf<V> empty() {
        return new Leaf<>(new byte[0][], Leaf.<V>array(0), 0, null);
    }

    static <V> Leaf<V> of(byte[] key, V value, @Nullable Object owner) {
        V[] values = array(1);
        values[0] = value;
        return new Leaf<>(new byte[][] {key}, values, 1, owner);
    }

    @SuppressWarnings("unchecked") // arrays of values are arrays of Object and never leave this package
    static <V> Leaf<V> of(List<byte[]> keys, List<V> values) {
        if (keys.size() != values.size()) {
            throw new IllegalArgumentException(keys.size() + " keys for " + values.size() + " values");
        }
        return new Leaf<>(keys.toArray(new byte[0][]), (V[]) values.toArray(), keys.size(), null);
    }

    @SuppressWarnings("unchecked") // as above
    private static <V> V[] array(int length) {
        return (V[]) new Object[length];
    }

    /** The place of a key, or the complement of the place it would take. */
    int find(byte[] key) {
        return Keys.find(keys, length, key);
    }

    /** The first place whose key is not below the given one. */
    int lowerBound(byte[] key) {
        return Keys.lowerBound(keys, length, key);
    }

    /** A leaf of nobody's shares the keys: neither it nor this one, which is not an editor's any more, changes them. */
    Leaf<V> replace(int i, V value, @Nullable Object token) {
        Leaf<V> leaf = ownedBy(token)
                ? this
                : token == null
                        ? new Leaf<>(keys, Arrays.copyOf(values, length), length, null)
                        : slice(0, length, token);
        leaf.values[i] = value;
        return leaf;
    }

    /** Puts a new entry before entry i. */
    Leaf<V> insert(int i, byte[] key, V value, int lengthMax, @Nullable Object token) {
        Leaf<V> leaf = withRoom(lengthMax, token);
        System.arraycopy(leaf.keys, i, leaf.keys, i + 1, length - i);
        System.arraycopy(leaf.values, i, leaf.values, i + 1, length - i);
        leaf.keys[i] = key;
        leaf.values[i] = value;
        leaf.length++;
        return leaf;
    }

    private Leaf<V> withRoom(int lengthMax, @Nullable Object token) {
        boolean own = ownedBy(token);
        if (own && keys.length > length) {
            return this;
        }
        int room = grown(length, lengthMax, token);
        byte[][] roomyKeys = Arrays.copyOf(keys, room);
        V[] roomyValues = Arrays.copyOf(values, room);
        if (!own) {
            return new Leaf<>(roomyKeys, roomyValues, length, token);
        }
        keys = roomyKeys;
        values = roomyValues;
        return this;
    }

    Leaf<V> without(int i, @Nullable Object token) {
        int rest = length - i - 1;
        if (ownedBy(token)) {
            System.arraycopy(keys, i + 1, keys, i, rest);
            System.arraycopy(values, i + 1, values, i, rest);
            length--;
            Arrays.fill(keys, length, length + 1, null);
            Arrays.fill(values, length, length + 1, null);
            return this;
        }
        byte[][] fewerKeys = Arrays.copyOf(keys, length - 1);
        V[] fewerValues = Arrays.copyOf(values, length - 1);
        System.arraycopy(keys, i + 1, fewerKeys, i, rest);
        System.arraycopy(values, i + 1, fewerValues, i, rest);
        return new Leaf<>(fewerKeys, fewerValues, length - 1, token);
    }

    @Override
    Leaf<V> slice(int from, int to, @Nullable Object token) {
        return new Leaf<>(Arrays.copyOfRange(keys, from, to), Arrays.copyOfRange(values, from, to), to - from, token);
    }

    @Override
    Leaf<V> join(byte[] separator, Node<V> neighbour, @Nullable Object token) {
        Leaf<V> right = (Leaf<V>) neighbour;
        int sum = length + right.length;
        byte[][] allKeys = Arrays.copyOf(keys, sum);
        V[] allValues = Arrays.copyOf(values, sum);
        System.arraycopy(right.keys, 0, allKeys, length, right.length);
        System.arraycopy(right.values, 0, allValues, length, right.length);
        return new Leaf<>(allKeys, allValues, sum, token);
    }

    @Override
    byte[] separatorAt(int i) {
        return keys[i];
    }

    @Override
    public boolean isLeaf() {
        return true;
    }

    @Override
    public long size() {
        return length;
    }

    @Override
    public byte[] key(int i) {
        return keys[i];
    }

    @Override
    public V value(int i) {
        V value = values[i];
        return view == null ? value : view.apply(value);
    }

    @Override
    public @Nullable Object childAddress(int i) {
        throw new IllegalStateException("a leaf has no children");
    }

    @Override
    public long childSize(int i) {
        throw new IllegalStateException("a leaf has no children");
    }
}
