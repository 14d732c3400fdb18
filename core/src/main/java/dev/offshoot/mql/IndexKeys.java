package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import dev.offshoot.text.TextFields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which keys a document has in an index, as bytes in the index's order ({@link KeyWriter}): the one place that knows. The kinds of
 * index are a family of {@link KeyMaker}s; a partial index has no keys of a document that its filter does not match. A missing
 * field is null, an empty array undefined, an array gives an entry for each of its elements. Immutable, safe for any number of threads.
 */
public final class IndexKeys {
    private static final Set<String> KNOWN_KINDS =
            Set.of("hashed", "text", "2d", "2dsphere", "geoHaystack", "wildcard");

    private static final Map<String, PathKeys.Order> SPECIAL =
            Map.of("2dsphere", PathKeys.Order.SPHERE, "2d", PathKeys.Order.PLANE, "text", PathKeys.Order.TEXT);

    private final Doc pattern;
    private final List<String> paths = new ArrayList<>();
    private final FieldPath[] fields;
    private final PathKeys.Order[] orders;
    private final Collation collation;
    private final boolean sparse;
    private final @Nullable Filter partial;
    private final KeyMaker maker;

    /**
     * The entries of one document, sorted, each once.
     *
     * @param types what has to be known beside the key to read its values ({@link dev.offshoot.bson.KeyReader#typeOf}), a byte for
     *     each field; null where the key alone tells, or where there are arrays and nobody will ask
     * @param arrays where arrays were met, which bounds have to be taken with
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Keys(List<byte[]> keys, byte @Nullable [] types, ArrayPaths arrays) {
        /** Of a document that is not in the index. */
        public static final Keys NONE = new Keys(List.of(), null, ArrayPaths.NONE);

        /** Whether an array was met on the way. */
        public boolean multikey() {
            return arrays.isAny();
        }

        /** Whether this is one of the keys. */
        public boolean has(byte[] wanted) {
            return Collections.binarySearch(keys, wanted, Arrays::compareUnsigned) >= 0;
        }

        /** Those keys that another document does not have; goes through both once, as both are sorted. */
        public List<byte[]> without(Keys other) {
            if (keys.isEmpty() || other.keys.isEmpty()) {
                return keys;
            }
            if (keys.size() == 1 && other.keys.size() == 1) {
                return Arrays.equals(keys.get(0), other.keys.get(0)) ? List.of() : keys;
            }
            List<byte[]> without = new ArrayList<>();
            int at = 0;
            for (byte[] key : keys) {
                int order = -1;
                while (at < other.keys.size() && (order = Arrays.compareUnsigned(other.keys.get(at), key)) < 0) {
                    at++;
                }
                if (at == other.keys.size() || order > 0) {
                    without.add(key);
                }
            }
            return without;
        }

        /** What an index holds for each key: the record, and the types behind it. */
        public byte[] value(byte[] record) {
            if (types == null) {
                return record;
            }
            byte[] value = Arrays.copyOf(record, record.length + types.length);
            System.arraycopy(types, 0, value, record.length, types.length);
            return value;
        }
    }

    private IndexKeys(Doc pattern, Doc spec) {
        this.pattern = pattern;
        int n = pattern.count();
        fields = new FieldPath[n];
        orders = new PathKeys.Order[n];
        int i = 0;
        for (Doc.Field field : pattern) {
            checkName(field.name());
            orders[i] = field.name().equals("_ftsx") ? PathKeys.Order.TEXT : order(field);
            fields[i] = FieldPath.of(field.name());
            paths.add(field.name());
            i++;
        }
        Value collated = spec.get("collation");
        collation = Collation.of(collated == null ? null : collated.asDoc());
        sparse = isTrue(spec, "sparse");
        partial = PartialFilter.of(spec.get("partialFilterExpression"), collation);
        maker = maker(spec);
    }

    private KeyMaker maker(Doc spec) {
        checkCollation();
        if (has(PathKeys.Order.TEXT)) {
            return new TextKeys(pattern, fields, orders, TextFields.of(spec));
        }
        if (has(PathKeys.Order.SPHERE) || has(PathKeys.Order.PLANE)) {
            return new GeoKeys(fields, orders, has(PathKeys.Order.PLANE) ? SpecialIndexes.grid(spec) : null, collation);
        }
        long hashed =
                Arrays.stream(orders).filter(o -> o == PathKeys.Order.HASHED).count();
        if (hashed > 1) {
            throw new CommandException(
                    ErrorCode.location(31303),
                    "A maximum of one index field is allowed to be hashed but found " + hashed + " for 'key' "
                            + ShellText.of(pattern));
        }
        if (paths.stream().noneMatch(IndexKeys::isWildcard)) {
            return new PathKeys(fields, orders, collation, sparse);
        }
        Value projection = spec.get("wildcardProjection");
        return wildcard(projection == null || !projection.isDocument() ? Doc.EMPTY : projection.asDoc());
    }

    private KeyMaker wildcard(Doc projection) {
        boolean[] descending = new boolean[orders.length];
        int at = -1;
        for (int i = 0; i < orders.length; i++) {
            if (isHashed(i)) {
                throw cannot("Can't use more than one index plugin for a single index.");
            }
            descending[i] = isDescending(i);
            if (isWildcard(paths.get(i))) {
                if (at >= 0) {
                    throw new CommandException(
                            ErrorCode.location(7246201), "Index Key can contain only one wildcard index field");
                }
                at = i;
            }
        }
        return WildcardKeys.of(paths.get(at), new WildcardKeys.Fields(fields, descending, at, collation), projection);
    }

    /**
     * The keys of an index that has a pattern and no options.
     *
     * @throws CommandException where the pattern is malformed or names a kind of index that is not supported
     */
    public static IndexKeys compile(Doc keyPattern) {
        return compile(keyPattern, Doc.EMPTY);
    }

    /**
     * The keys of an index.
     *
     * @param spec its options: {@code sparse}, {@code collation}, {@code partialFilterExpression} and {@code wildcardProjection}
     *     matter here
     * @throws CommandException where it is malformed or not supported
     */
    public static IndexKeys compile(Doc keyPattern, Doc spec) {
        if (keyPattern.isEmpty()) {
            throw cannot("Index keys cannot be empty.");
        }
        return new IndexKeys(keyPattern, spec);
    }

    private void checkCollation() {
        for (Map.Entry<String, PathKeys.Order> special : SPECIAL.entrySet()) {
            if (!collation.isSimple() && special.getValue() != PathKeys.Order.SPHERE && has(special.getValue())) {
                throw cannot("Index type '" + special.getKey() + "' does not support collation: "
                        + ShellText.of(collation.toDoc()));
            }
        }
    }

    private boolean has(PathKeys.Order order) {
        return Arrays.asList(orders).contains(order);
    }

    private static boolean isTrue(Doc spec, String option) {
        Value value = spec.get(option);
        return value != null && value.isTruthy();
    }

    public Doc pattern() {
        return pattern;
    }

    /** The paths, in order. */
    public List<String> paths() {
        return List.copyOf(paths);
    }

    FieldPath field(int i) {
        return fields[i];
    }

    /** How many fields the pattern has. */
    public int count() {
        return fields.length;
    }

    /** The keys of shapes; null where there are none. */
    @Nullable
    GeoKeys geo() {
        return maker instanceof GeoKeys geo ? geo : null;
    }

    /** Whether the values of some fields are cells of shapes. */
    public boolean isGeo() {
        return maker instanceof GeoKeys;
    }

    /** Whether the i-th field holds cells of shapes. */
    public boolean isGeo(int i) {
        return GeoKeys.isShape(orders[i]);
    }

    /** Whether it can find what is near a point. */
    public boolean serves(Near near) {
        int field = paths.indexOf(near.path());
        return field >= 0
                && ((orders[field] == PathKeys.Order.SPHERE && near.spherical())
                        || (orders[field] == PathKeys.Order.PLANE && near.legacy()));
    }

    /** The texts that a text index is about; null where it is none. */
    public @Nullable TextFields texts() {
        return maker instanceof TextKeys text ? text.texts() : null;
    }

    /** Whether there is no document that it could refuse. */
    public boolean holdsAnything() {
        return fields.length == 1
                && (isWildcard() || (orders[0] == PathKeys.Order.ASCENDING || orders[0] == PathKeys.Order.DESCENDING));
    }

    /** Whether the i-th field sorts from high to low. */
    public boolean isDescending(int i) {
        return orders[i] == PathKeys.Order.DESCENDING;
    }

    /** Whether the i-th field holds hashes, which have no order. */
    public boolean isHashed(int i) {
        return orders[i] == PathKeys.Order.HASHED;
    }

    public boolean isWildcard() {
        return maker instanceof WildcardKeys;
    }

    @Nullable
    WildcardKeys wildcard() {
        return maker instanceof WildcardKeys wildcard ? wildcard : null;
    }

    /** How strings compare, whose sort keys are in the entries. */
    public Collation collation() {
        return collation;
    }

    /** Whether documents without any of the fields are left out. */
    public boolean isSparse() {
        return sparse;
    }

    /** What documents have to match to be in it; null where all are. */
    public @Nullable Filter partialFilter() {
        return partial;
    }

    private static boolean isWildcard(String path) {
        return path.equals("$**") || path.endsWith(".$**");
    }

    private static void checkName(String name) {
        if (name.isEmpty()) {
            throw cannot("Index keys cannot be an empty field.");
        }
        String path = isWildcard(name) && name.length() > 3 ? name.substring(0, name.length() - 4) : name;
        if (path.equals("$**")) {
            return;
        }
        for (String part : path.split("\\.", -1)) {
            if (part.isEmpty()) {
                throw cannot("Index keys cannot contain an empty field.");
            }
            if (part.startsWith("$") && !Set.of("$id", "$db", "$ref").contains(part)) {
                throw cannot("Index key contains an illegal field name: field name starts with '$'.");
            }
        }
    }

    private static PathKeys.Order order(Doc.Field field) {
        Value value = field.value();
        if (value.isString()) {
            String kind = value.asString();
            if (kind.equals("hashed") && !isWildcard(field.name())) {
                return PathKeys.Order.HASHED;
            }
            PathKeys.Order special = SPECIAL.get(kind);
            if (special != null && !isWildcard(field.name())) {
                return special;
            }
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
        return direction < 0 ? PathKeys.Order.DESCENDING : PathKeys.Order.ASCENDING;
    }

    static CommandException cannot(String message) {
        return new CommandException(ErrorCode.CANNOT_CREATE_INDEX, message);
    }

    /**
     * The entries of the document at this offset.
     *
     * @throws CommandException where the index cannot hold it: CannotIndexParallelArrays where two fields meet different arrays
     */
    public Keys keys(byte[] bytes, int offset) {
        return partial == null || partial.matches(bytes, offset) ? maker.keys(bytes, offset) : Keys.NONE;
    }

    public Keys keys(Doc document) {
        return keys(document.bytes(), document.offset());
    }

    /**
     * Whether two whole documents certainly have the same keys, which is told without making these. An index that holds the one can hold
     * the other.
     */
    public boolean areSame(byte[] before, byte[] after) {
        return partial == null && maker.hasSameFields(before, after);
    }

    /** The values, one for each field, that an entry of a document was made of: of an array only the element in question. */
    public List<Value> values(Doc document, byte[] key) {
        return maker instanceof PathKeys plain
                ? new KeyExtractor(plain, document.bytes()).values(document.offset(), key)
                : List.of();
    }

    /** The entry of given values, one for each field; fewer give the beginning all entries with those values share. */
    public byte[] key(List<Value> values) {
        KeyWriter writer = new KeyWriter();
        for (int i = 0; i < values.size(); i++) {
            Value value = collation.key(values.get(i));
            writer.append(isHashed(i) ? Value.of(HashedValue.of(value)) : value, isDescending(i));
        }
        return writer.toBytes();
    }
}
