package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Sorts documents; where keys are equal, who came first stays first. With a limit it holds no more documents than that, in a heap. What
 * passes the memory limit is sorted and written out as a run; in the end all runs are merged. Not thread safe.
 */
final class Sorter {
    private static final long OVERHEAD_BYTES = 64L;

    private final DocOrder order;
    private final long limit;
    private final long memoryBytesMax;
    private final SpillSpace space;
    private final Comparator<Entry> entryOrder;
    private final List<Entry> all = new ArrayList<>();
    private final PriorityQueue<Entry> worstFirst;
    private final List<SpillSpace.Run> runs = new ArrayList<>();
    private long sequence;
    private long bytes;

    Sorter(DocOrder order, long limit, PipelineContext context) {
        this.order = order;
        this.limit = limit;
        this.memoryBytesMax = context.memoryBytesMax();
        this.space = context.spill();
        this.entryOrder = (a, b) -> {
            int c = order.compare(a.key, b.key);
            return c != 0 ? c : Long.compare(a.sequence, b.sequence);
        };
        this.worstFirst = new PriorityQueue<>(16, entryOrder.reversed());
    }

    private record Entry(Value[] key, long sequence, Doc document) {
        long bytes() {
            return document.length() + OVERHEAD_BYTES;
        }
    }

    /** All documents of an input in order; nothing is read before the first one is asked for. */
    static Iterator<Doc> sorted(Iterator<Doc> input, DocOrder order, long limit, PipelineContext context) {
        return Iterators.later(() -> {
            Sorter sorter = new Sorter(order, limit, context);
            while (input.hasNext()) {
                sorter.add(input.next());
            }
            return sorter.sorted();
        });
    }

    void add(Doc document) {
        if (limit <= 0) {
            return;
        }
        Value[] key = order.key(document);
        if (limit == Long.MAX_VALUE) {
            all.add(new Entry(key, sequence++, document));
        } else if (worstFirst.size() < limit) {
            worstFirst.add(new Entry(key, sequence++, document));
        } else if (order.compare(key, worstFirst.element().key) < 0) {
            bytes -= worstFirst.remove().bytes();
            worstFirst.add(new Entry(key, sequence++, document));
        } else {
            return;
        }
        bytes += document.length() + OVERHEAD_BYTES;
        if (bytes > memoryBytesMax) {
            spill();
        }
    }

    private void spill() {
        if (!space.isAllowed()) {
            throw new CommandException(
                    ErrorCode.QUERY_EXCEEDED_MEMORY,
                    "Sort exceeded memory limit of " + memoryBytesMax
                            + " bytes, but did not opt in to external sorting.");
        }
        SpillSpace.Run run = space.newRun();
        held().forEach(entry -> run.append(entry.document));
        runs.add(run);
        all.clear();
        worstFirst.clear();
        bytes = 0;
    }

    private List<Entry> held() {
        List<Entry> entries = limit == Long.MAX_VALUE ? all : new ArrayList<>(worstFirst);
        entries.sort(entryOrder);
        return entries;
    }

    /** All that was added, in order, up to the limit. */
    Iterator<Doc> sorted() {
        List<Entry> rest = held();
        if (!runs.isEmpty()) {
            return merged(rest);
        }
        Iterator<Entry> entries = rest.iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public Doc next() {
                return entries.next().document;
            }
        };
    }

    /** The first document of each run waits in a heap; of equal ones that of the earlier run comes first. */
    private Iterator<Doc> merged(List<Entry> rest) {
        PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(head -> head.first, entryOrder));
        List<Iterator<Doc>> inputs = new ArrayList<>();
        runs.forEach(run -> inputs.add(run.documents()));
        inputs.add(rest.stream().map(Entry::document).iterator());
        for (int i = 0; i < inputs.size(); i++) {
            refill(heads, inputs.get(i), i);
        }
        return limit == 0
                ? Collections.emptyIterator()
                : new Iterators.Ahead() {
                    private long left = limit;

                    @Override
                    @Nullable
                    Doc find() {
                        Head head = left-- > 0 ? heads.poll() : null;
                        if (head == null) {
                            runs.forEach(SpillSpace.Run::discard);
                            return null;
                        }
                        refill(heads, head.rest, (int) head.first.sequence);
                        return head.first.document;
                    }
                };
    }

    /** The next document of an input, with the input's place as its sequence. */
    private record Head(Entry first, Iterator<Doc> rest) {}

    private void refill(PriorityQueue<Head> heads, Iterator<Doc> input, int place) {
        if (input.hasNext()) {
            Doc document = input.next();
            heads.add(new Head(new Entry(order.key(document), place, document), input));
        }
    }
}
