package dev.offshoot.bson;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bson.types.ObjectId;

/**
 * Builds a document (or an array) as raw bytes, from front to back. Not thread safe; {@link #build} may be called once all
 * nested documents are closed. A name with a NUL, which would end it early, is refused with an {@link IllegalArgumentException}.
 */
public final class DocBuilder {
    private byte[] bytes;
    private int length = 4;
    private int[] open = new int[8];
    private int depth;
    private int[] nextIndex = new int[8];

    public DocBuilder() {
        this(128);
    }

    public DocBuilder(int capacity) {
        bytes = new byte[Math.max(16, capacity)];
    }

    public DocBuilder append(String name, Value value) {
        return appendRaw(name, value.type(), value.bytes(), value.offset(), value.length());
    }

    public DocBuilder append(String name, int value) {
        header(Bson.INT32, name);
        room(4);
        Bson.putInt32(bytes, length, value);
        length += 4;
        return this;
    }

    public DocBuilder append(String name, long value) {
        return eight(Bson.INT64, name, value);
    }

    public DocBuilder append(String name, double value) {
        return eight(Bson.DOUBLE, name, Double.doubleToRawLongBits(value));
    }

    public DocBuilder append(String name, boolean value) {
        header(Bson.BOOLEAN, name);
        room(1);
        bytes[length++] = (byte) (value ? 1 : 0);
        return this;
    }

    public DocBuilder append(String name, String value) {
        return append(name, Value.of(value));
    }

    public DocBuilder append(String name, ObjectId value) {
        return append(name, Value.of(value));
    }

    public DocBuilder append(String name, Doc document) {
        return append(name, Value.document(document));
    }

    public DocBuilder appendArray(String name, Doc array) {
        return append(name, Value.array(array));
    }

    /** A point in time, in milliseconds since 1970-01-01T00:00:00Z. */
    public DocBuilder appendDate(String name, long millis) {
        return eight(Bson.DATE, name, millis);
    }

    public DocBuilder appendTimestamp(String name, long timestamp) {
        return eight(Bson.TIMESTAMP, name, timestamp);
    }

    public DocBuilder appendNull(String name) {
        header(Bson.NULL, name);
        return this;
    }

    /** All fields of another document, in order. */
    public DocBuilder appendAll(Doc document) {
        int size = document.length() - 5;
        room(size);
        System.arraycopy(document.bytes(), document.offset() + 4, bytes, length, size);
        length += size;
        return this;
    }

    /** A value given by its place in another array. */
    public DocBuilder appendRaw(String name, int type, byte[] from, int offset, int size) {
        header(type, name);
        room(size);
        System.arraycopy(from, offset, bytes, length, size);
        length += size;
        return this;
    }

    /** A field copied whole, name and value, from its place in a document: {@code [typeOffset, end)}. */
    public DocBuilder appendField(byte[] from, int typeOffset, int end) {
        int size = end - typeOffset;
        room(size);
        System.arraycopy(from, typeOffset, bytes, length, size);
        length += size;
        return this;
    }

    /** The next element of the array being built; its name is its index. */
    public DocBuilder add(Value value) {
        return append(Integer.toString(nextIndex[depth]++), value);
    }

    public DocBuilder add(Doc document) {
        return add(Value.document(document));
    }

    public DocBuilder add(String value) {
        return add(Value.of(value));
    }

    public DocBuilder startDocument(String name) {
        return start(Bson.DOCUMENT, name);
    }

    public DocBuilder startArray(String name) {
        return start(Bson.ARRAY, name);
    }

    /** Starts a document as the next element of the array being built. */
    public DocBuilder addDocument() {
        return start(Bson.DOCUMENT, Integer.toString(nextIndex[depth]++));
    }

    /** Starts an array as the next element of the array being built. */
    public DocBuilder addArray() {
        return start(Bson.ARRAY, Integer.toString(nextIndex[depth]++));
    }

    /** Closes what {@code start...} or {@code addDocument} opened. */
    public DocBuilder end() {
        room(1);
        bytes[length++] = 0;
        int start = open[depth--];
        Bson.putInt32(bytes, start, length - start);
        return this;
    }

    /** Bytes so far, with the length and without the closing NUL. */
    public int size() {
        return length;
    }

    public byte[] build() {
        if (depth != 0) {
            throw new IllegalStateException(depth + " documents are still open");
        }
        byte[] done = Arrays.copyOf(bytes, length + 1);
        Bson.putInt32(done, 0, done.length);
        return done;
    }

    public Doc buildDoc() {
        return Doc.of(build());
    }

    private DocBuilder start(int type, String name) {
        header(type, name);
        if (++depth == open.length) {
            open = Arrays.copyOf(open, depth * 2);
            nextIndex = Arrays.copyOf(nextIndex, depth * 2);
        }
        open[depth] = length;
        nextIndex[depth] = 0;
        room(4);
        length += 4;
        return this;
    }

    private DocBuilder eight(int type, String name, long value) {
        header(type, name);
        room(8);
        Bson.putInt64(bytes, length, value);
        length += 8;
        return this;
    }

    private void header(int type, String name) {
        if (name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a name may hold no NUL: " + name.replace('\0', '?'));
        }
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        room(utf8.length + 2);
        bytes[length++] = (byte) type;
        System.arraycopy(utf8, 0, bytes, length, utf8.length);
        length += utf8.length;
        bytes[length++] = 0;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
