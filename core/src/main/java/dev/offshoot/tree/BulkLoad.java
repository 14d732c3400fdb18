package dev.offshoot.tree;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Builds a tree from sorted entries, bottom-up, in full nodes; only the last node of a level may hold less. */
final class BulkLoad<V> {
    private final int fanOut;
    /** The finished nodes of the level under construction and their least keys. */
    private List<Node<V>> nodes = new ArrayList<>();

    private List<byte[]> leastKeys = new ArrayList<>();

    BulkLoad(int fanOut) {
        this.fanOut = fanOut;
    }

    Tree<V> load(Iterator<Entry<V>> entries) {
        fillLeaves(entries);
        int height = 0;
        while (nodes.size() > 1) {
            addLevel();
            height++;
        }
        return new Tree<>(fanOut, nodes.get(0), height);
    }

    private void fillLeaves(Iterator<Entry<V>> entries) {
        List<byte[]> keys = new ArrayList<>(fanOut);
        List<V> values = new ArrayList<>(fanOut);
        byte[] last = null;
        while (entries.hasNext()) {
            Entry<V> entry = entries.next();
            if (last != null && Keys.compare(last, entry.key()) >= 0) {
                throw new IllegalArgumentException("the keys of a bulk load must ascend strictly");
            }
            last = entry.key();
            if (keys.size() == fanOut) {
                addLeaf(keys, values);
            }
            keys.add(last);
            values.add(entry.value());
        }
        if (nodes.isEmpty() || !keys.isEmpty()) {
            addLeaf(keys, values);
        }
    }

    private void addLeaf(List<byte[]> keys, List<V> values) {
        nodes.add(Leaf.of(keys, values));
        leastKeys.add(keys.isEmpty() ? new byte[0] : keys.get(0));
        keys.clear();
        values.clear();
    }

    private void addLevel() {
        List<Node<V>> upper = new ArrayList<>();
        List<byte[]> upperKeys = new ArrayList<>();
        for (int from = 0; from < nodes.size(); from += fanOut) {
            int to = Math.min(nodes.size(), from + fanOut);
            upper.add(Inner.of(leastKeys.subList(from, to), nodes.subList(from, to)));
            upperKeys.add(leastKeys.get(from));
        }
        nodes = upper;
        leastKeys = upperKeys;
    }
}
