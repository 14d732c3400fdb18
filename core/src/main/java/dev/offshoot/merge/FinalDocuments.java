package dev.offshoot.merge;

import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** All documents of a collection as they are after the merge, in the order of their records. Of the state when it is asked for an iterator. */
final class FinalDocuments implements Iterable<FinalDocuments.Document> {
    /**
     * One of them.
     *
     * @param record its record after the merge
     * @param merged null where the merge does not touch it
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Document(long record, byte[] document, @Nullable MergedRecord merged) {}

    private final DocumentsMerge merge;

    FinalDocuments(DocumentsMerge merge) {
        this.merge = merge;
    }

    @Override
    public Iterator<Document> iterator() {
        Map<Long, MergedRecord> touched = new TreeMap<>();
        NavigableMap<Long, Document> brought = new TreeMap<>();
        for (MergedRecord record : List.copyOf(merge.records())) {
            touched.put(record.key(), record);
            byte[] document = record.result();
            if (document != null) {
                brought.put(record.record(), new Document(record.record(), document, record));
            }
        }
        return new Walk(merge.ours().documents().ascending(null, null), touched, brought);
    }

    private static final class Walk implements Iterator<Document> {
        private final Cursor<byte[]> there;
        private final Map<Long, MergedRecord> touched;
        private final NavigableMap<Long, Document> brought;
        private @Nullable Document ahead;

        Walk(Cursor<byte[]> there, Map<Long, MergedRecord> touched, NavigableMap<Long, Document> brought) {
            this.there = there;
            this.touched = touched;
            this.brought = brought;
            this.ahead = untouched();
        }

        private @Nullable Document untouched() {
            while (there.next()) {
                long record = RecordId.of(there.key());
                if (!touched.containsKey(record)) {
                    return new Document(record, there.value(), null);
                }
            }
            return null;
        }

        @Override
        public boolean hasNext() {
            return ahead != null || !brought.isEmpty();
        }

        @Override
        public Document next() {
            Document stays = ahead;
            Map.Entry<Long, Document> first = brought.firstEntry();
            if (stays != null && (first == null || stays.record() < first.getKey())) {
                ahead = untouched();
                return stays;
            }
            if (first == null) {
                throw new NoSuchElementException();
            }
            brought.remove(first.getKey());
            return first.getValue();
        }
    }
}
