package dev.offshoot.page;

import dev.offshoot.store.CorruptionException;
import dev.offshoot.store.PageId;
import dev.offshoot.store.PageStore;
import dev.offshoot.tree.Node;
import dev.offshoot.tree.NodeSink;
import dev.offshoot.tree.NodeSource;
import dev.offshoot.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The trees of one project in pages. Thread safe.
 *
 * <p>{@link #store} writes what of a tree is not in pages yet and lets go of it in memory; a tree that {@link #open} gives loads nodes
 * when something walks through them, keeps none of them, and so takes as much memory as the {@link PageCache} allows.
 */
public final class Pages implements AutoCloseable {
    /** About how much of neighbouring nodes goes into one page: more compresses better and makes a read of one document dearer. */
    private static final int CONTENT_BYTES = 64 << 10;

    private final PageStore store;
    private final PageCache cache;
    private final Supplier<Runnable> courtesies;
    private final PageCompression compression = new PageCompression();
    private final Map<ValueFormat<?>, NodeSource<?>> sources = new ConcurrentHashMap<>();
    private final Set<PageId> damaged = ConcurrentHashMap.newKeySet();
    private final LongAdder writtenPages = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();

    /** Pages whose writing does not give way to others. */
    public Pages(PageStore store, PageCache cache) {
        this(store, cache, () -> () -> {});
    }

    /** @param courtesies for each tree that is written, what to call now and then so that other threads may go first */
    public Pages(PageStore store, PageCache cache, Supplier<Runnable> courtesies) {
        this.store = store;
        this.cache = cache;
        this.courtesies = courtesies;
    }

    /**
     * Writes the nodes of a tree that have no page yet and answers where its root is. Afterwards the tree, and others that share nodes
     * with it, refer to the pages. They are durable after {@link PageStore#flush}.
     *
     * @throws dev.offshoot.store.StoreException when a page cannot be stored; what was stored stays and a later call goes on from there
     */
    public <V> PageRoot store(Tree<V> tree, ValueFormat<V> format) {
        Object address = tree.address();
        if (address == null) {
            address = tree.store(new Sink<>(format), source(format)).address();
        }
        if (address == null) {
            throw new AssertionError("a stored tree has an address");
        }
        return PageRoot.of(address, tree.height(), tree.size());
    }

    /** A stored tree. Loads nothing. */
    public <V> Tree<V> open(PageRoot root, ValueFormat<V> format) {
        return Tree.stored(root.address(), root.height(), root.size(), source(format));
    }

    /** Pages and bytes that this object has given to the store and that were not there before. */
    public PageStore.Amount written() {
        return new PageStore.Amount(writtenPages.sum(), writtenBytes.sum());
    }

    /** What the pages lie in. */
    public PageStore pageStore() {
        return store;
    }

    /**
     * The bytes of a page as the store keeps them, checked against its hash.
     *
     * @throws dev.offshoot.store.CorruptionException when the page is damaged or not there
     */
    public byte[] stored(PageId id) {
        byte[] packed = store.get(id);
        byte[] unused = compression.unpack(id, packed);
        return packed;
    }

    /**
     * Keeps a page that another store had, in the form that {@link #stored} answers.
     *
     * @throws dev.offshoot.store.CorruptionException when its content does not have this hash
     */
    public void keep(PageId id, byte[] packed) {
        byte[] unused = compression.unpack(id, packed);
        store.put(id, packed);
    }

    /** Pages that could not be read as they were written. */
    public Set<PageId> damaged() {
        return Set.copyOf(damaged);
    }

    /** Takes only these for damaged: others were read when they had just been removed. */
    public void forgive(Set<PageId> stillDamaged) {
        damaged.retainAll(stillDamaged);
    }

    /** The content of a page, read from the store and checked against its hash, whatever the cache has. */
    byte[] content(PageId id) {
        return content(id, packed -> {});
    }

    private byte[] content(PageId id, Consumer<byte[]> checked) {
        try {
            byte[] packed = store.get(id);
            byte[] content = compression.unpack(id, packed);
            checked.accept(packed);
            return content;
        } catch (CorruptionException e) {
            damaged.add(id);
            throw e;
        }
    }

    /** The same from memory, where the cache has the page in a form of which every byte was checked before. */
    private byte[] cached(PageId id) {
        byte[] content = cache.content(this, id);
        if (content == null) {
            content = unpacked(id);
            cache.putContent(this, id, content);
        }
        return content;
    }

    private byte[] unpacked(PageId id) {
        byte[] packed = cache.packed(this, id);
        return packed == null
                ? content(id, checked -> cache.putPacked(this, id, checked))
                : compression.content(id, packed);
    }

    @Override
    public void close() {
        compression.close();
    }

    private PageId put(byte[] content, Runnable courtesy) {
        PageId id = PageId.ofContent(content);
        courtesy.run();
        byte[] packed = compression.pack(content);
        courtesy.run();
        if (store.put(id, packed)) {
            writtenPages.increment();
            writtenBytes.add(packed.length);
        }
        return id;
    }

    @SuppressWarnings("unchecked") // a format's source gives nodes with values of that format
    private <V> NodeSource<V> source(ValueFormat<V> format) {
        return (NodeSource<V>) sources.computeIfAbsent(format, key -> new Source<>(format));
    }

    /** Writes the nodes of trees whose values have one format. */
    private final class Sink<V> implements NodeSink<V> {
        private final ValueFormat<V> format;
        private final Runnable courtesy = courtesies.get();

        Sink(ValueFormat<V> format) {
            this.format = format;
        }

        @Override
        public Object write(Node<V> node) {
            return writeAll(List.of(node)).get(0);
        }

        @Override
        public List<Object> writeAll(List<Node<V>> siblings) {
            List<Object> addresses = new ArrayList<>(siblings.size());
            List<PageFormat.Written> page = new ArrayList<>();
            int bytes = 0;
            for (Node<V> node : siblings) {
                courtesy.run();
                PageFormat.Written written = PageFormat.write(node, values(node), part -> put(part, courtesy));
                if (bytes > 0 && bytes + written.bytes().length > CONTENT_BYTES) {
                    finish(siblings, page, addresses);
                    bytes = 0;
                }
                page.add(written);
                bytes += written.bytes().length;
            }
            finish(siblings, page, addresses);
            return addresses;
        }

        private List<byte[]> values(Node<V> node) {
            List<byte[]> values = new ArrayList<>();
            for (int i = 0; node.isLeaf() && i < node.length(); i++) {
                values.add(format.write(node.value(i), Pages.this));
            }
            return values;
        }

        /** Makes a page of the nodes so far. Those that have trees inside are not cached: they hold those in memory. */
        private void finish(List<Node<V>> siblings, List<PageFormat.Written> page, List<Object> addresses) {
            byte[] content = PageFormat.page(page, format.code());
            PageId id = put(content, courtesy);
            for (int slot = 0; slot < page.size(); slot++) {
                PageAddress address = new PageAddress(id, slot, page.get(slot).spread());
                if (!format.hasTrees()) {
                    cache.putNode(Pages.this, address, siblings.get(addresses.size()));
                }
                addresses.add(address);
            }
            page.clear();
        }
    }

    /** Loads the nodes of trees whose values have one format. */
    private final class Source<V> implements NodeSource<V> {
        private final ValueFormat<V> format;

        Source(ValueFormat<V> format) {
            this.format = format;
        }

        @Override
        @SuppressWarnings("unchecked") // the format's code is part of the content, so a page belongs to one format
        public Node<V> load(Object where) {
            PageAddress address = (PageAddress) where;
            Node<?> held = cache.node(Pages.this, address);
            return held == null ? read(address) : (Node<V>) held;
        }

        private Node<V> read(PageAddress address) {
            Node<V> node = PageFormat.read(
                    address,
                    cached(address.id()),
                    format.code(),
                    Pages.this::unpacked,
                    PageFormat.nodes(format, Pages.this, this));
            cache.putNode(Pages.this, address, node);
            return node;
        }
    }
}
