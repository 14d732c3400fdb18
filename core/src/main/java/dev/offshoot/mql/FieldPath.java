package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A dotted path, and MongoDB's way of following it through raw bytes: an array on the way is searched element by element for
 * documents that go on with the rest of the path, and by position where the next part is a number; arrays directly inside
 * arrays are followed only by position. At the end of the path the elements of an array are values of the path, and the array is
 * too. Allocates nothing while it walks.
 */
final class FieldPath {
    private final String text;
    private final byte[][] parts;
    private final boolean[] positional;

    private FieldPath(String text) {
        this.text = text;
        String[] names = text.split("\\.", -1);
        parts = new byte[names.length][];
        positional = new boolean[names.length];
        for (int i = 0; i < names.length; i++) {
            parts[i] = names[i].getBytes(StandardCharsets.UTF_8);
            positional[i] = !names[i].isEmpty() && names[i].chars().allMatch(c -> c >= '0' && c <= '9');
        }
    }

    static FieldPath of(String dotted) {
        return new FieldPath(dotted);
    }

    int length() {
        return parts.length;
    }

    byte[] part(int i) {
        return parts[i];
    }

    boolean isPositional(int i) {
        return positional[i];
    }

    /** What {@link #locate} answers where it meets an array. */
    static final int ARRAY_ON_THE_WAY = -2;

    /** The first parts of it, as text. */
    String prefix(int length) {
        return String.join(".", Arrays.asList(text.split("\\.", -1)).subList(0, length));
    }

    int lastPartLength() {
        return parts[parts.length - 1].length;
    }

    /** The offset of the type byte of the one value the path has; -1 where it is missing, -2 where an array is met, also at the end. */
    int locate(byte[] bytes, int document) {
        int in = document;
        for (int p = 0; ; p++) {
            int at = find(bytes, in, parts[p]);
            if (at < 0) {
                return -1;
            }
            int type = bytes[at] & 0xFF;
            if (type == Bson.ARRAY) {
                return ARRAY_ON_THE_WAY;
            }
            if (p + 1 == parts.length) {
                return at;
            }
            if (type != Bson.DOCUMENT) {
                return -1;
            }
            in = at + parts[p].length + 2;
        }
    }

    /** Whether a part of it could be a position in an array. */
    boolean hasPosition() {
        for (boolean p : positional) {
            if (p) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return text;
    }

    /** Whether any value the path has in the document passes; a path without a value has the value {@code MISSING}. */
    boolean any(byte[] bytes, int document, ElementTest test, boolean elements) {
        return anyInDocument(bytes, document, 0, test, elements);
    }

    /** Goes on at part {@code part} inside a document. */
    private boolean anyInDocument(byte[] bytes, int document, int part, ElementTest test, boolean elements) {
        int in = document;
        int p = part;
        while (true) {
            int at = find(bytes, in, parts[p]);
            if (at < 0) {
                return test.test(ElementTest.MISSING, bytes, 0);
            }
            int type = bytes[at] & 0xFF;
            int value = at + parts[p].length + 2;
            p++;
            if (p == parts.length) {
                return anyAtEnd(type, bytes, value, test, elements);
            }
            if (type == Bson.ARRAY) {
                return anyInArray(bytes, value, p, test, elements);
            }
            if (type != Bson.DOCUMENT) {
                return test.test(ElementTest.MISSING, bytes, 0);
            }
            in = value;
        }
    }

    /** Where the path has ended: the elements of an array, if they count, then the value itself. */
    static boolean anyAtEnd(int type, byte[] bytes, int value, ElementTest test, boolean elements) {
        if (type == Bson.ARRAY && elements && anyElement(bytes, value, test)) {
            return true;
        }
        return test.test(type, bytes, value);
    }

    /** Whether any element of an array passes. */
    static boolean anyElement(byte[] bytes, int array, ElementTest test) {
        int end = array + Bson.int32(bytes, array) - 1;
        int at = array + 4;
        while (at < end) {
            int type = bytes[at] & 0xFF;
            int value = Bson.nul(bytes, at + 1) + 1;
            if (test.test(type, bytes, value)) {
                return true;
            }
            at = value + Bson.sizeOf(type, bytes, value);
        }
        return false;
    }

    /** Goes on at part {@code part} inside an array: in each document of it, and by position. */
    boolean anyInArray(byte[] bytes, int array, int part, ElementTest test, boolean elements) {
        int end = array + Bson.int32(bytes, array) - 1;
        int at = array + 4;
        while (at < end) {
            int type = bytes[at] & 0xFF;
            int nul = Bson.nul(bytes, at + 1);
            int value = nul + 1;
            if (type == Bson.DOCUMENT && anyInDocument(bytes, value, part, test, elements)) {
                return true;
            }
            if (positional[part]
                    && Arrays.equals(bytes, at + 1, nul, parts[part], 0, parts[part].length)
                    && anyAtPosition(type, bytes, value, part, test, elements)) {
                return true;
            }
            at = value + Bson.sizeOf(type, bytes, value);
        }
        return false;
    }

    private boolean anyAtPosition(int type, byte[] bytes, int value, int part, ElementTest test, boolean elements) {
        if (part + 1 == parts.length) {
            return test.test(type, bytes, value);
        }
        return switch (type) {
            case Bson.DOCUMENT -> anyInDocument(bytes, value, part + 1, test, elements);
            case Bson.ARRAY -> anyInArray(bytes, value, part + 1, test, elements);
            default -> false;
        };
    }

    /** The offset of the type byte of the first field of this name, or -1. */
    static int find(byte[] bytes, int document, byte[] name) {
        int end = document + Bson.int32(bytes, document) - 1;
        int at = document + 4;
        while (at < end) {
            int nul = Bson.nul(bytes, at + 1);
            if (nul - at - 1 == name.length && Arrays.equals(bytes, at + 1, nul, name, 0, name.length)) {
                return at;
            }
            at = nul + 1 + Bson.sizeOf(bytes[at] & 0xFF, bytes, nul + 1);
        }
        return -1;
    }
}
