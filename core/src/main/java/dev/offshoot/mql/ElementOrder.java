package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The order of an array's elements by their fields, as {@code $sortArray} and the {@code $sort} of {@code $push} have it. Unlike
 * a {@link Sort} of documents it compares arrays as a whole. A missing field is null, and so is every field of an element that
 * is no document.
 */
final class ElementOrder implements Comparator<Value> {
    private final List<Sort.Part> parts;
    private final Collation collation;

    private ElementOrder(List<Sort.Part> parts, Collation collation) {
        this.parts = parts;
        this.collation = collation;
    }

    /** By a pattern of paths and directions, 1 or -1, that has been checked. */
    static ElementOrder of(Doc pattern, Collation collation) {
        List<Sort.Part> parts = new ArrayList<>();
        for (Doc.Field field : pattern) {
            parts.add(new Sort.Part(field.name(), field.value().toDouble() > 0));
        }
        return new ElementOrder(List.copyOf(parts), collation);
    }

    @Override
    public int compare(Value a, Value b) {
        for (Sort.Part part : parts) {
            int c = collation.compare(key(a, part.path()), key(b, part.path()));
            if (c != 0) {
                return part.ascending() ? c : -c;
            }
        }
        return 0;
    }

    private static Value key(Value element, String path) {
        Value key = element.isDocument() ? at(element.asDoc(), path) : null;
        return key == null ? Value.NULL : key;
    }

    /** A field with the whole path as its name comes first; numbers in the path are places in arrays. */
    private static @Nullable Value at(Doc doc, String path) {
        Value whole = doc.get(path);
        int dot = path.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        Value inner = doc.get(path.substring(0, dot));
        return inner != null && (inner.isDocument() || inner.isArray())
                ? at(inner.asDoc(), path.substring(dot + 1))
                : null;
    }
}
