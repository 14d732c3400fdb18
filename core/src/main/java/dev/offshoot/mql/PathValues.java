package dev.offshoot.mql;

import dev.offshoot.bson.Doc;
import dev.offshoot.bson.Value;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All values that a document has at a path, as {@code $lookup} takes them of the local field: through the documents of arrays, by
 * position in an array where a part is a number, and the elements of an array at the end. What is missing is no value.
 */
final class PathValues {
    private PathValues() {}

    static void each(Doc doc, List<String> path, Consumer<Value> values) {
        Value next = doc.get(path.get(0));
        int at = 1;
        while (next != null && next.isArray() && at < path.size() && isPosition(path.get(at))) {
            next = next.asDoc().get(path.get(at++));
        }
        follow(next, path.subList(at, path.size()), values);
    }

    private static void follow(@Nullable Value value, List<String> path, Consumer<Value> values) {
        if (value == null) {
            return;
        }
        if (path.isEmpty()) {
            if (value.isArray()) {
                value.asDoc().forEach(element -> values.accept(element.value()));
            } else {
                values.accept(value);
            }
        } else if (value.isDocument()) {
            each(value.asDoc(), path, values);
        } else if (value.isArray()) {
            for (Doc.Fields f = value.asDoc().fields(); f.next(); ) {
                if (f.value().isDocument()) {
                    each(f.value().asDoc(), path, values);
                }
            }
        }
    }

    /** Whether a part of a path can be an array's index. */
    static boolean isPosition(String part) {
        return part.equals("0") || (!part.startsWith("0") && part.chars().allMatch(c -> c >= '0' && c <= '9'));
    }
}
