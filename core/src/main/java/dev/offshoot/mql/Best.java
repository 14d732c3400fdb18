package dev.offshoot.mql;

import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The first or the last few values of an order. Where keys are equal, who came first stays. Not thread safe.
 *
 * @param <K> what is ordered by
 */
final class Best<K> {
    private final Comparator<K> order;
    private final Comparator<Entry<K>> entries;
    private final long limit;
    private final boolean greatest;
    private final PriorityQueue<Entry<K>> worstFirst;
    private long sequence;

    private record Entry<K>(K key, long sequence, Value value) {}

    /**
     * @param limit how many are kept
     * @param greatest whether the last ones of the order are wanted
     */
    Best(Comparator<K> order, long limit, boolean greatest) {
        this.order = order;
        this.limit = limit;
        this.greatest = greatest;
        this.entries = (a, b) -> {
            int c = order.compare(a.key, b.key);
            return c != 0 ? c : Long.compare(a.sequence, b.sequence);
        };
        this.worstFirst = new PriorityQueue<>(greatest ? entries : entries.reversed());
    }

    /** Whether a value with this key would get in. */
    boolean wants(K key) {
        if (worstFirst.size() < limit) {
            return true;
        }
        int c = order.compare(key, worstFirst.element().key);
        return greatest ? c > 0 : c < 0;
    }

    /** Takes a value that is wanted; the one that has to go for it, or null. */
    @Nullable
    Value add(K key, Value value) {
        Value gone = worstFirst.size() < limit ? null : worstFirst.remove().value;
        worstFirst.add(new Entry<>(key, sequence++, value));
        return gone;
    }

    /** All of them by key, ascending. */
    List<Value> inOrder() {
        List<Entry<K>> sorted = new ArrayList<>(worstFirst);
        sorted.sort(entries);
        List<Value> values = new ArrayList<>(sorted.size());
        sorted.forEach(entry -> values.add(entry.value));
        return values;
    }
}
