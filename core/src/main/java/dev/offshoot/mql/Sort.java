package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.BsonOrder;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A compiled sort order. A document sorts by keys that are taken from it once: a missing field is null, an array is its
 * smallest element where the order is ascending and its largest one where it is descending, an empty array comes before
 * null. Immutable and thread safe.
 */
public final class Sort implements DocOrder {
    static final Value UNDEFINED = Value.view(Bson.UNDEFINED, new byte[0], 0);
    private static final int PARTS_MAX = 32;

    private final List<Part> parts;
    private final Collation collation;

    private Sort(List<Part> parts, Collation collation) {
        this.parts = parts;
        this.collation = collation;
    }

    /** One path of the order. */
    public record Part(String path, boolean ascending) {}

    /**
     * Compiles a sort specification, as {@code {a: 1, "b.c": -1}}.
     *
     * @throws CommandException with MongoDB's code where it is wrong or not supported
     */
    public static Sort compile(Doc spec) {
        return compile(spec, Collation.SIMPLE);
    }

    /** The same where strings sort by a collation. */
    public static Sort compile(Doc spec, Collation collation) {
        Sort sort = of(spec, collation);
        Set<String> paths = new HashSet<>();
        for (Part part : sort.parts) {
            if (!paths.add(part.path())) {
                throw new CommandException(
                        ErrorCode.location(7472500),
                        "$sort key must not contain duplicate keys (duplicate: '" + part.path() + "')");
            }
        }
        return sort;
    }

    private static Sort of(Doc spec, Collation collation) {
        List<Part> parts = new ArrayList<>();
        for (Doc.Field field : spec) {
            parts.add(part(field));
        }
        if (parts.size() > PARTS_MAX) {
            throw new CommandException(
                    ErrorCode.location(13103), "too many compound keys: " + parts.size() + ", at most " + PARTS_MAX);
        }
        return new Sort(List.copyOf(parts), collation);
    }

    static Sort of(Part part, Collation collation) {
        return new Sort(List.of(part), collation);
    }

    private static Part part(Doc.Field field) {
        Value value = field.value();
        if (value.isDocument()) {
            if (value.asDoc().has("$meta")) {
                return meta(value.asDoc());
            }
            throw new CommandException(
                    ErrorCode.location(15974),
                    "Illegal key in $sort specification: " + ShellText.field(field.name(), value));
        }
        if (!value.isNumber()) {
            throw new CommandException(
                    ErrorCode.location(15974),
                    "Illegal key in $sort specification: " + ShellText.field(field.name(), value));
        }
        long direction = value.toRoundedLong();
        if (direction != 1 && direction != -1) {
            throw new CommandException(
                    ErrorCode.location(15975), "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
        }
        DottedPath.parse(field.name());
        return new Part(field.name(), direction > 0);
    }

    /** By what is known of a document beside its fields: how well it answers a text search, best first. */
    private static Part meta(Doc spec) {
        Value what = spec.get("$meta");
        if (what == null || spec.count() > 1) {
            throw new CommandException(
                    ErrorCode.location(31123), "Cannot have additional keys in a $meta sort specification");
        }
        if (Value.of("textScore").equals(what)) {
            return new Part(Metadata.TEXT_SCORE.field(), false);
        }
        throw new CommandException(ErrorCode.location(31138), "Illegal $meta sort: " + ShellText.field("$meta", what));
    }

    /** Whether it needs {@link Metadata#TEXT_SCORE}. */
    public boolean isByTextScore() {
        return parts.stream().anyMatch(part -> part.path().equals(Metadata.TEXT_SCORE.field()));
    }

    /** The paths, most significant first. */
    public List<Part> parts() {
        return parts;
    }

    /** How strings sort. */
    public Collation collation() {
        return collation;
    }

    public boolean isEmpty() {
        return parts.isEmpty();
    }

    /** What a document sorts by, to be compared with {@link #compare(Value[], Value[])}. */
    @Override
    public Value[] key(Doc document) {
        return SortKeys.of(parts, collation, document);
    }

    /** Compares two keys, each direction applied. */
    @Override
    public int compare(Value[] a, Value[] b) {
        for (int i = 0; i < a.length; i++) {
            int c = BsonOrder.compare(a[i], b[i]);
            if (c != 0) {
                return parts.get(i).ascending() ? c : -c;
            }
        }
        return 0;
    }

    /** Compares documents. It takes the keys out at each comparison: to sort many, use {@link #sorted}. */
    public Comparator<Doc> comparator() {
        return (a, b) -> compare(key(a), key(b));
    }

    /**
     * All documents in order, equal ones in the order in which they came. Nothing is read before the first one is asked for.
     *
     * @param limit how many are wanted; no more are held
     * @throws CommandException from the iterator, where more has to be held than the context allows and there is nowhere to spill to
     */
    public Iterator<Doc> sorted(Iterator<Doc> documents, long limit, PipelineContext context) {
        return Sorter.sorted(documents, this, limit, context);
    }
}
