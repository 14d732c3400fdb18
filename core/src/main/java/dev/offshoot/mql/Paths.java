package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Values at a dotted path of a document, outside of filters. */
public final class Paths {
    private Paths() {}

    /** The value at a path through documents only, or null: arrays are not looked into. */
    public static @Nullable Value get(Doc document, String path) {
        Doc in = document;
        int start = 0;
        while (true) {
            int dot = path.indexOf('.', start);
            Value value = in.get(dot < 0 ? path.substring(start) : path.substring(start, dot));
            if (dot < 0 || value == null) {
                return value;
            }
            if (!value.isDocument()) {
                return null;
            }
            in = value.asDoc();
            start = dot + 1;
        }
    }

    /**
     * The values that {@code distinct} counts for a path: those in all elements of arrays on the way, and the elements of an
     * array at its end. Duplicates are not removed.
     */
    public static void distinct(Doc document, String path, Consumer<Value> values) {
        Value whole = document.get(path);
        if (whole != null) {
            each(whole, values);
            return;
        }
        int dot = path.indexOf('.');
        Value first = dot < 0 ? null : document.get(path.substring(0, dot));
        if (first == null) {
            return;
        }
        String rest = path.substring(dot + 1);
        if (first.isDocument() || (first.isArray() && startsWithPosition(rest))) {
            distinct(first.asDoc(), rest, values);
        } else if (first.isArray()) {
            for (Doc.Field element : first.asDoc()) {
                if (element.value().isDocument() || element.value().isArray()) {
                    distinct(element.value().asDoc(), rest, values);
                }
            }
        }
    }

    private static void each(Value value, Consumer<Value> values) {
        if (value.isArray()) {
            value.asDoc().forEach(element -> values.accept(element.value()));
        } else {
            values.accept(value);
        }
    }

    private static boolean startsWithPosition(String path) {
        int dot = path.indexOf('.');
        String part = dot < 0 ? path : path.substring(0, dot);
        return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
