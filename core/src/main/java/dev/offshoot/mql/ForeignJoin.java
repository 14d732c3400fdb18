package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the documents of another collection that have one of some values at a path, again and again in one run of a stage: through
 * an index where there is one, else from the second time on in a table by value that is built once. Where the table would be too
 * large, or the path may lead through positions of arrays, each time is a scan. Not thread safe.
 */
final class ForeignJoin {
    /** What an entry of the table costs beside its key, roughly. */
    private static final long ENTRY_BYTES = 80;

    private final CollectionReader.Source source;
    private final String path;
    private final Collation collation;
    private final PipelineContext context;
    private final boolean indexed;
    private boolean tabled;
    private long calls;
    private @Nullable Table table;

    /** @param path where the values are; its parts are names of fields */
    ForeignJoin(CollectionReader.Source source, DottedPath path, Collation collation, PipelineContext context) {
        this.source = source;
        this.path = path.text();
        this.collation = collation;
        this.context = context;
        this.indexed = source.hasIndexOn(path.text(), collation);
        this.tabled = path.parts().stream().noneMatch(PathValues::isPosition);
    }

    /** The documents in the order of the index, or of the collection. */
    Iterator<Doc> find(List<Value> values) {
        Table found = table;
        if (!indexed && tabled && found == null && calls++ > 0) {
            Iterator<Doc> all = source.find(Filter.compile(Doc.EMPTY), context);
            found = Table.of(all, path, collation, context.memoryBytesMax());
            table = found;
            tabled = found != null;
        }
        return found == null ? source.find(filter(path, values, collation), context) : found.find(values);
    }

    /** The filter that asks for one of these values; regular expressions are values here, not patterns. */
    static Filter filter(String path, List<Value> values, Collation collation) {
        DocBuilder filter = new DocBuilder();
        if (values.size() == 1) {
            equal(filter, path, values.get(0));
        } else if (values.stream().noneMatch(value -> value.type() == Bson.REGEX)) {
            filter.startDocument(path).append("$in", BsonArrays.of(values)).end();
        } else {
            filter.startArray("$or");
            for (Value value : values) {
                equal(filter.addDocument(), path, value);
                filter.end();
            }
            filter.end();
        }
        return Filter.compile(filter.buildDoc(), collation);
    }

    private static void equal(DocBuilder filter, String path, Value value) {
        filter.startDocument(path).append("$eq", value).end();
    }

    /** Numbers in the order they came. */
    private static final class Places {
        private int[] places = new int[1];
        private int size;

        void add(int place) {
            if (size == places.length) {
                places = Arrays.copyOf(places, size * 2);
            }
            places[size++] = place;
        }

        int[] toArray() {
            return Arrays.copyOf(places, size);
        }
    }

    /** All documents of the collection, by the values that an index on the path would have. */
    private static final class Table {
        private final String path;
        private final Collation collation;
        private final IndexKeys keys;
        private final List<Doc> documents = new ArrayList<>();
        private final Map<ByteBuffer, Places> byKey = new HashMap<>();

        private Table(String path, Collation collation) {
            this.path = path;
            this.collation = collation;
            this.keys = IndexKeys.compile(
                    new DocBuilder().append(path, 1).buildDoc(),
                    new DocBuilder().append("collation", collation.toDoc()).buildDoc());
        }

        /** Null where it would hold more than this. */
        static @Nullable Table of(Iterator<Doc> documents, String path, Collation collation, long bytesMax) {
            Table table = new Table(path, collation);
            long bytes = 0;
            while (documents.hasNext()) {
                bytes += table.add(documents.next());
                if (bytes > bytesMax) {
                    return null;
                }
            }
            return table;
        }

        private long add(Doc document) {
            long bytes = 0;
            for (byte[] key : keys.keys(document).keys()) {
                byKey.computeIfAbsent(ByteBuffer.wrap(key), k -> new Places()).add(documents.size());
                bytes += key.length + ENTRY_BYTES;
            }
            documents.add(document);
            return bytes;
        }

        Iterator<Doc> find(List<Value> values) {
            int[] places = values.size() == 1 ? places(values.get(0)) : allPlaces(values);
            Iterator<Doc> found = Arrays.stream(places).mapToObj(documents::get).iterator();
            return values.stream().allMatch(Table::isExact)
                    ? found
                    : Iterators.filtered(found, filter(path, values, collation)::matches);
        }

        /** The documents that have an entry for a value; an array has entries for its elements only. */
        private int[] places(Value value) {
            int[] whole = withEntry(value);
            if (!value.isArray()) {
                return whole;
            }
            Value first = value.asDoc().isEmpty()
                    ? Value.view(Bson.UNDEFINED, new byte[0], 0)
                    : value.asDoc().first().value();
            return union(List.of(whole, withEntry(first)));
        }

        private int[] withEntry(Value value) {
            Places places = byKey.get(ByteBuffer.wrap(keys.key(List.of(value))));
            return places == null ? new int[0] : places.toArray();
        }

        private int[] allPlaces(List<Value> values) {
            return union(values.stream().map(this::places).toList());
        }

        private static int[] union(List<int[]> places) {
            BitSet all = new BitSet();
            places.forEach(some -> Arrays.stream(some).forEach(all::set));
            return all.stream().toArray();
        }

        /** Whether a document has an entry for the value exactly where it matches. */
        private static boolean isExact(Value value) {
            return switch (value.type()) {
                case Bson.NULL, Bson.UNDEFINED, Bson.ARRAY, Bson.REGEX -> false;
                default -> true;
            };
        }
    }
}
