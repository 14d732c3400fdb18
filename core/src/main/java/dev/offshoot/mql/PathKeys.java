package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.KeyReader;
import dev.offshoot.bson.KeyWriter;
import dev.offshoot.bson.Value;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keys of the values at given paths: single, compound, multikey, hashed. A document without arrays on the way has one key, which is
 * written in one go; for others see {@link KeyExtractor}.
 *
 * @param sparse whether a key is left out in which every field is missing
 */
record PathKeys(FieldPath[] fields, Order[] orders, Collation collation, boolean sparse) implements KeyMaker {
    /** How a field's values sort. */
    enum Order {
        ASCENDING,
        DESCENDING,
        HASHED,
        /** Cells of the Earth. */
        SPHERE,
        /** Cells of the plane. */
        PLANE,
        /** Terms, or their weights. */
        TEXT
    }

    @Override
    public IndexKeys.Keys keys(byte[] bytes, int offset) {
        KeyWriter writer = new KeyWriter();
        byte[] types = null;
        boolean found = false;
        for (int i = 0; i < fields.length; i++) {
            int at = fields[i].locate(bytes, offset);
            if (at == FieldPath.ARRAY_ON_THE_WAY) {
                return new KeyExtractor(this, bytes).extract(offset);
            }
            byte type;
            if (at < 0) {
                write(writer, i, Bson.NULL, bytes, 0);
                type = KeyReader.MISSING;
            } else {
                int value = at + fields[i].lastPartLength() + 2;
                int bsonType = bytes[at] & 0xFF;
                write(writer, i, bsonType, bytes, value);
                type = orders[i] == Order.HASHED ? KeyReader.OPAQUE : KeyReader.typeOf(bsonType, bytes, value);
                found = true;
            }
            types = noted(types, i, type);
        }
        if (sparse && !found) {
            return IndexKeys.Keys.NONE;
        }
        return new IndexKeys.Keys(List.of(writer.toBytes()), types, ArrayPaths.NONE);
    }

    @Override
    public boolean hasSameFields(byte[] before, byte[] after) {
        return hasSameFields(fields, before, after);
    }

    /** Whether the fields at the top that paths begin with are the same byte for byte. */
    static boolean hasSameFields(FieldPath[] paths, byte[] before, byte[] after) {
        for (FieldPath path : paths) {
            if (!hasSameField(path, before, after)) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasSameField(FieldPath path, byte[] before, byte[] after) {
        int from = FieldPath.find(before, 0, path.part(0));
        int to = FieldPath.find(after, 0, path.part(0));
        if (from < 0 || to < 0) {
            return from == to;
        }
        return Arrays.equals(before, from, end(before, from, path), after, to, end(after, to, path));
    }

    /** Where a field ends that a path begins with. */
    private static int end(byte[] document, int field, FieldPath path) {
        int value = field + path.part(0).length + 2;
        return value + Bson.sizeOf(document[field] & 0xFF, document, value);
    }

    private byte @Nullable [] noted(byte @Nullable [] types, int field, byte type) {
        if (type == KeyReader.PLAIN) {
            return types;
        }
        byte[] noted = types == null ? new byte[fields.length] : types;
        noted[field] = type;
        return noted;
    }

    /** Writes a value as the i-th field has it. */
    void write(KeyWriter writer, int i, int type, byte[] bytes, int offset) {
        if (collation.concerns(type)) {
            Value key = collation.key(Value.view(type, bytes, offset));
            writeKey(writer, i, key.type(), key.bytes(), key.offset());
        } else {
            writeKey(writer, i, type, bytes, offset);
        }
    }

    private void writeKey(KeyWriter writer, int i, int type, byte[] bytes, int offset) {
        if (orders[i] == Order.HASHED) {
            Value hash = Value.of(HashedValue.of(Value.view(type, bytes, offset)));
            writer.append(hash, false);
        } else {
            writer.append(type, bytes, offset, orders[i] == Order.DESCENDING);
        }
    }
}
