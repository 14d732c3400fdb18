package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key pattern of an index, compiled: the entries of a document and the ranges of entries a filter needs, as bytes in the
 * index's order ({@link KeyWriter}). A missing field is null, an empty array undefined, an array gives an entry for each of
 * its elements. Immutable, safe for any number of threads.
 */
public final class IndexKeys {
    /** How many ranges a filter's lists of values may multiply to before later fields are left out. */
    private static final int RANGES_MAX = 1000;

    private static final Set<String> KNOWN_KINDS =
            Set.of("hashed", "text", "2d", "2dsphere", "geoHaystack", "wildcard");

    private final Doc pattern;
    private final List<String> paths;
    private final FieldPath[] fields;
    private final boolean[] descending;

    /**
     * The entries of one document, sorted, each once.
     *
     * @param multikey whether an array was met on the way, so that bounds have to be taken with {@code multikey}
     */
    public record Keys(List<byte[]> keys, boolean multikey) {}

    private IndexKeys(Doc pattern) {
        this.pattern = pattern;
        this.paths = new ArrayList<>();
        int n = pattern.count();
        fields = new FieldPath[n];
        descending = new boolean[n];
        int i = 0;
        for (Doc.Field field : pattern) {
            checkName(field.name());
            descending[i] = isDescending(field);
            fields[i] = FieldPath.of(field.name());
            paths.add(field.name());
            i++;
        }
    }

    /** @throws CommandException where the pattern is malformed or names a kind of index that is not supported */
    public static IndexKeys compile(Doc keyPattern) {
        if (keyPattern.isEmpty()) {
            throw cannot("Index keys cannot be empty.");
        }
        return new IndexKeys(keyPattern);
    }

    public Doc pattern() {
        return pattern;
    }

    /** The paths, in order. */
    public List<String> paths() {
        return List.copyOf(paths);
    }

    /** Whether the i-th field sorts from high to low. */
    public boolean isDescending(int i) {
        return descending[i];
    }

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw cannot("Index keys cannot be an empty field.");
        }
        for (String part : name.split("\\.", -1)) {
            if (part.isEmpty()) {
                throw cannot("Index keys cannot contain an empty field.");
            }
            if (part.equals("$**")) {
                throw cannot("wildcard indexes are not supported");
            }
            if (part.startsWith("$") && !Set.of("$id", "$db", "$ref").contains(part)) {
                throw cannot("Index key contains an illegal field name: field name starts with '$'.");
            }
        }
    }

    private static boolean isDescending(Doc.Field field) {
        Value value = field.value();
        if (value.isString()) {
            String kind = value.asString();
            throw cannot(
                    KNOWN_KINDS.contains(kind)
                            ? "indexes of type '" + kind + "' are not supported"
                            : "Unknown index plugin '" + kind + "'");
        }
        if (!value.isNumber()) {
            throw cannot("Values in v:2 index key pattern cannot be of type " + Bson.typeName(value.type())
                    + ". Only numbers > 0, numbers < 0, and strings are allowed.");
        }
        double direction = value.toDouble();
        if (Double.isNaN(direction)) {
            throw cannot("Values in the index key pattern cannot be NaN.");
        }
        if (direction == 0) {
            throw cannot("Values in the index key pattern cannot be 0.");
        }
        return direction < 0;
    }

    private static CommandException cannot(String message) {
        return new CommandException(ErrorCode.CANNOT_CREATE_INDEX, message);
    }

    /**
     * The entries of the document at this offset.
     *
     * @throws CommandException CannotIndexParallelArrays where two fields meet different arrays
     */
    public Keys keys(byte[] bytes, int offset) {
        return new KeyExtractor(fields, descending, bytes).extract(offset);
    }

    public Keys keys(Doc document) {
        return keys(document.bytes(), document.offset());
    }

    /** The values, one for each field, that an entry of a document was made of: of an array only the element in question. */
    public List<Value> values(Doc document, byte[] key) {
        return new KeyExtractor(fields, descending, document.bytes()).values(document.offset(), key);
    }

    /** The entry of given values, one for each field; fewer give the beginning all entries with those values share. */
    public byte[] key(List<Value> values) {
        KeyWriter writer = new KeyWriter();
        for (int i = 0; i < values.size(); i++) {
            writer.append(values.get(i), descending[i]);
        }
        return writer.toBytes();
    }

    /** The range of all entries that begin with these bytes. */
    public static KeyRange prefixed(byte[] prefix) {
        return new KeyRange(prefix, after(prefix));
    }

    /**
     * The ranges, sorted and disjoint, that hold at least one entry of every document that matches the filter: values the
     * first fields are equal to, then a range of the next. Null where the filter does not constrain the first field.
     */
    public @Nullable List<KeyRange> ranges(Filter filter, boolean multikey) {
        List<byte[]> prefixes = List.of(new byte[0]);
        for (int i = 0; i < fields.length; i++) {
            List<Interval> bounds = multikey && sharesArray(i) ? null : filter.bounds(paths.get(i), multikey);
            if (bounds == null || (i > 0 && tooMany(prefixes, bounds))) {
                return i == 0
                        ? null
                        : prefixes.stream().map(IndexKeys::prefixed).toList();
            }
            boolean points = bounds.stream().allMatch(Interval::isPoint);
            if (!points || i + 1 == fields.length || tooMany(prefixes, bounds)) {
                return ranges(prefixes, bounds, descending[i]);
            }
            prefixes = extended(prefixes, bounds, descending[i]);
        }
        throw new AssertionError("an index without fields");
    }

    private static boolean tooMany(List<byte[]> prefixes, List<Interval> bounds) {
        return (long) prefixes.size() * bounds.size() > RANGES_MAX;
    }

    /** Whether an earlier field may run through the same array, different elements of which may satisfy the filter. */
    private boolean sharesArray(int i) {
        for (int j = 0; j < i; j++) {
            if (Arrays.equals(fields[i].part(0), fields[j].part(0))) {
                return true;
            }
        }
        return false;
    }

    private static List<byte[]> extended(List<byte[]> prefixes, List<Interval> points, boolean descending) {
        List<byte[]> longer = new ArrayList<>();
        for (byte[] prefix : prefixes) {
            for (int i = 0; i < points.size(); i++) {
                Interval point = points.get(descending ? points.size() - 1 - i : i);
                longer.add(joined(prefix, point.lo(), descending));
            }
        }
        return longer;
    }

    private static List<KeyRange> ranges(List<byte[]> prefixes, List<Interval> intervals, boolean descending) {
        List<KeyRange> ranges = new ArrayList<>();
        for (byte[] prefix : prefixes) {
            for (int i = 0; i < intervals.size(); i++) {
                ranges.add(range(prefix, intervals.get(descending ? intervals.size() - 1 - i : i), descending));
            }
        }
        return ranges;
    }

    /** The entries that begin with a prefix and go on with a value of an interval. */
    static KeyRange range(byte[] prefix, Interval interval, boolean descending) {
        byte[] first = joined(prefix, descending ? interval.hi() : interval.lo(), descending);
        byte[] last = joined(prefix, descending ? interval.lo() : interval.hi(), descending);
        boolean firstInclusive = descending ? interval.hiInclusive() : interval.loInclusive();
        boolean lastInclusive = descending ? interval.loInclusive() : interval.hiInclusive();
        byte[] from = firstInclusive ? first : after(first);
        return new KeyRange(from == null ? first : from, lastInclusive ? after(last) : last);
    }

    private static byte[] joined(byte[] prefix, Value value, boolean descending) {
        return new KeyWriter().appendRaw(prefix).append(value, descending).toBytes();
    }

    /** The first bytes after everything that begins with a prefix, or null where nothing is. */
    static byte @Nullable [] after(byte[] prefix) {
        int length = prefix.length;
        while (length > 0 && prefix[length - 1] == (byte) 0xFF) {
            length--;
        }
        if (length == 0) {
            return null;
        }
        byte[] next = Arrays.copyOf(prefix, length);
        next[length - 1]++;
        return next;
    }
}
