package dev.offshoot.query;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.KeyReader;
import dev.offshoot.bson.Value;
import dev.offshoot.mql.IndexBounds;
import dev.offshoot.mql.KeyRange;
import dev.offshoot.state.IndexSnapshot;
import dev.offshoot.state.RecordId;
import dev.offshoot.tree.Cursor;
import dev.offshoot.tree.Finder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries of an index within bounds, one record each once. Where the bounds leave a gap between values of a part of the keys, the
 * walk leaps over it. Finds records; whoever wants their documents fetches them.
 */
final class IndexScan extends PlanStage {
    private static final byte[] NO_TYPES = {};

    private final IndexSnapshot index;
    private final IndexBounds bounds;
    private final IndexBounds.Walk walk;
    private final boolean backwards;
    private final int leap;
    private final Runnable tick;
    private final @Nullable Set<Long> seen;
    private int nextRange;
    private @Nullable KeyRange range;
    private @Nullable Cursor<byte[]> cursor;
    private boolean standing;
    private long keys;
    private long seeks;
    private long dropped;

    /** @param leap how many parts of a key are to be seen once only, so that the walk leaps on from there; 0 for none */
    IndexScan(IndexSnapshot index, IndexBounds bounds, boolean backwards, int leap, Runnable tick) {
        this.index = index;
        this.bounds = bounds;
        this.walk = bounds.walk();
        this.backwards = backwards;
        this.leap = leap;
        this.tick = tick;
        this.seen = index.multikey() || bounds.isOverlapping() ? new HashSet<>() : null;
    }

    @Override
    boolean move() {
        while (true) {
            if (leap > 0) {
                leapOver();
            }
            Cursor<byte[]> at = cursor;
            if (at == null || !at.next()) {
                if (!enterNextRange()) {
                    return false;
                }
                continue;
            }
            keys++;
            work();
            tick.run();
            if (walk.isChecked() && !isWithin(at.key())) {
                continue;
            }
            if (seen == null || seen.add(RecordId.of(at.value()))) {
                standing = true;
                return true;
            }
            dropped++;
        }
    }

    /** Leaves behind all entries with the same first parts; not where the field is missing, which null looks the same as. */
    private void leapOver() {
        Cursor<byte[]> at = cursor;
        if (!standing || at == null) {
            return;
        }
        standing = false;
        byte[] value = at.value();
        if (value.length > RecordId.BYTES && value[RecordId.BYTES + leap - 1] == KeyReader.MISSING) {
            return;
        }
        int end = 0;
        for (int part = 0; part < leap; part++) {
            end = KeyReader.end(at.key(), end, bounds.isDescending(part));
        }
        leapForwards(Arrays.copyOf(at.key(), end), null);
    }

    private boolean enterNextRange() {
        List<KeyRange> ranges = walk.ranges();
        if (nextRange == ranges.size()) {
            return false;
        }
        KeyRange next = ranges.get(backwards ? ranges.size() - 1 - nextRange : nextRange);
        nextRange++;
        range = next;
        seek(next.from(), next.to());
        return true;
    }

    private void seek(byte[] from, byte @Nullable [] to) {
        seeks++;
        cursor = backwards
                ? index.entries().descending(from, to)
                : index.entries().ascending(from, to);
    }

    /** Whether the later parts of a key are in bounds; where they are not, moves the cursor on to where they may be. */
    private boolean isWithin(byte[] key) {
        int start = 0;
        for (int part = 0; part < walk.checkedFrom() + walk.checked().length; part++) {
            int end = KeyReader.end(key, start, bounds.isDescending(part));
            int check = part - walk.checkedFrom();
            List<KeyRange> allowed = check < 0 ? null : walk.checked()[check];
            if (allowed != null && !isWithin(key, start, end, allowed)) {
                return false;
            }
            start = end;
        }
        return true;
    }

    private boolean isWithin(byte[] key, int start, int end, List<KeyRange> allowed) {
        KeyRange below = null;
        KeyRange above = null;
        for (KeyRange one : allowed) {
            byte[] from = one.from();
            byte[] to = one.to();
            boolean reached = Arrays.compareUnsigned(key, start, end, from, 0, from.length) >= 0;
            if (!reached) {
                above = one;
                break;
            }
            if (to == null || Arrays.compareUnsigned(key, start, end, to, 0, to.length) < 0) {
                return true;
            }
            below = one;
        }
        byte[] prefix = Arrays.copyOf(key, start);
        if (backwards) {
            leapBackwards(prefix, below);
        } else {
            leapForwards(prefix, above);
        }
        return false;
    }

    private void leapForwards(byte[] prefix, @Nullable KeyRange above) {
        byte[] from = above == null ? IndexBounds.after(prefix) : joined(prefix, above.from());
        KeyRange whole = range;
        if (from == null || whole == null) {
            cursor = null;
        } else {
            seek(from, whole.to());
        }
    }

    private void leapBackwards(byte[] prefix, @Nullable KeyRange below) {
        KeyRange whole = range;
        if (whole == null) {
            cursor = null;
            return;
        }
        byte[] to =
                below == null ? prefix : below.to() == null ? IndexBounds.after(prefix) : joined(prefix, below.to());
        seek(whole.from(), to);
    }

    private static byte[] joined(byte[] a, byte @Nullable [] b) {
        if (b == null) {
            return a;
        }
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private Cursor<byte[]> cursor() {
        if (cursor == null) {
            throw new IllegalStateException("before the first entry, or behind the last");
        }
        return cursor;
    }

    IndexSnapshot index() {
        return index;
    }

    @Override
    public long recordId() {
        return RecordId.of(cursor().value());
    }

    /** What the index holds for the entry: the record, and perhaps types. */
    byte[] value() {
        return cursor().value();
    }

    @Override
    public byte[] document() {
        throw new IllegalStateException("an index holds no documents");
    }

    /** The values of the entry by the index's paths, without those that are missing; null where a value cannot be read from it. */
    @Nullable
    Doc keyDocument() {
        return keyDocument(false);
    }

    /** The key that the index has, in which what is missing is null; null where it does not tell all. */
    @Nullable
    Doc key() {
        return keyDocument(true);
    }

    private @Nullable Doc keyDocument(boolean nulls) {
        if (index.keys().isWildcard() && index.keys().count() > 1) {
            return null; // its parts are more than its paths
        }
        byte[] key = cursor().key();
        byte[] value = cursor().value();
        byte[] types =
                value.length > RecordId.BYTES ? Arrays.copyOfRange(value, RecordId.BYTES, value.length) : NO_TYPES;
        DocBuilder out = new DocBuilder(key.length + 32);
        int at = 0;
        for (int i = 0; i < index.keys().count(); i++) {
            boolean descending = index.keys().isDescending(i);
            byte type = types.length == 0 ? KeyReader.PLAIN : types[i];
            if (type != KeyReader.MISSING) {
                Value read = KeyReader.value(key, at, descending, type);
                if (read == null) {
                    return null;
                }
                out.append(index.keys().paths().get(i), read);
            } else if (nulls) {
                out.append(index.keys().paths().get(i), Value.NULL);
            }
            at = KeyReader.end(key, at, descending);
        }
        return out.buildDoc();
    }

    /** The document of a record that an index names. */
    static byte[] fetched(Finder<byte[]> documents, IndexSnapshot index, byte[] value) {
        byte[] record = value.length == RecordId.BYTES ? value : Arrays.copyOf(value, RecordId.BYTES);
        byte[] found = documents.get(record);
        if (found == null) {
            throw new AssertionError(
                    "index " + index.name() + " names record " + RecordId.of(record) + ", which is not there");
        }
        return found;
    }

    @Override
    String name() {
        return leap > 0 ? "DISTINCT_SCAN" : "IXSCAN";
    }

    @Override
    void describe(DocBuilder out) {
        describe(out, index, bounds);
        out.append("direction", backwards ? "backward" : "forward")
                .append("indexBounds", bounds.toDoc(backwards, index.keys().collation()));
    }

    static void describe(DocBuilder out, IndexSnapshot index, IndexBounds bounds) {
        out.append("keyPattern", bounds.keyPattern(index.pattern())).append("indexName", index.name());
        if (!index.keys().collation().isSimple()) {
            out.append("collation", index.keys().collation().toDoc());
        }
        out.append("isMultiKey", index.multikey()).startDocument("multiKeyPaths");
        for (int i = 0; i < index.keys().count(); i++) {
            String path = index.keys().paths().get(i);
            out.startArray(path);
            String[] parts = path.split("\\.", -1);
            String prefix = "";
            for (int part = 0; part < parts.length; part++) {
                prefix = part == 0 ? parts[0] : prefix + "." + parts[part];
                if (index.arrays().isAt(i, part)) {
                    out.add(prefix);
                }
            }
            out.end();
        }
        out.end()
                .append("isUnique", index.isUnique())
                .append("isSparse", index.keys().isSparse())
                .append("isPartial", index.keys().partialFilter() != null)
                .append("indexVersion", 2);
    }

    @Override
    void count(DocBuilder out) {
        out.append("keysExamined", number(keys)).append("seeks", number(seeks));
        if (seen != null) {
            out.append("dupsTested", number(seen.size() + dropped)).append("dupsDropped", number(dropped));
        } else {
            out.append("dupsTested", 0).append("dupsDropped", 0);
        }
    }

    @Override
    void inputs(DocBuilder out, boolean stats) {}

    @Override
    long keysExamined() {
        return keys;
    }

    @Override
    long documentsExamined() {
        return 0;
    }
}
