package dev.offshoot.mql;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The values that an operator looked at before a document failed validation, as MongoDB's error tells them. */
final class ConsideredValues {
    /** As many as MongoDB tells. */
    private static final int VALUES_MAX = 10;

    private final List<Value> values = new ArrayList<>();
    private final boolean elements;
    private boolean exists;

    private ConsideredValues(boolean elements) {
        this.elements = elements;
    }

    /** @param elements whether an array at the end of the path stands for its elements */
    static ConsideredValues at(Doc document, String path, boolean elements) {
        ConsideredValues found = new ConsideredValues(elements);
        found.collect(Value.document(document), path);
        return found;
    }

    private void collect(Value at, @Nullable String path) {
        if (path == null) {
            exists = true;
            if (elements && at.isArray()) {
                values.addAll(BsonArrays.elements(at));
            } else {
                values.add(at);
            }
        } else if (at.isDocument()) {
            collectField(at.asDoc(), path);
        } else if (at.isArray()) {
            for (Value element : BsonArrays.elements(at)) {
                if (element.isDocument()) {
                    collectField(element.asDoc(), path);
                }
            }
            collectField(at.asDoc(), path);
        }
    }

    private void collectField(Doc document, String path) {
        int dot = path.indexOf('.');
        Value next = document.get(dot < 0 ? path : path.substring(0, dot));
        if (next != null) {
            collect(next, dot < 0 ? null : path.substring(dot + 1));
        }
    }

    /** Appends why there is nothing to look at; answers whether that is so. */
    boolean appendMissing(DocBuilder error) {
        if (!exists) {
            error.append("reason", "field was missing");
        }
        return !exists;
    }

    /** Appends that no value has one of the types that the operator is about; answers whether that is so. */
    boolean appendTypeMismatch(Set<Integer> expected, DocBuilder error) {
        if (expected.isEmpty() || values.stream().anyMatch(value -> expected.contains(value.type()))) {
            return false;
        }
        error.append("reason", "type did not match");
        appendTypes(error);
        append("expectedType", names(expected), error);
        return true;
    }

    void appendTypes(DocBuilder error) {
        if (!values.isEmpty()) {
            append("consideredType", names(values.stream().map(Value::type).toList()), error);
        }
    }

    private static Set<String> names(Iterable<Integer> types) {
        Set<String> names = new TreeSet<>();
        types.forEach(type -> names.add(Bson.typeName(type)));
        return names;
    }

    /** One name, or under the plural all of them. */
    private static void append(String field, Set<String> names, DocBuilder error) {
        if (names.size() == 1) {
            error.append(field, names.iterator().next());
        } else {
            error.startArray(field + "s");
            names.forEach(error::add);
            error.end();
        }
    }

    void appendValues(DocBuilder error) {
        if (!exists) {
            return;
        }
        if (values.size() == 1) {
            error.append("consideredValue", values.get(0));
            return;
        }
        error.append("consideredValues", BsonArrays.of(values.subList(0, Math.min(values.size(), VALUES_MAX))));
        if (values.size() > VALUES_MAX) {
            error.append("consideredValuesTruncated", true);
        }
    }
}
