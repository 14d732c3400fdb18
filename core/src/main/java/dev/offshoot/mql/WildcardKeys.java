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
 * itself. Fields with a dot in their name have no path.
 */
final class WildcardKeys implements KeyMaker {
    /** The paths that are in it, or out of it; which of the two is {@link #including}. */
    private final List<String> paths;

    private final boolean including;
    private final boolean descending;
    private final Collation collation;

    private WildcardKeys(List<String> paths, boolean including, boolean descending, Collation collation) {
        this.collation = collation;
        this.paths = paths;
        this.including = including;
        this.descending = descending;
    }

    /**
     * @param path {@code $**}, or {@code a.b.$**}
     * @param projection names paths to put in or to leave out; empty for none
     */
    static WildcardKeys of(String path, boolean descending, Doc projection, Collation collation) {
        if (!path.equals("$**")) {
            return new WildcardKeys(List.of(path.substring(0, path.length() - 4)), true, descending, collation);
        }
        if (projection.isEmpty()) {
            return new WildcardKeys(List.of("_id"), false, descending, collation);
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
        return new WildcardKeys(List.copyOf(named), including, descending, collation);
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

    boolean isDescending() {
        return descending;
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
        Walk walk = new Walk(bytes);
        walk.fields(offset, "", false);
        walk.keys.sort(Arrays::compareUnsigned);
        return new IndexKeys.Keys(
                KeyExtractor.distinct(walk.keys), null, walk.arrays ? ArrayPaths.of(new long[] {1}) : ArrayPaths.NONE);
    }

    /** A walk over one document. */
    private final class Walk {
        private final byte[] bytes;
        private final KeyWriter writer = new KeyWriter();
        private final List<byte[]> keys = new ArrayList<>();
        private boolean arrays;

        Walk(byte[] bytes) {
            this.bytes = bytes;
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
                keys.add(writer.reset()
                        .append(Value.of(path), false)
                        .append(collation.key(Value.view(type, bytes, at)), descending)
                        .toBytes());
            }
        }
    }
}
