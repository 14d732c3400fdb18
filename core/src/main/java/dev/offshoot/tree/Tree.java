package dev.offshoot.tree;

import java.util.Iterator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An immutable ordered map from byte keys to values, as a B+tree whose versions share what they have in common. Keys are
 * ordered as unsigned bytes, a prefix before what it begins. Keys and values are kept as they are given and handed out as
 * they are kept; neither may be changed. Safe to share between threads, also when published through a data race.
 *
 * <h2>How it works</h2>
 *
 * All entries are in leaves, up to 24 in each, in two arrays: keys and values. Inner nodes have up to 24 children and
 * between each two of them a separator: the array of a leaf's key, not a copy. All leaves are equally far from the root.
 *
 * <p>A change copies the leaf it concerns and the nodes on the way to it, and shares the rest with the version before, so
 * a copy of a tree is a copy of a reference. An {@link Editor} pays for such a copy only once: it marks its copies with a
 * token and changes those in place, until it hands out a tree and takes another token.
 *
 * <p><b>Insertion.</b> A full node is divided in the middle and its parent gets one child more, up to the root. On the right
 * edge of the tree (the root, its last child, that one's last child, and so on) a key that belongs behind all others does
 * not divide: the full leaf stays as it is and a new one begins with this entry, and so do inner nodes above it. So keys
 * that arrive in order fill nodes completely, as {@link #bulkLoad} does.
 *
 * <p><b>Removal.</b> A node that has less than half is joined with a neighbour, or when that would be too much for one node,
 * both are divided evenly. On the right edge, where insertion leaves small nodes, a node may have less; it goes only when
 * it is empty. A root with one child gives way to the child.
 *
 * <p><b>Invariants</b>, which {@link #check} verifies: no node holds more than 24; a node off the right edge holds at least 12;
 * a node on it at least 1; an inner root at least 2, and only a root is empty. Keys ascend strictly. Separator i is at
 * most each key right of it and greater than each key left of it; it need not be a key that is still there. An inner node
 * knows the number of entries below it.
 *
 * <p><b>Pages.</b> {@link #store} writes the nodes that have no address yet, children first, and puts references of address
 * and number of entries in the place of nodes, also in other versions that share their parents. A reference is followed by
 * {@link NodeSource#load} each time and the answer is not kept here, so memory is bounded by the source's cache; what a
 * later change copies is in memory until it is stored too. Sizes come from references, and {@link #diff} skips equal
 * addresses, without loading. A family of versions belongs to one store of pages.
 *
 * <p>How the difference of two trees is found is told in {@link DiffCursor}.
 */
public final class Tree<V> {
    /**
     * What a branch keeps of its own after a change is a path of nodes, so less in a node is less for each branch. Against 64 this
     * keeps a third less, at the same speed of reads, scans and single changes; many changes in order take a tenth longer.
     */
    static final int FAN_OUT = 24;

    final int fanOut;
    final Child<V> root;
    /** Levels above the leaves. */
    final int height;

    Tree(int fanOut, Child<V> root, int height) {
        this.fanOut = fanOut;
        this.root = root;
        this.height = height;
    }

    public static <V> Tree<V> empty() {
        return empty(FAN_OUT);
    }

    static <V> Tree<V> empty(int fanOut) {
        return new Tree<>(fanOut, Leaf.empty(), 0);
    }

    /**
     * A tree of the given entries.
     *
     * @throws IllegalArgumentException when keys do not ascend strictly
     */
    public static <V> Tree<V> bulkLoad(Iterator<Entry<V>> ascending) {
        return bulkLoad(FAN_OUT, ascending);
    }

    static <V> Tree<V> bulkLoad(int fanOut, Iterator<Entry<V>> ascending) {
        return new BulkLoad<V>(fanOut).load(ascending);
    }

    /**
     * A tree that was stored before. Loads nothing yet. The parameters are what the tree that {@link #store} gave answers.
     */
    public static <V> Tree<V> stored(Object address, int height, long size, NodeSource<V> source) {
        return stored(FAN_OUT, address, height, size, source);
    }

    static <V> Tree<V> stored(int fanOut, Object address, int height, long size, NodeSource<V> source) {
        return new Tree<>(fanOut, new Stored<>(address, size, source), height);
    }

    /** The number of entries. Constant time, loads nothing. */
    public long size() {
        return root.size();
    }

    public boolean isEmpty() {
        return size() == 0;
    }

    /** Levels above the leaves. */
    public int height() {
        return height;
    }

    /** Where the root is stored, or null when the tree has changes that are not. */
    public @Nullable Object address() {
        return root.address();
    }

    public @Nullable V get(byte[] key) {
        return get(root, height, key);
    }

    /** For many look-ups. */
    public Finder<V> finder() {
        return new Finder<>(this);
    }

    Leaf<V> leafOf(byte[] key) {
        Child<V> child = root;
        for (int level = height; level > 0; level--) {
            Inner<V> inner = (Inner<V>) child.node();
            child = inner.children[inner.indexOf(key)];
        }
        return (Leaf<V>) child.node();
    }

    static <V> @Nullable V get(Child<V> root, int height, byte[] key) {
        Child<V> child = root;
        for (int level = height; level > 0; level--) {
            Inner<V> inner = (Inner<V>) child.node();
            child = inner.children[inner.indexOf(key)];
        }
        Leaf<V> leaf = (Leaf<V>) child.node();
        int i = leaf.find(key);
        return i < 0 ? null : leaf.value(i);
    }

    /** How many entries there are from a key (inclusive) to a key (exclusive); null is no bound. Takes two ways down, whatever the answer. */
    public long count(byte[] fromInclusive, byte @Nullable [] toExclusive) {
        long below = rank(fromInclusive);
        return Math.max(0, (toExclusive == null ? size() : rank(toExclusive)) - below);
    }

    private long rank(byte[] key) {
        long rank = 0;
        Child<V> child = root;
        for (int level = height; level > 0; level--) {
            Inner<V> inner = (Inner<V>) child.node();
            int i = inner.indexOf(key);
            for (int left = 0; left < i; left++) {
                rank += inner.children[left].size();
            }
            child = inner.children[i];
        }
        return rank + ((Leaf<V>) child.node()).lowerBound(key);
    }

    /** This tree with the entry; itself when it has this very value already. Where the key is present its array stays. */
    public Tree<V> put(byte[] key, V value) {
        requireNoView();
        Editor<V> editor = Editor.once(this);
        editor.put(key, value);
        return changed(editor);
    }

    /** This tree without the key; itself when the key is absent. */
    public Tree<V> remove(byte[] key) {
        requireNoView();
        Editor<V> editor = Editor.once(this);
        editor.remove(key);
        return changed(editor);
    }

    private Tree<V> changed(Editor<V> editor) {
        Tree<V> tree = editor.tree();
        return tree.root == root ? this : tree;
    }

    /** The entries from a key (inclusive) to a key (exclusive) in order; null is no bound. */
    public Cursor<V> ascending(byte @Nullable [] fromInclusive, byte @Nullable [] toExclusive) {
        return new Cursor<>(root, height, fromInclusive, toExclusive, true);
    }

    /** The same range as {@link #ascending} gives for the same bounds, from its greatest key to its least. */
    public Cursor<V> descending(byte @Nullable [] fromInclusive, byte @Nullable [] toExclusive) {
        return new Cursor<>(root, height, fromInclusive, toExclusive, false);
    }

    /**
     * This tree with values that go through a function whenever one is read, in O(1). A view can be read and compared, but neither changed nor
     * stored. Two views of one tree by equal functions share what the tree shares with itself, so {@link #diff} skips it.
     *
     * @param view pure, for any number of threads; of equal values it makes equal ones
     */
    public Tree<V> view(UnaryOperator<V> view) {
        return new Tree<>(fanOut, new Viewed<>(root, view), height);
    }

    /** The tree that this is the outermost view of; this one where it is none. */
    public Tree<V> viewed() {
        return root instanceof Viewed<V> seen ? new Tree<>(fanOut, seen.source(), height) : this;
    }

    private void requireNoView() {
        if (root instanceof Viewed<V>) {
            throw new IllegalStateException("a view of a tree is neither changed nor stored");
        }
    }

    /** For many changes at once, in O(1). This tree stays as it is. */
    public Editor<V> edit() {
        requireNoView();
        return Editor.of(this);
    }

    /**
     * A walk through the keys where two trees differ, in order. Its time depends on the number of differences, not on the size of what the
     * trees share; trees that share nothing are compared whole.
     */
    public static <V> DiffCursor<V> diff(Tree<V> before, Tree<V> after) {
        return diff(before, after, () -> {});
    }

    /**
     * The same, so that it can be ended.
     *
     * @param eachNode is called before the walk looks into a node of either tree; what it throws ends the walk
     */
    public static <V> DiffCursor<V> diff(Tree<V> before, Tree<V> after, Runnable eachNode) {
        return new DiffCursor<>(before, after, eachNode);
    }

    /**
     * Whether both surely hold the same entries, as versions that share their root do, in memory or by its page, and empty ones. Takes constant
     * time and loads nothing; false says nothing.
     */
    public boolean sharesAllWith(Tree<V> other) {
        return Child.same(root, other.root) || (isEmpty() && other.isEmpty());
    }

    /**
     * Writes each node that has no address yet, children before parents, and answers the same tree with nothing of it in
     * memory: its root is a reference. Nodes that this tree shares with others let go of their children there too.
     * When the sink throws, what it has accepted keeps its address and a later call goes on from there.
     *
     * @param source loads what the sink has written; for references that are stored already, theirs stays
     */
    public Tree<V> store(NodeSink<V> sink, NodeSource<V> source) {
        requireNoView();
        return new Tree<>(fanOut, new Storing<>(sink, source).store(root), height);
    }

    /** Verifies every invariant, and throws an {@link AssertionError} that says which is broken. Loads all nodes. */
    public void check() {
        new Check<V>(fanOut).run(this);
    }
}
