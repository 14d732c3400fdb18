package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of an index that a filter needs: intervals for each part of its keys. Every document that matches and is in the index has
 * an entry in them. Used by one thread.
 */
public final class IndexBounds {
    /** How many ranges lists of values may multiply to before later fields are only checked. */
    private static final int RANGES_MAX = 1000;

    private static final byte[] NOTHING = {};

    private final List<String> names;
    private final boolean[] descending;
    private final List<List<Interval>> fields;
    private final boolean exact;
    private final boolean overlapping;
    private @Nullable Walk walk;

    /**
     * What to walk through.
     *
     * @param ranges sorted and disjoint
     * @param checkedFrom the first part of a key that the ranges leave open
     * @param checked for the parts from there on the ranges they have to be in; null in the place of a part that is free
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Walk(
            List<KeyRange> ranges,
            int checkedFrom,
            @Nullable List<KeyRange>[] checked) {
        /** Whether keys in the ranges may still be out of bounds. */
        public boolean isChecked() {
            return checked.length > 0;
        }
    }

    /**
     * @param exact whether a document matches just when it has an entry in them
     * @param overlapping whether one document may have several entries in them, whatever it looks like
     */
    IndexBounds(
            List<String> names, boolean[] descending, List<List<Interval>> fields, boolean exact, boolean overlapping) {
        this.names = names;
        this.descending = descending;
        this.fields = fields;
        this.exact = exact;
        this.overlapping = overlapping;
    }

    /** All of an index. */
    public static IndexBounds all(IndexKeys keys) {
        boolean[] descending = new boolean[keys.count()];
        List<List<Interval>> fields = new ArrayList<>();
        for (int i = 0; i < descending.length; i++) {
            descending[i] = keys.isDescending(i);
            fields.add(Bounds.FULL);
        }
        return new IndexBounds(keys.paths(), descending, fields, false, keys.isWildcard());
    }

    /** Whether a document matches just when it has an entry within them. */
    public boolean isExact() {
        return exact;
    }

    /** Whether one document may have several entries within them even where the index has no arrays. */
    public boolean isOverlapping() {
        return overlapping;
    }

    /** Whether a part of the keys sorts from high to low. */
    public boolean isDescending(int part) {
        return descending[part];
    }

    /** The pattern of the index as these bounds use it: a wildcard index as one of a path and its values. */
    public Doc keyPattern(Doc pattern) {
        int path = names.indexOf("$_path");
        if (path < 0) {
            return pattern;
        }
        DocBuilder used = new DocBuilder();
        int i = 0;
        for (Doc.Field field : pattern) {
            if (i == path) {
                used.append("$_path", 1);
                i++;
            }
            used.append(names.get(i), field.value());
            i++;
        }
        return used.buildDoc();
    }

    /** Whether a part of the keys is held to one value. */
    public boolean isPoint(int field) {
        List<Interval> intervals = fields.get(field);
        return intervals.size() == 1 && intervals.get(0).isPoint();
    }

    /** How many parts are not free. */
    public int boundedFields() {
        int n = 0;
        for (List<Interval> intervals : fields) {
            n += isFree(intervals) ? 0 : 1;
        }
        return n;
    }

    /** Whether nothing can be in them. */
    public boolean isEmpty() {
        return fields.stream().anyMatch(List::isEmpty);
    }

    private static boolean isFree(List<Interval> intervals) {
        return intervals == Bounds.FULL
                || (intervals.size() == 1
                        && intervals.get(0).lo().type() == Bson.MIN_KEY
                        && intervals.get(0).hi().type() == Bson.MAX_KEY
                        && intervals.get(0).loInclusive()
                        && intervals.get(0).hiInclusive());
    }

    /** The part of an index from a key (inclusive) to a key (exclusive), each with a value for every field; an empty one is no bound. */
    public static IndexBounds between(IndexKeys keys, Doc min, Doc max) {
        List<Value> lo = new ArrayList<>();
        List<Value> hi = new ArrayList<>();
        min.forEach(field -> lo.add(field.value()));
        max.forEach(field -> hi.add(field.value()));
        IndexBounds all = all(keys);
        List<List<Interval>> fields = new ArrayList<>(all.fields);
        boolean down = keys.isDescending(0);
        Value first = lo.isEmpty() ? (down ? Bounds.MAX_KEY : Bounds.MIN_KEY) : lo.get(0);
        Value last = hi.isEmpty() ? (down ? Bounds.MIN_KEY : Bounds.MAX_KEY) : hi.get(0);
        boolean open = keys.count() == 1 && !hi.isEmpty();
        fields.set(0, List.of(down ? new Interval(last, !open, first, true) : new Interval(first, true, last, !open)));
        IndexBounds bounds = new IndexBounds(all.names, all.descending, fields, false, false);
        KeyRange range = new KeyRange(keys.key(lo), hi.isEmpty() ? null : keys.key(hi));
        bounds.walk = new Walk(List.of(range), keys.count(), bounds.checks(0, 0));
        return bounds;
    }

    /** The ranges to walk through: combinations of the values of the first parts, then intervals of the next one. */
    public Walk walk() {
        Walk made = walk;
        if (made == null) {
            made = makeWalk();
            walk = made;
        }
        return made;
    }

    private Walk makeWalk() {
        if (isEmpty()) {
            return new Walk(List.of(), 0, checks(0, 0));
        }
        List<byte[]> prefixes = List.of(NOTHING);
        int i = 0;
        while (i < fields.size() && allPoints(fields.get(i)) && !tooMany(prefixes, fields.get(i))) {
            prefixes = extended(prefixes, i);
            i++;
        }
        if (i == fields.size() || isFree(fields.get(i)) || (i > 0 && tooMany(prefixes, fields.get(i)))) {
            return new Walk(prefixes.stream().map(IndexBounds::prefixed).toList(), i, checks(i, lastBounded()));
        }
        List<KeyRange> ranges = new ArrayList<>();
        for (byte[] prefix : prefixes) {
            for (Interval interval : inOrder(i)) {
                ranges.add(range(prefix, interval, descending[i]));
            }
        }
        return new Walk(ranges, i + 1, checks(i + 1, lastBounded()));
    }

    private int lastBounded() {
        int last = fields.size();
        while (last > 0 && isFree(fields.get(last - 1))) {
            last--;
        }
        return last;
    }

    @SuppressWarnings("unchecked") // a generic array cannot be made otherwise
    private @Nullable List<KeyRange>[] checks(int from, int to) {
        List<KeyRange>[] checks = (List<KeyRange>[]) new List<?>[Math.max(0, to - from)];
        for (int i = from; i < to; i++) {
            if (!isFree(fields.get(i))) {
                List<KeyRange> ranges = new ArrayList<>();
                for (Interval interval : inOrder(i)) {
                    ranges.add(range(NOTHING, interval, descending[i]));
                }
                checks[i - from] = ranges;
            }
        }
        return checks;
    }

    private static boolean allPoints(List<Interval> intervals) {
        for (Interval interval : intervals) {
            if (!interval.isPoint()) {
                return false;
            }
        }
        return true;
    }

    private static boolean tooMany(List<byte[]> prefixes, List<Interval> intervals) {
        return (long) prefixes.size() * intervals.size() > RANGES_MAX && intervals.size() > 1;
    }

    private List<byte[]> extended(List<byte[]> prefixes, int field) {
        List<byte[]> longer =
                new ArrayList<>(prefixes.size() * fields.get(field).size());
        for (byte[] prefix : prefixes) {
            for (Interval point : inOrder(field)) {
                longer.add(joined(prefix, point.lo(), descending[field]));
            }
        }
        return longer;
    }

    /** The intervals of a part in the order of the index. */
    private List<Interval> inOrder(int field) {
        List<Interval> intervals = fields.get(field);
        return descending[field] ? reversed(intervals) : intervals;
    }

    private static <T> List<T> reversed(List<T> list) {
        List<T> reversed = new ArrayList<>(list);
        java.util.Collections.reverse(reversed);
        return reversed;
    }

    /** The range of all entries that begin with these bytes. */
    public static KeyRange prefixed(byte[] prefix) {
        return new KeyRange(prefix, after(prefix));
    }

    /** The entries that begin with a prefix and go on with a value of an interval. */
    private static KeyRange range(byte[] prefix, Interval interval, boolean descending) {
        byte[] first = joined(prefix, descending ? interval.hi() : interval.lo(), descending);
        byte[] last = joined(prefix, descending ? interval.lo() : interval.hi(), descending);
        boolean firstInclusive = descending ? interval.hiInclusive() : interval.loInclusive();
        boolean lastInclusive = descending ? interval.loInclusive() : interval.hiInclusive();
        byte[] from = firstInclusive ? first : after(first);
        return new KeyRange(from == null ? first : from, lastInclusive ? after(last) : last);
    }

    private static byte[] joined(byte[] prefix, Value value, boolean descending) {
        return new KeyWriter(prefix.length + value.length() + 16)
                .appendRaw(prefix)
                .append(value, descending)
                .toBytes();
    }

    /** The first bytes after everything that begins with a prefix, or null where nothing is. */
    public static byte @Nullable [] after(byte[] prefix) {
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

    /** As {@code explain} shows them: for each field a list of intervals in the order of the walk. */
    public Doc toDoc(boolean backwards, Collation collation) {
        DocBuilder doc = new DocBuilder();
        for (int i = 0; i < fields.size(); i++) {
            doc.startArray(names.get(i));
            boolean down = descending[i] != backwards;
            for (Interval interval : down ? reversed(fields.get(i)) : fields.get(i)) {
                doc.add(text(interval, down, collation));
            }
            doc.end();
        }
        return doc.buildDoc();
    }

    private static String text(Interval interval, boolean down, Collation collation) {
        Value first = down ? interval.hi() : interval.lo();
        Value last = down ? interval.lo() : interval.hi();
        boolean firstInclusive = down ? interval.hiInclusive() : interval.loInclusive();
        boolean lastInclusive = down ? interval.loInclusive() : interval.hiInclusive();
        return (firstInclusive ? "[" : "(") + text(first, collation) + ", " + text(last, collation)
                + (lastInclusive ? "]" : ")");
    }

    private static String text(Value value, Collation collation) {
        if (value.isString() && !collation.isSimple()) {
            return "CollationKey(0x" + Collation.hex(value) + ")";
        }
        if (value.type() == Bson.DOUBLE && Double.isInfinite(value.asDouble())) {
            return value.asDouble() > 0 ? "inf" : "-inf";
        }
        return value.type() == Bson.REGEX
                ? "/" + RegexTest.source(value) + "/" + RegexTest.options(value)
                : ShellText.of(value);
    }
}
