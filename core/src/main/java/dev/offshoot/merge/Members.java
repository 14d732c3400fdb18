package dev.offshoot.merge;

import dev.offshoot.bson.Bson;
import dev.offshoot.bson.Doc;
import dev.offshoot.bson.DocBuilder;
import dev.offshoot.bson.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a document or an array holds, in order, by what it is known by: fields by their names, elements by their {@code _id}. A document
 * with a name twice, an array with an element that has no {@code _id} or one that is there already, and bytes that are not text or do
 * not count up, have no members: they are values as a whole, or elements by position.
 */
final class Members {
    private static final char REPLACEMENT = '\uFFFD';

    private final int type;
    private final Map<DocPath.Step, Value> values;

    private Members(int type, Map<DocPath.Step, Value> values) {
        this.type = type;
        this.values = values;
    }

    /** None, of a document or an array. */
    static Members none(int type) {
        return new Members(type, Map.of());
    }

    /** The members of a document or an array; null where it has none, or the value is neither. */
    static @Nullable Members of(Value value) {
        return switch (value.type()) {
            case Bson.DOCUMENT -> fields(value.asDoc());
            case Bson.ARRAY -> elements(value.asDoc());
            default -> null;
        };
    }

    private static @Nullable Members fields(Doc document) {
        Map<DocPath.Step, Value> values = new LinkedHashMap<>();
        for (Doc.Field field : document) {
            boolean text = field.name().indexOf(REPLACEMENT) < 0;
            if (!text || values.put(new DocPath.Field(field.name()), field.value()) != null) {
                return null;
            }
        }
        return new Members(Bson.DOCUMENT, values);
    }

    private static @Nullable Members elements(Doc array) {
        List<Value> elements = positions(array);
        if (elements == null) {
            return null;
        }
        Map<DocPath.Step, Value> values = new LinkedHashMap<>();
        for (Value element : elements) {
            Value id = element.isDocument() ? element.asDoc().get("_id") : null;
            if (id == null || values.put(new DocPath.Element(id), element) != null) {
                return null;
            }
        }
        return new Members(Bson.ARRAY, values);
    }

    /** The elements of an array by position; null where their names do not count up. */
    static @Nullable List<Value> positions(Doc array) {
        List<Value> elements = new ArrayList<>();
        for (Doc.Fields f = array.fields(); f.next(); ) {
            byte[] name = Integer.toString(elements.size()).getBytes(StandardCharsets.US_ASCII);
            if (!f.nameIs(name)) {
                return null;
            }
            elements.add(f.value());
        }
        return elements;
    }

    /** The array of these elements. */
    static Value array(List<Value> elements) {
        DocBuilder out = new DocBuilder();
        elements.forEach(out::add);
        return Value.array(out.buildDoc());
    }

    /** A document or an array of these members in this order. */
    static Value value(int type, List<DocPath.Step> order, Map<DocPath.Step, Value> members) {
        DocBuilder out = new DocBuilder();
        for (DocPath.Step step : order) {
            Value value = Objects.requireNonNull(members.get(step));
            if (step instanceof DocPath.Field field) {
                out.append(field.name(), value);
            } else {
                out.add(value);
            }
        }
        return Value.view(type, out.build(), 0);
    }

    @Nullable
    Value get(DocPath.Step step) {
        return values.get(step);
    }

    boolean has(DocPath.Step step) {
        return values.containsKey(step);
    }

    /** In order. */
    List<DocPath.Step> steps() {
        return List.copyOf(values.keySet());
    }

    boolean isArray() {
        return type == Bson.ARRAY;
    }
}
