package dev.offshoot.tree;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A tree and the sorted map that it must equal. */
record Twin(Tree<String> tree, NavigableMap<byte[], String> model) {
    static Twin empty(int fanOut) {
        return new Twin(Tree.empty(fanOut), emptyModel());
    }

    static NavigableMap<byte[], String> emptyModel() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    static NavigableMap<byte[], String> copy(NavigableMap<byte[], String> model) {
        return new TreeMap<>(model);
    }

    /** The numbers from (inclusive) to (exclusive) as keys, with themselves as values, bulk loaded. */
    static Twin ofNumbers(int fanOut, int from, int to) {
        NavigableMap<byte[], String> model = emptyModel();
        for (int i = from; i < to; i++) {
            model.put(Keyspace.number(i), "v" + i);
        }
        return new Twin(load(fanOut, model), model);
    }

    static Tree<String> load(int fanOut, NavigableMap<byte[], String> model) {
        return Tree.bulkLoad(
                fanOut,
                model.entrySet().stream()
                        .map(entry -> new Entry<>(entry.getKey(), entry.getValue()))
                        .iterator());
    }

    static List<String> text(NavigableMap<byte[], String> entries) {
        List<String> text = new ArrayList<>();
        for (Map.Entry<byte[], String> entry : entries.entrySet()) {
            text.add(Arrays.toString(entry.getKey()) + "=" + entry.getValue());
        }
        return text;
    }

    static List<String> text(Cursor<String> cursor) {
        List<String> text = new ArrayList<>();
        while (cursor.next()) {
            text.add(Arrays.toString(cursor.key()) + "=" + cursor.value());
        }
        assertThat(cursor.next()).as("next after the end").isFalse();
        return text;
    }

    /** Compares structure, size and content. */
    void check(String when) {
        assertThat(tree.size()).as("size, %s", when).isEqualTo(model.size());
        tree.check();
        assertThat(text(tree.ascending(null, null))).as("content, %s", when).isEqualTo(text(model));
    }
}
