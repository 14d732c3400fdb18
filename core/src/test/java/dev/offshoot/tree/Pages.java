package dev.offshoot.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Pages in memory. What is loaded shares no array and no value with what was written. Counts both. */
final class Pages implements NodeSource<String>, NodeSink<String> {
    final AtomicInteger loads = new AtomicInteger();
    final AtomicInteger writes = new AtomicInteger();
    final List<Integer> leafLengths = new ArrayList<>();
    int writesMax = Integer.MAX_VALUE;
    int loadsMax = Integer.MAX_VALUE;

    private final Map<Address, Page> pages = new ConcurrentHashMap<>();

    record Address(int number) {}

    private record Page(List<byte[]> keys, List<String> values, List<Address> addresses, long[] sizes) {}

    @Override
    public Object write(Node<String> node) {
        if (writes.get() == writesMax) {
            throw new IllegalStateException("no room for more pages");
        }
        Page page = new Page(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new long[node.length()]);
        for (int i = 0; i < node.length(); i++) {
            if (node.isLeaf()) {
                page.keys().add(node.key(i).clone());
                page.values().add(node.value(i));
            } else {
                if (i < node.length() - 1) {
                    page.keys().add(node.key(i).clone());
                }
                page.addresses().add((Address) Objects.requireNonNull(node.childAddress(i), "children come first"));
                page.sizes()[i] = node.childSize(i);
            }
        }
        if (node.isLeaf()) {
            leafLengths.add(node.length());
        }
        Address address = new Address(writes.incrementAndGet());
        pages.put(address, page);
        return address;
    }

    @Override
    public Node<String> load(Object address) {
        if (loads.incrementAndGet() > loadsMax) {
            throw new IllegalStateException("no page can be loaded");
        }
        Page page = Objects.requireNonNull(pages.get(address));
        List<byte[]> keys = page.keys().stream().map(byte[]::clone).toList();
        if (page.addresses().isEmpty()) {
            return Node.leaf(keys, page.values().stream().map(Pages::copy).toList());
        }
        return Node.inner(
                keys,
                page.addresses().stream()
                        .map(child -> new Address(child.number()))
                        .toList(),
                page.sizes(),
                this);
    }

    /** Another object of the same content. */
    private static String copy(String value) {
        return String.valueOf(value.toCharArray());
    }

    Tree<String> store(Tree<String> tree) {
        return tree.store(this, this);
    }

    /** The tree as another process would open it. */
    Tree<String> reopen(Tree<String> stored) {
        Address address = (Address) Objects.requireNonNull(stored.address());
        return Tree.stored(stored.fanOut, new Address(address.number()), stored.height(), stored.size(), this);
    }

    /** How many pages an action loads. */
    int loadsOf(Runnable action) {
        int before = loads.get();
        action.run();
        return loads.get() - before;
    }
}
