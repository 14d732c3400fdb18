package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks one document for the entries of an index. All fields are followed until each has a value or stands before an array;
 * all that stand before one must stand before the same one, and go on once for each of its elements.
 */
final class KeyExtractor {
    private final PathKeys maker;
    private final FieldPath[] fields;
    private final byte[] bytes;
    private final KeyWriter writer = new KeyWriter();
    private final List<byte[]> keys = new ArrayList<>(1);
    private byte @Nullable [] wanted;
    private List<Value> wantedValues = List.of();
    private final long[] arrays;

    KeyExtractor(PathKeys maker, byte[] bytes) {
        this.maker = maker;
        this.fields = maker.fields();
        this.bytes = bytes;
        this.arrays = new long[fields.length];
    }

    /** How far each field has got: a value, or an array and the part of the path that is next. */
    private static final class State {
        private static final int OPEN = -1;
        private final int[] types;
        private final int[] values;
        private final int[] parts;
        private int missing;

        State(int fields) {
            types = new int[fields];
            values = new int[fields];
            parts = new int[fields];
            Arrays.fill(types, OPEN);
        }

        State(State other) {
            types = other.types.clone();
            values = other.values.clone();
            parts = other.parts.clone();
            missing = other.missing;
        }

        void miss(int field) {
            set(field, Bson.NULL, 0);
            missing++;
        }

        void set(int field, int type, int value) {
            types[field] = type;
            values[field] = value;
        }

        void standBefore(int field, int array, int part) {
            types[field] = OPEN;
            values[field] = array;
            parts[field] = part;
        }

        boolean isOpen(int field) {
            return types[field] == OPEN;
        }
    }

    IndexKeys.Keys extract(int document) {
        State state = new State(fields.length);
        for (int i = 0; i < fields.length; i++) {
            follow(state, i, document, 0);
        }
        expand(state);
        if (keys.size() > 1) {
            keys.sort(Arrays::compareUnsigned);
            return new IndexKeys.Keys(distinct(keys), null, ArrayPaths.of(arrays));
        }
        return new IndexKeys.Keys(keys, null, ArrayPaths.of(arrays));
    }

    /** The values that one entry of a document was made of; none where it has no such entry. */
    List<Value> values(int document, byte[] key) {
        wanted = key;
        extract(document);
        return wantedValues;
    }

    static List<byte[]> distinct(List<byte[]> sorted) {
        List<byte[]> once = new ArrayList<>(sorted.size());
        for (byte[] key : sorted) {
            if (once.isEmpty() || !Arrays.equals(once.get(once.size() - 1), key)) {
                once.add(key);
            }
        }
        return once;
    }

    /** Follows a field from a document on. */
    private void follow(State state, int field, int document, int part) {
        int at = FieldPath.find(bytes, document, fields[field].part(part));
        if (at < 0) {
            state.miss(field);
        } else {
            arrive(state, field, bytes[at] & 0xFF, at + fields[field].part(part).length + 2, part + 1);
        }
    }

    /** A field has reached a value; {@code part} is what is next. */
    private void arrive(State state, int field, int type, int value, int part) {
        if (type == Bson.ARRAY) {
            meet(field, part - 1);
            beforeArray(state, field, value, part);
        } else if (part == fields[field].length()) {
            state.set(field, type, value);
        } else if (type == Bson.DOCUMENT) {
            follow(state, field, value, part);
        } else {
            state.miss(field);
        }
    }

    private void meet(int field, int part) {
        if (maker.orders()[field] == PathKeys.Order.HASHED) {
            throw new CommandException(
                    ErrorCode.location(16766),
                    "hashed indexes do not currently support array values. Found array at path: "
                            + fields[field].prefix(part + 1));
        }
        arrays[field] |= 1L << Math.min(part, 63);
    }

    private void beforeArray(State state, int field, int array, int part) {
        FieldPath path = fields[field];
        int at = part < path.length() && path.isPositional(part) ? FieldPath.find(bytes, array, path.part(part)) : -1;
        if (at >= 0) {
            arrive(state, field, bytes[at] & 0xFF, at + path.part(part).length + 2, part + 1);
        } else {
            state.standBefore(field, array, part);
        }
    }

    private void expand(State state) {
        int array = sharedArray(state);
        if (array < 0) {
            write(state);
            return;
        }
        int end = array + Bson.int32(bytes, array) - 1;
        int at = array + 4;
        if (at >= end) {
            expand(atElement(state, Bson.UNDEFINED, 0));
        }
        while (at < end) {
            int type = bytes[at] & 0xFF;
            int value = Bson.nul(bytes, at + 1) + 1;
            expand(atElement(state, type, value));
            at = value + Bson.sizeOf(type, bytes, value);
        }
    }

    /** The array that open fields stand before, or -1. */
    private int sharedArray(State state) {
        int first = -1;
        for (int i = 0; i < fields.length; i++) {
            if (!state.isOpen(i)) {
                continue;
            }
            if (first >= 0 && state.values[i] != state.values[first]) {
                throw new CommandException(
                        ErrorCode.CANNOT_INDEX_PARALLEL_ARRAYS,
                        "cannot index parallel arrays [" + lastPart(i) + "] [" + lastPart(first) + "]");
            }
            first = first < 0 ? i : first;
        }
        return first < 0 ? -1 : state.values[first];
    }

    private String lastPart(int field) {
        String path = fields[field].toString();
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private State atElement(State state, int type, int value) {
        State next = new State(state);
        for (int i = 0; i < fields.length; i++) {
            if (!state.isOpen(i)) {
                continue;
            }
            if (state.parts[i] == fields[i].length()) {
                next.set(i, type, value);
            } else if (type == Bson.DOCUMENT) {
                follow(next, i, value, state.parts[i]);
            } else {
                next.miss(i);
            }
        }
        return next;
    }

    private void write(State state) {
        if (maker.sparse() && state.missing == fields.length) {
            return;
        }
        writer.reset();
        for (int i = 0; i < fields.length; i++) {
            maker.write(writer, i, state.types[i], bytes, state.values[i]);
        }
        byte[] key = writer.toBytes();
        keys.add(key);
        if (wanted != null && Arrays.equals(wanted, key)) {
            wantedValues = values(state);
        }
    }

    private List<Value> values(State state) {
        List<Value> values = new ArrayList<>();
        for (int i = 0; i < fields.length; i++) {
            values.add(Value.view(state.types[i], bytes, state.values[i]));
        }
        return values;
    }
}
