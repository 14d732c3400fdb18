package dev.offshoot.bson;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.bson.BSONException;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;

/**
 * A view of one BSON document or array inside an array of bytes. Immutable as long as nobody changes the bytes, which
 * nobody may. Iterates its fields in order.
 */
public final class Doc implements Iterable<Doc.Field> {
    public static final Doc EMPTY = new Doc(new byte[] {5, 0, 0, 0, 0}, 0);

    private final byte[] bytes;
    private final int offset;

    private Doc(byte[] bytes, int offset) {
        this.bytes = bytes;
        this.offset = offset;
    }

    /** The document that the array is. */
    public static Doc of(byte[] bytes) {
        return new Doc(bytes, 0);
    }

    /** The document that starts at an offset. */
    public static Doc view(byte[] bytes, int offset) {
        return new Doc(bytes, offset);
    }

    public byte[] bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    /** In bytes, with the length itself and the closing NUL. */
    public int length() {
        return Bson.int32(bytes, offset);
    }

    public boolean isEmpty() {
        return length() == 5;
    }

    /** The document's own bytes: the array itself where it holds nothing else, else a copy. */
    public byte[] toBytes() {
        int length = length();
        return offset == 0 && length == bytes.length ? bytes : Arrays.copyOfRange(bytes, offset, offset + length);
    }

    /** A cursor before the first field: the walk that allocates nothing. */
    public Fields fields() {
        return new Fields(bytes, offset);
    }

    /** The first field of this name, or null. */
    public @Nullable Value get(String name) {
        Fields f = fields();
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        while (f.next()) {
            if (f.nameIs(wanted)) {
                return f.value();
            }
        }
        return null;
    }

    public boolean has(String name) {
        return get(name) != null;
    }

    /** How many fields it has. Walks it. */
    public int count() {
        int n = 0;
        for (Fields f = fields(); f.next(); ) {
            n++;
        }
        return n;
    }

    /** The first field; callers know that there is one. */
    public Field first() {
        return iterator().next();
    }

    @Override
    public Iterator<Field> iterator() {
        Fields f = fields();
        return new Iterator<>() {
            private boolean ahead = f.next();

            @Override
            public boolean hasNext() {
                return ahead;
            }

            @Override
            public Field next() {
                if (!ahead) {
                    throw new NoSuchElementException();
                }
                Field field = new Field(f.name(), f.value());
                ahead = f.next();
                return field;
            }
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Doc that
                && Arrays.equals(
                        bytes, offset, offset + length(), that.bytes, that.offset, that.offset + that.length());
    }

    @Override
    public int hashCode() {
        return Value.document(this).hashCode();
    }

    /** Relaxed extended JSON, for messages; of what the driver's codecs cannot read, the size. */
    @Override
    public String toString() {
        try {
            return new RawBsonDocument(toBytes()).toJson();
        } catch (BSONException unreadable) {
            return "{ " + length() + " bytes: " + unreadable.getMessage() + " }";
        }
    }

    /** A field: name and value. */
    public record Field(String name, Value value) {}

    /** A cursor over the fields of a document. Not thread safe. */
    public static final class Fields {
        private final byte[] bytes;
        private final int end;
        private int type;
        private int nameStart;
        private int valueStart;
        private int next;

        private Fields(byte[] bytes, int offset) {
            this.bytes = bytes;
            this.end = offset + Bson.int32(bytes, offset) - 1;
            this.next = offset + 4;
        }

        /** Moves to the next field; false at the end. */
        public boolean next() {
            if (next >= end) {
                return false;
            }
            type = bytes[next] & 0xFF;
            nameStart = next + 1;
            valueStart = Bson.nul(bytes, nameStart) + 1;
            next = valueStart + Bson.sizeOf(type, bytes, valueStart);
            return true;
        }

        public int type() {
            return type;
        }

        /** What the offsets are offsets in. */
        public byte[] bytes() {
            return bytes;
        }

        public int nameStart() {
            return nameStart;
        }

        /** The name's length in bytes. */
        public int nameLength() {
            return valueStart - 1 - nameStart;
        }

        public int valueStart() {
            return valueStart;
        }

        /** The offset after the value. */
        public int valueEnd() {
            return next;
        }

        public String name() {
            return new String(bytes, nameStart, nameLength(), StandardCharsets.UTF_8);
        }

        public boolean nameIs(byte[] utf8) {
            return Arrays.equals(bytes, nameStart, valueStart - 1, utf8, 0, utf8.length);
        }

        public Value value() {
            return Value.view(type, bytes, valueStart);
        }
    }
}
