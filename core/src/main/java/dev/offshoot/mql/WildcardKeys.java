package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Keys of a wildcard index: the path and the value of every leaf, of all fields or those that a path or a projection names. An
 * array gives an entry for each element, one directly inside another as a whole; an empty one is undefined, an empty document
 * itself. Fields with a dot in their name have no path. A compound one has other fields before and behind, each with one value; a
 * document without any path has an entry there with the least path, so that those fields find it.
 */
final class WildcardKeys implements KeyMaker {
    /** The paths that are in it, or out of it; which of the two is {@link #including}. */
    private final List<String> paths;

    private final boolean including;
    private final Fields fields;

    private WildcardKeys(List<String> paths, boolean including, Fields fields) {
        this.paths = paths;
        this.including = including;
        this.fields = fields;
    }

    /**
     * The pattern.
     *
     * @param all every field; the wildcard's own is not followed
     * @param descending of each whether it sorts from high to low
     * @param at which is the wildcard
     * @param collation how strings compare
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Fields(FieldPath[] all, boolean[] descending, int at, Collation collation) {
        boolean isCompound() {
            return all.length > 1;
        }
    }

    /**
     * @param path {@code $**}, or {@code a.b.$**}
     * @param projection names paths to put in or to leave out; empty for none
     */
    static WildcardKeys of(String path, Fields fields, Doc projection) {
        if (!path.equals("$**")) {
            return new WildcardKeys(List.of(path.substring(0, path.length() - 4)), true, fields);
        }
        if (projection.isEmpty()) {
            return new WildcardKeys(List.of("_id"), false, fields);
        }
        List<String> named = new ArrayList<>();
        boolean including = isInclusion(projection);
        for (Doc.Field field : projection) {
            if (!field.name().equals("_id")) {
                flatten(field.name(), field.value(), named);
            }
        }
        Value id = projection.get("_id");
        if (including == (id != null && id.isTruthy())) {
            named.add("_id"); // which is out unless it is named
        }
        return new WildcardKeys(List.copyOf(named), including, fields);
    }

    private static boolean isInclusion(Doc projection) {
        boolean onlyId = true;
        for (Doc.Field field : projection) {
            if (!field.name().equals("_id")) {
                onlyId = false;
                if (isIncluded(field.value())) {
                    return true;
                }
            }
        }
        return onlyId && projection.first().value().isTruthy();
    }

    private static boolean isIncluded(Value value) {
        return value.isDocument() ? isIncluded(value.asDoc().first().value()) : value.isTruthy();
    }

    private static void flatten(String path, Value value, List<String> named) {
        if (!value.isDocument()) {
            named.add(path);
            return;
        }
        for (Doc.Field field : value.asDoc()) {
            flatten(path + "." + field.name(), field.value(), named);
        }
    }

    /** Which field of the pattern it is. */
    int at() {
        return fields.at;
    }

    /** Whether all values at a path and below it are in the index. */
    boolean covers(String path) {
        for (String named : paths) {
            if (path.equals(named) || path.startsWith(named + ".")) {
                return including;
            }
            if (!including && named.startsWith(path + ".")) {
                return false;
            }
        }
        return !including;
    }

    /** Whether something at a path or below it may be in the index. */
    private boolean mayEnter(String path) {
        for (String named : paths) {
            if (path.equals(named) || path.startsWith(named + ".")) {
                return including;
            }
            if (including && named.startsWith(path + ".")) {
                return true;
            }
        }
        return !including;
    }

    @Override
    public IndexKeys.Keys keys(byte[] bytes, int offset) {
        Walk walk = new Walk(
                bytes, regular(bytes, offset, 0, fields.at), regular(bytes, offset, fields.at + 1, fields.all.length));
        walk.fields(offset, "", false);
        if (walk.keys.isEmpty() && fields.isCompound()) {
            walk.add(Bounds.MIN_KEY, Bounds.MIN_KEY);
        }
        walk.keys.sort(Arrays::compareUnsigned);
        return new IndexKeys.Keys(
                KeyExtractor.distinct(walk.keys),
                null,
                walk.arrays ? ArrayPaths.of(arraysAtWildcard()) : ArrayPaths.NONE);
    }

    private long[] arraysAtWildcard() {
        long[] arrays = new long[fields.all.length];
        arrays[fields.at] = 1;
        return arrays;
    }

    /** The values of other fields, from one to another, as bytes. */
    private byte[] regular(byte[] bytes, int offset, int from, int to) {
        KeyWriter writer = new KeyWriter();
        for (int i = from; i < to; i++) {
            FieldPath field = fields.all[i];
            int at = field.locate(bytes, offset);
            if (at == FieldPath.ARRAY_ON_THE_WAY) {
                throw new CommandException(
                        ErrorCode.location(7246301),
                        "Fields of a compound wildcard index that are no wildcard cannot have arrays. Found array at path: "
                                + field);
            }
            Value value = at < 0 ? Value.NULL : Value.view(bytes[at] & 0xFF, bytes, at + field.lastPartLength() + 2);
            writer.append(fields.collation.key(value), fields.descending[i]);
        }
        return writer.toBytes();
    }

    /** A walk over one document. */
    private final class Walk {
        private final byte[] bytes;
        private final byte[] before;
        private final byte[] behind;
        private final KeyWriter writer = new KeyWriter();
        private final List<byte[]> keys = new ArrayList<>();
        private boolean arrays;

        Walk(byte[] bytes, byte[] before, byte[] behind) {
            this.bytes = bytes;
            this.before = before;
            this.behind = behind;
        }

        void fields(int document, String path, boolean inArray) {
            for (Doc.Fields field = Doc.view(bytes, document).fields(); field.next(); ) {
                if (inArray) {
                    value(field.type(), field.valueStart(), path, true);
                    continue;
                }
                String name = field.name();
                if (name.indexOf('.') < 0) {
                    String longer = path.isEmpty() ? name : path + "." + name;
                    if (mayEnter(longer)) {
                        value(field.type(), field.valueStart(), longer, false);
                    }
                }
            }
        }

        private void value(int type, int at, String path, boolean inArray) {
            boolean array = type == Bson.ARRAY;
            arrays |= array;
            if ((array && inArray) || (!array && type != Bson.DOCUMENT)) {
                add(path, type, at);
            } else if (Bson.int32(bytes, at) == 5) {
                add(path, array ? Bson.UNDEFINED : type, at);
            } else {
                fields(at, path, array);
            }
        }

        private void add(String path, int type, int at) {
            if (covers(path)) {
                add(Value.of(path), fields.collation.key(Value.view(type, bytes, at)));
            }
        }

        void add(Value path, Value value) {
            keys.add(writer.reset()
                    .appendRaw(before)
                    .append(path, false)
                    .append(value, fields.descending[fields.at])
                    .appendRaw(behind)
                    .toBytes());
        }
    }
}
