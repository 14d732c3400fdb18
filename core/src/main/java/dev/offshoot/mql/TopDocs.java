package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The first documents of an order, gathered one by one; holds no more than its limit. */
final class TopDocs {
    private static final long OVERHEAD_BYTES = 64L;

    private final Sort sort;
    private final long limit;
    private final long memoryBytesMax;
    private final Comparator<Entry> order;
    private final List<Entry> all = new ArrayList<>();
    private final PriorityQueue<Entry> worstFirst;
    private long sequence;
    private long bytes;

    TopDocs(Sort sort, long limit, long memoryBytesMax) {
        this.sort = sort;
        this.limit = limit;
        this.memoryBytesMax = memoryBytesMax;
        this.order = (a, b) -> {
            int c = sort.compare(a.key, b.key);
            return c != 0 ? c : Long.compare(a.sequence, b.sequence);
        };
        this.worstFirst = new PriorityQueue<>(16, order.reversed());
    }

    private record Entry(Value[] key, long sequence, Doc document) {
        long bytes() {
            return document.length() + OVERHEAD_BYTES;
        }
    }

    void add(Doc document) {
        if (limit <= 0) {
            return;
        }
        Entry entry = new Entry(sort.key(document), sequence++, document);
        if (limit == Long.MAX_VALUE) {
            all.add(entry);
        } else if (worstFirst.size() < limit) {
            worstFirst.add(entry);
        } else if (order.compare(entry, worstFirst.element()) < 0) {
            bytes -= worstFirst.remove().bytes();
            worstFirst.add(entry);
        } else {
            return;
        }
        bytes += entry.bytes();
        if (bytes > memoryBytesMax) {
            throw new CommandException(
                    ErrorCode.QUERY_EXCEEDED_MEMORY,
                    "Sort exceeded memory limit of " + memoryBytesMax
                            + " bytes, but did not opt in to external sorting. Aborting operation."
                            + " Pass allowDiskUse:true to opt in.");
        }
    }

    List<Doc> inOrder() {
        List<Entry> entries = limit == Long.MAX_VALUE ? all : new ArrayList<>(worstFirst);
        entries.sort(order);
        return entries.stream().map(Entry::document).toList();
    }
}
